//! Gateways, and the border where the internet meets a network.
//!
//! Amazon VPC User Guide: Internet gateways; NAT gateways; Egress-only internet gateways. An IPv6 packet from
//! the internet comes by the internet gateway whatever the subnet's table says; only what answers a packet
//! that left by the egress-only gateway comes back by that one. The border keeps the two apart.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Gateway, GatewayKind, Network, PublicAccessMode};
use sixward_net::{ANY4, ANY6, Family, Ports};

use super::{Maker, OUTSIDE, drop, over, single, through};
use crate::layout::{
    ChainName, Drop, Filter, Hook, Hop, Match, NodeId, Point, Policy, Port, Set, TABLE_LOCAL,
    TABLE_MAIN, Translation, Verdict,
};

/// What left by the egress-only gateway.
const MARK: u32 = 1;
/// What is for a public address of the network that it comes from.
const TURNING: u32 = 2;
const RETURNING: u32 = 100;
const LEAVING: u32 = 100;

impl Maker<'_> {
    pub(super) fn gateway(&mut self, gateway: &Gateway) {
        let Some(network) = gateway
            .network
            .as_ref()
            .and_then(|id| self.estate.networks.get(id))
        else {
            return;
        };
        match &gateway.kind {
            GatewayKind::Internet => self.internet_gateway(gateway, network),
            GatewayKind::EgressOnly => self.egress_gateway(gateway, network),
            GatewayKind::Nat { .. } => self.nat_gateway(gateway, network),
            GatewayKind::Vpn => self.vpn_gateway(gateway, network),
        }
    }

    /// The way between a network's router and its border.
    fn between(&mut self, gateway: &Gateway, network: &Network) -> NodeId {
        let id = NodeId::Gateway(gateway.id.clone());
        let port = Port::new(gateway.id.as_str());
        for (far, own) in [
            (NodeId::Network(network.id.clone()), "inside"),
            (NodeId::Border(network.id.clone()), "outside"),
        ] {
            let near = (id.clone(), Port::new(own));
            self.layout.wire((far, port.clone()), near, OUTSIDE);
        }
        let node = self.router(id.clone());
        node.tracks = true;
        node.route(TABLE_MAIN, ANY6, over("outside"));
        for block in Self::blocks(network) {
            node.route(TABLE_MAIN, block, over("inside"));
        }
        // What comes from inside goes out, even to the network's own addresses, but for what is for a public
        // address of this network.
        node.route(LEAVING, ANY6, over("outside"));
        let inside = Some(Port::new("inside"));
        let policies = [
            (0, None, None, TABLE_LOCAL),
            (10, inside.clone(), Some(TURNING), TABLE_MAIN),
            (11, inside, None, LEAVING),
            (32766, None, None, TABLE_MAIN),
        ];
        for (order, from, mark, table) in policies {
            node.policy(Policy {
                order,
                from,
                mark,
                table,
                ..Policy::default()
            });
        }
        id
    }

    fn internet_gateway(&mut self, gateway: &Gateway, network: &Network) {
        let id = self.between(gateway, network);
        let publics = self.publics(&network.id);
        let mut filter = Filter::default();
        let inwards = filter.set(
            "private of public",
            Set::Translations(publics.iter().copied().collect()),
        );
        let outwards: BTreeMap<_, _> = publics
            .iter()
            .map(|(public, own)| (*own, *public))
            .collect();
        let known: BTreeSet<_> = outwards.keys().copied().collect();
        let turning: BTreeSet<_> = publics.iter().map(|(public, _)| *public).collect();
        let turning = filter.set("turning", Set::Addresses4(turning));
        let outwards = filter.set("public of private", Set::Translations(outwards));
        let known = filter.set("known", Set::Addresses4(known));
        let destination = filter.hook("destination", Hook::Destination);
        let to = Translation::Destination(inwards.clone());
        filter.rule(&destination, [], Verdict::Translate(to));
        // Whatever the port: what a host sends to a public address of this network turns here.
        let source = filter.hook("source", Hook::Source);
        let to = Translation::Source(outwards.clone());
        filter.rule(&source, [], Verdict::Translate(to));
        // The gateway keeps no state: what belongs to no connection is translated all the same.
        let arriving = filter.hook("arriving", Hook::Filter(Point::Arriving, -150));
        let turns = [
            Match::In(Port::new("inside")),
            Match::DestinationIn(turning, Family::V4),
        ];
        filter.rule(&arriving, turns, Verdict::Mark(TURNING));
        let to = Translation::RewriteDestination(inwards);
        filter.rule(&arriving, [Match::Stray], Verdict::Translate(to));
        let leaving = filter.hook("leaving", Hook::Filter(Point::Leaving, 150));
        let to = Translation::RewriteSource(outwards);
        filter.rule(&leaving, [Match::Stray], Verdict::Translate(to));
        let forward = filter.hook("forward", through());
        let bare = [
            Match::In(Port::new("inside")),
            Match::SourceNotIn(known, Family::V4),
        ];
        filter.rule(
            &forward,
            bare,
            drop(&gateway.id, "the source has no public address"),
        );
        own_only(&mut filter, &forward, gateway, network);
        if let Some(lock) = self.lock(network) {
            match lock {
                Ok(PublicAccessMode::BlockIngress) => {
                    // What NAT gateways carry passes.
                    for gateway in
                        self.gateways(&network.id, |kind| matches!(kind, GatewayKind::Nat { .. }))
                    {
                        let GatewayKind::Nat { addresses, .. } = &gateway.kind else {
                            continue;
                        };
                        for own in addresses.iter().filter_map(|pair| pair.private) {
                            filter.rule(&forward, [Match::Source(single(own))], Verdict::Accept);
                            filter.rule(
                                &forward,
                                [Match::Destination(single(own)), Match::Known],
                                Verdict::Accept,
                            );
                        }
                    }
                    filter.rule(&forward, [], drop(&network.id, "public access is locked"));
                }
                Ok(_) => filter.rule(&forward, [], drop(&network.id, "public access is locked")),
                Err(unknown) => filter.rule(&forward, [], Verdict::Drop(unknown)),
            }
        }
        let node = self.layout.node(id);
        node.filter = filter;
        node.route(TABLE_MAIN, ANY4, over("outside"));
        node.route(LEAVING, ANY4, over("outside"));
    }

    fn egress_gateway(&mut self, gateway: &Gateway, network: &Network) {
        let id = self.between(gateway, network);
        let mut filter = Filter::default();
        let forward = filter.hook("forward", through());
        own_only(&mut filter, &forward, gateway, network);
        match self.lock(network) {
            Some(Ok(PublicAccessMode::BlockBidirectional)) => {
                filter.rule(&forward, [], drop(&network.id, "public access is locked"));
            }
            Some(Err(unknown)) => filter.rule(&forward, [], Verdict::Drop(unknown)),
            _ => {}
        }
        // Who began a connection is known at its interface, where those through this gateway are always tracked: what
        // answers one that came in by another way did not begin inside, datagrams neither (Amazon VPC, Egress-only
        // internet gateways; Amazon EC2, Security group connection tracking).
        let inside = Match::In(Port::new("inside"));
        let answers = [inside.clone(), Match::Signed];
        let why = "nothing inside began it";
        filter.rule(&forward, answers, drop(&gateway.id, why));
        filter.rule(&forward, [inside], Verdict::Accept);
        filter.rule(&forward, [Match::Known], Verdict::Accept);
        filter.rule(&forward, [], drop(&gateway.id, why));
        self.layout.node(id).filter = filter;
    }

    fn nat_gateway(&mut self, gateway: &Gateway, network: &Network) {
        const TCP: u8 = 6;
        const UDP: u8 = 17;
        const ICMP: u8 = 1;
        let GatewayKind::Nat { addresses, .. } = &gateway.kind else {
            return;
        };
        let id = NodeId::Gateway(gateway.id.clone());
        let router = NodeId::Network(network.id.clone());
        self.layout.wire(
            (router, Port::new(gateway.id.as_str())),
            (id.clone(), Port::new("subnet")),
            OUTSIDE,
        );
        let mut filter = Filter::default();
        let forward = filter.hook("forward", through());
        filter.rule(&forward, [Match::Known], Verdict::Accept);
        let own = addresses.iter().find_map(|pair| pair.private);
        for address in addresses.iter().filter_map(|pair| pair.private) {
            let matches = [Match::Destination(single(address))];
            filter.rule(
                &forward,
                matches,
                drop(&gateway.id, "nothing inside began it"),
            );
        }
        if let Some(own) = own {
            for protocol in [TCP, UDP, ICMP] {
                let begins = [Match::Protocol(protocol), Match::Begins];
                filter.rule(&forward, begins, Verdict::Accept);
            }
            filter.rule(
                &forward,
                [],
                drop(
                    &gateway.id,
                    "carries what begins inside, of TCP, UDP and ICMP",
                ),
            );
            let source = filter.hook("source", Hook::Source);
            let ports = Ports::new(1024, u16::MAX).unwrap_or(Ports::ALL);
            let to = Translation::SourceTo(own, ports);
            filter.rule(&source, [], Verdict::Translate(to));
        } else {
            let unknown = Drop::unknown(&gateway.id, "its address is not known");
            filter.rule(&forward, [], Verdict::Drop(unknown));
        }
        let node = self.router(id);
        node.tracks = true;
        node.filter = filter;
        node.route(TABLE_MAIN, ANY4, over("subnet"));
    }

    /// What locks public access to a network, or why that is not known.
    fn lock(&self, network: &Network) -> Option<Result<PublicAccessMode, Drop>> {
        let lock = self
            .estate
            .public_access
            .iter()
            .find(|lock| lock.place == network.place && lock.mode != PublicAccessMode::Off)?;
        let mut excluded = lock.excluded_networks.iter();
        let own = excluded.find(|(id, _)| *id == network.id);
        let subnets = self.index.subnets_of_network(&network.id);
        let some = lock
            .excluded_subnets
            .iter()
            .any(|(id, _)| subnets.iter().any(|subnet| subnet.id == *id));
        if some {
            let why = "which subnets public access is locked for";
            return Some(Err(Drop::unknown(&network.id, why)));
        }
        match own {
            None => Some(Ok(lock.mode)),
            Some((_, PublicAccessMode::Off)) => None,
            Some(_) => Some(Err(Drop::unknown(
                &network.id,
                "what its exclusion from the lock lets out",
            ))),
        }
    }

    /// The border of a network that has a way to the internet.
    pub(super) fn border(&mut self, network: &Network) {
        let open = self.gateways(&network.id, |kind| *kind == GatewayKind::Internet);
        let egress = self.gateways(&network.id, |kind| *kind == GatewayKind::EgressOnly);
        if open.is_empty() && egress.is_empty() {
            // Its addresses are its own all the same: nobody else on the internet has them.
            let internet = self.layout.node(NodeId::Internet);
            for block in &network.blocks6 {
                internet.route(TABLE_MAIN, block.net, Hop::Over(Port::sink()));
            }
            return;
        }
        let id = NodeId::Border(network.id.clone());
        let outside = Port::new("internet");
        let far = (NodeId::Internet, Port::new(network.id.as_str()));
        self.layout
            .wire(far, (id.clone(), outside.clone()), OUTSIDE);
        let publics = self.publics(&network.id);
        let internet = self.layout.node(NodeId::Internet);
        for (public, _) in &publics {
            if !open.is_empty() {
                internet.route(TABLE_MAIN, single(*public), over(network.id.as_str()));
            }
        }
        for block in &network.blocks6 {
            internet.route(TABLE_MAIN, block.net, over(network.id.as_str()));
        }
        let node = self.router(id);
        node.tracks = true;
        node.route(TABLE_MAIN, ANY4, over("internet"));
        node.route(TABLE_MAIN, ANY6, over("internet"));
        for gateway in &open {
            for (public, _) in &publics {
                node.route(TABLE_MAIN, single(*public), over(gateway.id.as_str()));
            }
        }
        for block in &network.blocks6 {
            if let Some(gateway) = open.first().or(egress.first()) {
                node.route(TABLE_MAIN, block.net, over(gateway.id.as_str()));
            }
            if let Some(gateway) = egress.first() {
                node.route(RETURNING, block.net, over(gateway.id.as_str()));
            }
        }
        let policies = [
            (0, None, TABLE_LOCAL),
            (10, Some(MARK), RETURNING),
            (32766, None, TABLE_MAIN),
        ];
        for (order, mark, table) in policies {
            node.policy(Policy {
                order,
                from: mark.map(|_| outside.clone()),
                mark,
                table,
                ..Policy::default()
            });
        }
        let arriving = node
            .filter
            .hook("arriving", Hook::Filter(Point::Arriving, -150));
        for gateway in &egress {
            let from = Match::In(Port::new(gateway.id.as_str()));
            node.filter.rule(
                &arriving,
                [from, Match::Begins],
                Verdict::MarkConnection(MARK),
            );
        }
        let back = Match::In(outside);
        node.filter
            .rule(&arriving, [back], Verdict::MarkFromConnection);
    }
}

/// Out goes what has an IPv6 address of this very network: who comes over a hub or a peering has none.
fn own_only(filter: &mut Filter, forward: &ChainName, gateway: &Gateway, network: &Network) {
    let own = filter.chain("own");
    for block in &network.blocks6 {
        filter.rule(&own, [Match::Source(block.net.into())], Verdict::Return);
    }
    let why = "the source is not of this network";
    filter.rule(&own, [], drop(&gateway.id, why));
    let out = [Match::Family(Family::V6), Match::In(Port::new("inside"))];
    filter.rule(forward, out, Verdict::Jump(own));
}
