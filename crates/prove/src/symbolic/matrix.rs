//! What sets of interfaces can begin with one another, with the internet and with far ends: the table a
//! person reads.
//!
//! No pair of interfaces is listed. Interfaces that differ in nothing that decides are one [class], and
//! between two classes only those parts are told apart that the firewalls and lists of the other end
//! tell apart; so the work is that of the kinds of interfaces, not of their number. A cell says what
//! some pair may and what every pair may: where the two differ, the set was not of one kind.
//!
//! [class]: self::class::Class

mod class;

use std::collections::BTreeSet;

use sixward_estate::{InterfaceId, Subject};
use sixward_net::Family;

use super::Analysis;
use super::address::Address;
use super::product::Answer;
use super::unknown::Unknown;
use crate::End;
use crate::set::{TrafficId, TrafficSet};
use class::{Class, Cuts, Numbers, Part, Sign};

/// A row and a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// All hosts of the internet as one end.
    Internet,
    /// Interfaces; one that is in two sides makes no pair with itself.
    Interfaces(Vec<InterfaceId>),
    /// Sites behind links, networks on the far side of peerings.
    Far(Vec<End>),
}

/// What one side can begin with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What some pair may, for sure.
    pub some: TrafficSet,
    /// What every pair may, for sure.
    pub all: TrafficSet,
    /// What some pair may as far as anybody knows.
    pub possible: TrafficSet,
    /// What the difference waits for.
    pub undetermined: Vec<Subject>,
}

impl Cell {
    /// Whether nothing passes between any pair, for sure.
    pub fn is_empty(&self) -> bool {
        self.possible.is_empty()
    }

    /// Whether some pairs may what others may not.
    pub fn is_partial(&self) -> bool {
        self.some != self.all
    }

    /// Whether the difference waits for something.
    pub fn is_undetermined(&self) -> bool {
        self.some != self.possible
    }

    /// Whether IPv6 is to every pair what IPv4 is, by the image that proofs go by. `outward` is to the
    /// internet, where NAT leaves protocols out that nobody meant to filter.
    pub fn is_same(v4: &Self, v6: &Self, outward: bool) -> bool {
        let simple = |cell: &Self| !cell.is_partial() && !cell.is_undetermined();
        let covered = v4.all.image_at_least().is_subset(&v6.all);
        simple(v4) && simple(v6) && covered && !exceeds(&v6.some, &v4.some, outward)
    }

    /// Whether IPv6 lets some pair begin what IPv4 does not let it, for sure.
    pub fn is_beyond(v4: &Self, v6: &Self, outward: bool) -> bool {
        let every = !v4.is_undetermined() && exceeds(&v6.all, &v4.all, outward);
        every || exceeds(&v6.some, &v4.possible, outward)
    }
}

fn exceeds(v6: &TrafficSet, v4: &TrafficSet, outward: bool) -> bool {
    let more = v6.without_vital6().difference(&v4.image_at_most());
    let meant = if outward {
        more.difference(&TrafficSet::all().without_translated())
    } else {
        more
    };
    !meant.is_empty()
}

impl Analysis {
    /// A row for each side, and in it a cell for each side; none where there is no pair. Each pair
    /// counts as [`Analysis::allowed`] says.
    pub fn matrix(&self, sides: &[Side], family: Family) -> Vec<Vec<Option<Cell>>> {
        match family {
            Family::V4 => matrix::<u32>(self, sides),
            Family::V6 => matrix::<u128>(self, sides),
        }
    }
}

/// A side by its classes.
enum Classes<'a, A> {
    Internet,
    Of(Vec<Class<'a, A>>),
    Far(&'a [End]),
}

impl<A: Address> Classes<'_, A> {
    /// One end of each kind, of those that the far ends of `other` tell apart.
    fn seen_from_afar(&self, analysis: &Analysis, other: &Self) -> Vec<End> {
        match (self, other) {
            (Self::Internet, _) => vec![End::Internet],
            (Self::Far(ends), _) => ends.to_vec(),
            (Self::Of(classes), Self::Far(ends)) => {
                let classes = classes.iter();
                let kinds = classes.flat_map(|class| class.seen_from_afar(analysis, ends));
                kinds.cloned().map(End::Interface).collect()
            }
            (Self::Of(_), _) => Vec::new(),
        }
    }
}

/// A cell in the making.
#[derive(Debug)]
struct Sum {
    some: Answer,
    all: TrafficId,
}

fn matrix<A: Address>(analysis: &Analysis, sides: &[Side]) -> Vec<Vec<Option<Cell>>> {
    let cuts = Cuts::<A>::of(analysis);
    let mut numbers = Numbers::new(analysis);
    let sides = sides.iter().map(|side| match side {
        Side::Internet => Classes::Internet,
        Side::Interfaces(ids) => Classes::Of(class::classes(analysis, &cuts, &mut numbers, ids)),
        Side::Far(ends) => Classes::Far(ends),
    });
    let sides: Vec<_> = sides.collect();
    let mut cuts = vec![None; numbers.places() * numbers.places()];
    let mut known = Known {
        places: numbers.places(),
        cut_off: &mut cuts,
    };
    let mut rows = Vec::new();
    for from in &sides {
        let cells = sides.iter().map(|to| cell(analysis, &mut known, from, to));
        rows.push(cells.collect());
    }
    rows
}

/// Between which places nothing is carried, as far as that was asked.
struct Known<'k> {
    places: usize,
    cut_off: &'k mut [Option<bool>],
}

impl Known<'_> {
    fn is_cut_off<A: Address>(
        &mut self,
        analysis: &Analysis,
        from: &Class<'_, A>,
        to: &Class<'_, A>,
    ) -> bool {
        let at = from.place * self.places + to.place;
        *self.cut_off[at].get_or_insert_with(|| from.is_cut_off(analysis, to))
    }
}

/// Pairs that a cell has counted: kinds, and what each end's tables say of the other.
type Seen = BTreeSet<(usize, usize, Sign, Sign)>;

fn cell<A: Address>(
    analysis: &Analysis,
    known: &mut Known<'_>,
    from: &Classes<'_, A>,
    to: &Classes<'_, A>,
) -> Option<Cell> {
    let mut sum = None;
    match (from, to) {
        (Classes::Internet, Classes::Internet) => {}
        (Classes::Internet, Classes::Of(to)) => {
            for class in to {
                let end = End::Interface(class.first().clone());
                add(analysis, &mut sum, analysis.ends::<A>(&End::Internet, &end));
            }
        }
        (Classes::Of(from), Classes::Internet) => {
            for class in from {
                let end = End::Interface(class.first().clone());
                add(analysis, &mut sum, analysis.ends::<A>(&end, &End::Internet));
            }
        }
        (Classes::Of(from), Classes::Of(to)) => {
            let (mut seen, mut nothing) = (Seen::new(), false);
            for source in from {
                for destination in to {
                    let apart = source.is_apart(destination);
                    if apart && known.is_cut_off(analysis, source, destination) {
                        nothing = true;
                    } else {
                        let seen = apart.then_some(&mut seen);
                        between(analysis, source, destination, seen, &mut sum);
                    }
                }
            }
            if nothing {
                add(analysis, &mut sum, Answer::nothing());
            }
        }
        (Classes::Far(_), _) | (_, Classes::Far(_)) => {
            for source in from.seen_from_afar(analysis, to) {
                for destination in to.seen_from_afar(analysis, from) {
                    if source != destination {
                        let answer = analysis.ends::<A>(&source, &destination);
                        add(analysis, &mut sum, answer);
                    }
                }
            }
        }
    }
    let sum = sum?;
    let unknown: Unknown = sum.some.unknown;
    Some(Cell {
        some: analysis.traffic(sum.some.traffic),
        all: analysis.traffic(sum.all),
        possible: analysis.traffic(sum.some.possible),
        undetermined: unknown.into_iter().collect(),
    })
}

fn between<A: Address>(
    analysis: &Analysis,
    from: &Class<'_, A>,
    to: &Class<'_, A>,
    mut seen: Option<&mut Seen>,
    sum: &mut Option<Sum>,
) {
    let sources = from.as_sources(analysis, to);
    let destinations = to.as_destinations(analysis, from);
    for source in &sources {
        for destination in &destinations {
            if let Some((a, b)) = Part::pair(source, destination) {
                let signs = (source.sign.clone(), destination.sign.clone());
                let fresh = seen
                    .as_deref_mut()
                    .is_none_or(|seen| seen.insert((from.kind, to.kind, signs.0, signs.1)));
                if !fresh {
                    continue;
                }
                let (a, b) = (End::Interface(a.clone()), End::Interface(b.clone()));
                add(analysis, sum, analysis.ends::<A>(&a, &b));
            }
        }
    }
}

fn add(analysis: &Analysis, sum: &mut Option<Sum>, answer: Answer) {
    let arena = &mut analysis.arena.borrow_mut();
    let (some, all) = match sum.take() {
        None => (Answer::nothing(), TrafficId::ALL),
        Some(sum) => (sum.some, sum.all),
    };
    *sum = Some(Sum {
        all: arena.and(all, answer.traffic),
        some: some.or(answer, arena),
    });
}
