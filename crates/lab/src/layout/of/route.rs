//! What a route table decides for the packets of one subnet, as routes over ports.
//!
//! Amazon VPC User Guide: Route priority. The longest prefix wins; between equals a prefix beats a prefix
//! list, and that a propagated route, which never takes what a local one holds.

use std::collections::BTreeMap;

use sixward_estate::{
    Destination, GatewayKind, Network, NetworkId, Route, RouteOrigin, RouteState, RouteTable,
    RouteTarget, Subnet,
};
use sixward_net::{ANY4, ANY6, Family, IpNet, Ipv6Net};

use super::{Maker, single};
use crate::layout::{Drop, Hop, Port};

/// Where a route leads: to a port, or to be dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum To {
    Port(Port),
    Drop(Drop),
}

/// Where a route leads, before it is known whose packets ask.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Leads {
    Local,
    Route(Route),
    Unknown(Drop),
}

type Table = BTreeMap<IpNet, To>;

impl Maker<'_> {
    /// The routes for what leaves a subnet.
    pub(super) fn routes_of_subnet(&self, network: &Network, subnet: &Subnet) -> Table {
        let Some(table) = self.index.route_table(subnet) else {
            let drop = Drop::unknown(&subnet.id, "its route table is not known");
            return [IpNet::from(ANY4), ANY6.into()]
                .map(|any| (any, To::Drop(drop.clone())))
                .into();
        };
        let mut routes = self.routes(network, table, Some(subnet));
        // To a neighbour it goes directly, whatever the table says.
        for own in Self::prefixes(subnet) {
            routes.retain(|net, _| !own.contains(net));
            routes.insert(own, To::Port(Port::new(subnet.id.as_str())));
            let inside = self.inside(&network.id).into_iter();
            let nats = inside.filter(|(net, _)| own.contains(net) && *net != own);
            routes.extend(nats.map(|(net, port)| (net, To::Port(port))));
        }
        routes
    }

    /// The routes for what comes in by a gateway that has a table of its own.
    pub(super) fn routes_of_edge(&self, network: &Network, table: &RouteTable) -> Table {
        self.routes(network, table, None)
    }

    /// The routes for what comes in by anything else: to the network itself, and no further.
    pub(super) fn routes_home(&self, network: &Network) -> Table {
        let blocks = Self::blocks(network).into_iter();
        let found = blocks.map(|net| (net, Leads::Local)).collect();
        let mut routes = self.resolve(network, &found, None);
        for any in [IpNet::from(ANY4), ANY6.into()] {
            let drop = Drop::new(&network.id, "carries no packets for others");
            routes.entry(any).or_insert(To::Drop(drop));
        }
        routes
    }

    fn routes(&self, network: &Network, table: &RouteTable, from: Option<&Subnet>) -> Table {
        let mut found = BTreeMap::new();
        let mut ranks: BTreeMap<IpNet, u8> = BTreeMap::new();
        let blocks = Self::blocks(network);
        let to_local = table.routes.iter().flat_map(|route| self.candidates(route));
        let locals: Vec<_> = to_local
            .filter(|(.., leads)| *leads == Leads::Local)
            .map(|(net, ..)| net)
            .chain(blocks.iter().copied())
            .collect();
        for route in &table.routes {
            for (net, rank, leads) in self.candidates(route) {
                let local = locals.iter().any(|local| local.contains(&net));
                if route.origin == RouteOrigin::Propagated && local {
                    continue;
                }
                match ranks.get(&net) {
                    Some(better) if *better < rank => {}
                    Some(same) if *same == rank && found.get(&net) != Some(&leads) => {
                        let drop = Drop::unknown(&table.id, format!("two routes to {net}"));
                        found.insert(net, Leads::Unknown(drop));
                    }
                    _ => {
                        ranks.insert(net, rank);
                        found.insert(net, leads);
                    }
                }
            }
        }
        for block in blocks {
            found.entry(block).or_insert(Leads::Local);
        }
        let mut routes = self.resolve(network, &found, from);
        for any in [IpNet::from(ANY4), ANY6.into()] {
            let drop = Drop::new(&table.id, "no route");
            routes.entry(any).or_insert(To::Drop(drop));
        }
        routes
    }

    /// The prefixes of a route with their rank among equals.
    fn candidates(&self, route: &Route) -> Vec<(IpNet, u8, Leads)> {
        let rank = |listed: bool| match (route.origin, listed) {
            (RouteOrigin::Propagated, _) => 2,
            (_, true) => 1,
            (_, false) => 0,
        };
        let leads = if route.target == RouteTarget::Local && route.state == RouteState::Active {
            Leads::Local
        } else {
            Leads::Route(route.clone())
        };
        match &route.destination {
            Destination::Net(net) => vec![(*net, rank(false), leads)],
            Destination::PrefixList(list) => match self.entries(list) {
                Some(nets) => nets
                    .into_iter()
                    .map(|net| (net, rank(true), leads.clone()))
                    .collect(),
                // It may hold any address that nothing else holds for sure.
                None => [IpNet::from(ANY4), ANY6.into()]
                    .into_iter()
                    .filter(|any| {
                        let list = self.estate.prefix_lists.get(list);
                        list.is_none_or(|list| list.family == family(*any))
                    })
                    .map(|any| {
                        let drop = Drop::unknown(list, "its prefixes are not known");
                        (any, 0, Leads::Unknown(drop))
                    })
                    .collect(),
            },
        }
    }

    /// What each prefix comes to; subnets of the network stand for themselves where a local route holds.
    fn resolve(
        &self,
        network: &Network,
        found: &BTreeMap<IpNet, Leads>,
        from: Option<&Subnet>,
    ) -> Table {
        let inside = self.inside(&network.id);
        let mut routes = Table::new();
        for (net, leads) in found {
            match leads {
                Leads::Local => {
                    let around = inside.iter().find(|(other, _)| other.contains(net));
                    let to = match around {
                        Some((_, port)) => To::Port(port.clone()),
                        None => To::Drop(Drop::new(&network.id, "no subnet has this address")),
                    };
                    routes.insert(*net, to);
                }
                Leads::Unknown(drop) => {
                    routes.insert(*net, To::Drop(drop.clone()));
                }
                Leads::Route(route) => {
                    for (part, to) in self.target(network, *net, route, from) {
                        // Unless a longer route has this part of it.
                        if longest(found, &part).is_some_and(|(holds, _)| holds == net) {
                            routes.insert(part, to);
                        }
                    }
                }
            }
        }
        for (net, port) in inside {
            if let Some((_, Leads::Local)) = longest(found, &net) {
                routes.insert(net, To::Port(port));
            }
        }
        routes
    }

    /// What stands in a network: its subnets, and its NAT gateways by their addresses.
    fn inside(&self, network: &NetworkId) -> Vec<(IpNet, Port)> {
        let mut inside = Vec::new();
        for subnet in self.index.subnets_of_network(network) {
            let nets = Self::prefixes(subnet).into_iter();
            inside.extend(nets.map(|net| (net, Port::new(subnet.id.as_str()))));
        }
        for gateway in self.index.gateways_of_network(network) {
            if let GatewayKind::Nat { addresses, .. } = &gateway.kind {
                let own = addresses.iter().filter_map(|pair| pair.private);
                inside.extend(own.map(|own| (single(own), Port::new(gateway.id.as_str()))));
            }
        }
        inside
    }

    /// What a prefix comes to, and after it parts of it that come to something else.
    fn target(
        &self,
        network: &Network,
        net: IpNet,
        route: &Route,
        from: Option<&Subnet>,
    ) -> Vec<(IpNet, To)> {
        let mut parts = Vec::new();
        let dropped = |by: &dyn std::fmt::Display, why: &str| To::Drop(Drop::new(by, why));
        let unknown = |by: &dyn std::fmt::Display, why: &str| To::Drop(Drop::unknown(by, why));
        let to = if route.state == RouteState::Blackhole {
            dropped(&route.target, "is gone")
        } else {
            match &route.target {
                RouteTarget::Nowhere => dropped(&route.destination, "leads nowhere"),
                RouteTarget::Local => dropped(&network.id, "no subnet has this address"),
                RouteTarget::Gateway(id) => match self.estate.gateways.get(id) {
                    None => unknown(id, "is not in the estate"),
                    Some(gateway) if gateway.network.as_ref() != Some(&network.id) => {
                        dropped(id, "is not attached to this network")
                    }
                    Some(gateway) => match (&gateway.kind, family(net)) {
                        (GatewayKind::Nat { .. }, Family::V6) => {
                            let nat64 =
                                Ipv6Net::new_assert([0x64, 0xff9b, 0, 0, 0, 0, 0, 0].into(), 96);
                            let nat64 = IpNet::from(nat64);
                            let told = unknown(id, "NAT64 is not rehearsed");
                            if nat64.contains(&net) {
                                told
                            } else {
                                if net.contains(&nat64) {
                                    parts.push((nat64, told));
                                }
                                dropped(id, "carries no IPv6 but 64:ff9b::/96")
                            }
                        }
                        (GatewayKind::EgressOnly, Family::V4) => dropped(id, "carries no IPv4"),
                        _ => To::Port(Port::new(id.as_str())),
                    },
                },
                RouteTarget::Link(id) => self.over_link(network, id),
                RouteTarget::Transit(id) => self.over_hub(network, id, from),
                RouteTarget::Interface(id) => match self.estate.interfaces.get(id) {
                    Some(interface) if interface.own_addresses_only => {
                        // What is for it arrives, as over a local route.
                        let to = if interface.network == network.id {
                            To::Port(Port::new(interface.subnet.as_str()))
                        } else {
                            unknown(id, "is in another network")
                        };
                        let own = super::interface::addresses(interface).into_iter();
                        let own = own.filter(|own| net.contains(own));
                        parts.extend(own.map(|own| (own, to.clone())));
                        dropped(id, "does not forward")
                    }
                    _ => unknown(id, "what it does with packets for others is not known"),
                },
                RouteTarget::Endpoint(id) => match self.estate.endpoints.get(id) {
                    None => unknown(id, "is not in the estate"),
                    Some(endpoint) if !super::endpoint::is_built(endpoint) => {
                        unknown(id, "is not rehearsed")
                    }
                    Some(endpoint) if endpoint.network != network.id => {
                        dropped(id, "is not in this network")
                    }
                    Some(_) => To::Port(Port::new(id.as_str())),
                },
                other => unknown(other, "is not rehearsed"),
            }
        };
        parts.insert(0, (net, to));
        parts
    }
}

/// The longest of these prefixes that holds a prefix.
fn longest<'a>(found: &'a BTreeMap<IpNet, Leads>, net: &IpNet) -> Option<(&'a IpNet, &'a Leads)> {
    let holding = found.iter().filter(|(other, _)| other.contains(net));
    holding.max_by_key(|(other, _)| other.prefix_len())
}

fn family(net: IpNet) -> Family {
    match net {
        IpNet::V4(_) => Family::V4,
        IpNet::V6(_) => Family::V6,
    }
}

impl To {
    /// The route's hop: what is dropped goes to the sink.
    pub(super) fn hop(&self) -> Hop {
        match self {
            Self::Port(port) => Hop::Over(port.clone()),
            Self::Drop(_) => Hop::Over(Port::sink()),
        }
    }
}
