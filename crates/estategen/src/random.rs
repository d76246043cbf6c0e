//! Chance that repeats itself. `SplitMix64` (Steele, Lea, Flood 2014) is ten lines, and
//! its step is one to one, which also makes it the source of ids that never collide.

/// A stream of numbers that follows from its seed.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// A number below `bound`; 0 if there is none.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(GOLDEN);
        let bound = bound.max(1) as u64;
        usize::try_from(mix(self.0) % bound).unwrap_or_default()
    }

    /// True in so many of a thousand cases.
    pub(crate) fn permille(&mut self, cases: usize) -> bool {
        self.below(1_000) < cases
    }

    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, from: [T; N]) -> T {
        const { assert!(N > 0, "nothing to pick from") };
        from[self.below(N)]
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// One to one on all 64 bits.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_stream() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            (0..8).map(|_| random.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn chances_are_about_right() {
        let mut random = Random::new(3);
        let hits = (0..100_000).filter(|_| random.permille(20)).count();
        assert!((1_800..2_200).contains(&hits), "{hits}");
    }
}
