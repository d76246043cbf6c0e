//! What a node has learned of ways: how much they carry (RFC 1191, RFC 8201). It is kept for minutes at the route
//! that led there, and goes with that.

use super::message::{self, Batch};
use super::socket::Protocol;
use super::{Lab, LabError, PIECE, route};
use crate::layout::{Hop, NodeId};

impl Lab {
    /// A node forgets what it has learned of ways, so that what it is told next is told anew.
    pub fn forget_ways(&self, id: &NodeId) -> Result<(), LabError> {
        let mut batch = Batch::default();
        let routes = self.layout.nodes.get(id).map(|node| &node.routes);
        for ((table, net), hop) in routes.into_iter().flatten() {
            if let Hop::Over(port) = hop {
                let made = self.port(id, port)?;
                route::remove(&mut batch, *table, *net);
                let to = route::To::Over {
                    index: made.index,
                    side: made.side,
                };
                route::add(&mut batch, *table, *net, to);
            }
        }
        self.send(id, Protocol::Route, batch, PIECE)
    }

    /// A node forgets the connections that it keeps in mind, so that the next one finds its ports free.
    pub fn forget_connections(&self, id: &NodeId) -> Result<(), LabError> {
        const DELETE_CONNECTION: u16 = (1 << 8) | 2;
        let mut batch = Batch::default();
        let what = "connections";
        batch.add(DELETE_CONNECTION, message::ACK, &[0; 4], what, |_| {});
        self.send(id, Protocol::Filter, batch, PIECE)
    }
}
