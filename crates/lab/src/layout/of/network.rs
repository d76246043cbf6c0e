//! A network's router: a table for each subnet, and the lists on the subnets' edges.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use sixward_estate::{Direction, GatewayKind, LinkKind, Network, RouteTable, Subnet};
use sixward_net::IpNet;

use super::route::To;
use super::{Maker, drop, single, through};
use crate::layout::{
    ChainName, Drop, Filter, Match, NodeId, Policy, Port, Set, TABLE_LOCAL, Verdict,
};

/// What comes from elsewhere: to the network itself and no further.
const HOME: u32 = 500;
/// Tables of gateways that have one of their own.
const EDGES: u32 = 501;
/// Tables of subnets.
const SUBNETS: u32 = 1000;

/// What comes in by a port: which table is asked, and what stands there.
struct Inlet {
    port: Port,
    table: u32,
    routes: BTreeMap<IpNet, To>,
}

impl Maker<'_> {
    pub(super) fn network(&mut self, network: &Network) {
        let id = NodeId::Network(network.id.clone());
        let inlets = self.inlets(network);
        let filter = self.lists(network, &inlets);
        let node = self.router(id.clone());
        node.filter = filter;
        node.policy(Policy {
            order: 0,
            table: TABLE_LOCAL,
            ..Policy::default()
        });
        for (order, inlet) in (1000..).zip(inlets) {
            for (net, to) in &inlet.routes {
                node.route(inlet.table, *net, to.hop());
            }
            node.policy(Policy {
                order,
                from: Some(inlet.port),
                table: inlet.table,
                ..Policy::default()
            });
        }
        self.sink(&id);
    }

    fn inlets(&self, network: &Network) -> Vec<Inlet> {
        let mut inlets = Vec::new();
        for (table, subnet) in (SUBNETS..).zip(self.index.subnets_of_network(&network.id)) {
            let routes = self.routes_of_subnet(network, subnet);
            for port in self
                .ports_in(subnet)
                .into_iter()
                .chain(self.hubs_in(subnet))
            {
                inlets.push(Inlet {
                    port,
                    table,
                    routes: routes.clone(),
                });
            }
        }
        let home = self.routes_home(network);
        let mut edges = EDGES;
        for gateway in self.index.gateways_of_network(&network.id) {
            if !matches!(gateway.kind, GatewayKind::Nat { .. }) {
                let own = self.edge_table(network, &gateway.id);
                let (table, routes) = match own {
                    Some(own) => {
                        edges += 1;
                        (edges, self.routes_of_edge(network, own))
                    }
                    None => (HOME, home.clone()),
                };
                inlets.push(Inlet {
                    port: Port::new(gateway.id.as_str()),
                    table,
                    routes,
                });
            }
        }
        for endpoint in self.endpoints_of(network) {
            inlets.push(Inlet {
                port: Port::new(endpoint.id.as_str()),
                table: HOME,
                routes: home.clone(),
            });
        }
        for link in &self.estate.links {
            if let LinkKind::Peering {
                requester,
                accepter,
            } = &link.kind
                && [&requester.network, &accepter.network].contains(&&network.id)
            {
                inlets.push(Inlet {
                    port: Port::new(link.id.as_str()),
                    table: HOME,
                    routes: home.clone(),
                });
            }
        }
        // Errors that the router itself tells.
        inlets.push(Inlet {
            port: Port::own(),
            table: HOME,
            routes: home,
        });
        inlets
    }

    /// The ports that stand in a subnet: its own, and those of its NAT gateways.
    fn ports_in(&self, subnet: &Subnet) -> Vec<Port> {
        let mut ports = vec![Port::new(subnet.id.as_str())];
        ports.extend(self.nats_in(subnet).into_iter().map(|(port, _)| port));
        ports
    }

    /// The NAT gateways in a subnet, with their own addresses.
    fn nats_in(&self, subnet: &Subnet) -> Vec<(Port, Vec<Ipv4Addr>)> {
        let all = self.index.gateways_of_network(&subnet.network).iter();
        all.filter_map(|gateway| match &gateway.kind {
            GatewayKind::Nat {
                subnet: stands,
                addresses,
                ..
            } if *stands == subnet.id => {
                let own = addresses.iter().filter_map(|pair| pair.private);
                Some((Port::new(gateway.id.as_str()), own.collect()))
            }
            _ => None,
        })
        .collect()
    }

    fn edge_table(
        &self,
        network: &Network,
        gateway: &sixward_estate::GatewayId,
    ) -> Option<&RouteTable> {
        let tables = self.index.tables_of_network(&network.id).iter().copied();
        tables
            .into_iter()
            .find(|table| table.edges.contains(gateway))
    }

    /// The lists: asked when a packet leaves a subnet and when it enters one, and never within one.
    fn lists(&self, network: &Network, inlets: &[Inlet]) -> Filter {
        let mut filter = Filter::default();
        let (mut leaving, mut entering) = (BTreeMap::new(), BTreeMap::new());
        for subnet in self.index.subnets_of_network(&network.id) {
            let out = self.list(&mut filter, subnet.firewall.as_ref(), Direction::Egress);
            let into = self.list(&mut filter, subnet.firewall.as_ref(), Direction::Ingress);
            let ports = self.ports_in(subnet);
            for port in &ports {
                let leave = filter.chain(format!("leave {port}"));
                for (nat, own) in self.nats_in(subnet) {
                    let to = |matches: &[Match]| [&[Match::Out(nat.clone())], matches].concat();
                    for own in own {
                        let answer = to(&[Match::Destination(single(own))]);
                        filter.rule(&leave, answer, Verdict::Accept);
                    }
                    // It does not serve its own subnet, and not itself either.
                    let why = "does not serve its own subnet";
                    filter.rule(&leave, to(&[]), drop(&nat, why));
                }
                for other in &ports {
                    filter.rule(&leave, [Match::Out(other.clone())], Verdict::Accept);
                }
                filter.rule(&leave, [], Verdict::Jump(out.clone()));
                leaving.insert(port.clone(), leave);
                entering.insert(port.clone(), into.clone());
            }
            for port in self.hubs_in(subnet) {
                let leave = filter.chain(format!("leave {port}"));
                let home = Port::new(subnet.id.as_str());
                filter.rule(&leave, [Match::Out(home)], Verdict::Accept);
                for (nat, _) in self.nats_in(subnet) {
                    let unknown = Drop::unknown(&nat, "whether it serves a hub in its own subnet");
                    filter.rule(&leave, [Match::Out(nat)], Verdict::Drop(unknown));
                }
                filter.rule(&leave, [], Verdict::Jump(out.clone()));
                leaving.insert(port.clone(), leave);
                entering.insert(port, into.clone());
            }
        }
        for inlet in inlets {
            let name = ChainName::new(format!("leave {}", inlet.port));
            leaving
                .entry(inlet.port.clone())
                .or_insert_with(|| name.clone());
            filter.chain(name.0.clone());
            sink(&mut filter, &name, &inlet.routes);
        }
        let leaving = filter.set("leaving", Set::Chains(leaving));
        let entering = filter.set("entering", Set::Chains(entering));
        let forward = filter.hook("forward", through());
        filter.rule(&forward, [], Verdict::JumpByIn(leaving));
        filter.rule(&forward, [], Verdict::JumpByOut(entering));
        filter
    }
}

/// Says of what goes to the sink which route led there: the longest one first, as in the table.
pub(super) fn sink(filter: &mut Filter, chain: &ChainName, routes: &BTreeMap<IpNet, To>) {
    let mut dropped: Vec<_> = routes
        .iter()
        .filter_map(|(net, to)| match to {
            To::Drop(drop) => Some((net, drop)),
            To::Port(_) => None,
        })
        .collect();
    dropped.sort_by_key(|(net, _)| std::cmp::Reverse(net.prefix_len()));
    for (net, drop) in dropped {
        let matches = [Match::Out(Port::sink()), Match::Destination(*net)];
        filter.rule(chain, matches, Verdict::Drop(drop.clone()));
    }
}
