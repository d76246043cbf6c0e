//! How often a peer may be called without an answer (RFC 4380 section 5.2.6, P5): at most four times
//! in 300 seconds, never twice in two. Each time is a round: an indirect bubble with its direct ones.

use std::time::Duration;

use super::RETRY;
use crate::time::Time;

const WINDOW: Duration = Duration::from_mins(5);

/// The rounds since the peer last answered.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attempts {
    /// The last four, newest first.
    times: [Option<Time>; 4],
    /// Direct answers to indirect bubbles; they follow RFC 6081 section 6.1 at once, and so have a
    /// limit of their own.
    answers: u8,
}

/// Whether a round may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permit {
    /// Now.
    Now,
    /// Not before this moment, because the last one was just now.
    Later(Time),
    /// Not before this moment, because four were in vain.
    Refused(Time),
}

/// Answers without a sign that one arrived.
const MOST_ANSWERS: u8 = 16;

impl Attempts {
    pub(crate) fn permit(&self, now: Time) -> Permit {
        let [newest, _, _, oldest] = self.times;
        if let Some(oldest) = oldest.filter(|oldest| now.since(*oldest) < WINDOW) {
            return Permit::Refused(oldest + WINDOW);
        }
        match newest {
            Some(newest) if now.since(newest) < RETRY => Permit::Later(newest + RETRY),
            _ => Permit::Now,
        }
    }

    pub(crate) fn note(&mut self, now: Time) {
        let [first, second, third, _] = self.times;
        self.times = [Some(now), first, second, third];
    }

    /// Rounds that were not answered.
    pub(crate) fn count(&self) -> usize {
        self.times.iter().flatten().count()
    }

    /// Whether one more answer may go out.
    pub(crate) fn answer(&mut self) -> bool {
        self.answers = self.answers.saturating_add(1);
        self.answers <= MOST_ANSWERS
    }
}
