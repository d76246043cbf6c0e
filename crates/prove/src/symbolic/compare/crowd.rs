//! The interfaces of two views side by side, in the order of the addresses that one view knows them by.
//!
//! A table of one view is constant on ranges of its addresses. Interfaces in one range mostly have
//! neighbouring addresses in the other view too, so that lowest and highest address there tell at once
//! whether the other table is constant as well; where it is not, the range is halved.

use std::collections::BTreeMap;
use std::iter;
use std::ops::Range;

use sixward_estate::{Estate, Interface, InterfaceId, InterfaceOwner, SubnetId};
use sixward_net::Family;

use super::gauge::Gauge;
use crate::set::{Steps, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::reach::{Stand, doubts};

/// Interfaces by address of the one view, with their address in the other.
#[derive(Debug)]
pub(super) struct Crowd<X, Y> {
    /// Sorted by address.
    pub(super) seats: Vec<Seat<X, Y>>,
    /// Where they stand, in both views, by number.
    pub(super) places: Vec<Place>,
    numbers: BTreeMap<Place, usize>,
    /// Lowest and highest address in the other view: of seats alone from the middle on, and before
    /// them of every two below (a segment tree).
    spans: Vec<Option<(Y, Y)>>,
}

/// An interface at one of its addresses, in as few words as tables need.
#[derive(Debug, Clone)]
pub(super) struct Seat<X, Y> {
    pub(super) id: InterfaceId,
    pub(super) x: X,
    /// None when it has no address in the other view.
    pub(super) y: Option<Y>,
    /// The numbers of its firewalls in both views.
    pub(super) profiles: (usize, Option<usize>),
    /// The number of its place.
    pub(super) place: usize,
    /// It is not the same interface in both views: nothing is concluded from its tables.
    pub(super) strange: bool,
    /// It is under the same firewalls in both views.
    pub(super) same_firewalls: bool,
}

/// A subnet in the one view, and in the other.
pub(super) type Place = (SubnetId, Option<SubnetId>);

/// A seat with all that stands behind it.
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

impl<X: Address, Y: Address> Crowd<X, Y> {
    pub(super) fn new(x: &Analysis, y: &Analysis) -> Self {
        let mut crowd = Self {
            seats: Vec::new(),
            places: Vec::new(),
            numbers: BTreeMap::new(),
            spans: Vec::new(),
        };
        for interface in &x.estate.interfaces {
            crowd.take_in(x, y, interface);
        }
        crowd.seats.sort_by_key(|seat| seat.x);
        crowd.measure();
        crowd
    }

    /// The interface of a seat, in both views.
    pub(super) fn member<'a>(
        &self,
        x: &'a Analysis,
        y: &'a Analysis,
        number: usize,
    ) -> Option<Member<'a, X, Y>> {
        let seat = self.seats.get(number)?;
        let own = x.estate.interfaces.get(&seat.id)?;
        let there = seat.y.and_then(|at| {
            let interface = y.estate.interfaces.get(&seat.id)?;
            y.stand(interface, at)
        });
        Some(Member {
            x: x.stand(own, seat.x)?,
            y: there,
        })
    }

    /// Takes interfaces out and puts them in again as they are now. Few, or it is better made anew.
    pub(super) fn change<'i>(
        &mut self,
        x: &Analysis,
        y: &Analysis,
        before: &Estate,
        ids: impl Iterator<Item = &'i InterfaceId>,
    ) {
        for id in ids {
            let was = before.interfaces.get(id).map(X::own).unwrap_or_default();
            for own in was {
                let first = self.seats.partition_point(|seat| seat.x < own);
                let mut here = self.seats[first..].iter().take_while(|seat| seat.x == own);
                if let Some(at) = here.position(|seat| seat.id == *id) {
                    self.seats.remove(first + at);
                }
            }
            let known = self.seats.len();
            if let Some(interface) = x.estate.interfaces.get(id) {
                self.take_in(x, y, interface);
            }
            for seat in self.seats.split_off(known) {
                let at = self.seats.partition_point(|other| other.x <= seat.x);
                self.seats.insert(at, seat);
            }
        }
        self.measure();
    }

    /// Adds the seats of an interface at the end.
    fn take_in(&mut self, x: &Analysis, y: &Analysis, interface: &Interface) {
        let idle = matches!(interface.owner, InterfaceOwner::Gateway(_));
        let addresses = X::own(interface);
        if idle || addresses.is_empty() {
            return;
        }
        let there = y.estate.interfaces.get(&interface.id);
        for own in addresses {
            let stand = there.and_then(|there| {
                let at = if X::FAMILY == Y::FAMILY {
                    Y::point(own.ip()).filter(|at| at.is_of(there))
                } else {
                    Y::own(there).first().copied()
                };
                y.stand(there, at?)
            });
            let Some(here) = x.stand(interface, own) else {
                continue;
            };
            let place = (
                here.ground.subnet.clone(),
                stand.map(|stand| stand.ground.subnet.clone()),
            );
            let place = self.number(place);
            let floor = (X::FAMILY, Y::FAMILY) == (Family::V4, Family::V6);
            self.seats.push(Seat {
                id: interface.id.clone(),
                x: own,
                y: stand.map(|stand| stand.address),
                profiles: (here.profile, stand.map(|stand| stand.profile)),
                place,
                strange: match stand {
                    None => !floor,
                    Some(stand) => {
                        let across = X::FAMILY != Y::FAMILY;
                        is_strange::<X, Y>(interface, stand.interface)
                            || is_doubted((x, here), (y, stand), across)
                    }
                },
                same_firewalls: stand.is_some_and(|stand| {
                    stand.interface.firewalls_in(Y::FAMILY) == interface.firewalls_in(X::FAMILY)
                }),
            });
        }
    }

    fn number(&mut self, place: Place) -> usize {
        if let Some(number) = self.numbers.get(&place) {
            return *number;
        }
        self.numbers.insert(place.clone(), self.places.len());
        self.places.push(place);
        self.places.len() - 1
    }

    fn measure(&mut self) {
        let count = self.seats.len();
        let own = self.seats.iter().map(|seat| seat.y.map(|at| (at, at)));
        let mut spans: Vec<_> = iter::repeat_n(None, count).chain(own).collect();
        for at in (1..count).rev() {
            spans[at] = joined(spans[2 * at], spans[2 * at + 1]);
        }
        self.spans = spans;
    }

    /// The seats with addresses from `first` to `last`.
    pub(super) fn range(&self, first: X, last: X) -> Range<usize> {
        let start = self.seats.partition_point(|seat| seat.x < first);
        let end = self.seats.partition_point(|seat| seat.x <= last);
        start..end.max(start)
    }

    /// The seats to which a table of the one view allows more than its counterpart.
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

    /// Lowest and highest address in the other view of some seats.
    fn span(&self, range: &Range<usize>) -> Option<(Y, Y)> {
        let count = self.seats.len();
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

/// Whether it is another interface than it was: who left a firewall is named by others no more, who came
/// under one is now, which may leave more open, and who moved has other neighbours.
fn is_strange<X: Address, Y: Address>(own: &Interface, there: &Interface) -> bool {
    let (here, elsewhere) = (own.firewalls_in(X::FAMILY), there.firewalls_in(Y::FAMILY));
    own.owner != there.owner
        || own.subnet_in(X::FAMILY) != there.subnet_in(Y::FAMILY)
        || own.prefixes6 != there.prefixes6
        || !here.iter().all(|id| elsewhere.contains(id))
        || !elsewhere.iter().all(|id| here.contains(id))
}

/// Whether it is known for what it is in one view and not in the other. Across families nothing is concluded
/// from one that is known in neither.
fn is_doubted<X: Address, Y: Address>(
    (x, here): (&Analysis, Stand<'_, X>),
    (y, there): (&Analysis, Stand<'_, Y>),
    across: bool,
) -> bool {
    let own = doubts::<X>(x, here.ground, here.interface);
    let other = doubts::<Y>(y, there.ground, there.interface);
    let obscure = (&here.ground.obscure, &there.ground.obscure);
    let any = !other.is_empty() || !obscure.1.is_empty();
    own != other || obscure.0 != obscure.1 || (across && any)
}

fn joined<Y: Ord>(a: Option<(Y, Y)>, b: Option<(Y, Y)>) -> Option<(Y, Y)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}
