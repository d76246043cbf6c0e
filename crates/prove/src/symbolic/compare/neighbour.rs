//! Interfaces that have more with addresses of the estate's own networks, called across the internet, than
//! with anybody: who has such an address is suspect with them.

use std::collections::BTreeSet;

use sixward_estate::{Direction, InterfaceId};

use super::crowd::Crowd;
use super::scope::{From, Scope, Suspects, Why};
use crate::set::Intervals;
use crate::symbolic::address::Address;

/// A seat, by its interface and its address.
type SeatKey<X> = (InterfaceId, X);

/// Seats and the own addresses with which they have more.
#[derive(Debug, Clone)]
pub(super) struct Neighbours<X>(Vec<(SeatKey<X>, (X, X), Direction)>);

impl<X> Default for Neighbours<X> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<X: Address> Neighbours<X> {
    pub(super) fn add(&mut self, seat: SeatKey<X>, hosts: &Intervals<X>, direction: Direction) {
        let ranges = hosts.iter();
        self.0
            .extend(ranges.map(|range| (seat.clone(), range, direction)));
    }

    /// Forgets what some interfaces have.
    pub(super) fn forget(&mut self, interfaces: &BTreeSet<&InterfaceId>) {
        self.0.retain(|((id, _), ..)| !interfaces.contains(id));
    }

    /// Suspects them with all who have such addresses.
    pub(super) fn suspect<Y: Address>(
        &self,
        crowd: &Crowd<X, Y>,
        scope: &Scope,
        suspects: &mut Suspects,
    ) {
        let why = Why::sure(From::Allowed);
        for ((id, at), (low, high), direction) in &self.0 {
            let own = crowd.range(*at, *at);
            let own = own
                .filter(|number| crowd.seats[*number].id == *id)
                .collect();
            let others = crowd.range(*low, *high).collect();
            match direction {
                Direction::Ingress => suspects.add(scope, why, &others, &own),
                Direction::Egress => suspects.add(scope, why, &own, &others),
            }
        }
    }
}
