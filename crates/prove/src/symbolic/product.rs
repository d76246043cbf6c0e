//! The product of what stands between two ends.

use sixward_estate::Subject;

use super::unknown::Unknown;
use crate::set::{Arena, TrafficId};

/// Factors multiplied so far. What is sure to be dropped is dropped whatever is unknown elsewhere.
#[derive(Debug, Clone)]
pub(super) struct Product {
    /// All factors, unknown ones as far as they are known.
    traffic: TrafficId,
    /// The factors that nothing is unknown about.
    sure: TrafficId,
    unknown: Unknown,
}

impl Product {
    /// No factor yet.
    pub(super) fn new() -> Self {
        Self {
            traffic: TrafficId::ALL,
            sure: TrafficId::ALL,
            unknown: Unknown::new(),
        }
    }

    /// One more factor.
    pub(super) fn and(&mut self, factor: TrafficId, unknown: &Unknown, arena: &mut Arena) {
        self.traffic = arena.and(self.traffic, factor);
        if unknown.is_empty() {
            self.sure = arena.and(self.sure, factor);
        } else {
            self.unknown.extend(unknown.iter().cloned());
        }
    }

    /// A factor that nothing passes.
    pub(super) fn nothing(&mut self) {
        self.traffic = TrafficId::EMPTY;
        self.sure = TrafficId::EMPTY;
    }

    /// A factor of which nothing is known.
    pub(super) fn doubt(&mut self, subject: Subject) {
        self.traffic = TrafficId::EMPTY;
        self.unknown.insert(subject);
    }

    /// What passes, and what that waits for.
    pub(super) fn result(self) -> (TrafficId, Unknown) {
        if self.sure == TrafficId::EMPTY {
            return (TrafficId::EMPTY, Unknown::new());
        }
        (self.traffic, self.unknown)
    }
}
