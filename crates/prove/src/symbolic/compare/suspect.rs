//! Pairs of interfaces for which some factor allows more than its counterpart.
//!
//! Every pair in excess is among them. Not every one of them is in excess: another factor may close
//! what this one opens.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use sixward_estate::{Direction, FirewallId};

use super::carry;
use super::crowd::{Crowd, Member};
use super::gauge::Gauge;
use crate::set::TrafficId;
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::half::{Half, is_one};
use crate::symbolic::list::Edge;
use crate::symbolic::profile::Profile;
use crate::symbolic::unknown::Unknown;

/// Sources and destinations, each by numbers in the crowd: all pairs of both.
pub(super) type Suspects = Vec<(Rc<[usize]>, Rc<[usize]>)>;

pub(super) fn suspects<X: Address, Y: Address>(
    x: &Analysis,
    y: &Analysis,
    crowd: &Crowd<'_, X, Y>,
    gauge: &mut Gauge,
) -> Suspects {
    let mut suspects = Suspects::new();
    if crowd.members.is_empty() {
        return suspects;
    }
    orphans(crowd, gauge, &mut suspects);
    profiles(x, y, crowd, gauge, &mut suspects);
    lists(x, y, crowd, gauge, &mut suspects);
    carry::suspects(x, y, crowd, &mut suspects);
    suspects.retain(|(sources, destinations)| !sources.is_empty() && !destinations.is_empty());
    suspects
}

/// All pairs.
pub(super) fn everybody<X: Address, Y: Address>(
    _: &Analysis,
    _: &Analysis,
    crowd: &Crowd<'_, X, Y>,
    gauge: &mut Gauge,
) -> Suspects {
    let known = numbers(crowd, |member| member.y.is_some() || !gauge.is_floor());
    vec![(Rc::clone(&known), known)]
}

/// Interfaces that the other view does not know: whatever they have is in excess. What IPv4 allows to
/// an interface without IPv6 is not missed there. Who left a firewall is named by others no more, and
/// who moved has other neighbours.
fn orphans<X: Address, Y: Address>(
    crowd: &Crowd<'_, X, Y>,
    gauge: &Gauge,
    suspects: &mut Suspects,
) {
    let strange = |member: &Member<'_, X, Y>| match member.y {
        None => !gauge.is_floor(),
        Some(y) => {
            let (own, there) = (member.x.interface, y.interface);
            own.owner != there.owner
                || own.subnet != there.subnet
                || (gauge.across_families() && !there.prefixes6.is_empty())
                || own.prefixes6 != there.prefixes6
                || !own.firewalls.iter().all(|id| there.firewalls.contains(id))
        }
    };
    let orphans = numbers(crowd, strange);
    if !orphans.is_empty() {
        let everybody: Rc<[usize]> = (0..crowd.members.len()).collect();
        suspects.push((Rc::clone(&orphans), Rc::clone(&everybody)));
        suspects.push((everybody, orphans));
    }
}

fn profiles<X: Address, Y: Address>(
    x: &Analysis,
    y: &Analysis,
    crowd: &Crowd<'_, X, Y>,
    gauge: &mut Gauge,
    suspects: &mut Suspects,
) {
    let (half, other) = (X::half(x), Y::half(y));
    let doubtful = doubtful_groups(half, other, crowd, gauge);
    let mut under: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (number, member) in crowd.members.iter().enumerate() {
        let Some(there) = member.y else { continue };
        let firewalls = &member.x.interface.firewalls;
        let same = *firewalls == there.interface.firewalls;
        let fine = |id| half.groups.contains_key(id) && !doubtful.contains(id);
        let known = !firewalls.is_empty() && firewalls.iter().all(fine);
        if same && known {
            continue;
        }
        let profiles = (member.x.profile, there.profile);
        under.entry(profiles).or_default().push(number);
    }
    for ((own, there), members) in under {
        let (own, there) = (&half.profiles[own], &other.profiles[there]);
        if X::FAMILY == Y::FAMILY && is_one(own, there) {
            continue;
        }
        let members: Rc<[usize]> = members.into();
        for direction in [Direction::Egress, Direction::Ingress] {
            let others = exceeding_side(own, there, direction, crowd, gauge);
            suspects.push(match direction {
                Direction::Egress => (Rc::clone(&members), others),
                Direction::Ingress => (others, Rc::clone(&members)),
            });
        }
    }
}

/// The firewalls whose own table exceeds its counterpart. Interfaces under others are not suspect by
/// their firewalls: a union of tables that each keep within theirs does too.
fn doubtful_groups<'h, X: Address, Y: Address>(
    half: &'h Half<X>,
    other: &Half<Y>,
    crowd: &Crowd<'_, X, Y>,
    gauge: &mut Gauge,
) -> BTreeSet<&'h FirewallId> {
    let mut doubtful = BTreeSet::new();
    for (id, own) in &half.groups {
        let fine = other.groups.get(id).is_some_and(|there| {
            let same = X::FAMILY == Y::FAMILY && is_one(own, there);
            same || [Direction::Egress, Direction::Ingress]
                .into_iter()
                .all(|direction| exceeding_side(own, there, direction, crowd, gauge).is_empty())
        });
        if !fine {
            doubtful.insert(id);
        }
    }
    doubtful
}

/// The members to which one side of a profile allows more than its counterpart.
fn exceeding_side<X: Address, Y: Address>(
    own: &Profile<X>,
    there: &Profile<Y>,
    direction: Direction,
    crowd: &Crowd<'_, X, Y>,
    gauge: &mut Gauge,
) -> Rc<[usize]> {
    let (own, there) = (own.side(direction), there.side(direction));
    let same = X::FAMILY == Y::FAMILY && own.may == there.may && own.unknown == there.unknown;
    let vague = |may: TrafficId, unknown: &Unknown| may != TrafficId::EMPTY || !unknown.is_empty();
    if !same && (vague(own.may, &own.unknown) || vague(there.may, &there.unknown)) {
        return (0..crowd.members.len()).collect();
    }
    let mut found = numbers_in(&crowd.exceeding(&own.nets, &there.nets, gauge));
    for (id, traffic) in &own.references {
        let other = there.references.iter().find(|(other, _)| other == id);
        let other = other.map_or(TrafficId::EMPTY, |(_, other)| *other);
        if gauge.exceeds(*traffic, other) {
            let members = crowd.members.iter().enumerate();
            let named = members.filter(|(_, it)| it.x.interface.firewalls.contains(id));
            found.extend(named.map(|(number, _)| number));
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into()
}

fn lists<X: Address, Y: Address>(
    x: &Analysis,
    y: &Analysis,
    crowd: &Crowd<'_, X, Y>,
    gauge: &mut Gauge,
    suspects: &mut Suspects,
) {
    type Edges<X, Y> = (Rc<Edge<X>>, Rc<Edge<Y>>, Vec<usize>);
    let mut under: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut edges: Vec<Edges<X, Y>> = Vec::new();
    for (number, member) in crowd.members.iter().enumerate() {
        let Some(there) = member.y else { continue };
        let own = X::half(x).edge(member.x.ground);
        let there = Y::half(y).edge(there.ground);
        let pointers = (Rc::as_ptr(own).addr(), Rc::as_ptr(there).addr());
        // Pointers only find what was seen; the order is that of the crowd.
        let at = *under.entry(pointers).or_insert_with(|| {
            edges.push((Rc::clone(own), Rc::clone(there), Vec::new()));
            edges.len() - 1
        });
        edges[at].2.push(number);
    }
    for (own, there, members) in edges {
        let members: Rc<[usize]> = members.into();
        if X::FAMILY == Y::FAMILY && is_one(&own, &there) {
            continue;
        }
        if !own.unknown.is_empty() || !there.unknown.is_empty() {
            let everybody: Rc<[usize]> = (0..crowd.members.len()).collect();
            suspects.push((Rc::clone(&members), Rc::clone(&everybody)));
            suspects.push((everybody, members));
            continue;
        }
        let out = numbers_in(&crowd.exceeding(&own.outward, &there.outward, gauge));
        let into = numbers_in(&crowd.exceeding(&own.inward, &there.inward, gauge));
        suspects.push((Rc::clone(&members), out.into()));
        suspects.push((into.into(), members));
    }
}

fn numbers<X, Y>(crowd: &Crowd<'_, X, Y>, fits: impl Fn(&Member<'_, X, Y>) -> bool) -> Rc<[usize]> {
    let members = crowd.members.iter().enumerate();
    let fitting = members.filter(|(_, member)| fits(member));
    fitting.map(|(number, _)| number).collect()
}

fn numbers_in(ranges: &[Range<usize>]) -> Vec<usize> {
    ranges.iter().cloned().flatten().collect()
}
