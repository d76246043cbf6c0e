//! Traffic sets by short names: one name for one set, operations remembered.
//!
//! An estate has thousands of rules and a thousand sets; tables hold names, and comparing tables is
//! comparing numbers.

use std::collections::BTreeMap;

use sixward_net::Traffic;

use super::TrafficSet;

/// The name of a traffic set in its [`Arena`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrafficId(u32);

impl TrafficId {
    /// The empty set, in every arena.
    pub const EMPTY: Self = Self(0);
    /// The set of all traffic, in every arena.
    pub const ALL: Self = Self(1);
}

/// Traffic sets and their names. Equal sets have one name.
#[derive(Debug, Clone)]
pub struct Arena {
    sets: Vec<TrafficSet>,
    names: BTreeMap<TrafficSet, TrafficId>,
    rules: BTreeMap<Traffic, TrafficId>,
    joins: BTreeMap<(Join, TrafficId, TrafficId), TrafficId>,
    answers: BTreeMap<TrafficId, TrafficId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Join {
    Or,
    And,
    Minus,
}

impl Default for Arena {
    fn default() -> Self {
        Self::new()
    }
}

impl Arena {
    /// An arena that holds the empty set and the set of all traffic.
    pub fn new() -> Self {
        let mut arena = Self {
            sets: Vec::new(),
            names: BTreeMap::new(),
            rules: BTreeMap::new(),
            joins: BTreeMap::new(),
            answers: BTreeMap::new(),
        };
        arena.name(TrafficSet::empty());
        arena.name(TrafficSet::all());
        arena
    }

    /// The set of a name.
    pub fn get(&self, id: TrafficId) -> &TrafficSet {
        let at = usize::try_from(id.0).unwrap_or(usize::MAX);
        &self.sets[at]
    }

    /// How many sets there are.
    pub fn count(&self) -> usize {
        self.sets.len()
    }

    /// The name of a set, a new one when it has none yet.
    pub fn name(&mut self, set: TrafficSet) -> TrafficId {
        if let Some(id) = self.names.get(&set) {
            return *id;
        }
        let id = TrafficId(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        self.sets.push(set.clone());
        self.names.insert(set, id);
        id
    }

    /// The name of what a rule speaks of.
    pub fn rule(&mut self, traffic: Traffic) -> TrafficId {
        if let Some(id) = self.rules.get(&traffic) {
            return *id;
        }
        let id = self.name(TrafficSet::of(traffic));
        self.rules.insert(traffic, id);
        id
    }

    /// Packets of either.
    pub fn or(&mut self, a: TrafficId, b: TrafficId) -> TrafficId {
        match (a, b) {
            (TrafficId::ALL, _) | (_, TrafficId::ALL) => TrafficId::ALL,
            (TrafficId::EMPTY, other) | (other, TrafficId::EMPTY) => other,
            _ if a == b => a,
            _ => self.join(Join::Or, a.min(b), a.max(b)),
        }
    }

    /// Packets of both.
    pub fn and(&mut self, a: TrafficId, b: TrafficId) -> TrafficId {
        match (a, b) {
            (TrafficId::EMPTY, _) | (_, TrafficId::EMPTY) => TrafficId::EMPTY,
            (TrafficId::ALL, other) | (other, TrafficId::ALL) => other,
            _ if a == b => a,
            _ => self.join(Join::And, a.min(b), a.max(b)),
        }
    }

    /// Packets of the first and not of the second.
    pub fn minus(&mut self, a: TrafficId, b: TrafficId) -> TrafficId {
        match (a, b) {
            (TrafficId::EMPTY, _) | (_, TrafficId::ALL) => TrafficId::EMPTY,
            (_, TrafficId::EMPTY) => a,
            _ if a == b => TrafficId::EMPTY,
            _ => self.join(Join::Minus, a, b),
        }
    }

    /// [`TrafficSet::answered`].
    pub fn answered(&mut self, id: TrafficId) -> TrafficId {
        if let Some(known) = self.answers.get(&id) {
            return *known;
        }
        let set = self.get(id).answered();
        let answered = self.name(set);
        self.answers.insert(id, answered);
        answered
    }

    fn join(&mut self, join: Join, a: TrafficId, b: TrafficId) -> TrafficId {
        if let Some(known) = self.joins.get(&(join, a, b)) {
            return *known;
        }
        let (left, right) = (self.get(a), self.get(b));
        let set = match join {
            Join::Or => left.union(right),
            Join::And => left.intersection(right),
            Join::Minus => left.difference(right),
        };
        let id = self.name(set);
        self.joins.insert((join, a, b), id);
        id
    }
}
