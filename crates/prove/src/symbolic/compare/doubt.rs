//! The firewalls whose own table exceeds its counterpart. Interfaces under others are not suspect by
//! their firewalls: a union of tables that each keep within theirs does too.

use std::collections::BTreeSet;
use std::rc::Rc;

use sixward_estate::{Direction, FirewallId};

use super::States;
use super::crowd::Crowd;
use super::gauge::Gauge;
use super::suspect::numbers_in;
use crate::set::TrafficId;
use crate::symbolic::address::Address;
use crate::symbolic::half::{Half, is_one};
use crate::symbolic::profile::{Profile, Side};
use crate::symbolic::roster::Roster;
use crate::symbolic::unknown::Unknown;

/// The firewalls in doubt.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts(BTreeSet<FirewallId>);

const BOTH: [Direction; 2] = [Direction::Egress, Direction::Ingress];

impl Doubts {
    pub(super) fn of<X: Address, Y: Address>(
        states: &States<'_>,
        crowd: &Crowd<X, Y>,
        gauge: &mut Gauge,
    ) -> Self {
        let mut doubts = Self::default();
        let half = X::half(states.x);
        let other = Y::half(states.y);
        for id in half.groups.keys().chain(other.groups.keys()) {
            doubts.look_at(id, states, crowd, gauge);
        }
        doubts
    }

    /// Looks at one firewall.
    pub(super) fn look_at<X: Address, Y: Address>(
        &mut self,
        id: &FirewallId,
        states: &States<'_>,
        crowd: &Crowd<X, Y>,
        gauge: &mut Gauge,
    ) {
        let own = X::half(states.x).groups.get(id);
        let pair = own.zip(Y::half(states.y).groups.get(id));
        let fine = pair.is_some_and(|(own, there)| {
            let same = X::FAMILY == Y::FAMILY && is_one(own, there);
            same || BOTH.into_iter().all(|direction| {
                let (own, there) = (own.side(direction), there.side(direction));
                keeps::<X, Y>(own, there, gauge)
                    && crowd.exceeding(&own.nets, &there.nets, gauge).is_empty()
            })
        });
        if fine {
            self.0.remove(id);
        } else {
            self.0.insert(id.clone());
        }
    }

    /// Looks whether seats that are new put firewalls in doubt.
    pub(super) fn look_for<X: Address, Y: Address>(
        &mut self,
        seats: &BTreeSet<usize>,
        states: &States<'_>,
        crowd: &Crowd<X, Y>,
        gauge: &mut Gauge,
    ) {
        let half = Y::half(states.y);
        for (id, own) in &X::half(states.x).groups {
            if self.0.contains(id) {
                continue;
            }
            let Some(there) = half.groups.get(id) else {
                self.0.insert(id.clone());
                continue;
            };
            let exceeds = BOTH.into_iter().any(|direction| {
                let (own, there) = (own.side(direction), there.side(direction));
                seats.iter().any(|number| {
                    let seat = &crowd.seats[*number];
                    let other = seat.y.map(|at| *there.nets.get(at));
                    other.is_some_and(|other| gauge.exceeds(*own.nets.get(seat.x), other))
                })
            });
            if exceeds {
                self.0.insert(id.clone());
            }
        }
    }

    /// By number of a set of firewalls, whether interfaces under it are suspect by them. Of firewalls
    /// that are not there nothing is known.
    pub(super) fn concerned<X>(&self, roster: &Roster, half: &Half<X>) -> Vec<bool> {
        let mut concerned = vec![false; roster.count()];
        let missing = roster.all().filter(|id| !half.groups.contains_key(*id));
        let sets = self.0.iter().chain(missing);
        for number in sets.flat_map(|id| roster.under(id)) {
            concerned[number] = true;
        }
        if let Some(bare) = roster.number(&[]) {
            concerned[bare] = true;
        }
        concerned
    }
}

/// The seats to which one side of a profile allows more than its counterpart.
pub(super) fn exceeding_side<X: Address, Y: Address>(
    own: &Profile<X>,
    there: &Profile<Y>,
    direction: Direction,
    crowd: &Crowd<X, Y>,
    roster: &Roster,
    gauge: &mut Gauge,
) -> Rc<[usize]> {
    let (own, there) = (own.side(direction), there.side(direction));
    if !is_clear::<X, Y>(own, there) {
        return (0..crowd.seats.len()).collect();
    }
    let mut found = numbers_in(&crowd.exceeding(&own.nets, &there.nets, gauge));
    let named = beyond::<X, Y>(own, there, gauge);
    if !named.is_empty() {
        let under = |seat: usize| {
            let own = roster.firewalls(crowd.seats[seat].profiles.0);
            own.iter().any(|id| named.contains(id))
        };
        found.extend((0..crowd.seats.len()).filter(|seat| under(*seat)));
    }
    found.sort_unstable();
    found.dedup();
    found.into()
}

/// Whether all of a side but its prefixes keeps within its counterpart.
fn keeps<X: Address, Y: Address>(own: &Side<X>, there: &Side<Y>, gauge: &mut Gauge) -> bool {
    is_clear::<X, Y>(own, there) && beyond::<X, Y>(own, there, gauge).is_empty()
}

/// Whether what is not known is the same in both, or nothing.
fn is_clear<X: Address, Y: Address>(own: &Side<X>, there: &Side<Y>) -> bool {
    let same = X::FAMILY == Y::FAMILY && own.may == there.may && own.unknown == there.unknown;
    let vague = |may: TrafficId, unknown: &Unknown| may != TrafficId::EMPTY || !unknown.is_empty();
    same || !(vague(own.may, &own.unknown) || vague(there.may, &there.unknown))
}

/// The firewalls that one side names with more traffic than the other.
fn beyond<'s, X: Address, Y: Address>(
    own: &'s Side<X>,
    there: &Side<Y>,
    gauge: &mut Gauge,
) -> BTreeSet<&'s FirewallId> {
    let named = own.references.iter().filter(|(id, traffic)| {
        let other = there.references.iter().find(|(other, _)| other == id);
        let other = other.map_or(TrafficId::EMPTY, |(_, other)| *other);
        gauge.exceeds(*traffic, other)
    });
    named.map(|(id, _)| id).collect()
}
