//! Who listens at an address: a flow knows whom it is for, not who that is.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use crate::layout::{Layout, Listen, NodeId, Onward, Service, Set, SetName, TABLE_LOCAL};

/// Who has which address.
#[derive(Debug, Default)]
pub(super) struct Holders {
    own: BTreeMap<IpAddr, Vec<NodeId>>,
    /// Public addresses and the private ones behind them.
    public: BTreeMap<IpAddr, IpAddr>,
    everybody: Vec<NodeId>,
    serving: BTreeMap<NodeId, BTreeMap<Listen, Service>>,
}

/// Who is asked in the end.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Who may be meant.
    pub(super) at: Vec<(NodeId, SocketAddr)>,
    /// Whom balancers on the way ask in its stead.
    pub(super) onward: Onwards,
}

/// The target of each balancer on the way; a balancer's target may be another one.
pub(super) type Onwards = [Option<SocketAddr>; 2];

impl Holders {
    pub(super) fn of(layout: &Layout) -> Self {
        let mut holders = Self::default();
        for (id, node) in &layout.nodes {
            if node.routes.keys().any(|(table, _)| *table == TABLE_LOCAL) && !node.forwards
                || *id == NodeId::Internet
            {
                holders.everybody.push(id.clone());
            }
            if matches!(id, NodeId::Host(_) | NodeId::Interface(_)) {
                for net in node.addresses.values().flatten() {
                    let who = holders.own.entry(net.addr()).or_default();
                    who.push(id.clone());
                }
            }
            if !node.serves.is_empty() {
                holders.serving.insert(id.clone(), node.serves.clone());
            }
            let map = node.filter.sets.get(&SetName("private of public".into()));
            if let Some(Set::Translations(map)) = map {
                let pairs = map
                    .iter()
                    .map(|(public, own)| (IpAddr::V4(*public), IpAddr::V4(*own)));
                holders.public.extend(pairs);
            }
        }
        holders
    }

    /// Who is asked by a flow: for a load balancer, its target.
    pub(super) fn asked(&self, from: u16, to: SocketAddr, tcp: bool) -> Asked {
        let mut asked = Asked::default();
        let mut ends = vec![to];
        for depth in 0..=asked.onward.len() {
            for end in std::mem::take(&mut ends) {
                for (node, own) in self.find(end.ip()) {
                    match self.onward(&node, from, end.port(), tcp) {
                        Onward::To(target) => {
                            if let Some(onward) = asked.onward.get_mut(depth) {
                                *onward = Some(target);
                            }
                            ends.push(target);
                        }
                        _ => asked.at.push((node, SocketAddr::new(own, end.port()))),
                    }
                }
            }
        }
        asked
    }

    fn onward(&self, node: &NodeId, from: u16, port: u16, tcp: bool) -> Onward {
        let services = self.serving.get(node);
        let service = services.and_then(|all| all.get(&Listen { tcp, port }));
        service.map_or(Onward::Itself, |service| service.onward(from))
    }

    /// Who may be meant by an address, and by which address of theirs.
    fn find(&self, address: IpAddr) -> Vec<(NodeId, IpAddr)> {
        let address = self.public.get(&address).copied().unwrap_or(address);
        match self.own.get(&address) {
            Some(nodes) => nodes.iter().map(|node| (node.clone(), address)).collect(),
            None => self
                .everybody
                .iter()
                .map(|node| (node.clone(), address))
                .collect(),
        }
    }
}
