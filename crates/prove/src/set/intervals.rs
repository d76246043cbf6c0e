//! Sets of points as intervals.

use super::{Point, Steps, reduce};

/// A set of points. Equal sets are equal values; every operation is linear in the intervals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Intervals<P>(Steps<P, bool>);

impl<P: Point> Intervals<P> {
    /// No point.
    pub fn empty() -> Self {
        Self(Steps::constant(false))
    }

    /// Every point.
    pub fn all() -> Self {
        Self(Steps::constant(true))
    }

    /// The points from `first` to `last`, both included; none when `last` lies before `first`.
    pub fn range(first: P, last: P) -> Self {
        Self(Steps::on(first, last, true, false))
    }

    /// The points of all these ranges.
    pub fn ranges(ranges: impl IntoIterator<Item = (P, P)>) -> Self {
        let parts = ranges
            .into_iter()
            .map(|(first, last)| Self::range(first, last));
        reduce(parts.collect(), Self::union).unwrap_or_else(Self::empty)
    }

    /// Whether a point is in it.
    pub fn contains(&self, point: P) -> bool {
        *self.0.get(point)
    }

    /// The first of its points that is not below this one.
    pub fn first_from(&self, point: P) -> Option<P> {
        match self.0.around(point) {
            (_, _, true) => Some(point),
            (_, last, false) => last.next(),
        }
    }

    /// The last of its points that is not above this one.
    pub fn last_to(&self, point: P) -> Option<P> {
        match self.0.around(point) {
            (_, _, true) => Some(point),
            (first, _, false) => (first > P::MIN).then(|| first.previous()),
        }
    }

    /// Whether it has no point.
    pub fn is_empty(&self) -> bool {
        *self == Self::empty()
    }

    /// Whether every point of it is in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Points of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a || b)
    }

    /// Points of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a && b)
    }

    /// Points of this and not of `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a && !b)
    }

    /// Points that are not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self(self.0.map(|inside| !inside))
    }

    /// Its intervals, first and last point, ascending; two never touch.
    pub fn iter(&self) -> impl Iterator<Item = (P, P)> {
        let runs = self.0.runs();
        runs.filter_map(|(first, last, inside)| inside.then_some((first, last)))
    }

    /// It as a function.
    pub fn steps(&self) -> &Steps<P, bool> {
        &self.0
    }

    /// Both, point by point.
    pub(super) fn combine(&self, other: &Self, join: fn(bool, bool) -> bool) -> Self {
        Self(self.0.zip(&other.0, |a, b| join(*a, *b)))
    }
}

impl<P: Point> From<Steps<P, bool>> for Intervals<P> {
    fn from(steps: Steps<P, bool>) -> Self {
        Self(steps)
    }
}
