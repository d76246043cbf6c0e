//! Which sets of firewalls interfaces are under. Interfaces under the same ones share a profile.

use std::collections::BTreeMap;

use sixward_estate::{Estate, FirewallId};
use sixward_net::Family;

/// The distinct sets of firewalls, by number.
#[derive(Debug, Clone, Default)]
pub(super) struct Roster {
    distinct: Vec<Vec<FirewallId>>,
    numbers: BTreeMap<Vec<FirewallId>, usize>,
    under: BTreeMap<FirewallId, Vec<usize>>,
}

impl Roster {
    pub(super) fn of(estate: &Estate) -> Self {
        let mut roster = Self::default();
        for interface in &estate.interfaces {
            for family in [Family::V4, Family::V6] {
                roster.add(interface.firewalls_in(family));
            }
        }
        roster
    }

    /// Makes sure that a set of firewalls has a number.
    pub(super) fn add(&mut self, firewalls: &[FirewallId]) {
        if self.numbers.contains_key(firewalls) {
            return;
        }
        let number = self.distinct.len();
        for id in firewalls {
            self.under.entry(id.clone()).or_default().push(number);
        }
        self.numbers.insert(firewalls.to_vec(), number);
        self.distinct.push(firewalls.to_vec());
    }

    /// The number of a set.
    pub(super) fn number(&self, firewalls: &[FirewallId]) -> Option<usize> {
        self.numbers.get(firewalls).copied()
    }

    /// The sets in the order of their numbers.
    pub(super) fn profiles(&self) -> impl Iterator<Item = &[FirewallId]> {
        self.distinct.iter().map(Vec::as_slice)
    }

    /// The firewalls of a number.
    pub(super) fn firewalls(&self, number: usize) -> &[FirewallId] {
        self.distinct.get(number).map_or(&[], Vec::as_slice)
    }

    /// The numbers of the sets that a firewall is in.
    pub(super) fn under(&self, id: &FirewallId) -> impl Iterator<Item = usize> {
        self.under.get(id).into_iter().flatten().copied()
    }

    /// The firewalls that sets are made of.
    pub(super) fn all(&self) -> impl Iterator<Item = &FirewallId> {
        self.under.keys()
    }

    /// How many sets there are.
    pub(super) fn count(&self) -> usize {
        self.distinct.len()
    }
}
