//! From one site to another over a hub, in both views: all that is carried between ends that are both out
//! of the estate.
//!
//! No filter of the estate is on the way, so ways alone decide: there by the destination's address, back
//! by the source's. Across families hosts have no names in common: what some of them may is the measure.

use std::collections::{BTreeMap, BTreeSet};

use super::beyond::Beyond;
use super::boxes::{Boxes, Entry, Side};
use super::gauge::{Gauge, left};
use super::{MOST, States, carry};
use crate::End;
use crate::set::Steps;
use crate::symbolic::Analysis;
use crate::symbolic::address::{Address, own_blocks};
use crate::symbolic::far::{self, Course, Far, Trip};
use crate::symbolic::product::Answer;

/// Ranges of addresses to which packets go alike in every state of one family.
type Ways<A> = BTreeMap<Vec<Option<Trip>>, Vec<(A, A)>>;

pub(super) fn compare<X: Address, Y: Address>(
    states: &States<'_>,
    beyond: &[Beyond],
    gauge: &mut Gauge,
    boxes: &mut Boxes,
) {
    // What sites have with each other is theirs: no plan owes it to them in IPv6.
    if gauge.is_floor() {
        return;
    }
    if X::FAMILY == Y::FAMILY && carry::carry_alike::<X, Y>(states.x, states.y) {
        return;
    }
    let is_at_hub = |end: &&Beyond| {
        let far = Far::of(&states.x.estate, &end.own);
        matches!(far, Some(Far::Attached(..)))
    };
    let sites: Vec<_> = beyond.iter().filter(is_at_hub).collect();
    for from in sites.iter().copied() {
        for to in sites.iter().copied().filter(|to| to.own != from.own) {
            let pair = Pair { states, from, to };
            pair.compare::<X, Y>(gauge, boxes);
        }
    }
}

/// Two far ends.
struct Pair<'a> {
    states: &'a States<'a>,
    from: &'a Beyond,
    to: &'a Beyond,
}

impl Pair<'_> {
    fn compare<X: Address, Y: Address>(&self, gauge: &mut Gauge, boxes: &mut Boxes) {
        let there = self.ways::<X, Y>(self.from, self.to);
        let back = self.ways::<X, Y>(self.to, self.from);
        for destinations in there.values() {
            for sources in back.values() {
                let (Some(to), Some(from)) = (destinations.first(), sources.first()) else {
                    continue;
                };
                let Some(excess) = self.excess::<X, Y>(from.0, to.0, gauge) else {
                    continue;
                };
                if sources.len().saturating_mul(destinations.len()) > MOST {
                    boxes.more();
                    continue;
                }
                for from in sources {
                    for to in destinations {
                        boxes.add(self.entry(*from, *to, &excess));
                    }
                }
            }
        }
    }

    /// The addresses to which one end's packets find the other, or may.
    fn ways<X: Address, Y: Address>(&self, one: &Beyond, other: &Beyond) -> Ways<X> {
        let x = self.states.x;
        let same = (X::FAMILY == Y::FAMILY).then_some(self.states.y);
        let all: Vec<&Analysis> = [Some(x), same, self.states.nor]
            .into_iter()
            .flatten()
            .collect();
        let mut cuts = BTreeSet::new();
        for analysis in &all {
            cuts.extend(far::passing_cuts::<X>(analysis, &one.own));
            cuts.extend(own_blocks::<X>(&analysis.estate).steps().starts());
        }
        // An address of the estate's own networks is nobody's out there.
        let own = own_blocks::<X>(&x.estate);
        let trips = Steps::tabulate(&cuts, |at: X| {
            let trips = all.iter().filter(|_| !own.contains(at)).map(|analysis| {
                let estate = &analysis.estate;
                let ends = Far::of(estate, &one.own).zip(Far::of(estate, &other.own));
                ends.map(|(one, other)| far::past(analysis, (one, at), (other, at)))
            });
            trips.collect::<Vec<_>>()
        });
        let mut ways = Ways::new();
        for (low, high, trips) in trips.runs() {
            let own = trips.first().and_then(Option::as_ref);
            if own.is_some_and(|own| *own != Trip::of(Course::Nowhere)) {
                ways.entry(trips.clone()).or_default().push((low, high));
            }
        }
        ways
    }

    /// What hosts at two addresses have in excess.
    fn excess<X: Address, Y: Address>(&self, from: X, to: X, gauge: &mut Gauge) -> Option<Answer> {
        let mut own = self.says(self.states.x, from, to, gauge);
        if let Some(known) = self.states.nor {
            let known = self.says(known, from, to, gauge);
            own = left(&own, &known, &mut gauge.arena().borrow_mut());
        }
        let there = match (Y::point(from.ip()), Y::point(to.ip())) {
            (Some(from), Some(to)) => self.says(self.states.y, from, to, gauge),
            _ => self.some::<Y>(gauge),
        };
        gauge.excess(&own, &there)
    }

    fn says<A: Address>(&self, analysis: &Analysis, from: A, to: A, gauge: &Gauge) -> Answer {
        let estate = &analysis.estate;
        let ends = Far::of(estate, &self.from.own).zip(Far::of(estate, &self.to.own));
        let arena = &mut gauge.arena().borrow_mut();
        ends.map_or_else(Answer::nothing, |ends| {
            far::between(analysis, (ends.0, from), (ends.1, to), arena)
        })
    }

    /// What some hosts may in the other view.
    fn some<Y: Address>(&self, gauge: &Gauge) -> Answer {
        let mut sum = Answer::nothing();
        for from in &self.from.there {
            for to in &self.to.there {
                let answer = far::ends::<Y>(self.states.y, from, to);
                sum = sum.or(answer, &mut gauge.arena().borrow_mut());
            }
        }
        sum
    }

    fn entry<X: Address>(&self, from: (X, X), to: (X, X), excess: &Answer) -> Entry {
        let side = |end: &End, (low, high): (X, X)| Side::Far(end.clone(), low.ip(), high.ip());
        Entry {
            from: side(&self.from.own, from),
            to: side(&self.to.own, to),
            traffic: excess.traffic,
            possible: excess.possible,
            unknown: excess.unknown.clone(),
            addresses: (from.0.ip(), to.0.ip()),
        }
    }
}
