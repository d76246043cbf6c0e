//! Total functions that are constant on intervals.

use std::collections::BTreeSet;

use super::{Intervals, Point};

/// A function of every point, constant between its steps. Equal functions are equal values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Steps<P, V> {
    /// Where each value begins: the lowest point first, ascending, neighbours differ.
    steps: Vec<(P, V)>,
}

impl<P: Point, V: Clone + Eq> Steps<P, V> {
    /// The same value everywhere.
    pub fn constant(value: V) -> Self {
        Self {
            steps: vec![(P::MIN, value)],
        }
    }

    /// One value from `first` to `last`, both included, and another elsewhere. Everywhere the other
    /// one when `last` lies before `first`.
    pub fn on(first: P, last: P, inside: V, outside: V) -> Self {
        if last < first {
            return Self::constant(outside);
        }
        let mut steps = Self { steps: Vec::new() };
        steps.push(P::MIN, outside.clone());
        steps.push(first, inside);
        if let Some(after) = last.next() {
            steps.push(after, outside);
        }
        steps
    }

    /// The function that has at each start, and up to the next one, what `value` says of the start.
    /// The lowest point is a start by itself.
    pub fn tabulate(starts: &BTreeSet<P>, mut value: impl FnMut(P) -> V) -> Self {
        let mut steps = Self { steps: Vec::new() };
        let lowest = (!starts.contains(&P::MIN)).then_some(P::MIN);
        for start in lowest.into_iter().chain(starts.iter().copied()) {
            let value = value(start);
            steps.push(start, value);
        }
        steps
    }

    /// Where values begin, ascending.
    pub fn starts(&self) -> impl Iterator<Item = P> {
        self.steps.iter().map(|(start, _)| *start)
    }

    /// The value at a point.
    pub fn get(&self, at: P) -> &V {
        let after = self.steps.partition_point(|(start, _)| *start <= at);
        &self.steps[after.saturating_sub(1)].1
    }

    /// The interval that a point lies in: first point, last point, value.
    pub fn around(&self, at: P) -> (P, P, &V) {
        let after = self.steps.partition_point(|(start, _)| *start <= at);
        let (first, value) = &self.steps[after.saturating_sub(1)];
        let last = self.start(after).map_or(P::MAX, Point::previous);
        (*first, last, value)
    }

    /// The intervals with their values: first point, last point, value.
    pub fn runs(&self) -> impl Iterator<Item = (P, P, &V)> {
        let ends = self.steps.iter().skip(1).map(|(start, _)| start.previous());
        self.steps
            .iter()
            .zip(ends.chain([P::MAX]))
            .map(|((first, value), last)| (*first, last, value))
    }

    /// The intervals that meet those from `first` to `last`, cut to them.
    pub fn between(&self, first: P, last: P) -> impl Iterator<Item = (P, P, &V)> {
        let from = self.steps.partition_point(|(start, _)| *start <= first);
        let from = from.saturating_sub(1);
        let met = self.steps[from..].iter().enumerate();
        let met = met.take_while(move |(_, (start, _))| *start <= last);
        met.map(move |(at, (start, value))| {
            let next = self.start(from + at + 1).map_or(P::MAX, Point::previous);
            ((*start).max(first), next.min(last), value)
        })
    }

    /// The function where it matters, among `points`; elsewhere what spares steps: a value holds up to
    /// the point that has the next. So functions that are equal at the points, if there are any, come out as equal values.
    #[must_use]
    pub fn among(&self, points: &Intervals<P>) -> Self {
        let mut result = Self { steps: Vec::new() };
        for (first, last, value) in self.runs() {
            if let Some(start) = points.first_from(first).filter(|start| *start <= last) {
                let lowest = result.steps.is_empty();
                result.push(if lowest { P::MIN } else { start }, value.clone());
            }
        }
        if result.steps.is_empty() {
            return Self::constant(self.get(P::MIN).clone());
        }
        result
    }

    /// How many intervals there are.
    pub fn count(&self) -> usize {
        self.steps.len()
    }

    /// The function followed by another.
    pub fn map<W: Clone + Eq>(&self, mut then: impl FnMut(&V) -> W) -> Steps<P, W> {
        let mut result = Steps {
            steps: Vec::with_capacity(self.steps.len()),
        };
        for (start, value) in &self.steps {
            result.push(*start, then(value));
        }
        result
    }

    /// Both functions, put together point by point. Linear in their steps.
    pub fn zip<U: Clone + Eq, W: Clone + Eq>(
        &self,
        other: &Steps<P, U>,
        mut join: impl FnMut(&V, &U) -> W,
    ) -> Steps<P, W> {
        let mut result = Steps {
            steps: Vec::with_capacity(self.steps.len() + other.steps.len()),
        };
        let (mut i, mut j) = (0, 0);
        while let (Some((a, left)), Some((b, right))) = (self.steps.get(i), other.steps.get(j)) {
            result.push(*a.max(b), join(left, right));
            let (next_a, next_b) = (self.start(i + 1), other.start(j + 1));
            match (next_a, next_b) {
                (None, None) => break,
                (Some(_), None) => i += 1,
                (None, Some(_)) => j += 1,
                (Some(a), Some(b)) => {
                    i += usize::from(a <= b);
                    j += usize::from(b <= a);
                }
            }
        }
        result
    }

    fn start(&self, at: usize) -> Option<P> {
        self.steps.get(at).map(|(start, _)| *start)
    }

    /// Adds a step behind all others. A value at a point that has one already takes its place.
    fn push(&mut self, start: P, value: V) {
        if self.steps.last().is_some_and(|(last, _)| *last == start) {
            self.steps.pop();
        }
        if self.steps.last().is_none_or(|(_, last)| *last != value) {
            self.steps.push((start, value));
        }
    }
}
