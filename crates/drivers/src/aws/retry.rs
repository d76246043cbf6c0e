//! When to try again, and after how long.
//!
//! Source: exponential backoff with full jitter (AWS Architecture Blog, "Exponential
//! Backoff And Jitter"; botocore/retries/standard.py). This is for calls that only read, so that
//! trying again after a lost answer is always safe; it is the class that decides whether
//! it can help.

use std::time::Duration;

use super::error::ErrorClass;
use super::fault::Fault;

const LONGEST: Duration = Duration::from_secs(20);
/// The first pause after a throttled call.
pub(crate) const FIRST: Duration = Duration::from_millis(500);

/// How often a call that fails like this is made in all.
pub(crate) fn attempts(fault: &Fault) -> u32 {
    match (fault.class, &fault.code) {
        (ErrorClass::Throttled, _) => 8,
        (ErrorClass::Server, Some(_)) | (ErrorClass::Timeout | ErrorClass::Connection, _) => 4,
        // No AWS error in it: a test server that lacks the operation, or a proxy. The
        // same for an answer that is not XML; once more, in case it was cut off.
        (ErrorClass::Server | ErrorClass::Garbled, _) => 2,
        _ => 1,
    }
}

/// The pause after the `made`-th attempt (from 1); `random` is in [0, 1).
pub(crate) fn pause(class: ErrorClass, made: u32, random: f64) -> Duration {
    let first = match class {
        ErrorClass::Throttled => FIRST,
        _ => Duration::from_millis(100),
    };
    doubled(first, made).mul_f64(random)
}

/// The first pause, doubled with each attempt from 1, up to a bound.
pub(crate) fn doubled(first: Duration, made: u32) -> Duration {
    let times = 2_u32.saturating_pow(made.saturating_sub(1));
    first.saturating_mul(times).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_final() {
        for class in [
            ErrorClass::Denied,
            ErrorClass::Credentials,
            ErrorClass::Invalid,
            ErrorClass::NotImplemented,
        ] {
            assert_eq!(attempts(&Fault::new(class, "")), 1, "{class}");
        }
        assert_eq!(attempts(&Fault::answered(500, "<html>")), 2);
        let body =
            "<Response><Errors><Error><Code>InternalError</Code></Error></Errors></Response>";
        assert_eq!(attempts(&Fault::answered(500, body)), 4);
    }

    #[test]
    fn pauses_double_up_to_a_bound() {
        let full = |class, made| pause(class, made, 1.0);
        assert_eq!(full(ErrorClass::Throttled, 1), Duration::from_millis(500));
        assert_eq!(full(ErrorClass::Throttled, 3), Duration::from_secs(2));
        assert_eq!(full(ErrorClass::Throttled, 40), LONGEST);
        assert_eq!(
            pause(ErrorClass::Connection, 2, 0.5),
            Duration::from_millis(100)
        );
    }
}
