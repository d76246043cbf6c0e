//! Which interfaces are asked about. After a small change that is those that it touches; what the others
//! have with each other is known.

use std::collections::BTreeSet;
use std::rc::Rc;

/// Seats by number: pairs with at least one of them are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    Everybody,
    Only(BTreeSet<usize>),
}

/// Sources and destinations, each by numbers in the crowd: all pairs of both.
#[derive(Debug, Default)]
pub(super) struct Suspects(Vec<(Rc<[usize]>, Rc<[usize]>)>);

impl Scope {
    pub(super) fn has(&self, number: usize) -> bool {
        match self {
            Self::Everybody => true,
            Self::Only(some) => some.contains(&number),
        }
    }

    /// The seats of a crowd that are in it.
    pub(super) fn seats(&self, count: usize) -> Vec<usize> {
        match self {
            Self::Everybody => (0..count).collect(),
            Self::Only(some) => some.iter().copied().filter(|it| *it < count).collect(),
        }
    }

    /// Those of some seats that are in it.
    fn of(&self, seats: &Rc<[usize]>) -> Rc<[usize]> {
        match self {
            Self::Everybody => Rc::clone(seats),
            Self::Only(_) => seats.iter().copied().filter(|it| self.has(*it)).collect(),
        }
    }
}

impl Suspects {
    /// Suspects all pairs of some sources and destinations that are in scope.
    pub(super) fn add(&mut self, scope: &Scope, sources: &Rc<[usize]>, destinations: &Rc<[usize]>) {
        self.push(scope.of(sources), Rc::clone(destinations));
        if *scope != Scope::Everybody {
            self.push(Rc::clone(sources), scope.of(destinations));
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(Rc<[usize]>, Rc<[usize]>)> {
        self.0.iter()
    }

    fn push(&mut self, sources: Rc<[usize]>, destinations: Rc<[usize]>) {
        if !sources.is_empty() && !destinations.is_empty() {
            self.0.push((sources, destinations));
        }
    }
}
