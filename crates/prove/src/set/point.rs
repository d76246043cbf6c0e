//! Points on a line: addresses of either family, ports, ICMP types and codes.

use std::fmt::Debug;
use std::hash::Hash;

/// A point on a finite line.
pub trait Point: Copy + Ord + Debug + Hash {
    /// The lowest point.
    const MIN: Self;
    /// The highest point.
    const MAX: Self;

    /// The point after this one; none after the highest.
    fn next(self) -> Option<Self>;

    /// The point before this one; the lowest is its own.
    #[must_use]
    fn previous(self) -> Self;
}

macro_rules! points {
    ($($number:ty)*) => {$(
        impl Point for $number {
            const MIN: Self = <$number>::MIN;
            const MAX: Self = <$number>::MAX;

            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }

            fn previous(self) -> Self {
                self.saturating_sub(1)
            }
        }
    )*};
}

points! { u8 u16 u32 u128 }
