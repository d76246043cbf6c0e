//! Interfaces that have more with addresses of the estate's own networks, called across the internet, than
//! with anybody: who has such an address and calls so is suspect with them. Where a state was there before,
//! one of both must have something that it had not: else nothing is new.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Direction, InterfaceId};

use super::calls::Calls;
use super::crowd::Crowd;
use super::scope::{From, Scope, Suspects, Why};
use crate::set::Intervals;
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;

/// A seat, by its interface and its address.
pub(super) type SeatKey<X> = (InterfaceId, X);

/// Seats and the own addresses with which they have more, or with which they have something new.
#[derive(Debug, Clone)]
pub(super) struct Neighbours<X> {
    more: BTreeMap<More<X>, BTreeSet<SeatKey<X>>>,
    new: BTreeMap<Direction, BTreeSet<SeatKey<X>>>,
}

/// What seats have more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct More<X> {
    direction: Direction,
    /// Whether it is new. If not, others may be new to it.
    new: bool,
    hosts: Intervals<X>,
}

impl<X> Default for Neighbours<X> {
    fn default() -> Self {
        Self {
            more: BTreeMap::new(),
            new: BTreeMap::new(),
        }
    }
}

impl<X: Address> Neighbours<X> {
    pub(super) fn more(
        &mut self,
        seats: &[SeatKey<X>],
        hosts: Intervals<X>,
        direction: Direction,
        new: bool,
    ) {
        if !hosts.is_empty() {
            let more = More {
                direction,
                new,
                hosts,
            };
            let known = self.more.entry(more).or_default();
            known.extend(seats.iter().cloned());
        }
    }

    /// Has seen that seats have something new.
    pub(super) fn are_new(&mut self, seats: &[SeatKey<X>], direction: Direction) {
        let known = self.new.entry(direction).or_default();
        known.extend(seats.iter().cloned());
    }

    /// Forgets what some interfaces have.
    pub(super) fn forget(&mut self, interfaces: &BTreeSet<&InterfaceId>) {
        for seats in self.more.values_mut().chain(self.new.values_mut()) {
            forget(seats, interfaces);
        }
        self.more.retain(|_, seats| !seats.is_empty());
    }

    /// Suspects them with all who have such addresses and call, or are called, across the internet. Of
    /// other ways what is carried is compared.
    pub(super) fn suspect<Y: Address>(
        &self,
        analysis: &Analysis,
        crowd: &Crowd<X, Y>,
        scope: &Scope,
        suspects: &mut Suspects,
    ) {
        if self.more.is_empty() {
            return;
        }
        let why = Why::sure(From::Allowed);
        let calls = Calls::new(analysis, crowd);
        let (into, out) = (OnceCell::new(), OnceCell::new());
        let news = |direction| match direction {
            Direction::Ingress => out.get_or_init(|| self.news(crowd, Direction::Egress)),
            Direction::Egress => into.get_or_init(|| self.news(crowd, Direction::Ingress)),
        };
        let asked: Vec<usize> = match scope {
            Scope::Everybody => Vec::new(),
            Scope::Only(_) => scope.seats(crowd.seats.len()),
        };
        for (more, seats) in &self.more {
            let counts = |number: &usize| more.new || news(more.direction).contains(number);
            let own = || numbers(crowd, seats);
            let others = || {
                let hosts = more.hosts.iter();
                let seats = hosts.flat_map(|(first, last)| crowd.range(first, last));
                seats.filter(|number| counts(number)).collect()
            };
            let mut show = |sources: Vec<usize>, destinations: Vec<usize>| {
                suspects.add(scope, why, &sources.into(), &destinations.into());
            };
            let (few, few_others): (Vec<usize>, Vec<usize>) = match scope {
                Scope::Everybody => (own(), Vec::new()),
                Scope::Only(_) => {
                    let asked = asked.iter().copied();
                    let has = |number: &usize| seats.contains(&key(crowd, *number));
                    let holds = |number: &usize| more.hosts.contains(crowd.seats[*number].x);
                    (
                        asked.clone().filter(has).collect(),
                        asked.filter(|it| holds(it) && counts(it)).collect(),
                    )
                }
            };
            match more.direction {
                Direction::Egress => {
                    calls.made_by(&few, others, &mut show);
                    calls.made_to(&few_others, own, &mut show);
                }
                Direction::Ingress => {
                    calls.made_to(&few, others, &mut show);
                    calls.made_by(&few_others, own, &mut show);
                }
            }
        }
    }

    /// Those with something new, by their numbers.
    fn news<Y: Address>(&self, crowd: &Crowd<X, Y>, direction: Direction) -> BTreeSet<usize> {
        let new = self.new.get(&direction);
        let numbers = new.map(|new| numbers(crowd, new));
        numbers.into_iter().flatten().collect()
    }
}

fn key<X: Address, Y: Address>(crowd: &Crowd<X, Y>, number: usize) -> SeatKey<X> {
    let seat = &crowd.seats[number];
    (seat.id.clone(), seat.x)
}

/// The numbers of seats, ascending.
fn numbers<X: Address, Y: Address>(
    crowd: &Crowd<X, Y>,
    seats: &BTreeSet<SeatKey<X>>,
) -> Vec<usize> {
    let numbers = seats.iter().flat_map(|(id, at)| {
        let own = crowd.range(*at, *at);
        own.filter(move |number| crowd.seats[*number].id == *id)
    });
    let mut numbers: Vec<usize> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

/// Takes the seats of some interfaces out, by whichever are fewer.
fn forget<X: Address>(seats: &mut BTreeSet<SeatKey<X>>, interfaces: &BTreeSet<&InterfaceId>) {
    if interfaces.len() > seats.len() {
        return seats.retain(|(id, _)| !interfaces.contains(id));
    }
    for id in interfaces {
        let all = (InterfaceId::clone(id), X::MIN)..=(InterfaceId::clone(id), X::MAX);
        let gone: Vec<_> = seats.range(all).cloned().collect();
        for seat in gone {
            seats.remove(&seat);
        }
    }
}
