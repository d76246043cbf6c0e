//! Randomness as an argument. Nonces and the random bits of an address keep strangers out, so the
//! caller's source has to be one that nobody can foretell (RFC 6081 section 7).

use std::fmt;
use std::time::Duration;

use sixward_net::Teredo;

/// A source of random bytes: the system's in a daemon, a seed in a test.
pub trait Random: Send {
    /// Fills the bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The source of a state machine.
pub(crate) struct Chance(Box<dyn Random>);

impl Chance {
    pub(crate) fn new(source: Box<dyn Random>) -> Self {
        Self(source)
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }

    /// A nonce is never zero: zero stands for "none" in other implementations.
    pub(crate) fn nonce<const N: usize>(&mut self) -> [u8; N] {
        let bytes = self.bytes();
        if bytes == [0; N] { [1; N] } else { bytes }
    }

    /// The flags of a new address (RFC 5991 section 3).
    pub(crate) fn flags(&mut self) -> u16 {
        u16::from_be_bytes(self.bytes()) & Teredo::RANDOM
    }

    /// An even choice between two durations, to the millisecond.
    pub(crate) fn between(&mut self, least: Duration, most: Duration) -> Duration {
        let span = u64::try_from(most.saturating_sub(least).as_millis()).unwrap_or(u64::MAX);
        let drawn = u64::from(u32::from_be_bytes(self.bytes())) % span.saturating_add(1);
        least.saturating_add(Duration::from_millis(drawn))
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance")
    }
}
