//! One packet, hop by hop: a packet in, what every filter, route and gateway decides about it out.
//!
//! Written apart from the symbolic analysis and sharing nothing with it but the packet and the
//! estate's types, so that each checks the other. `docs/concepts/reachability.md` says which rules of
//! the provider hold here; the tests in `tests/trace` have one for each. A flow counts as allowed only
//! when its answer also comes back, so the answer is walked too.

mod atlas;
mod choice;
mod filter;
mod gateway;
mod guard;
mod interface;
mod internet;
mod known;
mod link;
mod lock;
mod nat;
mod reply;
mod route;
mod session;
mod show;
mod subnet;
mod walk;

use serde::{Deserialize, Serialize};
use sixward_estate::{Direction, Estate, FirewallId, Route, Rule, Subject, TransitRoute};

use crate::{End, Packet};
use atlas::Atlas;

/// Traces packets through one estate, which it indexes once.
#[derive(Debug)]
pub struct Tracer<'a> {
    atlas: Atlas<'a>,
}

/// What becomes of a packet and of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Where the packet begins.
    pub from: End,
    /// The packet as it is sent.
    pub packet: Packet,
    /// The packet's way.
    pub forward: Vec<Hop>,
    /// The answer's way; empty when the packet does not arrive, or when nothing answers it.
    pub back: Vec<Hop>,
    /// What becomes of the flow.
    pub outcome: Outcome,
}

/// What becomes of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It arrives, and its answer comes back.
    Delivered(End),
    /// It arrives at a service of the provider's own, which is no end of the estate.
    Service(Subject),
    /// It is dropped, or its answer is.
    Dropped(Cause),
    /// Something that is not modelled, or that the provider does not promise, decides it.
    Undetermined(Subject),
}

/// One decision on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// Who decides: an interface, a firewall, a route table, a gateway, a link.
    pub at: Subject,
    /// What is decided.
    pub what: Decision,
    /// The packet after it.
    pub packet: Packet,
}

/// What is decided about a packet at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It begins here.
    Sent,
    /// A rule lets it pass.
    Allowed(Rule),
    /// It answers a packet that passed here, which a stateful firewall remembers.
    Tracked(Direction),
    /// A route of a network's table.
    Routed(Route),
    /// A route of a transit hub's table.
    Switched(TransitRoute),
    /// It stays in its subnet, where no list and no table is asked.
    Direct,
    /// Its addresses or ports become others; this is the packet before.
    Translated(Packet),
    /// It goes through as it is.
    Passed,
    /// It is where it was going.
    Delivered,
    /// It ends here.
    Dropped(Cause),
    /// What becomes of it here is not known. Past a filter it walks on, to see whether it is dropped
    /// for sure further on.
    Undetermined,
}

/// Why a packet is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// An interface sends in its own name only.
    NotOwnSource,
    /// It is for somebody else, and this interface does not forward.
    NotForwarding,
    /// No rule of these firewalls allows it.
    NoRule {
        /// Seen from the interface.
        direction: Direction,
        /// The firewalls on it.
        firewalls: Vec<FirewallId>,
    },
    /// This rule denies it.
    Denied(Rule),
    /// No rule of an ordered firewall speaks of it.
    ImplicitDeny(Direction),
    /// The table has no route for it.
    NoRoute,
    /// The route's target is gone, or the route leads nowhere on purpose.
    Blackhole,
    /// The address is in the network's block and in no subnet.
    NoSubnet,
    /// No interface carries the address.
    Nobody,
    /// The address is not the network's, and the network does not carry packets for others.
    NotTransitive,
    /// The gateway is attached to another network, or to none.
    Detached,
    /// The source has no public address.
    NoPublicAddress,
    /// The gateway does not carry this family or protocol.
    NotCarried,
    /// A NAT gateway does not serve the hosts of its own subnet.
    OwnSubnet,
    /// It does not answer anything that began inside.
    NoSession,
    /// Public access is locked.
    Locked,
    /// The sender's zone has no interface of the hub.
    NoZone,
    /// The attachment has no table.
    NoTable,
    /// The internet does not carry such addresses.
    NotRoutable,
    /// Nothing of the estate answers to this public address.
    NotOurs,
    /// The answer arrives, but not as an answer: elsewhere, or from another address.
    Estranged,
    /// It goes round in circles.
    Loop,
}

impl<'a> Tracer<'a> {
    /// A tracer of this estate.
    pub fn new(estate: &'a Estate) -> Self {
        Self {
            atlas: Atlas::new(estate),
        }
    }

    /// What becomes of a packet that begins at `from`, and of its answer.
    pub fn trace(&self, from: &End, packet: Packet) -> Trace {
        choice::trace(&self.atlas, from, packet)
    }

    /// Whether the sender of a packet that arrives hears that it is too big, without which large
    /// packets vanish (RFC 4890 section 4.3.1); nothing when the packet does not arrive.
    ///
    /// The word comes from where the packet arrives; the lists of subnets look at it, and firewalls that
    /// keep state let it pass.
    pub fn too_big(&self, from: &End, packet: Packet) -> Option<Trace> {
        choice::too_big(&self.atlas, from, packet)
    }
}

impl Trace {
    /// Whether the flow works: it arrives, and its answer comes back.
    pub fn works(&self) -> bool {
        matches!(self.outcome, Outcome::Delivered(_) | Outcome::Service(_))
    }

    /// Whether the packet itself arrives, whatever becomes of its answer; past filters that are not known
    /// it may arrive.
    pub fn arrives(&self) -> bool {
        let last = self.forward.last();
        last.is_some_and(|hop| hop.what == Decision::Delivered)
    }
}
