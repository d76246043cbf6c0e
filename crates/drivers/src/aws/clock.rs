//! Signing by AWS's clock where this computer's is off.
//!
//! Source: AWS refuses signatures that are more than five minutes from its own time, and
//! dates its refusals; the SDKs correct themselves by that date.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Less than the five minutes that AWS allows, as the refusal has been under way.
const OFF: u64 = 240;

/// How far AWS's clock is ahead of ours, as far as we know.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: AtomicI64,
}

impl Clock {
    /// AWS's time.
    pub(crate) fn now(&self) -> SystemTime {
        let ahead = self.ahead.load(Ordering::Relaxed);
        let by = Duration::from_secs(ahead.unsigned_abs());
        let moved = if ahead < 0 {
            SystemTime::now().checked_sub(by)
        } else {
            SystemTime::now().checked_add(by)
        };
        moved.unwrap_or(UNIX_EPOCH)
    }

    /// Told AWS's `date` (seconds since 1970). Whether our idea of it was so far off that a
    /// signature would be refused; if so it is put right.
    pub(crate) fn corrected_by(&self, date: i64) -> bool {
        let ours = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let ahead = date.saturating_sub_unsigned(ours.as_secs());
        let off = ahead.abs_diff(self.ahead.load(Ordering::Relaxed)) > OFF;
        if off {
            self.ahead.store(ahead, Ordering::Relaxed);
        }
        off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_corrected_once() {
        let clock = Clock::default();
        let there = |clock: &Clock| clock.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let now = i64::try_from(there(&clock)).unwrap();
        assert!(!clock.corrected_by(now + 100));
        assert!(clock.corrected_by(now - 86_400));
        assert!(!clock.corrected_by(now - 86_400));
        assert!(there(&clock).abs_diff(u64::try_from(now - 86_400).unwrap()) < 60);
    }
}
