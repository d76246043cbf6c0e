//! What the lab is made of, as a value: nodes, the wires between them, and what each node does.
//!
//! Nothing here touches the kernel. A layout is computed from an estate ([`Layout::of`]) and handed to
//! [`crate::Lab`], which makes it, or makes another one of it. Two rules keep it small:
//!
//! - **Every wire is point to point**, and its ends are always `fe80::1` and `fe80::2`. Routes of both
//!   families lead "over a port" to the other end (RFC 8950's way for IPv4), so there are no transfer
//!   networks and two neighbour entries a wire, however many addresses are behind it.
//! - **Everything that drops says who drops**: what has no route is sent to a port of its own, the sink, so
//!   that one filter sees it and names the table.

mod client;
mod filter;
mod narrow;
mod node;
mod of;
mod service;

use std::collections::BTreeMap;
use std::fmt;

use sixward_estate::{
    EndpointId, GatewayId, HostId, InterfaceId, LinkId, NetworkId, SmolStr, SubnetId, TransitId,
};

pub use client::Reach;
pub use filter::{
    Chain, ChainName, Drop, Filter, Hook, Key, Match, Point, Rule, Set, SetName, Translation,
    Verdict,
};
pub use narrow::LEAST;
pub use node::{Hop, Node, Policy, Port, Route, TABLE_LOCAL, TABLE_MAIN};
pub use of::node_of;
pub use service::{Listen, Onward, Service};

/// A whole lab.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The nodes: one network namespace each.
    pub nodes: BTreeMap<NodeId, Node>,
    /// The wires, by their first end.
    pub wires: BTreeMap<End, Wire>,
}

/// What a node stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeId {
    /// A machine, with all its interfaces.
    Host(HostId),
    /// An interface of a managed service: a database's, a load balancer's.
    Interface(InterfaceId),
    /// A subnet: the ports of its interfaces, and the groups on them.
    Subnet(SubnetId),
    /// A network's router: its route tables and the lists of its subnets.
    Network(NetworkId),
    /// A gateway.
    Gateway(GatewayId),
    /// Where the internet meets a network: it knows by which gateway an answer must return.
    Border(NetworkId),
    /// A part of the way between the internet and a network's border that carries less than either knows.
    Way(NetworkId),
    /// A transit hub.
    Transit(TransitId),
    /// What is behind a VPN connection or another attachment of a transit hub.
    Site(LinkId),
    /// A network on the far side of a peering that is not in the estate.
    Foreign(LinkId),
    /// The service behind a gateway endpoint.
    Service(EndpointId),
    /// The internet, with everybody on it.
    Internet,
    /// Somebody on it who asks for names.
    Client(Reach),
}

/// A port of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// The node.
    pub node: NodeId,
    /// Its port.
    pub port: Port,
}

/// A wire from the end it is kept under to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    /// The other end.
    pub to: End,
    /// The largest packet it carries.
    pub mtu: u32,
    /// The largest packet that the other end gives it; less than `mtu` makes a way narrower than those at
    /// its ends know.
    pub back: u32,
}

impl Layout {
    /// Puts a wire between two nodes.
    pub fn wire(&mut self, from: (NodeId, Port), to: (NodeId, Port), mtu: u32) {
        let end = |(node, port)| End { node, port };
        let to = end(to);
        self.wires.insert(end(from), Wire { to, mtu, back: mtu });
    }

    /// The node, made when it is not there yet.
    pub fn node(&mut self, id: NodeId) -> &mut Node {
        self.nodes.entry(id).or_default()
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(id) => id.fmt(f),
            Self::Interface(id) => id.fmt(f),
            Self::Subnet(id) => id.fmt(f),
            Self::Network(id) => id.fmt(f),
            Self::Gateway(id) => id.fmt(f),
            Self::Border(id) => write!(f, "border of {id}"),
            Self::Way(id) => write!(f, "way to {id}"),
            Self::Transit(id) => id.fmt(f),
            Self::Site(id) => write!(f, "site behind {id}"),
            Self::Foreign(id) => write!(f, "far side of {id}"),
            Self::Service(id) => write!(f, "service behind {id}"),
            Self::Internet => f.pad("internet"),
            Self::Client(reach) => write!(f, "{reach} client"),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.port, self.node)
    }
}

/// A short text of a thing, for the names of chains and sets.
pub(crate) fn word(id: impl fmt::Display) -> SmolStr {
    smol_str(id)
}

fn smol_str(text: impl fmt::Display) -> SmolStr {
    SmolStr::from(text.to_string())
}
