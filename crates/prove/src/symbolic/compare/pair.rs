//! Suspect pairs, one by one: what the whole product of factors says in both views.

use std::collections::BTreeSet;

use super::boxes::{Boxes, Entry, Side};
use super::crowd::{Crowd, Member};
use super::gauge::Gauge;
use super::suspect::Suspects;
use super::{MOST, States, public};
use crate::End;
use crate::set::TrafficId;
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::product::Answer;
use crate::symbolic::reach::{self, Stand};

pub(super) fn compare<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<'_, X, Y>,
    suspects: &Suspects,
    gauge: &mut Gauge,
    boxes: &mut Boxes,
) {
    let mut seen = BTreeSet::new();
    for (sources, destinations) in suspects {
        for source in sources.iter() {
            for destination in destinations.iter() {
                let (from, to) = (&crowd.members[*source], &crowd.members[*destination]);
                if from.x.interface.id == to.x.interface.id || !seen.insert((*source, *destination))
                {
                    continue;
                }
                if let Some(entry) = excess(states, from, to, gauge) {
                    if boxes.count() == MOST {
                        return boxes.more();
                    }
                    boxes.add(entry);
                }
            }
        }
    }
}

/// What one pair has in excess.
fn excess<X: Address, Y: Address>(
    states: &States<'_>,
    from: &Member<'_, X, Y>,
    to: &Member<'_, X, Y>,
    gauge: &mut Gauge,
) -> Option<Entry> {
    let own = reach::between(states.x, from.x, to.x, &mut gauge.arena().borrow_mut());
    let own = without_known(states, own, from.x, to.x, gauge);
    if own.possible == TrafficId::EMPTY {
        return None;
    }
    let there = counterpart(states.y, from, to, gauge);
    if own == there && !gauge.across_families() {
        return None;
    }
    let traffic = gauge.left(own.traffic, there.possible);
    let possible = gauge.left(own.possible, there.traffic);
    let mut unknown = own.unknown;
    unknown.extend(there.unknown);
    (possible != TrafficId::EMPTY).then(|| Entry {
        from: Side::Interface(from.x.interface.id.clone()),
        to: Side::Interface(to.x.interface.id.clone()),
        traffic,
        possible,
        unknown,
        addresses: (from.x.address.ip(), to.x.address.ip()),
    })
}

/// What is left when what was there already is taken away.
fn without_known<A: Address>(
    states: &States<'_>,
    own: Answer,
    from: Stand<'_, A>,
    to: Stand<'_, A>,
    gauge: &Gauge,
) -> Answer {
    let Some(known) = states.nor else { return own };
    let stand = |stand: Stand<'_, A>| {
        known.find(&End::Interface(stand.interface.id.clone()), stand.address)
    };
    let (Ok(from), Ok(to)) = (stand(from), stand(to)) else {
        return own;
    };
    let arena = &mut gauge.arena().borrow_mut();
    let known = reach::between(known, from, to, arena);
    Answer {
        traffic: arena.minus(own.traffic, known.possible),
        possible: arena.minus(own.possible, known.traffic),
        unknown: own.unknown,
    }
}

/// What the other view says of the pair: at any of their addresses, and across the internet by their
/// public names.
fn counterpart<X: Address, Y: Address>(
    y: &Analysis,
    from: &Member<'_, X, Y>,
    to: &Member<'_, X, Y>,
    gauge: &Gauge,
) -> Answer {
    let (Some(source), Some(destination)) = (from.y, to.y) else {
        return Answer::nothing();
    };
    let arena = &mut gauge.arena().borrow_mut();
    if X::FAMILY == Y::FAMILY {
        return reach::between(y, source, destination, arena);
    }
    let mut answer = Answer::nothing();
    for a in Y::own(source.interface) {
        for b in Y::own(destination.interface) {
            let (Some(a), Some(b)) = (
                y.stand(source.interface, a),
                y.stand(destination.interface, b),
            ) else {
                continue;
            };
            let direct = reach::between(y, a, b, arena);
            answer = answer.or(direct, arena);
            let across = public::across(y, a, b, arena);
            answer = answer.or(across, arena);
        }
    }
    answer
}
