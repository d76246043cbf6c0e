//! Transit hubs: a router of its own between networks, reached by an interface in each zone.
//!
//! AWS transit gateways: How transit gateways work; How network ACLs work with transit gateways. The hub's
//! interface stands in a subnet: what comes from the hub leaves that subnet, what goes to the hub enters it.
//! Between the hub and hosts of that very subnet the list is asked on the way to the hub only, both ways of it.

use std::collections::BTreeMap;

use sixward_estate::{
    Attachment, Link, LinkId, LinkKind, Network, RouteOrigin, RouteState, SmolStr, Subnet,
    TransitId, TransitTarget,
};
use sixward_net::{ANY4, ANY6, IpNet};

use super::super::network::sink;
use super::super::route::To;
use super::super::{INSIDE, Maker, through};
use crate::layout::{ChainName, Drop, Filter, NodeId, Policy, Port, Set, TABLE_LOCAL, Verdict};

const TABLES: u32 = 1000;

/// What comes to a hub by one of its interfaces.
struct Inlet<'a> {
    port: Port,
    attachment: &'a Attachment,
    zone: Option<SmolStr>,
}

/// The port of a hub's interface, at both ends.
pub(super) fn port(link: &LinkId, subnet: &Subnet) -> Port {
    Port::new(format!("{link} {}", subnet.id))
}

impl<'a> Maker<'a> {
    /// The ports of hubs that stand in a subnet.
    pub(in super::super) fn hubs_in(&self, subnet: &Subnet) -> Vec<Port> {
        let links = self.estate.links.iter();
        links
            .filter_map(|link| Some((link, link.attachment()?)))
            .filter(|(_, it)| it.network.as_ref() == Some(&subnet.network))
            .filter(|(_, it)| it.subnets.contains(&subnet.id))
            .map(|(link, _)| port(&link.id, subnet))
            .collect()
    }

    /// Where a route to a hub leads from a subnet.
    pub(in super::super) fn over_hub(
        &self,
        network: &Network,
        hub: &TransitId,
        from: Option<&Subnet>,
    ) -> To {
        let unknown = |why: &str| To::Drop(Drop::unknown(hub, why));
        let links = self.estate.links.iter();
        let mut own = links
            .filter_map(|link| Some((link, link.attachment()?)))
            .filter(|(_, it)| it.transit == *hub && it.network.as_ref() == Some(&network.id));
        let Some((link, attachment)) = own.next() else {
            return unknown("its attachment is not in the estate");
        };
        let Some(from) = from else {
            return unknown("who asks is in no zone");
        };
        let Some(subnets) = self.stands(attachment) else {
            return unknown("its subnets are not all in the estate");
        };
        match subnets.iter().find(|subnet| subnet.zone == from.zone) {
            Some(subnet) => To::Port(port(&link.id, subnet)),
            None => To::Drop(Drop::new(&link.id, "has no interface in this zone")),
        }
    }

    /// The subnets that an attachment stands in, if all of them are known.
    fn stands(&self, attachment: &Attachment) -> Option<Vec<&'a Subnet>> {
        let subnets = attachment.subnets.iter();
        let found: Option<Vec<_>> = subnets.map(|id| self.estate.subnets.get(id)).collect();
        found.filter(|found| !found.is_empty())
    }

    /// A hub with its wires and tables.
    pub(in super::super) fn transit(&mut self, hub: &TransitId) {
        let id = NodeId::Transit(hub.clone());
        let links = self.estate.links.iter();
        let attached: Vec<_> = links
            .filter_map(|link| Some((link, link.attachment()?)))
            .filter(|(_, attachment)| attachment.transit == *hub)
            .collect();
        let mut inlets = Vec::new();
        for (link, attachment) in &attached {
            match &attachment.network {
                Some(network) if self.estate.networks.contains(network) => {
                    for subnet in self.stands(attachment).unwrap_or_default() {
                        let port = port(&link.id, subnet);
                        let near = (NodeId::Network(network.clone()), port.clone());
                        self.layout.wire(near, (id.clone(), port.clone()), INSIDE);
                        inlets.push(Inlet {
                            port,
                            attachment,
                            zone: Some(subnet.zone.clone()),
                        });
                    }
                }
                None if is_site(attachment) => {
                    let port = Port::new(link.id.as_str());
                    let site = self.site(link);
                    self.layout
                        .wire((id.clone(), port.clone()), (site, port.clone()), INSIDE);
                    inlets.push(Inlet {
                        port,
                        attachment,
                        zone: None,
                    });
                }
                _ => {}
            }
        }
        self.hub_tables(&id, inlets);
    }

    fn hub_tables(&mut self, id: &NodeId, inlets: Vec<Inlet<'a>>) {
        let mut filter = Filter::default();
        let mut chains = BTreeMap::new();
        let mut tables = Vec::new();
        for inlet in inlets {
            let routes = self.hub_routes(&inlet);
            let name = ChainName::new(format!("from {}", inlet.port));
            filter.chain(name.0.clone());
            sink(&mut filter, &name, &routes);
            chains.insert(inlet.port.clone(), name);
            tables.push((inlet.port, routes));
        }
        let chains = filter.set("from", Set::Chains(chains));
        let forward = filter.hook("forward", through());
        filter.rule(&forward, [], Verdict::JumpByIn(chains));
        let node = self.router(id.clone());
        node.filter = filter;
        node.policy(Policy {
            order: 0,
            table: TABLE_LOCAL,
            ..Policy::default()
        });
        for (table, (port, routes)) in (TABLES..).zip(tables) {
            for (net, to) in routes {
                node.route(table, net, to.hop());
            }
            node.policy(Policy {
                order: table,
                from: Some(port),
                table,
                ..Policy::default()
            });
        }
        self.sink(id);
    }

    fn hub_routes(&self, inlet: &Inlet<'_>) -> BTreeMap<IpNet, To> {
        let mut routes = BTreeMap::new();
        let table = inlet.attachment.table.as_ref();
        let known = table.and_then(|id| self.estate.transit_tables.get(id));
        let mut ranks: BTreeMap<IpNet, (RouteOrigin, TransitTarget)> = BTreeMap::new();
        for route in known.iter().flat_map(|table| &table.routes) {
            let new = (route.origin, route.target.clone());
            let to = match ranks.get(&route.destination) {
                Some((origin, _)) if *origin < route.origin => continue,
                Some((origin, target)) if *origin == route.origin && *target != route.target => {
                    let why = format!("two routes to {}", route.destination);
                    To::Drop(Drop::unknown(&inlet.attachment.transit, why))
                }
                _ => self.hub_target(inlet, &route.target, route.state),
            };
            ranks.insert(route.destination, new);
            routes.insert(route.destination, to);
        }
        let nothing = match (table, known) {
            (_, Some(table)) => Drop::new(&table.id, "no route"),
            (Some(id), None) => Drop::unknown(id, "is not in the estate"),
            (None, None) => Drop::new(&inlet.port, "has no table"),
        };
        for any in [IpNet::from(ANY4), ANY6.into()] {
            routes.entry(any).or_insert(To::Drop(nothing.clone()));
        }
        routes
    }

    fn hub_target(&self, inlet: &Inlet<'_>, target: &TransitTarget, state: RouteState) -> To {
        let id = match target {
            TransitTarget::Link(id) if state == RouteState::Active => id,
            other => return To::Drop(Drop::new(other, "the hub's route leads nowhere")),
        };
        let unknown = |why: &str| To::Drop(Drop::unknown(id, why));
        let Some(attachment) = self.estate.links.get(id).and_then(Link::attachment) else {
            return unknown("is not in the estate");
        };
        if attachment.network.is_none() && is_site(attachment) {
            return To::Port(Port::new(id.as_str()));
        }
        let network = attachment.network.as_ref();
        if !network.is_some_and(|network| self.estate.networks.contains(network)) {
            return unknown("what is behind it is not in the estate");
        }
        let subnets = self.stands(attachment).unwrap_or_default();
        // The hub keeps to the zone of the sender where it can.
        let same = subnets
            .iter()
            .find(|subnet| Some(&subnet.zone) == inlet.zone.as_ref());
        match (same, subnets.as_slice()) {
            (Some(subnet), _) | (None, [subnet]) => To::Port(port(id, subnet)),
            _ => unknown("which of its zones the hub chooses is not promised"),
        }
    }

    /// What is behind a link: it has every address that is not the estate's.
    pub(super) fn site(&mut self, link: &Link) -> NodeId {
        let id = NodeId::Site(link.id.clone());
        let hop = super::over(link.id.as_str());
        let networks = self.estate.networks.iter();
        let blocks: Vec<_> = networks.flat_map(Self::blocks).collect();
        let node = self.layout.node(id.clone());
        super::super::internet::everybody(node);
        for block in blocks {
            node.route(crate::layout::TABLE_MAIN, block, hop.clone());
        }
        id
    }
}

/// Whether a site is behind an attachment, and not another hub.
fn is_site(attachment: &Attachment) -> bool {
    !matches!(attachment.other.as_str(), "peering" | "connect" | "")
}

/// A VPN connection's prefixes, when it ends at this gateway.
pub(super) fn vpn(link: &Link) -> Option<(&sixward_estate::GatewayId, bool, &[IpNet])> {
    match &link.kind {
        LinkKind::Vpn {
            gateway: Some(gateway),
            v6,
            routes,
            ..
        } => Some((gateway, *v6, routes)),
        _ => None,
    }
}
