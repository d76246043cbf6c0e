//! One node: addresses, routes, which table is asked when, and its filter.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sixward_estate::SmolStr;
use sixward_net::IpNet;

use super::{Filter, Listen, Service};

/// The table that is asked when no [`Policy`] says otherwise.
pub const TABLE_MAIN: u32 = 254;
/// The table of the node's own addresses.
pub const TABLE_LOCAL: u32 = 255;

/// What a node has and does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// It hands on packets that are for others.
    pub forwards: bool,
    /// It keeps connections in mind, and must not run full of dead ones.
    pub tracks: bool,
    /// Addresses by port.
    pub addresses: BTreeMap<Port, BTreeSet<IpNet>>,
    /// Routes of all tables.
    pub routes: BTreeMap<(u32, IpNet), Hop>,
    /// Which table is asked, in order; none: the kernel's own order.
    pub policies: BTreeSet<Policy>,
    /// What is dropped, marked and translated.
    pub filter: Filter,
    /// Of a load balancer: where that goes which it gets. The filter carries what stays in its family.
    pub serves: BTreeMap<Listen, Service>,
}

/// A port of a node, by a name that is its own in that node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port(SmolStr);

/// A route without its table.
pub type Route = (IpNet, Hop);

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hop {
    /// To the other end of a port's wire.
    Over(Port),
    /// To this node itself: it answers for every such address.
    Here,
}

/// Which table is asked for which packets. Sorted by `order`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Policy {
    /// Its place, lowest first.
    pub order: u32,
    /// Packets that came in by this port; `lo`: what begins here.
    pub from: Option<Port>,
    /// Packets from these addresses.
    pub source: Option<IpNet>,
    /// Packets that the filter marked so.
    pub mark: Option<u32>,
    /// The table.
    pub table: u32,
}

impl Port {
    /// A port by its name.
    pub fn new(name: impl Into<SmolStr>) -> Self {
        Self(name.into())
    }

    /// The port that every node has, which leads to itself.
    pub fn own() -> Self {
        Self::new("lo")
    }

    /// Where goes what has no route; see [`super`].
    pub fn sink() -> Self {
        Self::new("sink")
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Node {
    /// Adds an address.
    pub fn address(&mut self, port: Port, address: impl Into<IpNet>) {
        self.addresses
            .entry(port)
            .or_default()
            .insert(address.into());
    }

    /// Adds a route; the first one for a prefix stays.
    pub fn route(&mut self, table: u32, net: impl Into<IpNet>, hop: Hop) {
        self.routes.entry((table, net.into())).or_insert(hop);
    }

    /// Says which table is asked.
    pub fn policy(&mut self, policy: Policy) {
        self.policies.insert(policy);
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
