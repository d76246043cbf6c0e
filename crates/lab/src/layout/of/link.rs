//! Peerings: from one network to the other and no further (Amazon VPC Peering Guide). VPN connections: a gateway
//! with a site behind each connection.

mod transit;

use sixward_estate::{Gateway, Link, LinkId, LinkKind, Network, PeerSide};
use sixward_net::{ANY4, ANY6, Family, IpNet};

use super::route::To;
use super::{INSIDE, Maker, drop, over, through};
use crate::layout::{Drop, Filter, Hop, Match, NodeId, Port, TABLE_LOCAL, TABLE_MAIN, Verdict};
use transit::vpn;

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

    /// The gateway at the near end of VPN connections.
    pub(super) fn vpn_gateway(&mut self, gateway: &Gateway, network: &Network) {
        let id = NodeId::Gateway(gateway.id.clone());
        let own = Port::new(gateway.id.as_str());
        let inside = Port::new("inside");
        let near = (NodeId::Network(network.id.clone()), own);
        self.layout.wire(near, (id.clone(), inside.clone()), INSIDE);
        let links: Vec<_> = self.estate.links.iter().collect();
        let mut filter = Filter::default();
        let forward = filter.hook("forward", through());
        let mut routes = Vec::new();
        for (any, v6) in [(IpNet::from(ANY4), false), (ANY6.into(), true)] {
            let mut ways: Vec<(IpNet, &LinkId)> = Vec::new();
            let mut open = Vec::new();
            for link in &links {
                if let Some((at, of6, prefixes)) = vpn(link)
                    && *at == gateway.id
                    && of6 == v6
                {
                    ways.extend(prefixes.iter().map(|net| (*net, &link.id)));
                    open.push((&link.id, prefixes.is_empty()));
                }
            }
            // One without prefixes carries everything, if it is the only one.
            if let [(only, true)] = open.as_slice() {
                ways.push((any, only));
            }
            let drop = if open.iter().any(|(_, bare)| *bare) && open.len() > 1 {
                Drop::unknown(&gateway.id, "which connection carries it is not known")
            } else {
                Drop::new(&gateway.id, "no connection carries it")
            };
            let family = if v6 { Family::V6 } else { Family::V4 };
            let matches = [Match::Family(family), Match::Out(Port::sink())];
            filter.rule(&forward, matches, Verdict::Drop(drop));
            for (net, link) in ways {
                routes.push((net, over(link.as_str())));
            }
            routes.push((any, Hop::Over(Port::sink())));
        }
        for link in links {
            let Some((at, v6, _)) = vpn(link) else {
                continue;
            };
            if *at == gateway.id {
                let port = Port::new(link.id.as_str());
                let other = if v6 { Family::V4 } else { Family::V6 };
                let matches = [Match::Family(other), Match::In(port.clone())];
                let verdict = drop(&link.id, "carries the other family");
                filter.rule(&forward, matches, verdict);
                let site = self.site(link);
                self.layout
                    .wire((id.clone(), port.clone()), (site, port), INSIDE);
            }
        }
        let blocks = Self::blocks(network);
        let node = self.router(id.clone());
        node.filter = filter;
        for block in blocks {
            node.route(TABLE_MAIN, block, Hop::Over(inside.clone()));
        }
        for (net, hop) in routes {
            node.route(TABLE_MAIN, net, hop);
        }
        self.sink(&id);
    }

    /// Where a route to a link leads.
    pub(super) fn over_link(&self, network: &Network, id: &LinkId) -> To {
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
