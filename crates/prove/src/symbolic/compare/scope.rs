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

/// Sources and destinations, each by numbers in the crowd, ascending: all pairs of both.
#[derive(Debug)]
pub(super) struct Suspect {
    pub(super) sources: Rc<[usize]>,
    pub(super) destinations: Rc<[usize]>,
    pub(super) why: Why,
}

/// What is known of suspects by what made them so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Why {
    pub(super) from: From,
    /// Some may be in excess for sure. Otherwise something that is not known is on the way of all.
    pub(super) sure: bool,
}

/// Which of the sources are in excess, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum From {
    Anybody,
    /// Whom the destination's firewalls may let in. Pairs that these are not on the way of are suspected
    /// for that too.
    Allowed,
}

/// All that is to be looked at pair by pair.
#[derive(Debug, Default)]
pub(super) struct Suspects(Vec<Suspect>);

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
            Self::Only(some) if some.len() < seats.len() => {
                let inside = |number: &&usize| seats.binary_search(number).is_ok();
                some.iter().filter(inside).copied().collect()
            }
            Self::Only(_) => seats.iter().copied().filter(|it| self.has(*it)).collect(),
        }
    }
}

impl Why {
    /// Some may be in excess for sure.
    pub(super) fn sure(from: From) -> Self {
        Self { from, sure: true }
    }
}

impl Suspects {
    /// Suspects all pairs of some sources and destinations that are in scope.
    pub(super) fn add(
        &mut self,
        scope: &Scope,
        why: Why,
        sources: &Rc<[usize]>,
        destinations: &Rc<[usize]>,
    ) {
        self.push(why, scope.of(sources), Rc::clone(destinations));
        if *scope != Scope::Everybody {
            self.push(why, Rc::clone(sources), scope.of(destinations));
        }
    }

    /// Those that may be in excess for sure, then the others.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Suspect> {
        let sure = self.0.iter().filter(|suspect| suspect.why.sure);
        sure.chain(self.0.iter().filter(|suspect| !suspect.why.sure))
    }

    fn push(&mut self, why: Why, sources: Rc<[usize]>, destinations: Rc<[usize]>) {
        if !sources.is_empty() && !destinations.is_empty() {
            self.0.push(Suspect {
                sources,
                destinations,
                why,
            });
        }
    }
}
