//! Hosts and the interfaces of managed services: the ends of flows.

use sixward_estate::{Interface, InterfaceOwner};
use sixward_net::{ANY4, ANY6, IpNet, Ipv6Net};

use super::{INSIDE, Maker, single};
use crate::layout::{Hop, NodeId, Policy, Port, TABLE_LOCAL, TABLE_MAIN};

/// Tables of further interfaces.
const FURTHER: u32 = 100;

/// The node that an interface is part of; none for those that are built otherwise.
pub fn node_of(interface: &Interface) -> Option<NodeId> {
    match &interface.owner {
        InterfaceOwner::Host(host) => Some(NodeId::Host(host.clone())),
        // A NAT gateway's is the gateway's own node.
        InterfaceOwner::Gateway(_) => None,
        _ => Some(NodeId::Interface(interface.id.clone())),
    }
}

impl Maker<'_> {
    pub(super) fn interface(&mut self, interface: &Interface) {
        let (Some(id), true) = (
            node_of(interface),
            self.estate.subnets.contains(&interface.subnet),
        ) else {
            return;
        };
        let number = self.number(interface);
        let port = Port::new(format!("eth{number}"));
        let near = (
            NodeId::Subnet(interface.subnet.clone()),
            Port::new(interface.id.as_str()),
        );
        self.layout.wire(near, (id.clone(), port.clone()), INSIDE);
        let node = self.layout.node(id.clone());
        let nets = addresses(interface);
        for net in &nets {
            node.address(port.clone(), *net);
        }
        for prefix in &interface.prefixes6 {
            node.route(TABLE_LOCAL, *prefix, Hop::Here);
        }
        let table = if number == 0 {
            TABLE_MAIN
        } else {
            FURTHER + number
        };
        for any in [IpNet::from(ANY4), ANY6.into()] {
            let family = |net: &&IpNet| net.addr().is_ipv4() == any.addr().is_ipv4();
            if nets.iter().any(|net| family(&net)) {
                node.route(table, any, Hop::Over(port.clone()));
            }
        }
        if number == 0 {
            return self.balancer(interface, &port);
        }
        // What has several interfaces answers by the one that was asked: the provider takes nothing
        // else, and the images it offers are set up so.
        for (order, table) in [(0, TABLE_LOCAL), (32766, TABLE_MAIN)] {
            node.policy(Policy {
                order,
                table,
                ..Policy::default()
            });
        }
        for net in nets {
            node.policy(Policy {
                order: table,
                source: Some(net),
                table,
                ..Policy::default()
            });
        }
    }

    /// Which of its host's interfaces it is; the first one is 0.
    fn number(&self, interface: &Interface) -> u32 {
        let Some(host) = interface.host() else {
            return 0;
        };
        let mut all = self.index.interfaces_of_host(host).to_vec();
        all.sort_by_key(|other| (!other.primary, other.id.clone()));
        let place = all.iter().position(|other| other.id == interface.id);
        u32::try_from(place.unwrap_or(0)).unwrap_or(0)
    }
}

/// An interface's own addresses.
pub(super) fn addresses(interface: &Interface) -> Vec<IpNet> {
    let v4 = interface.addresses4.iter().map(|pair| single(pair.address));
    let v6 = interface.addresses6.iter();
    v4.chain(v6.map(|address| Ipv6Net::new_assert(*address, 128).into()))
        .collect()
}
