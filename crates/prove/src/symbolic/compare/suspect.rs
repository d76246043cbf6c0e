//! Pairs of interfaces for which some factor allows more than its counterpart.
//!
//! Every pair in excess is among them. Not every one of them is in excess: another factor may close
//! what this one opens.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use sixward_estate::Direction;

use super::crowd::{Crowd, Seat};
use super::doubt::{Doubts, exceeding_side};
use super::gauge::Gauge;
use super::scope::{From, Scope, Suspects, Why};
use super::{States, carry};
use crate::symbolic::address::Address;
use crate::symbolic::half::is_one;
use crate::symbolic::list::Edge;

pub(super) fn suspects<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<X, Y>,
    scope: &Scope,
    doubts: &Doubts,
    gauge: &mut Gauge,
) -> Suspects {
    let mut suspects = Suspects::default();
    if crowd.seats.is_empty() {
        return suspects;
    }
    strangers(crowd, scope, &mut suspects);
    profiles(states, crowd, scope, doubts, gauge, &mut suspects);
    lists(states, crowd, scope, gauge, &mut suspects);
    carry::suspects(states, crowd, scope, gauge, &mut suspects);
    suspects
}

/// All pairs.
pub(super) fn everybody<X: Address, Y: Address>(crowd: &Crowd<X, Y>, gauge: &Gauge) -> Suspects {
    let known = numbers(crowd, |seat| seat.y.is_some() || !gauge.is_floor());
    let mut suspects = Suspects::default();
    suspects.add(&Scope::Everybody, Why::sure(From::Anybody), &known, &known);
    suspects
}

/// Interfaces that the other view does not know: whatever they have is in excess. What IPv4 allows to
/// an interface without IPv6 is not missed there.
fn strangers<X: Address, Y: Address>(crowd: &Crowd<X, Y>, scope: &Scope, suspects: &mut Suspects) {
    let strangers = numbers(crowd, |seat| seat.strange);
    if !strangers.is_empty() {
        let everybody: Rc<[usize]> = (0..crowd.seats.len()).collect();
        let why = Why::sure(From::Anybody);
        suspects.add(scope, why, &strangers, &everybody);
        suspects.add(scope, why, &everybody, &strangers);
    }
}

fn profiles<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<X, Y>,
    scope: &Scope,
    doubts: &Doubts,
    gauge: &mut Gauge,
    suspects: &mut Suspects,
) {
    let why = allowed::<X, Y>();
    let (half, other) = (X::half(states.x), Y::half(states.y));
    let roster = &states.x.roster;
    let doubtful = doubts.concerned(roster, half);
    let mut under: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (number, seat) in crowd.seats.iter().enumerate() {
        let (own, Some(there)) = seat.profiles else {
            continue;
        };
        let known = doubtful.get(own).is_some_and(|doubtful| !doubtful);
        if !(seat.same_firewalls && known) {
            under.entry((own, there)).or_default().push(number);
        }
    }
    for ((own, there), seats) in under {
        let (own, there) = (&half.profiles[own], &other.profiles[there]);
        if X::FAMILY == Y::FAMILY && is_one(own, there) {
            continue;
        }
        let seats: Rc<[usize]> = seats.into();
        for direction in [Direction::Egress, Direction::Ingress] {
            let others = exceeding_side(own, there, direction, crowd, &states.x.roster, gauge);
            match direction {
                Direction::Egress => suspects.add(scope, why, &seats, &others),
                Direction::Ingress => suspects.add(scope, why, &others, &seats),
            }
        }
    }
}

fn lists<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<X, Y>,
    scope: &Scope,
    gauge: &mut Gauge,
    suspects: &mut Suspects,
) {
    type Edges<X, Y> = (Rc<Edge<X>>, Rc<Edge<Y>>, Vec<usize>);
    let mut seen: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut edges: Vec<Edges<X, Y>> = Vec::new();
    let of_place: Vec<Option<usize>> = crowd
        .places
        .iter()
        .map(|(own, there)| {
            let own = X::half(states.x).edge(states.x.grounds.get(own)?);
            let there = Y::half(states.y).edge(states.y.grounds.get(there.as_ref()?)?);
            // Pointers only find what was seen; the order is that of the places.
            let pointers = (Rc::as_ptr(own).addr(), Rc::as_ptr(there).addr());
            Some(*seen.entry(pointers).or_insert_with(|| {
                edges.push((Rc::clone(own), Rc::clone(there), Vec::new()));
                edges.len() - 1
            }))
        })
        .collect();
    for (number, seat) in crowd.seats.iter().enumerate() {
        if let Some(Some(edge)) = of_place.get(seat.place)
            && seat.y.is_some()
        {
            edges[*edge].2.push(number);
        }
    }
    let why = allowed::<X, Y>();
    for (own, there, seats) in edges {
        if X::FAMILY == Y::FAMILY && is_one(&own, &there) {
            continue;
        }
        let seats: Rc<[usize]> = seats.into();
        if !own.unknown.is_empty() || !there.unknown.is_empty() {
            let everybody: Rc<[usize]> = (0..crowd.seats.len()).collect();
            suspects.add(scope, why, &seats, &everybody);
            suspects.add(scope, why, &everybody, &seats);
            continue;
        }
        let mut out = numbers_in(&crowd.exceeding(&own.outward, &there.outward, gauge));
        // Where the way back is not known, all counts that gets out.
        out.extend(numbers_in(&crowd.exceeding(
            &own.sends,
            &there.sends,
            gauge,
        )));
        out.sort_unstable();
        out.dedup();
        let into = numbers_in(&crowd.exceeding(&own.inward, &there.inward, gauge));
        suspects.add(scope, why, &seats, &out.into());
        suspects.add(scope, why, &into.into(), &seats);
    }
}

/// Ways that firewalls are not on are no suspects where both views of one family have them alike.
fn allowed<X: Address, Y: Address>() -> Why {
    Why::sure(if X::FAMILY == Y::FAMILY {
        From::Anybody
    } else {
        From::Allowed
    })
}

fn numbers<X, Y>(crowd: &Crowd<X, Y>, fits: impl Fn(&Seat<X, Y>) -> bool) -> Rc<[usize]> {
    let seats = crowd.seats.iter().enumerate();
    let fitting = seats.filter(|(_, seat)| fits(seat));
    fitting.map(|(number, _)| number).collect()
}

/// The numbers of ranges.
pub(super) fn numbers_in(ranges: &[Range<usize>]) -> Vec<usize> {
    ranges.iter().cloned().flatten().collect()
}
