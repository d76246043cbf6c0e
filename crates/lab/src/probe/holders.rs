//! Who listens at an address: a flow knows whom it is for, not who that is.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::layout::{Layout, NodeId, Set, SetName, TABLE_LOCAL};

/// Who has which address.
#[derive(Debug, Default)]
pub(super) struct Holders {
    own: BTreeMap<IpAddr, Vec<NodeId>>,
    /// Public addresses and the private ones behind them.
    public: BTreeMap<IpAddr, IpAddr>,
    everybody: Vec<NodeId>,
}

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

    /// Who may be meant by an address, and by which address of theirs.
    pub(super) fn find(&self, address: IpAddr) -> Vec<(NodeId, IpAddr)> {
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
