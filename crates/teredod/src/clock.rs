//! The clock and the randomness that the state machines do not have.

use std::time::{Duration, Instant};

use rustix::rand::{GetRandomFlags, getrandom};
use sixward_teredo::{Random, Time};

/// Time since the daemon began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// A moment that is never the first: "long ago" must have room.
    pub(crate) fn now(self) -> Time {
        Time::at(self.0.elapsed() + Duration::from_hours(1))
    }
}

/// The kernel's random bytes.
#[derive(Debug)]
pub(crate) struct Kernel;

impl Random for Kernel {
    fn fill(&mut self, bytes: &mut [u8]) {
        let mut done = 0;
        while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
            // Only a signal can come between, for so few bytes.
            done += getrandom(rest, GetRandomFlags::empty()).unwrap_or(0);
        }
    }
}
