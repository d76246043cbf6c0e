//! Suspect pairs, one by one: what the whole product of factors says in both views.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::boxes::{Boxes, Entry, Side};
use super::crowd::{Crowd, Member};
use super::gauge::{Gauge, left};
use super::opening::Openings;
use super::scope::Suspects;
use super::{MOST, States, carry, outside, public};
use crate::End;
use crate::set::TrafficId;
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::product::Answer;
use crate::symbolic::reach::{self, Setting, Stand};
use crate::symbolic::unknown::subject;

pub(super) fn compare<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<X, Y>,
    suspects: &Suspects,
    gauge: &mut Gauge,
    boxes: &mut Boxes,
) {
    let mut openings = Openings::new(states.x, crowd);
    let mut tally = Tally {
        states,
        crowd,
        gauge,
        boxes,
        seen: BTreeSet::new(),
        sure: 0,
        vague: 0,
    };
    for suspect in suspects.iter() {
        let mut show = |destination, sources: &[usize]| {
            tally.look(destination, sources);
            let full = tally.sure == MOST || (!suspect.why.sure && tally.vague == MOST);
            if full {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        if openings.each(suspect, &mut show).is_break() {
            return boxes.more();
        }
    }
}

/// What was found so far.
struct Tally<'a, X, Y> {
    states: &'a States<'a>,
    crowd: &'a Crowd<X, Y>,
    gauge: &'a mut Gauge,
    boxes: &'a mut Boxes,
    seen: BTreeSet<(usize, usize)>,
    /// How many are in excess for sure, and how many others.
    sure: usize,
    vague: usize,
}

impl<X: Address, Y: Address> Tally<'_, X, Y> {
    /// Looks at the pairs of one destination.
    fn look(&mut self, destination: usize, sources: &[usize]) {
        let member = |number| self.crowd.member(self.states.x, self.states.y, number);
        let Some(to) = member(destination) else {
            return;
        };
        for source in sources {
            let same = self.crowd.seats[*source].id == self.crowd.seats[destination].id;
            if same || !self.seen.insert((*source, destination)) {
                continue;
            }
            let from = member(*source);
            let entry = from.and_then(|from| excess(self.states, &from, &to, self.gauge));
            let Some(entry) = entry else { continue };
            let count = match entry.traffic {
                TrafficId::EMPTY => &mut self.vague,
                _ => &mut self.sure,
            };
            if *count == MOST {
                self.boxes.more();
                continue;
            }
            *count += 1;
            self.boxes.add(entry);
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
    if gauge.is_floor() && (from.y.is_none() || to.y.is_none()) {
        return None;
    }
    let pair = (from, to);
    let plain = excess_if(states, pair, None, gauge)?;
    let Answer {
        traffic,
        possible,
        unknown,
    } = by_setting(states, pair, plain, gauge)?;
    Some(Entry {
        from: Side::Interface(from.x.interface.id.clone()),
        to: Side::Interface(to.x.interface.id.clone()),
        traffic,
        possible,
        unknown,
        addresses: (from.x.address.ip(), to.x.address.ip()),
    })
}

/// What a pair has in excess, where it is known whether a hub tells members of firewalls.
fn excess_if<X: Address, Y: Address>(
    states: &States<'_>,
    (from, to): (&Member<'_, X, Y>, &Member<'_, X, Y>),
    setting: Option<Setting<'_>>,
    gauge: &mut Gauge,
) -> Option<Answer> {
    let arena = gauge.arena();
    let own = reach::between(states.x, from.x, to.x, setting, &mut arena.borrow_mut());
    let mut own = without_known(states, own, (from.x, to.x), setting, gauge);
    if own.possible == TrafficId::EMPTY {
        return None;
    }
    if carry::is_public(states.x, from.x, to.x) {
        own = gauge.outward(own);
    }
    let there = counterpart(states.y, (from, to), setting, gauge);
    let excess = gauge.excess(&own, &there)?;
    without_open(states, excess, to.x, gauge)
}

/// Across families what waits for a hub's setting is asked for both: it is one for both families, so what
/// both wait for falls out the same.
fn by_setting<X: Address, Y: Address>(
    states: &States<'_>,
    (from, to): (&Member<'_, X, Y>, &Member<'_, X, Y>),
    plain: Answer,
    gauge: &mut Gauge,
) -> Option<Answer> {
    if X::FAMILY == Y::FAMILY || plain.traffic == plain.possible {
        return Some(plain);
    }
    let hub = reach::hub(states.x, from.x, to.x, &mut gauge.arena().borrow_mut());
    let Some(hub) = hub else { return Some(plain) };
    let mut when = |tells| {
        let answer = excess_if(states, (from, to), Some((&hub, tells)), gauge);
        answer.unwrap_or_else(Answer::nothing)
    };
    let (told, not_told) = (when(true), when(false));
    let arena = &mut gauge.arena().borrow_mut();
    let mut both = Answer {
        traffic: arena.and(told.traffic, not_told.traffic),
        possible: arena.or(told.possible, not_told.possible),
        unknown: &told.unknown | &not_told.unknown,
    };
    let differ = (told.traffic, told.possible) != (not_told.traffic, not_told.possible);
    if differ {
        both.unknown.insert(subject("link", &hub));
    }
    (both.possible != TrafficId::EMPTY).then_some(both)
}

/// What is left when what was there already is taken away.
fn without_known<A: Address>(
    states: &States<'_>,
    own: Answer,
    (from, to): (Stand<'_, A>, Stand<'_, A>),
    setting: Option<Setting<'_>>,
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
    let known = reach::between(known, from, to, setting, arena);
    left(&own, &known, arena)
}

/// What is left when what everybody could begin with the destination already is taken away: that one
/// more sender can do so is no new exposure.
fn without_open<A: Address>(
    states: &States<'_>,
    excess: Answer,
    to: Stand<'_, A>,
    gauge: &Gauge,
) -> Option<Answer> {
    let end = End::Interface(to.interface.id.clone());
    let known = states.nor.and_then(|known| {
        let stand = known.find(&end, to.address).ok()?;
        Some(outside::open_to_all(known, stand, gauge))
    });
    let Some(open) = known else {
        return Some(excess);
    };
    let left = left(&excess, &open, &mut gauge.arena().borrow_mut());
    (left.possible != TrafficId::EMPTY).then_some(left)
}

/// What the other view says of the pair: at any of their addresses, and in IPv4 across the internet by
/// their public names.
fn counterpart<X: Address, Y: Address>(
    y: &Analysis,
    (from, to): (&Member<'_, X, Y>, &Member<'_, X, Y>),
    setting: Option<Setting<'_>>,
    gauge: &Gauge,
) -> Answer {
    let arena = &mut gauge.arena().borrow_mut();
    let mut answer = Answer::nothing();
    for a in from.others(y) {
        for b in to.others(y) {
            let direct = reach::between(y, a, b, setting, arena);
            answer = answer.or(direct, arena);
            // In IPv6 names are the addresses themselves.
            if gauge.is_ceiling() {
                let across = public::across(y, a, b, arena);
                answer = answer.or(across, arena);
            }
        }
    }
    answer
}
