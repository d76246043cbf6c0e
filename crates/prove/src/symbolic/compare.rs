//! What one state allows and another does not: in one family before and after a change, or in IPv6
//! beyond the image of IPv4, or in IPv4 and not yet in IPv6. One mechanism for all promises.
//!
//! An answer is a product of factors, so a flow in excess must be in excess of some factor. Factors are
//! compared as tables, interfaces aligned by their addresses; what exceeds there is a *suspect*, and
//! only suspects are looked at pair by pair. Where every table keeps within its counterpart nothing is
//! enumerated at all.

mod abroad;
mod apart;
mod beyond;
mod boxes;
mod calls;
mod carry;
mod crowd;
mod doubt;
mod gauge;
mod mention;
mod named;
mod neighbour;
mod opening;
mod outside;
mod pair;
mod public;
mod scope;
mod suspect;
mod transit;
mod watch;

use std::collections::BTreeMap;
use std::net::IpAddr;

use sixward_estate::{InterfaceId, Subject};
use sixward_net::{Family, Ipv4Net, Ipv6Net};

use super::Analysis;
use super::address::Address;
use crate::set::TrafficSet;
use crate::{End, Packet};
pub use watch::Watch;

use boxes::Boxes;
use crowd::Crowd;
use doubt::Doubts;
use gauge::Gauge;
use neighbour::Neighbours;
use scope::{Scope, Suspects};

/// One family of one state.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The state.
    pub analysis: &'a Analysis,
    /// The family.
    pub family: Family,
}

/// Outside prefixes that are the same to whoever decides: who is behind the IPv4 one is behind the
/// IPv6 one.
pub type Twins = [(Ipv4Net, Ipv6Net)];

/// Flows that one view has and the other lacks: everything from one side to the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Excess {
    /// Where they begin.
    pub from: Ends,
    /// Where they end.
    pub to: Ends,
    /// What is in excess for sure.
    pub traffic: TrafficSet,
    /// That, and what may be as far as anybody knows.
    pub possible: TrafficSet,
    /// What the difference waits for.
    pub undetermined: Vec<Subject>,
    /// One of the flows, as a packet.
    pub witness: Witness,
}

impl Excess {
    /// The box without what may be begun with some interfaces, or by them where the other end is out of
    /// the estate: a box for those of which nothing is allowed, and one for each other.
    pub(crate) fn without(
        self,
        allowed: &BTreeMap<&InterfaceId, TrafficSet>,
        address: impl Fn(&InterfaceId) -> Option<IpAddr>,
    ) -> Vec<Self> {
        let (near, inward) = match (&self.from, &self.to) {
            (_, Ends::Interfaces(to)) => (to, true),
            (Ends::Interfaces(from), _) => (from, false),
            _ => return vec![self],
        };
        let (special, rest): (Vec<_>, Vec<_>) = near
            .iter()
            .cloned()
            .partition(|id| allowed.contains_key(id));
        if special.is_empty() {
            return vec![self];
        }
        let with = |near: Vec<InterfaceId>, minus: &TrafficSet| {
            let traffic = self.traffic.difference(minus);
            let possible = self.possible.difference(minus);
            let end = near.first().cloned()?;
            let own = address(&end)?;
            let shown = if traffic.is_empty() {
                &possible
            } else {
                &traffic
            };
            let mut witness = self.witness.clone();
            witness.packet.l4 = shown.typical()?;
            let (mut from, mut to) = (self.from.clone(), self.to.clone());
            if inward {
                witness.packet.destination = own;
                witness.to = End::Interface(end);
                to = Ends::Interfaces(near);
            } else {
                witness.packet.source = own;
                witness.from = End::Interface(end);
                from = Ends::Interfaces(near);
            }
            Some(Self {
                from,
                to,
                traffic,
                possible,
                witness,
                undetermined: self.undetermined.clone(),
            })
        };
        let nothing = TrafficSet::empty();
        let special = special.into_iter();
        let special = special.filter_map(|id| {
            let minus = allowed.get(&id)?;
            with(vec![id], minus)
        });
        let mut boxes: Vec<_> = special.collect();
        boxes.extend(with(rest, &nothing));
        boxes
    }
}

/// Ends of flows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ends {
    /// Interfaces, by their ids.
    Interfaces(Vec<InterfaceId>),
    /// Hosts of the internet: ranges of addresses, first and last.
    Internet(Vec<(IpAddr, IpAddr)>),
    /// Hosts of a site or of a network that is not in the estate.
    Far(End, Vec<(IpAddr, IpAddr)>),
}

impl Ends {
    /// The ranges of hosts that are no interfaces.
    pub(crate) fn hosts(&self) -> Option<&[(IpAddr, IpAddr)]> {
        match self {
            Self::Interfaces(_) => None,
            Self::Internet(ranges) | Self::Far(_, ranges) => Some(ranges),
        }
    }

    /// The same end with other hosts.
    fn at(&self, ranges: Vec<(IpAddr, IpAddr)>) -> Self {
        match self {
            Self::Far(end, _) => Self::Far(end.clone(), ranges),
            _ => Self::Internet(ranges),
        }
    }
}

/// One flow of many.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Witness {
    /// Where it begins.
    pub from: End,
    /// Where it ends.
    pub to: End,
    /// The packet that begins it.
    pub packet: Packet,
}

/// All that `of` allows beyond `beyond`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The flows, as boxes.
    pub excess: Vec<Excess>,
    /// There are more flows than were listed: the limit was reached.
    pub more: bool,
}

/// How many pairs of interfaces in excess are looked at before the rest is only known to be there.
pub const MOST: usize = 20_000;

/// A question: what does `of` allow that `beyond` does not, nor `nor` when there is one?
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Whose flows.
    pub of: View<'a>,
    /// What they are measured by.
    pub beyond: View<'a>,
    /// A state of the same family as `of`, whose flows are nothing new.
    pub nor: Option<&'a Analysis>,
    /// Outside prefixes that mean the same in both families.
    pub twins: &'a Twins,
}

/// The states of a question.
#[derive(Debug, Clone, Copy)]
struct States<'a> {
    x: &'a Analysis,
    y: &'a Analysis,
    nor: Option<&'a Analysis>,
}

impl Question<'_> {
    /// The flows. All analyses go back to one, by [`Analysis::next`]. Across families traffic is
    /// translated: ICMP becomes ICMPv6, and messages without which IPv6 does not work are in excess of
    /// nothing (RFC 4890).
    pub fn answer(&self) -> Comparison {
        match (self.of.family, self.beyond.family) {
            (Family::V4, Family::V4) => self.compare::<u32, u32>(false),
            (Family::V6, Family::V6) => self.compare::<u128, u128>(false),
            (Family::V6, Family::V4) => self.compare::<u128, u32>(false),
            (Family::V4, Family::V6) => self.compare::<u32, u128>(false),
        }
    }

    /// The same with every pair of interfaces looked at: the slow way, for tests to compare with.
    pub fn answer_pair_by_pair(&self) -> Comparison {
        match (self.of.family, self.beyond.family) {
            (Family::V4, Family::V4) => self.compare::<u32, u32>(true),
            (Family::V6, Family::V6) => self.compare::<u128, u128>(true),
            (Family::V6, Family::V4) => self.compare::<u128, u32>(true),
            (Family::V4, Family::V6) => self.compare::<u32, u128>(true),
        }
    }

    fn compare<X: Address, Y: Address>(&self, pair_by_pair: bool) -> Comparison {
        let states = States {
            x: self.of.analysis,
            y: self.beyond.analysis,
            nor: self.nor,
        };
        let crowd = Crowd::<X, Y>::new(states.x, states.y);
        let mut gauge = Gauge::new::<X, Y>(&states.x.arena);
        let mut boxes = Boxes::default();
        let scope = Scope::Everybody;
        let suspects = if pair_by_pair {
            suspect::everybody(&crowd, &gauge)
        } else {
            let doubts = Doubts::of(&states, &crowd, &mut gauge);
            suspect::suspects(&states, &crowd, &scope, &doubts, &mut gauge)
        };
        let found = (&mut Neighbours::default(), &mut boxes);
        states.compare(&crowd, &scope, suspects, self.twins, &mut gauge, found);
        boxes.finish(&gauge)
    }
}

impl States<'_> {
    /// Looks at the internet, at what is behind links, and at every pair that is suspect by then.
    fn compare<X: Address, Y: Address>(
        &self,
        crowd: &Crowd<X, Y>,
        scope: &Scope,
        mut suspects: Suspects,
        twins: &Twins,
        gauge: &mut Gauge,
        (neighbours, boxes): (&mut Neighbours<X>, &mut Boxes),
    ) {
        outside::compare(self, crowd, scope, twins, gauge, neighbours, boxes);
        beyond::compare(self, crowd, scope, twins, gauge, boxes);
        neighbours.suspect(self.x, crowd, scope, &mut suspects);
        pair::compare(self, crowd, &suspects, gauge, boxes);
    }
}

/// What one view allows beyond another.
pub fn excess(of: View<'_>, beyond: View<'_>, twins: &Twins) -> Comparison {
    question(of, beyond, twins).answer()
}

/// The same with every pair of interfaces looked at.
pub fn excess_pair_by_pair(of: View<'_>, beyond: View<'_>, twins: &Twins) -> Comparison {
    question(of, beyond, twins).answer_pair_by_pair()
}

fn question<'a>(of: View<'a>, beyond: View<'a>, twins: &'a Twins) -> Question<'a> {
    Question {
        of,
        beyond,
        nor: None,
        twins,
    }
}
