//! The product of what stands between two ends.

use sixward_estate::Subject;

use super::unknown::Unknown;
use crate::set::{Arena, TrafficId};

/// What passes for sure, what may pass, and what the difference waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) traffic: TrafficId,
    pub(super) possible: TrafficId,
    /// Nothing when both are equal.
    pub(super) unknown: Unknown,
}

impl Answer {
    /// Nothing passes.
    pub(super) fn nothing() -> Self {
        Self {
            traffic: TrafficId::EMPTY,
            possible: TrafficId::EMPTY,
            unknown: Unknown::new(),
        }
    }

    /// Nobody knows.
    pub(super) fn unknown(unknown: Unknown) -> Self {
        Self {
            possible: TrafficId::ALL,
            unknown,
            ..Self::nothing()
        }
    }

    /// What passes here and there.
    pub(super) fn and(self, other: Self, arena: &mut Arena) -> Self {
        let mut unknown = self.unknown;
        unknown.extend(other.unknown);
        Product {
            traffic: arena.and(self.traffic, other.traffic),
            possible: arena.and(self.possible, other.possible),
            unknown,
        }
        .answer()
    }

    /// What passes here or there.
    pub(super) fn or(self, mut other: Self, arena: &mut Arena) -> Self {
        other.unknown.extend(self.unknown);
        let traffic = arena.or(self.traffic, other.traffic);
        let possible = arena.or(self.possible, other.possible);
        Product {
            traffic,
            possible,
            unknown: other.unknown,
        }
        .answer()
    }
}

/// Factors multiplied so far. What is sure to be dropped is dropped whatever is unknown elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    traffic: TrafficId,
    possible: TrafficId,
    unknown: Unknown,
}

impl Product {
    /// No factor yet.
    pub(super) fn new() -> Self {
        Self {
            traffic: TrafficId::ALL,
            possible: TrafficId::ALL,
            unknown: Unknown::new(),
        }
    }

    /// A factor that is known.
    pub(super) fn and(&mut self, factor: TrafficId, arena: &mut Arena) {
        self.traffic = arena.and(self.traffic, factor);
        self.possible = arena.and(self.possible, factor);
    }

    /// A factor that is known between two bounds.
    pub(super) fn bounded(
        &mut self,
        (sure, may): (TrafficId, TrafficId),
        unknown: &Unknown,
        arena: &mut Arena,
    ) {
        self.traffic = arena.and(self.traffic, sure);
        self.possible = arena.and(self.possible, may);
        if sure != may {
            self.unknown.extend(unknown.iter().cloned());
        }
    }

    /// Factors that were multiplied elsewhere. The order of factors is nothing to a product.
    pub(super) fn times(&mut self, other: &Self, arena: &mut Arena) {
        self.traffic = arena.and(self.traffic, other.traffic);
        self.possible = arena.and(self.possible, other.possible);
        self.unknown.extend(other.unknown.iter().cloned());
    }

    /// Whether nothing passes, whatever the other factors are.
    pub(super) fn is_nothing(&self) -> bool {
        self.possible == TrafficId::EMPTY
    }

    /// Without what no other factor can make matter, so that products which come to the same are equal.
    #[must_use]
    pub(super) fn settled(mut self) -> Self {
        if self.is_nothing() {
            self.unknown.clear();
        }
        self
    }

    /// A factor that nothing passes.
    pub(super) fn nothing(&mut self) {
        self.traffic = TrafficId::EMPTY;
        self.possible = TrafficId::EMPTY;
    }

    /// A factor of which nothing is known.
    pub(super) fn doubt(&mut self, subject: Subject) {
        self.traffic = TrafficId::EMPTY;
        self.unknown.insert(subject);
    }

    /// Things that must be known for anything to be known.
    pub(super) fn needs(&mut self, unknown: &Unknown) {
        for subject in unknown {
            self.doubt(subject.clone());
        }
    }

    /// What passes, and what that waits for.
    pub(super) fn answer(self) -> Answer {
        let known = self.traffic == self.possible;
        Answer {
            traffic: self.traffic,
            possible: self.possible,
            unknown: if known { Unknown::new() } else { self.unknown },
        }
    }
}
