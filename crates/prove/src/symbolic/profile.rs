//! What the firewalls of an interface let pass, by the address of the other end.
//!
//! Interfaces under the same firewalls share one [`Profile`]. Groups only allow, and any rule that
//! matches is enough (Amazon VPC: Security group rules). A rule that names a group means the private
//! addresses of its members, of both families; such rules are kept apart from prefixes and resolved
//! only for the interface that is asked about. Answers pass by themselves.

use std::collections::BTreeMap;
use std::rc::Rc;

use sixward_estate::{
    Action, Direction, Estate, Firewall, FirewallId, FirewallKind, PrefixListId, Remote, Rule,
};

use super::address::Address;
use super::unknown::{Gaps, Unknown, subject, unknown};
use crate::set::{Arena, Steps, TrafficId, reduce};

/// The two directions of one set of firewalls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Profile<A> {
    pub(super) ingress: Side<A>,
    pub(super) egress: Side<A>,
}

/// What may pass in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Side<A> {
    /// By the address of the other end.
    pub(super) nets: Steps<A, TrafficId>,
    /// By a firewall of the other end, sorted.
    pub(super) references: Vec<(FirewallId, TrafficId)>,
    /// What unknown rules may let pass beside that, whatever the other end.
    pub(super) may: TrafficId,
    /// What that waits for.
    pub(super) unknown: Unknown,
}

/// The union of some firewalls. An interface that is under none is not filtered. Nothing is known where
/// one of them is not, or is of another kind than groups: such a one must let pass what they do.
pub(super) fn union<A: Address>(
    (estate, gaps): (&Estate, &Gaps),
    groups: &BTreeMap<FirewallId, Rc<Profile<A>>>,
    firewalls: &[FirewallId],
    arena: &mut Arena,
) -> Profile<A> {
    let is_group = |id: &&FirewallId| {
        let firewall = estate.firewalls.get(*id);
        firewall.is_some_and(|firewall| firewall.kind == FirewallKind::Group)
            && gaps.find("firewall", *id).is_none()
    };
    let others = firewalls.iter().filter(|id| !is_group(id));
    let others: Unknown = others.map(|id| subject("firewall", id)).collect();
    if !others.is_empty() {
        return Profile::unknown(others);
    }
    let parts = firewalls.iter().map(|id| match groups.get(id) {
        Some(profile) => Profile::clone(profile),
        None => Profile::unknown(unknown("firewall", id)),
    });
    reduce(parts.collect(), |a: &Profile<A>, b| a.or(b, arena)).unwrap_or_else(Profile::open)
}

impl<A: Address> Profile<A> {
    pub(super) fn side(&self, direction: Direction) -> &Side<A> {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    fn open() -> Self {
        let side = Side {
            nets: Steps::constant(TrafficId::ALL),
            references: Vec::new(),
            may: TrafficId::EMPTY,
            unknown: Unknown::new(),
        };
        Self {
            ingress: side.clone(),
            egress: side,
        }
    }

    fn unknown(unknown: Unknown) -> Self {
        let side = Side {
            nets: Steps::constant(TrafficId::EMPTY),
            references: Vec::new(),
            may: TrafficId::ALL,
            unknown,
        };
        Self {
            ingress: side.clone(),
            egress: side,
        }
    }

    pub(super) fn of_firewall(
        estate: &Estate,
        gaps: &Gaps,
        firewall: &Firewall,
        arena: &mut Arena,
    ) -> Self {
        if firewall.kind != FirewallKind::Group {
            return Self::unknown(unknown("firewall", &firewall.id));
        }
        let gap = gaps.find("firewall", &firewall.id);
        let mut side = |direction| {
            let mut side = Side::of_rules(estate, firewall.rules(direction), arena);
            if let Some(gap) = &gap {
                side.may = TrafficId::ALL;
                side.unknown.insert(gap.clone());
            }
            side
        };
        Self {
            ingress: side(Direction::Ingress),
            egress: side(Direction::Egress),
        }
    }

    fn or(&self, other: &Self, arena: &mut Arena) -> Self {
        Self {
            ingress: self.ingress.or(&other.ingress, arena),
            egress: self.egress.or(&other.egress, arena),
        }
    }
}

impl<A: Address> Side<A> {
    fn of_rules<'r>(
        estate: &Estate,
        rules: impl Iterator<Item = &'r Rule>,
        arena: &mut Arena,
    ) -> Self {
        let mut parts = Vec::new();
        let mut references = Vec::new();
        let (mut may, mut unknown) = (TrafficId::EMPTY, Unknown::new());
        for rule in rules.filter(|rule| rule.action == Action::Allow) {
            let traffic = arena.rule(rule.traffic);
            if let Remote::Firewall(id) = &rule.remote {
                references.push((id.clone(), traffic));
                continue;
            }
            let (ranges, missing) = ranges::<A>(estate, &rule.remote);
            if !missing.is_empty() {
                may = arena.or(may, traffic);
                unknown.extend(missing);
            }
            let ranges = ranges.into_iter();
            parts.extend(
                ranges.map(|(first, last)| Steps::on(first, last, traffic, TrafficId::EMPTY)),
            );
        }
        Self {
            nets: either(parts, arena),
            references: merged(references, arena),
            may,
            unknown,
        }
    }

    fn or(&self, other: &Self, arena: &mut Arena) -> Self {
        let references = self.references.iter().chain(&other.references).cloned();
        Self {
            nets: self.nets.zip(&other.nets, |a, b| arena.or(*a, *b)),
            references: merged(references.collect(), arena),
            may: arena.or(self.may, other.may),
            unknown: self.unknown.union(&other.unknown).cloned().collect(),
        }
    }
}

/// The addresses of one family that a rule's other end is, and what is not known of it. A group has
/// none here.
pub(super) fn ranges<A: Address>(estate: &Estate, remote: &Remote) -> (Vec<(A, A)>, Unknown) {
    match remote {
        Remote::Net(net) => (A::range(*net).into_iter().collect(), Unknown::new()),
        Remote::Firewall(_) => (Vec::new(), Unknown::new()),
        Remote::PrefixList(id) => list_ranges(estate, id),
        Remote::Tag(name) => (Vec::new(), unknown("tag", name)),
    }
}

/// The addresses of one family that are on a prefix list, and the list when they are not known.
pub(super) fn list_ranges<A: Address>(
    estate: &Estate,
    id: &PrefixListId,
) -> (Vec<(A, A)>, Unknown) {
    let missing = || Unknown::from([subject("prefix-list", id)]);
    match estate.prefix_lists.get(id) {
        None => (Vec::new(), missing()),
        Some(list) if list.family != A::FAMILY => (Vec::new(), Unknown::new()),
        Some(list) => match &list.entries {
            None => (Vec::new(), missing()),
            Some(entries) => {
                let entries = entries.iter().copied();
                (entries.filter_map(A::range).collect(), Unknown::new())
            }
        },
    }
}

fn either<A: Address>(parts: Vec<Steps<A, TrafficId>>, arena: &mut Arena) -> Steps<A, TrafficId> {
    let joined = reduce(parts, |a: &Steps<A, _>, b| {
        a.zip(b, |a, b| arena.or(*a, *b))
    });
    joined.unwrap_or_else(|| Steps::constant(TrafficId::EMPTY))
}

fn merged(
    mut references: Vec<(FirewallId, TrafficId)>,
    arena: &mut Arena,
) -> Vec<(FirewallId, TrafficId)> {
    references.sort();
    references.dedup_by(|(id, traffic), (kept, into)| {
        let same = id == kept;
        if same {
            *into = arena.or(*into, *traffic);
        }
        same
    });
    references
}
