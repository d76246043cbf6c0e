//! The interfaces of two views side by side, in the order of the addresses that one view knows them by.
//!
//! A table of one view is constant on ranges of its addresses. Interfaces in one range mostly have
//! neighbouring addresses in the other view too, so that lowest and highest address there tell at once
//! whether the other table is constant as well; where it is not, the range is halved.

use std::iter;
use std::ops::Range;

use sixward_estate::InterfaceOwner;

use super::gauge::Gauge;
use crate::set::{Steps, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::reach::Stand;

/// Interfaces by address of the one view, with their stand in the other.
#[derive(Debug)]
pub(super) struct Crowd<'a, X, Y> {
    /// Sorted by address.
    pub(super) members: Vec<Member<'a, X, Y>>,
    /// Lowest and highest address in the other view: of members alone from the middle on, and before
    /// them of every two below (a segment tree).
    spans: Vec<Option<(Y, Y)>>,
}

/// An interface at one of its addresses, and what it is in the other view.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'a, X, Y> {
    pub(super) x: Stand<'a, X>,
    /// None when it has no address there.
    pub(super) y: Option<Stand<'a, Y>>,
}

impl<'a, X: Address, Y: Address> Member<'a, X, Y> {
    /// The interface at all addresses at which the other view may measure this one: in one family that
    /// same address, across families any.
    pub(super) fn others(&self, y: &'a Analysis) -> Vec<Stand<'a, Y>> {
        let Some(there) = self.y else {
            return Vec::new();
        };
        if X::FAMILY == Y::FAMILY {
            return vec![there];
        }
        let all = Y::own(there.interface).into_iter();
        all.filter_map(|at| y.stand(there.interface, at)).collect()
    }
}

impl<'a, X: Address, Y: Address> Crowd<'a, X, Y> {
    pub(super) fn new(x: &'a Analysis, y: &'a Analysis) -> Self {
        let mut members = Vec::new();
        for interface in &x.estate.interfaces {
            let idle = matches!(
                interface.owner,
                InterfaceOwner::Nobody | InterfaceOwner::Gateway(_)
            );
            if idle {
                continue;
            }
            let there = y.estate.interfaces.get(&interface.id);
            let others = there.map(Y::own).unwrap_or_default();
            for own in X::own(interface) {
                let other = others.iter().find(|other| other.ip() == own.ip());
                let other = match X::FAMILY == Y::FAMILY {
                    true => other,
                    false => others.first(),
                };
                let y = there.zip(other).and_then(|(there, at)| y.stand(there, *at));
                let x = x.stand(interface, own);
                members.extend(x.map(|x| Member { x, y }));
            }
        }
        members.sort_by_key(|member| member.x.address);
        Self {
            spans: spans(&members),
            members,
        }
    }

    /// The members with addresses from `first` to `last`.
    pub(super) fn range(&self, first: X, last: X) -> Range<usize> {
        let start = self.members.partition_point(|it| it.x.address < first);
        let end = self.members.partition_point(|it| it.x.address <= last);
        start..end.max(start)
    }

    /// The members to which a table of the one view allows more than its counterpart.
    pub(super) fn exceeding(
        &self,
        x: &Steps<X, TrafficId>,
        y: &Steps<Y, TrafficId>,
        gauge: &mut Gauge,
    ) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for (first, last, traffic) in x.runs() {
            if gauge.counts(*traffic) {
                let range = self.range(first, last);
                self.search(range, *traffic, y, gauge, &mut found);
            }
        }
        found
    }

    fn search(
        &self,
        range: Range<usize>,
        traffic: TrafficId,
        table: &Steps<Y, TrafficId>,
        gauge: &mut Gauge,
        found: &mut Vec<Range<usize>>,
    ) {
        let Some((low, high)) = self.span(&range) else {
            return;
        };
        let mut some = false;
        let mut all = true;
        for (_, _, other) in table.between(low, high) {
            let exceeds = gauge.exceeds(traffic, *other);
            some |= exceeds;
            all &= exceeds;
        }
        if !some {
            return;
        }
        if all || range.len() == 1 {
            match found.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => found.push(range),
            }
            return;
        }
        let middle = range.start + range.len() / 2;
        self.search(range.start..middle, traffic, table, gauge, found);
        self.search(middle..range.end, traffic, table, gauge, found);
    }

    /// Lowest and highest address in the other view of some members.
    fn span(&self, range: &Range<usize>) -> Option<(Y, Y)> {
        let count = self.members.len();
        let (mut low, mut high) = (range.start + count, range.end + count);
        let mut span = None;
        while low < high {
            if low % 2 == 1 {
                span = joined(span, self.spans[low]);
                low += 1;
            }
            if high % 2 == 1 {
                high -= 1;
                span = joined(span, self.spans[high]);
            }
            low /= 2;
            high /= 2;
        }
        span
    }
}

fn spans<Y: Address, X>(members: &[Member<'_, X, Y>]) -> Vec<Option<(Y, Y)>> {
    let own = members.iter();
    let own = own.map(|it| it.y.map(|y| (y.address, y.address)));
    let mut spans: Vec<_> = iter::repeat_n(None, members.len()).chain(own).collect();
    for at in (1..members.len()).rev() {
        spans[at] = joined(spans[2 * at], spans[2 * at + 1]);
    }
    spans
}

fn joined<Y: Ord>(a: Option<(Y, Y)>, b: Option<(Y, Y)>) -> Option<(Y, Y)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}
