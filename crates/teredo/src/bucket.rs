//! Token buckets: what strangers may cause us to send (Z3, V18, P11, P8).

use std::time::Duration;

use crate::time::Time;

/// So many at once, and so many a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At once, after a quiet time.
    pub burst: u32,
    /// For ever.
    pub per_second: u32,
}

/// What is left of a rate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    /// In millionths, so that a slow rate loses nothing between two close moments.
    micros: u64,
    last: Time,
}

impl Bucket {
    pub(crate) const fn full(rate: Rate) -> Self {
        Self {
            micros: rate.burst as u64 * TOKEN,
            last: Time::at(Duration::ZERO),
        }
    }

    pub(crate) fn take(&mut self, rate: Rate, now: Time) -> bool {
        let passed = u64::try_from(now.since(self.last).as_micros()).unwrap_or(u64::MAX);
        let most = u64::from(rate.burst) * TOKEN;
        let grown = passed.saturating_mul(u64::from(rate.per_second));
        self.micros = self.micros.saturating_add(grown).min(most);
        self.last = self.last.max(now);
        let Some(rest) = self.micros.checked_sub(TOKEN) else {
            return false;
        };
        self.micros = rest;
        true
    }
}

const TOKEN: u64 = 1_000_000;

/// One bucket for each of a fixed number of classes of keys: memory stays the same under any number of
/// sources (V17), and the class of a key cannot be foretold without the secret.
#[derive(Debug)]
pub(crate) struct Buckets {
    rate: Rate,
    secret: u64,
    classes: Vec<Bucket>,
}

impl Buckets {
    pub(crate) fn new(rate: Rate, secret: [u8; 8], classes: usize) -> Self {
        Self {
            rate,
            secret: u64::from_be_bytes(secret),
            classes: vec![Bucket::full(rate); classes.max(1)],
        }
    }

    pub(crate) fn take(&mut self, key: u128, now: Time) -> bool {
        let classes = u64::try_from(self.classes.len()).unwrap_or(1);
        let class = self.class(key) % classes;
        let bucket = usize::try_from(class)
            .ok()
            .and_then(|class| self.classes.get_mut(class));
        bucket.is_some_and(|bucket| bucket.take(self.rate, now))
    }

    /// SplitMix64 over both halves, keyed.
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a key")]
    fn class(&self, key: u128) -> u64 {
        let mix = |z: u64| {
            let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        mix(mix(self.secret ^ (key >> 64) as u64) ^ key as u64)
    }
}
