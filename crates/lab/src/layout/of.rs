//! From an estate to a layout: the provider's rules as wires, tables and filters.
//!
//! Written from what the provider says (Amazon VPC User Guide: route tables, security groups, network ACLs,
//! NAT gateways, egress-only gateways), and not from `prove`: the two are compared with each other. What is
//! not built drops with [`Drop::unknown`], so that nobody takes it for the provider's word.

mod balancer;
mod endpoint;
mod firewall;
mod gateway;
mod interface;
mod internet;
mod link;
mod network;
mod route;
mod subnet;
mod tunnel;

pub use interface::node_of;

use std::net::{Ipv4Addr, Ipv6Addr};

use sixward_estate::{Estate, Gateway, GatewayKind, Index, Network, NetworkId, Subnet};
use sixward_net::{IpNet, Ipv4Net};

use super::{Drop, Hook, Hop, Layout, Node, NodeId, Point, Port, Verdict};

/// What the provider's inside carries in one piece (Amazon EC2: jumbo frames).
const INSIDE: u32 = 9001;
/// What the internet carries.
const OUTSIDE: u32 = 1500;

struct Maker<'a> {
    estate: &'a Estate,
    index: Index<'a>,
    layout: Layout,
}

impl Layout {
    /// The lab of an estate.
    pub fn of(estate: &Estate) -> Self {
        let estate = &*tunnel::split(estate);
        let mut maker = Maker {
            estate,
            index: Index::new(estate),
            layout: Self::default(),
        };
        maker.internet();
        for network in &estate.networks {
            maker.network(network);
            maker.border(network);
            maker.endpoints(network);
        }
        for gateway in &estate.gateways {
            maker.gateway(gateway);
        }
        for link in &estate.links {
            maker.link(link);
        }
        for transit in &estate.transits {
            maker.transit(&transit.id);
        }
        for subnet in &estate.subnets {
            maker.subnet(subnet);
        }
        for interface in &estate.interfaces {
            maker.interface(interface);
        }
        maker.layout
    }
}

impl<'a> Maker<'a> {
    /// A node that hands packets on. Errors about IPv6 packets need a source that others route, and
    /// link-local addresses are none; it is nobody's, so one for all does.
    fn router(&mut self, id: NodeId) -> &mut Node {
        const ERRORS: Ipv6Addr = Ipv6Addr::new(0xfd6c, 0x6600, 0, 0, 0, 0, 0, 1);
        let node = self.layout.node(id);
        node.forwards = true;
        node.address(Port::own(), IpNet::new_assert(ERRORS.into(), 128));
        node
    }

    /// A node's sink, to which leads what has no route.
    fn sink(&mut self, id: &NodeId) {
        let end = Port::new("sink-end");
        self.layout
            .wire((id.clone(), Port::sink()), (id.clone(), end), OUTSIDE);
    }

    /// The gateways of a network that are of this kind.
    fn gateways(&self, network: &NetworkId, kind: fn(&GatewayKind) -> bool) -> Vec<&'a Gateway> {
        let all = self.index.gateways_of_network(network).iter();
        all.filter(|gateway| kind(&gateway.kind)).copied().collect()
    }

    /// The prefixes of a network.
    fn blocks(network: &Network) -> Vec<IpNet> {
        let v4 = network.blocks4.iter().copied().map(IpNet::from);
        v4.chain(network.blocks6.iter().map(|block| block.net.into()))
            .collect()
    }

    /// The prefixes of a subnet.
    fn prefixes(subnet: &Subnet) -> Vec<IpNet> {
        let v4 = subnet.block4.map(IpNet::from);
        v4.into_iter()
            .chain(subnet.block6.map(IpNet::from))
            .collect()
    }

    /// Public IPv4 addresses of a network with the private ones behind them.
    fn publics(&self, network: &NetworkId) -> Vec<(Ipv4Addr, Ipv4Addr)> {
        let interfaces = self.estate.interfaces.iter();
        let mut pairs: Vec<_> = interfaces
            .filter(|interface| interface.network == *network)
            .flat_map(|interface| &interface.addresses4)
            .filter_map(|pair| Some((pair.public?, pair.address)))
            .collect();
        for gateway in self.index.gateways_of_network(network) {
            if let GatewayKind::Nat { addresses, .. } = &gateway.kind {
                pairs.extend(
                    addresses
                        .iter()
                        .filter_map(|pair| Some((pair.public?, pair.private?))),
                );
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }
}

/// One address as a prefix.
fn single(address: Ipv4Addr) -> IpNet {
    Ipv4Net::new_assert(address, 32).into()
}

fn through() -> Hook {
    Hook::Filter(Point::Through, 0)
}

fn drop(by: impl std::fmt::Display, why: &str) -> Verdict {
    Verdict::Drop(Drop::new(by, why))
}

fn over(port: impl Into<sixward_estate::SmolStr>) -> Hop {
    Hop::Over(Port::new(port))
}
