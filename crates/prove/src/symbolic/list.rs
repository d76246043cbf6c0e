//! What the stateless list on a subnet's edge lets pass, by the address of the other end.
//!
//! The first rule that matches decides, lowest number first, and what none matches is denied (Amazon
//! VPC: Network ACLs). A list keeps no state: a flow passes when its packets pass one way and its
//! answers the other, by the source port that they answer to.

use sixward_estate::{Action, Direction, Estate, Firewall, FirewallKind, Rule};

use super::address::Address;
use super::profile::ranges;
use super::unknown::{Gaps, Unknown, unknown};
use crate::set::{Arena, Steps, TrafficId, reduce};

/// The flows that cross a subnet's edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge<A> {
    /// Flows that begin inside, by their destination; their answers come back in.
    pub(super) outward: Steps<A, TrafficId>,
    /// Flows that begin outside, by their source; their answers get out.
    pub(super) inward: Steps<A, TrafficId>,
    /// Packets that go out, by their destination, whatever becomes of answers.
    pub(super) sends: Steps<A, TrafficId>,
    /// Packets that come in, by their source.
    pub(super) takes: Steps<A, TrafficId>,
    /// What might decide otherwise.
    pub(super) unknown: Unknown,
}

/// What rules so far allow, and what they have decided on.
type Decision = (TrafficId, TrafficId);

impl<A: Address> Edge<A> {
    /// An edge without a list.
    pub(super) fn open() -> Self {
        Self {
            outward: Steps::constant(TrafficId::ALL),
            inward: Steps::constant(TrafficId::ALL),
            sends: Steps::constant(TrafficId::ALL),
            takes: Steps::constant(TrafficId::ALL),
            unknown: Unknown::new(),
        }
    }

    /// An edge of which nothing is known.
    pub(super) fn unknown(unknown: Unknown) -> Self {
        Self {
            unknown,
            ..Self::open()
        }
    }

    /// Whether everything passes.
    pub(super) fn is_open(&self) -> bool {
        *self == Self::open()
    }

    pub(super) fn of(estate: &Estate, gaps: &Gaps, list: &Firewall, arena: &mut Arena) -> Self {
        if list.kind != FirewallKind::List {
            return Self::unknown(unknown("firewall", &list.id));
        }
        let mut missing: Unknown = gaps.find("firewall", &list.id).into_iter().collect();
        let out = first_match(estate, list, Direction::Egress, &mut missing, arena);
        let into = first_match(estate, list, Direction::Ingress, &mut missing, arena);
        Self {
            outward: out.zip(&into, |begin, answer| {
                let answered = arena.answered(*answer);
                arena.and(*begin, answered)
            }),
            inward: into.zip(&out, |begin, answer| {
                let answered = arena.answered(*answer);
                arena.and(*begin, answered)
            }),
            sends: out,
            takes: into,
            unknown: missing,
        }
    }
}

/// What one direction of a list allows.
fn first_match<A: Address>(
    estate: &Estate,
    list: &Firewall,
    direction: Direction,
    missing: &mut Unknown,
    arena: &mut Arena,
) -> Steps<A, TrafficId> {
    let mut rules: Vec<&Rule> = list.rules(direction).collect();
    rules.sort_by_key(|rule| rule.order);
    let mut parts = Vec::new();
    for rule in rules {
        let decided = arena.rule(rule.traffic);
        let allowed = match rule.action {
            Action::Allow => decided,
            Action::Deny => TrafficId::EMPTY,
        };
        let (ranges, unknown) = ranges::<A>(estate, &rule.remote);
        missing.extend(unknown);
        let nothing = (TrafficId::EMPTY, TrafficId::EMPTY);
        let ranges = ranges.into_iter();
        parts.extend(
            ranges.map(|(first, last)| Steps::on(first, last, (allowed, decided), nothing)),
        );
    }
    let joined = reduce(parts, |a: &Steps<A, Decision>, b| {
        a.zip(b, |first, then| after(*first, *then, arena))
    });
    joined.map_or_else(
        || Steps::constant(TrafficId::EMPTY),
        |joined| joined.map(|(allowed, _)| *allowed),
    )
}

/// Rules followed by others: the others decide only what is left.
fn after(first: Decision, then: Decision, arena: &mut Arena) -> Decision {
    let left = arena.minus(then.0, first.1);
    (arena.or(first.0, left), arena.or(first.1, then.1))
}
