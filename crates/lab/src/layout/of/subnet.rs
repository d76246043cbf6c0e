//! A subnet: a port for each interface, and the groups on the interfaces.
//!
//! Each port has a connection-tracking zone of its own, so that a packet between two interfaces of one
//! subnet is looked at twice, as two machines would. Such a packet turns at the router, which asks no list
//! about it: Amazon VPC User Guide, Network ACLs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use sixward_estate::{Direction, GatewayKind, Interface, Subnet};
use sixward_net::{ANY4, ANY6, Family, IpNet};

use super::interface::{addresses, node_of};
use super::{INSIDE, Maker, drop, single, through};
use crate::layout::{
    Drop, Filter, Hook, Hop, Key, Match, NodeId, Point, Policy, Port, Set, TABLE_LOCAL, TABLE_MAIN,
    Verdict,
};

const INWARDS: u32 = 201;
const OUTWARDS: u32 = 202;

impl Maker<'_> {
    pub(super) fn subnet(&mut self, subnet: &Subnet) {
        let id = NodeId::Subnet(subnet.id.clone());
        let up = Port::new("up");
        let near = (
            NodeId::Network(subnet.network.clone()),
            Port::new(subnet.id.as_str()),
        );
        if self.layout.nodes.contains_key(&near.0) {
            self.layout.wire(near, (id.clone(), up.clone()), INSIDE);
        }
        let interfaces: Vec<_> = self.index.interfaces_of_subnet(&subnet.id).to_vec();
        let ports: Vec<_> = interfaces
            .into_iter()
            .filter(|interface| node_of(interface).is_some())
            .collect();
        let filter = self.groups(subnet, &ports, &up);
        let own = self.own_address(subnet);
        let node = self.router(id.clone());
        node.tracks = true;
        node.filter = filter;
        // Without one the kernel walks all ports to find a source for its errors.
        node.address(Port::own(), single(own));
        for interface in &ports {
            let prefixes = interface.prefixes6.iter().copied().map(IpNet::from);
            for net in addresses(interface).into_iter().chain(prefixes) {
                let hop = Hop::Over(Port::new(interface.id.as_str()));
                node.route(TABLE_MAIN, net, hop);
            }
        }
        for any in [IpNet::from(ANY4), ANY6.into()] {
            node.route(INWARDS, any, Hop::Over(Port::sink()));
            node.route(OUTWARDS, any, Hop::Over(up.clone()));
        }
        let policies = [
            (0, None, TABLE_LOCAL),
            (1000, Some(up.clone()), TABLE_MAIN),
            (1001, Some(up), INWARDS),
            (1002, Some(Port::own()), TABLE_MAIN),
            (1003, None, OUTWARDS),
        ];
        for (order, from, table) in policies {
            node.policy(Policy {
                order,
                from,
                table,
                ..Policy::default()
            });
        }
        self.sink(&id);
    }

    /// An address for errors, of a block that no network has (RFC 2544).
    fn own_address(&self, subnet: &Subnet) -> Ipv4Addr {
        let place = self
            .estate
            .subnets
            .iter()
            .position(|other| other.id == subnet.id);
        let place = u32::try_from(place.unwrap_or(0)).unwrap_or(0) % (1 << 17);
        Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + place)
    }

    fn groups(&self, subnet: &Subnet, ports: &[&Interface], up: &Port) -> Filter {
        let mut filter = Filter::default();
        Self::zones(&mut filter, ports, up);
        let (mut ingress, mut egress) = (BTreeMap::new(), BTreeMap::new());
        for interface in ports {
            let port = Port::new(interface.id.as_str());
            let chain = self.profile(&mut filter, interface, Direction::Ingress);
            ingress.insert(port.clone(), chain);
            let allowed = self.profile(&mut filter, interface, Direction::Egress);
            let chain = filter.chain(format!("from {}", interface.id));
            if interface.own_addresses_only {
                let own = addresses(interface).into_iter();
                for net in own.chain(interface.prefixes6.iter().copied().map(IpNet::from)) {
                    filter.rule(&chain, [Match::Source(net)], Verdict::Jump(allowed.clone()));
                }
                let why = "sends in its own name only";
                filter.rule(&chain, [], drop(&interface.id, why));
            } else {
                filter.rule(&chain, [], Verdict::Jump(allowed));
            }
            egress.insert(port, chain);
        }
        let ingress = filter.set("ingress", Set::Chains(ingress));
        let egress = filter.set("egress", Set::Chains(egress));
        let forward = filter.hook("forward", through());
        for (net, why) in Self::shared(ports) {
            filter.rule(
                &forward,
                [Match::In(up.clone()), Match::Destination(net)],
                why,
            );
        }
        if !self
            .gateways(&subnet.network, |kind| *kind == GatewayKind::EgressOnly)
            .is_empty()
        {
            let leaves = [Match::NotIn(up.clone()), Match::Answers];
            filter.rule(&forward, leaves, Verdict::Sign(true));
            filter.rule(&forward, [Match::In(up.clone())], Verdict::Sign(false));
        }
        let rules = [
            (
                vec![Match::Out(Port::sink())],
                drop(&subnet.id, "nobody has this address"),
            ),
            (
                vec![Match::Known, Match::ConnectionMark(0)],
                Verdict::Accept,
            ),
            (vec![Match::Error], Verdict::Accept),
            (vec![Match::In(up.clone())], Verdict::JumpByOut(ingress)),
            (vec![Match::NotIn(up.clone())], Verdict::JumpByIn(egress)),
        ];
        for (matches, verdict) in rules {
            filter.rule(&forward, matches, verdict);
        }
        filter
    }

    fn zones(filter: &mut Filter, ports: &[&Interface], up: &Port) {
        let (mut port, mut v4, mut v6) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (zone, interface) in (1..).zip(ports) {
            port.insert(Port::new(interface.id.as_str()), zone);
            v4.extend(interface.addresses4.iter().map(|pair| (pair.address, zone)));
            v6.extend(interface.addresses6.iter().map(|address| (*address, zone)));
        }
        let port = filter.set("zone of port", Set::ZoneOfPort(port));
        let v4 = filter.set("zone of v4", Set::ZoneOf4(v4));
        let v6 = filter.set("zone of v6", Set::ZoneOf6(v6));
        // Before connection tracking looks.
        let zone = filter.hook("zone", Hook::Filter(Point::Arriving, -300));
        filter.rule(
            &zone,
            [Match::NotIn(up.clone())],
            Verdict::Zone(Key::In, port),
        );
        for (family, set) in [(Family::V4, v4), (Family::V6, v6)] {
            let key = Key::Destination(family);
            filter.rule(&zone, [Match::In(up.clone())], Verdict::Zone(key, set));
        }
    }

    /// Addresses that more than one interface carries.
    fn shared(ports: &[&Interface]) -> Vec<(IpNet, Verdict)> {
        let (mut seen, mut twice) = (BTreeSet::new(), BTreeMap::new());
        for interface in ports {
            for net in addresses(interface) {
                if !seen.insert(net) {
                    let drop =
                        Drop::unknown(&interface.id, "another interface has this address too");
                    twice.insert(net, Verdict::Drop(drop));
                }
            }
        }
        twice.into_iter().collect()
    }
}
