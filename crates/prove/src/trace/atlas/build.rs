//! One pass over the estate.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use sixward_estate::{
    Estate, FirewallKind, Gateway, GatewayKind, Index, Interface, Link, LinkKind, NatAddress,
};
use sixward_net::Traffic;

use super::{Atlas, NAT_FIRST_PORT, Public};

impl<'a> Atlas<'a> {
    pub(in crate::trace) fn new(estate: &'a Estate) -> Self {
        let mut atlas = Self {
            estate,
            index: Index::new(estate),
            gaps: BTreeSet::new(),
            private: BTreeMap::new(),
            delegated: BTreeMap::new(),
            translators: BTreeMap::new(),
            public: BTreeMap::new(),
            default_lists: BTreeMap::new(),
            peers: BTreeSet::new(),
            attachments: BTreeMap::new(),
            nat_ports: nat_ports(estate),
        };
        let gaps = estate.gaps.iter();
        atlas.gaps = gaps
            .map(|gap| (gap.subject.noun.as_str(), gap.subject.id.as_str()))
            .collect();
        let lists = estate.firewalls.iter();
        atlas.default_lists = lists
            .filter(|list| list.default && list.kind == FirewallKind::List)
            .map(|list| (&list.network, list))
            .collect();
        estate
            .interfaces
            .iter()
            .for_each(|it| atlas.add_interface(it));
        estate.gateways.iter().for_each(|it| atlas.add_gateway(it));
        estate.links.iter().for_each(|it| atlas.add_link(it));
        atlas
    }

    fn add_interface(&mut self, interface: &'a Interface) {
        let nat = self.nat_of(interface).is_some();
        for address in &interface.addresses4 {
            let private = address.address;
            self.carries(private.into(), interface);
            if let Some(public) = address.public {
                let (network, subnet) = (&interface.network, &interface.subnet);
                let mapped = Public {
                    network,
                    subnet,
                    private,
                    nat,
                };
                self.public.insert(public, mapped);
            }
        }
        for address in &interface.addresses6 {
            self.carries((*address).into(), interface);
        }
        for prefix in &interface.prefixes6 {
            self.delegated
                .insert(prefix.network(), (*prefix, interface));
        }
    }

    /// Who has an address twice is still one.
    fn carries(&mut self, address: IpAddr, interface: &'a Interface) {
        let all = self.private.entry(address).or_default();
        if all.iter().all(|it| it.id != interface.id) {
            all.push(interface);
        }
    }

    fn add_gateway(&mut self, gateway: &'a Gateway) {
        let GatewayKind::Nat {
            subnet, addresses, ..
        } = &gateway.kind
        else {
            return;
        };
        let Some(network) = &gateway.network else {
            return;
        };
        for NatAddress {
            public, private, ..
        } in addresses
        {
            let Some(private) = *private else { continue };
            self.translators.entry(private).or_default().push(gateway);
            if let Some(public) = *public {
                let mapped = Public {
                    network,
                    subnet,
                    private,
                    nat: true,
                };
                self.public.insert(public, mapped);
            }
        }
    }

    fn add_link(&mut self, link: &'a Link) {
        match &link.kind {
            LinkKind::Peering {
                requester,
                accepter,
            } => {
                self.peers.insert((&requester.network, &accepter.network));
                self.peers.insert((&accepter.network, &requester.network));
            }
            LinkKind::Transit(attachment) => {
                if let Some(network) = &attachment.network {
                    self.attachments
                        .insert((network, &attachment.transit), link);
                }
            }
            LinkKind::Vpn { .. } => {}
        }
    }
}

fn nat_ports(estate: &Estate) -> BTreeSet<u16> {
    let ordered = estate
        .firewalls
        .iter()
        .filter(|it| it.kind != FirewallKind::Group);
    let ports = ordered
        .flat_map(|it| &it.rules)
        .filter_map(|rule| match rule.traffic {
            Traffic::Tcp(ports) | Traffic::Udp(ports) => Some(ports),
            _ => None,
        });
    let bounds = ports.flat_map(|ports| [Some(ports.first()), ports.last().checked_add(1)]);
    let bounds = bounds.flatten().filter(|port| *port > NAT_FIRST_PORT);
    bounds.chain([NAT_FIRST_PORT]).collect()
}
