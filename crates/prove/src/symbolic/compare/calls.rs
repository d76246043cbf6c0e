//! Who calls whom across the internet: whose routes lead there for the address of another interface.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::crowd::Crowd;
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::route::{Routes, Way};

/// So few receivers are cheaper asked one by one.
const FEW: usize = 16;

/// The route tables of a crowd, and the seats to which each leads across the internet.
pub(super) struct Calls<'a, X, Y> {
    crowd: &'a Crowd<X, Y>,
    tables: Vec<Onto<X>>,
    /// The number of its table, by place.
    of_place: Vec<Option<usize>>,
}

/// A table, and by range the seats, once that is asked.
type Onto<X> = (Rc<Routes<X>>, OnceCell<Vec<Range<usize>>>);

impl<'a, X: Address, Y: Address> Calls<'a, X, Y> {
    pub(super) fn new(analysis: &Analysis, crowd: &'a Crowd<X, Y>) -> Self {
        let half = X::half(analysis);
        let mut tables: Vec<Onto<X>> = Vec::new();
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        let places = crowd.places.iter();
        let of_place = places.map(|(own, _)| {
            let routes = half.routes(analysis.grounds.get(own)?);
            // Pointers only find what was seen; the order is that of the places.
            let number = seen.entry(Rc::as_ptr(routes).addr());
            Some(*number.or_insert_with(|| {
                tables.push((Rc::clone(routes), OnceCell::new()));
                tables.len() - 1
            }))
        });
        Self {
            of_place: of_place.collect(),
            crowd,
            tables,
        }
    }

    /// Pairs of which the first call the second: of a few that call, and all those whom they may.
    pub(super) fn made_by(
        &self,
        few: &[usize],
        all: impl FnOnce() -> Vec<usize>,
        mut show: impl FnMut(Vec<usize>, Vec<usize>),
    ) {
        let mut callers = self.by_table(few);
        callers.retain(|table, _| !self.onto(*table).is_empty());
        if callers.is_empty() {
            return;
        }
        let all = all();
        for (table, senders) in callers {
            show(senders, self.met(table, &all));
        }
    }

    /// The same of a few that are called.
    pub(super) fn made_to(
        &self,
        few: &[usize],
        all: impl FnOnce() -> Vec<usize>,
        mut show: impl FnMut(Vec<usize>, Vec<usize>),
    ) {
        let tables = 0..self.tables.len();
        let called = tables.map(|table| (table, self.met(table, few)));
        let mut called: BTreeMap<_, _> = called.filter(|(_, met)| !met.is_empty()).collect();
        if called.is_empty() {
            return;
        }
        for (table, senders) in self.by_table(&all()) {
            if let Some(receivers) = called.remove(&table) {
                show(senders, receivers);
            }
        }
    }

    fn by_table(&self, seats: &[usize]) -> BTreeMap<usize, Vec<usize>> {
        let mut under: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in seats {
            let place = self.crowd.seats[*number].place;
            if let Some(Some(table)) = self.of_place.get(place) {
                under.entry(*table).or_default().push(*number);
            }
        }
        under
    }

    /// Those of some seats, given in order, to which a table leads across the internet.
    fn met(&self, table: usize, seats: &[usize]) -> Vec<usize> {
        if seats.len() < FEW {
            let routes = &self.tables[table].0;
            let met = seats.iter().filter(|number| {
                let way = routes.ways.get(self.crowd.seats[**number].x);
                is_known(routes) && is_across(way)
            });
            return met.copied().collect();
        }
        let met = self.onto(table).iter().flat_map(|range| {
            let first = seats.partition_point(|number| *number < range.start);
            let after = seats.partition_point(|number| *number < range.end);
            &seats[first..after.max(first)]
        });
        met.copied().collect()
    }

    fn onto(&self, table: usize) -> &[Range<usize>] {
        let (routes, onto) = &self.tables[table];
        onto.get_or_init(|| {
            if !is_known(routes) {
                return Vec::new();
            }
            let across = routes.ways.runs().filter(|(_, _, way)| is_across(way));
            let ranges = across.map(|(first, last, _)| self.crowd.range(first, last));
            ranges.filter(|range| !range.is_empty()).collect()
        })
    }
}

fn is_known<A>(routes: &Routes<A>) -> bool {
    routes.anywhere.is_empty()
}

fn is_across(way: &Way) -> bool {
    matches!(way, Way::Internet(_) | Way::EgressOnly(_))
}
