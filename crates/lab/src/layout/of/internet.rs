//! The internet: everybody who is not in the estate, with any address.

use sixward_net::{ANY4, ANY6, IpNet};

use super::{Maker, drop, through};
use crate::layout::{Hop, Match, Node, NodeId, Policy, Port, TABLE_LOCAL, TABLE_MAIN};

/// What the internet does not carry (IANA special-purpose address registries); documentation prefixes it
/// does here, examples and placeholders are made of them.
const NOT_CARRIED: [&str; 14] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "240.0.0.0/4",
    "::/128",
    "64:ff9b:1::/48",
    "100::/64",
    "fc00::/7",
    "fec0::/10",
];

/// Makes a node answer for every address to which it has no other way.
pub(super) fn everybody(node: &mut Node) {
    for any in [IpNet::from(ANY4), ANY6.into()] {
        node.route(TABLE_LOCAL, any, Hop::Here);
    }
    for (order, table) in [(100, TABLE_MAIN), (200, TABLE_LOCAL)] {
        node.policy(Policy {
            order,
            table,
            ..Policy::default()
        });
    }
}

impl Maker<'_> {
    pub(super) fn internet(&mut self) {
        let id = NodeId::Internet;
        let node = self.router(id.clone());
        for net in NOT_CARRIED {
            if let Ok(net) = net.parse::<IpNet>() {
                node.route(TABLE_MAIN, net, Hop::Over(Port::sink()));
            }
        }
        everybody(node);
        let forward = node.filter.hook("forward", through());
        node.filter.rule(
            &forward,
            [Match::Out(Port::sink())],
            drop("internet", "carries no such addresses, or nobody has it"),
        );
        self.sink(&id);
    }
}
