//! A way to the internet that carries less than those at its ends know: what is larger must be told so, or
//! vanishes (RFC 8201).

use std::net::Ipv6Addr;

use sixward_estate::{Estate, NetworkId};
use sixward_net::{ANY4, ANY6, Family, IcmpMatch, IpNet};

use super::{
    End, Hook, Hop, Layout, Match, Node, NodeId, Point, Port, TABLE_MAIN, Translation, Verdict,
    Wire,
};

/// What RFC 8200 lets no link carry less than.
pub const LEAST: u32 = 1280;

const ICMP: u8 = 1;
const ICMP6: u8 = 58;

impl Layout {
    /// The lab that an estate is rehearsed in: the way to the internet carries as little as a link may.
    pub fn rehearsed(estate: &Estate) -> Self {
        let mut layout = Self::of(estate);
        layout.narrow(LEAST);
        layout
    }

    /// Puts a node into each way between the internet and a network, whose port to the internet carries packets
    /// of this size only.
    pub fn narrow(&mut self, mtu: u32) {
        let ways: Vec<_> = self.wires.iter().filter_map(way).collect();
        for (network, near, wire) in ways {
            self.wires.remove(&near);
            let id = NodeId::Way(network);
            let (outside, inside) = (Port::new("internet"), Port::new("cloud"));
            let mut node = Node {
                forwards: true,
                ..Node::default()
            };
            // Errors need a source before they can have another.
            let own = Ipv6Addr::new(0xfd6c, 0x6600, 0, 0, 0, 0, 0, 2);
            node.address(Port::own(), IpNet::new_assert(own.into(), 128));
            node.route(TABLE_MAIN, ANY4, Hop::Over(outside.clone()));
            node.route(TABLE_MAIN, ANY6, Hop::Over(outside.clone()));
            let internet = self.node(NodeId::Internet).routes.iter();
            let to_network: Vec<_> = internet
                .filter(|(_, hop)| **hop == Hop::Over(near.port.clone()))
                .map(|((_, net), _)| *net)
                .collect();
            for net in to_network {
                node.route(TABLE_MAIN, net, Hop::Over(inside.clone()));
            }
            told_by_the_receiver(&mut node);
            self.nodes.insert(id.clone(), node);
            let end = |port| End {
                node: id.clone(),
                port,
            };
            let narrow = Wire {
                to: end(outside),
                mtu: wire.mtu,
                back: mtu,
            };
            self.wires.insert(near, narrow);
            self.wires.insert(end(inside), wire);
        }
    }
}

fn way((end, wire): (&End, &Wire)) -> Option<(NetworkId, End, Wire)> {
    match (&end.node, &wire.to.node) {
        (NodeId::Internet, NodeId::Border(network)) => {
            Some((network.clone(), end.clone(), wire.clone()))
        }
        _ => None,
    }
}

/// Any router on the way may say that a packet is too large, and lists see who does. Here all say it in the name of
/// whom the packet was for, so that what a list makes of it does not hang on where the link is.
fn told_by_the_receiver(node: &mut Node) {
    let own = node.filter.hook("own", Hook::Filter(Point::Own, 150));
    let words = [
        (Family::V4, ICMP, IcmpMatch::Code(3, 4)),
        (Family::V6, ICMP6, IcmpMatch::Code(2, 0)),
    ];
    for (family, protocol, message) in words {
        let matches = [
            Match::Family(family),
            Match::Protocol(protocol),
            Match::Icmp(message),
        ];
        let to = Translation::SourceFromQuote(family);
        node.filter.rule(&own, matches, Verdict::Translate(to));
    }
}
