//! Peerings: from one network to the other and no further (Amazon VPC Peering Guide).

use sixward_estate::{Link, LinkId, LinkKind, Network, PeerSide, Subnet};
use sixward_net::{ANY4, ANY6, IpNet};

use super::route::To;
use super::{INSIDE, Maker, over};
use crate::layout::{Drop, Hop, NodeId, Port, TABLE_LOCAL, TABLE_MAIN};

impl Maker<'_> {
    pub(super) fn link(&mut self, link: &Link) {
        if let LinkKind::Peering {
            requester,
            accepter,
        } = &link.kind
        {
            let port = Port::new(link.id.as_str());
            let near = self.side(link, requester);
            let far = self.side(link, accepter);
            if near != far {
                self.layout.wire((near, port.clone()), (far, port), INSIDE);
            }
        }
    }

    /// The node at one side of a peering. A network of somebody else's answers for all its addresses.
    fn side(&mut self, link: &Link, side: &PeerSide) -> NodeId {
        if self.estate.networks.contains(&side.network) {
            return NodeId::Network(side.network.clone());
        }
        let id = NodeId::Foreign(link.id.clone());
        let node = self.layout.node(id.clone());
        let v4 = side.blocks4.iter().copied().map(IpNet::from);
        for net in v4.chain(side.blocks6.iter().copied().map(IpNet::from)) {
            node.route(TABLE_LOCAL, net, Hop::Here);
        }
        node.route(TABLE_MAIN, ANY4, over(link.id.as_str()));
        node.route(TABLE_MAIN, ANY6, over(link.id.as_str()));
        id
    }

    /// Where a route to a link leads.
    pub(super) fn over_link(&self, network: &Network, id: &LinkId, _from: Option<&Subnet>) -> To {
        match self.estate.links.get(id).map(|link| &link.kind) {
            None => To::Drop(Drop::unknown(id, "is not in the estate")),
            Some(LinkKind::Peering {
                requester,
                accepter,
            }) => {
                if [&requester.network, &accepter.network].contains(&&network.id) {
                    To::Port(Port::new(id.as_str()))
                } else {
                    To::Drop(Drop::new(id, "does not join this network"))
                }
            }
            Some(_) => To::Drop(Drop::unknown(id, "is not rehearsed")),
        }
    }
}
