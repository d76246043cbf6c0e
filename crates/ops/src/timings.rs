//! How long each phase took.

use std::time::{Duration, Instant};

/// The phases of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Files or API calls become an estate.
    Read,
    /// The questions are asked.
    Assess,
    /// Steps are made.
    Plan,
    /// Packets are followed.
    Trace,
    /// Every state is looked at.
    Prove,
    /// Packets are sent.
    Rehearse,
    /// Steps become text.
    Emit,
    /// Files are written.
    Write,
}

/// The time of each phase that was gone through, in order.
#[derive(Debug, Clone, Default)]
pub struct Timings(Vec<(Phase, Duration)>);

impl Timings {
    /// Does `work` as a part of `phase`.
    pub(crate) fn take<T>(&mut self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.0.push((phase, start.elapsed()));
        done
    }

    /// Phases and their times.
    pub fn phases(&self) -> impl Iterator<Item = (Phase, Duration)> {
        self.0.iter().copied()
    }

    /// All phases together.
    pub fn total(&self) -> Duration {
        self.0.iter().map(|(_, time)| *time).sum()
    }
}

impl Phase {
    /// The phase in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Assess => "assess",
            Self::Plan => "plan",
            Self::Trace => "trace",
            Self::Prove => "prove",
            Self::Rehearse => "rehearse",
            Self::Emit => "emit",
            Self::Write => "write",
        }
    }
}
