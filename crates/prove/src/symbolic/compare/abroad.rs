//! The hosts of the internet in both views, and what is the same about them whatever interface they call.
//!
//! Tables are made among hosts that somebody is: what routes say of the estate's own networks is nobody's
//! out there, and a table that leads to a hub says much of those and little of others.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use sixward_estate::Direction;
use sixward_net::IpNet;

use super::gauge::Gauge;
use super::{States, Twins};
use crate::set::{Arena, Intervals, Steps};
use crate::symbolic::Analysis;
use crate::symbolic::address::{Address, own_blocks};
use crate::symbolic::internet::{Factor, factors};
use crate::symbolic::product::Answer;
use crate::symbolic::reach::Stand;

/// A range of the one view and its twin in the other.
type Pair<X, Y> = ((X, X), (Y, Y));

/// Hosts of both views.
#[derive(Debug)]
pub(super) struct Abroad<X, Y> {
    pub(super) x: Hosts<X>,
    pub(super) y: Hosts<Y>,
    /// The narrowest first, each with the hosts that it alone names in the other view.
    twins: Vec<(Pair<X, Y>, Intervals<Y>)>,
    /// Where hosts begin to be others, whatever the interface.
    cuts: BTreeSet<X>,
    /// Those that no twin names.
    unnamed: (Intervals<X>, Intervals<Y>),
}

/// The hosts of one view that are asked about.
#[derive(Debug)]
pub(super) struct Hosts<A> {
    all: Intervals<A>,
    /// Where factors begin to differ among them, by where the factor is kept.
    starts: RefCell<BTreeMap<usize, Rc<[A]>>>,
}

impl<X: Address, Y: Address> Abroad<X, Y> {
    pub(super) fn of(states: &States<'_>, twins: &Twins, gauge: &Gauge) -> Self {
        let mut twins: Vec<Pair<X, Y>> = twins
            .iter()
            .filter_map(|(v4, v6)| {
                let pair = [IpNet::V4(*v4), IpNet::V6(*v6)];
                let own = pair.iter().find_map(|net| X::range(*net))?;
                let there = pair.iter().find_map(|net| Y::range(*net))?;
                Some((own, there))
            })
            .collect();
        // Of nested ones the narrowest says best who somebody is.
        twins.sort_by_key(|((first, last), there)| (Reverse(*first), *last, *there));
        let mut cuts: BTreeSet<X> = X::internet().steps().starts().collect();
        for ((first, last), _) in &twins {
            cuts.insert(*first);
            cuts.extend(last.next());
        }
        let (here, there) = (X::internet(), Y::internet());
        let own = own_blocks(&states.x.estate);
        let owned = own_blocks(&states.y.estate);
        let named = Intervals::ranges(twins.iter().map(|(own, _)| *own));
        let named_there = Intervals::ranges(twins.iter().map(|(_, there)| *there));
        // Upward the estate's own networks are looked at too, as they are called across the internet.
        let asked = if gauge.is_ceiling() {
            here.clone()
        } else {
            here.difference(&own)
        };
        let asked_there = there.difference(&owned.difference(&named_there));
        let alone = |hosts| alone(hosts, &twins).intersection(&there);
        Self {
            x: Hosts::new(asked),
            y: Hosts::new(asked_there),
            unnamed: (
                here.difference(&own).difference(&named),
                there.difference(&owned).difference(&named_there),
            ),
            twins: twins.iter().map(|pair| (*pair, alone(pair.1))).collect(),
            cuts,
        }
    }

    /// Ranges of hosts of the one view, what it says of them, and what they are measured by.
    pub(super) fn sought(
        &self,
        (table, other): (&Steps<X, Answer>, &Steps<Y, Answer>),
        gauge: &Gauge,
    ) -> Vec<(X, X, (Answer, Answer))> {
        let arena = &mut gauge.arena().borrow_mut();
        let mut cuts: BTreeSet<X> = table.starts().chain(self.cuts.iter().copied()).collect();
        if X::FAMILY == Y::FAMILY {
            cuts.extend(other.starts().filter_map(|start| X::point(start.ip())));
        }
        let floor = everybody(table, &self.unnamed.0, arena);
        let general = everybody(other, &self.unnamed.1, arena);
        let internet = X::internet();
        let starts: Vec<X> = cuts.into_iter().collect();
        let ends = starts
            .iter()
            .skip(1)
            .map(|start| start.previous())
            .chain([X::MAX]);
        let mut sought = Vec::new();
        for (low, high) in starts.iter().copied().zip(ends) {
            if !internet.contains(low) {
                continue;
            }
            let own = table.get(low).clone();
            let mut holding = self
                .twins
                .iter()
                .filter(|(((first, last), _), _)| *first <= low && high <= *last)
                .peekable();
            let narrowest = holding.peek().map(|((own, _), _)| *own);
            let named: Vec<_> = holding
                .take_while(|((own, _), _)| Some(*own) == narrowest)
                .map(|(_, alone)| everybody(other, alone, arena))
                .collect();
            let named = named.into_iter().reduce(|a, b| {
                if gauge.is_floor() {
                    a.and(b, arena)
                } else {
                    a.or(b, arena)
                }
            });
            let bounds = if X::FAMILY == Y::FAMILY {
                let beyond = Y::point(low.ip()).map(|at| other.get(at).clone());
                (own, beyond.unwrap_or_else(Answer::nothing))
            } else {
                match named {
                    Some(there) => (own, there),
                    // Who is named by prefix and has no twin is a decision, and left out until it is made.
                    None if gauge.is_floor() => (floor.clone(), general.clone()),
                    None => (own, general.clone()),
                }
            };
            sought.push((low, high, bounds));
        }
        sought
    }
}

impl<A: Address> Hosts<A> {
    pub(super) fn new(all: Intervals<A>) -> Self {
        Self {
            all,
            starts: RefCell::default(),
        }
    }

    pub(super) fn all(&self) -> &Intervals<A> {
        &self.all
    }

    /// Where, among them, something may begin to differ for an interface.
    pub(super) fn cuts(
        &self,
        analysis: &Analysis,
        stand: Stand<'_, A>,
        direction: Direction,
    ) -> BTreeSet<A> {
        let mut cuts = BTreeSet::new();
        let known = &mut self.starts.borrow_mut();
        for factor in factors(analysis, stand, direction) {
            // Factors are borrowed for as long as this is: where one is kept no other can be.
            let starts = known.entry(factor.place());
            let starts = starts.or_insert_with(|| self.narrowed(&factor));
            cuts.extend(starts.iter().copied());
        }
        cuts
    }

    fn narrowed(&self, factor: &Factor<'_, A>) -> Rc<[A]> {
        match factor {
            Factor::Filter(steps) => steps.among(&self.all).starts().collect(),
            Factor::Routes(steps) => steps.among(&self.all).starts().collect(),
        }
    }
}

/// What every one of some hosts of the internet may, as far as a table was made for them.
pub(super) fn everybody<A: Address>(
    table: &Steps<A, Answer>,
    hosts: &Intervals<A>,
    arena: &mut Arena,
) -> Answer {
    let met = table.runs().filter(|(low, high, _)| {
        let first = hosts.first_from(*low);
        first.is_some_and(|first| first <= *high)
    });
    let answers = met.map(|(_, _, answer)| answer.clone());
    // Where nobody is, nobody says that anything is meant to pass.
    let all = answers.reduce(|all, answer| all.and(answer, arena));
    all.unwrap_or_else(Answer::nothing)
}

/// The hosts of a prefix that no narrower twin names.
fn alone<X, Y: Address>(hosts: (Y, Y), twins: &[Pair<X, Y>]) -> Intervals<Y> {
    let narrower = twins.iter().map(|(_, there)| *there);
    let narrower =
        narrower.filter(|there| *there != hosts && hosts.0 <= there.0 && there.1 <= hosts.1);
    Intervals::range(hosts.0, hosts.1).difference(&Intervals::ranges(narrower))
}
