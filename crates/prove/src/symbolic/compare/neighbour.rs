//! Interfaces that have more with addresses of the estate's own networks, called across the internet, than
//! with anybody: who has such an address is suspect with them. Where a state was there before, one of both
//! must have something that it had not: else nothing is new.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use sixward_estate::{Direction, InterfaceId};

use super::crowd::Crowd;
use super::scope::{From, Scope, Suspects, Why};
use crate::set::Intervals;
use crate::symbolic::address::Address;

/// A seat, by its interface and its address.
pub(super) type SeatKey<X> = (InterfaceId, X);

/// Seats and the own addresses with which they have more, or with which they have something new.
#[derive(Debug, Clone)]
pub(super) struct Neighbours<X> {
    more: Vec<More<X>>,
    new: BTreeSet<(SeatKey<X>, Direction)>,
}

/// What a seat has more.
#[derive(Debug, Clone)]
struct More<X> {
    seat: SeatKey<X>,
    hosts: (X, X),
    direction: Direction,
    /// Whether it is new. If not, others may be new to it.
    new: bool,
}

impl<X> Default for Neighbours<X> {
    fn default() -> Self {
        Self {
            more: Vec::new(),
            new: BTreeSet::new(),
        }
    }
}

impl<X: Address> Neighbours<X> {
    pub(super) fn more(
        &mut self,
        seat: &SeatKey<X>,
        hosts: &Intervals<X>,
        direction: Direction,
        new: bool,
    ) {
        let ranges = hosts.iter();
        self.more.extend(ranges.map(|hosts| More {
            seat: seat.clone(),
            hosts,
            direction,
            new,
        }));
    }

    /// Has seen that a seat has something new.
    pub(super) fn is_new(&mut self, seat: SeatKey<X>, direction: Direction) {
        self.new.insert((seat, direction));
    }

    /// Forgets what some interfaces have.
    pub(super) fn forget(&mut self, interfaces: &BTreeSet<&InterfaceId>) {
        self.more.retain(|more| !interfaces.contains(&more.seat.0));
        self.new.retain(|((id, _), _)| !interfaces.contains(id));
    }

    /// Suspects them with all who have such addresses.
    pub(super) fn suspect<Y: Address>(
        &self,
        crowd: &Crowd<X, Y>,
        scope: &Scope,
        suspects: &mut Suspects,
    ) {
        let why = Why::sure(From::Allowed);
        let (into, out) = (OnceCell::new(), OnceCell::new());
        for more in &self.more {
            let (id, at) = &more.seat;
            let own = crowd.range(*at, *at);
            let range = crowd.range(more.hosts.0, more.hosts.1);
            if !scope.meets(&own) && !scope.meets(&range) {
                continue;
            }
            let own = own
                .filter(|number| crowd.seats[*number].id == *id)
                .collect();
            let news = || match more.direction {
                Direction::Ingress => out.get_or_init(|| self.numbers(crowd, Direction::Egress)),
                Direction::Egress => into.get_or_init(|| self.numbers(crowd, Direction::Ingress)),
            };
            let others = if more.new {
                range.collect()
            } else {
                news().range(range).copied().collect()
            };
            match more.direction {
                Direction::Ingress => suspects.add(scope, why, &others, &own),
                Direction::Egress => suspects.add(scope, why, &own, &others),
            }
        }
    }

    /// Those with something new, by their numbers.
    fn numbers<Y: Address>(&self, crowd: &Crowd<X, Y>, direction: Direction) -> BTreeSet<usize> {
        let new = self.new.iter().filter(|(_, it)| *it == direction);
        let numbers = new.flat_map(|((id, at), _)| {
            let own = crowd.range(*at, *at);
            own.filter(|number| crowd.seats[*number].id == *id)
        });
        numbers.collect()
    }
}
