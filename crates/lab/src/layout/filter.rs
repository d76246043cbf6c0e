//! What a node drops, marks and translates: chains of rules and the sets they look into.
//!
//! As much of nftables as the lab needs, in types: what cannot be said here is not needed. One table a
//! node, of both families; the kernel half knows how it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sixward_estate::SmolStr;
use sixward_net::{Family, IcmpMatch, IpNet, Ports};

use super::Port;

/// The filter of one node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Sets and maps that rules look into.
    pub sets: BTreeMap<SetName, Set>,
    /// The chains.
    pub chains: BTreeMap<ChainName, Chain>,
}

/// The name of a chain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainName(pub SmolStr);

/// The name of a set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetName(pub SmolStr);

/// What rules look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Set {
    /// IPv4 addresses.
    Addresses4(BTreeSet<Ipv4Addr>),
    /// IPv6 addresses.
    Addresses6(BTreeSet<Ipv6Addr>),
    /// An address for an address.
    Translations(BTreeMap<Ipv4Addr, Ipv4Addr>),
    /// A connection-tracking zone for a port.
    ZoneOfPort(BTreeMap<Port, u16>),
    /// A zone for an address.
    ZoneOf4(BTreeMap<Ipv4Addr, u16>),
    /// A zone for an address.
    ZoneOf6(BTreeMap<Ipv6Addr, u16>),
    /// A chain for a port.
    Chains(BTreeMap<Port, ChainName>),
}

/// Rules that are gone through in order. What comes to the end of a hooked chain passes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// Where packets come into it; none: by a jump.
    pub hook: Option<Hook>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// Where packets come into a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// To be dropped or marked, at this priority.
    Filter(Point, i32),
    /// To get another destination.
    Destination,
    /// To get another source.
    Source,
}

/// A point on a packet's way through a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Come in, not routed yet.
    Arriving,
    /// Routed to this node.
    Here,
    /// Routed through this node.
    Through,
    /// Made by this node.
    Own,
    /// About to leave.
    Leaving,
}

/// One rule: what it speaks of and what then happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// All must hold.
    pub matches: Vec<Match>,
    /// What happens.
    pub verdict: Verdict,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// Packets of this family.
    Family(Family),
    /// Came in by this port.
    In(Port),
    /// Came in by another port than this.
    NotIn(Port),
    /// Goes out by this port.
    Out(Port),
    /// From an address of this prefix.
    Source(IpNet),
    /// To an address of this prefix.
    Destination(IpNet),
    /// From an address of this set.
    SourceIn(SetName, Family),
    /// From an address that is not in this set.
    SourceNotIn(SetName, Family),
    /// To an address of this set.
    DestinationIn(SetName, Family),
    /// Of this protocol.
    Protocol(u8),
    /// Of another protocol than this.
    NotProtocol(u8),
    /// From a port with these low bits (a mask, and what is left); of TCP or UDP, which another condition says.
    SourceBits(u16, u16),
    /// To these ports; of TCP or UDP, which another condition says.
    Ports(Ports),
    /// Such ICMP messages of either family, which another condition says.
    Icmp(IcmpMatch),
    /// Part of a connection that is known, or an error about one.
    Known,
    /// An error about a packet of a connection.
    Error,
    /// The first packet of a connection.
    Begins,
    /// Part of no connection that was seen to begin.
    Stray,
    /// From the side of a connection that did not begin it.
    Answers,
    /// Over IPv6, and signed for an answer on the way.
    Signed,
    /// Of a connection that carries this mark.
    ConnectionMark(u32),
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It passes this hook.
    Accept,
    /// It is dropped, and said by whom.
    Drop(Drop),
    /// Back to where the chain was jumped from.
    Return,
    /// On in that chain, and back.
    Jump(ChainName),
    /// On in the chain of the port it came in by, and back; past it when there is none.
    JumpByIn(SetName),
    /// On in the chain of the port it goes out by, and back.
    JumpByOut(SetName),
    /// Its connection is looked up in the zone of a key.
    Zone(Key, SetName),
    /// Another address, from a map or a given one; past it when the map has none.
    Translate(Translation),
    /// The connection is marked.
    MarkConnection(u32),
    /// The packet is marked.
    Mark(u32),
    /// The packet is marked as its connection is.
    MarkFromConnection,
    /// The packet, of IPv6, is signed for an answer, or the sign is taken off. Unlike a mark it goes along from node
    /// to node.
    Sign(bool),
}

/// What a zone is looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The port it came in by.
    In,
    /// Whom it is for.
    Destination(Family),
}

/// Another address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Translation {
    /// The destination, by this map.
    Destination(SetName),
    /// The source, by this map.
    Source(SetName),
    /// The destination of this one packet, by this map.
    RewriteDestination(SetName),
    /// The source of this one packet, by this map.
    RewriteSource(SetName),
    /// The source of an error becomes whom the packet was for that it is about.
    SourceFromQuote(Family),
    /// This source, and a port of these.
    SourceTo(Ipv4Addr, Ports),
    /// This source, and the port that it has where that is free.
    SourceAs(IpAddr),
    /// This destination.
    DestinationTo(SocketAddr),
}

/// Who drops, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drop {
    /// The thing of the estate.
    pub by: SmolStr,
    /// In a few words.
    pub why: SmolStr,
    /// It is not dropped by a rule of the provider's: what happens here is not modelled.
    pub unknown: bool,
}

impl Rule {
    /// A rule.
    pub fn new(matches: impl Into<Vec<Match>>, verdict: Verdict) -> Self {
        Self {
            matches: matches.into(),
            verdict,
        }
    }
}

impl Drop {
    /// Dropped by `by`, because of `why`.
    pub fn new(by: impl std::fmt::Display, why: impl Into<SmolStr>) -> Self {
        Self {
            by: super::word(by),
            why: why.into(),
            unknown: false,
        }
    }

    /// Not known what `by` does.
    pub fn unknown(by: impl std::fmt::Display, why: impl Into<SmolStr>) -> Self {
        Self {
            unknown: true,
            ..Self::new(by, why)
        }
    }

    /// As the kernel logs it: 127 bytes are all it takes.
    pub fn prefix(&self) -> String {
        let sign = if self.unknown { '?' } else { '!' };
        let mut text = format!("{sign}{}: {}", self.by, self.why);
        let mut end = text.len().min(120);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text
    }

    /// Back from what the kernel logged.
    pub fn parse(prefix: &str) -> Option<Self> {
        let unknown = match prefix.as_bytes().first()? {
            b'?' => true,
            b'!' => false,
            _ => return None,
        };
        let (by, why) = prefix.get(1..)?.split_once(": ")?;
        Some(Self {
            by: by.into(),
            why: why.into(),
            unknown,
        })
    }
}

impl Filter {
    /// Puts a rule at the end of a chain.
    pub fn rule(&mut self, chain: &ChainName, matches: impl Into<Vec<Match>>, verdict: Verdict) {
        let chain = self.chains.entry(chain.clone()).or_default();
        chain.rules.push(Rule::new(matches, verdict));
    }

    /// Makes a chain that packets come into.
    pub fn hook(&mut self, name: &str, hook: Hook) -> ChainName {
        let name = ChainName::new(name);
        self.chains.entry(name.clone()).or_default().hook = Some(hook);
        name
    }

    /// Makes a chain that others jump to.
    pub fn chain(&mut self, name: impl Into<SmolStr>) -> ChainName {
        let name = ChainName::new(name);
        self.chains.entry(name.clone()).or_default();
        name
    }

    /// Makes a set.
    pub fn set(&mut self, name: impl Into<SmolStr>, set: Set) -> SetName {
        let name = SetName(name.into());
        self.sets.insert(name.clone(), set);
        name
    }
}

impl ChainName {
    /// A chain's name.
    pub fn new(name: impl Into<SmolStr>) -> Self {
        Self(name.into())
    }
}
