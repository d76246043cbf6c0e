//! The factors of a state as tables that can be shown: what a certificate is made of.
//!
//! Only tables that differ from the state before are shown; those that were not computed anew are told
//! by their pointers.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::net::IpAddr;
use std::rc::Rc;

use sixward_estate::{Direction, Estate};
use sixward_net::Family;

use super::Analysis;
use super::address::Address;
use super::half::Half;
use super::list::Edge;
use super::profile::Profile;
use super::route::{Hop, Routes, Way};
use super::unknown::Unknown;
use crate::set::{Arena, Steps, TrafficId};

/// The factors of one state, kept to be compared with those of the next.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) estate: Estate,
    pub(crate) arena: Rc<RefCell<Arena>>,
    v4: Half<u32>,
    v6: Half<u128>,
}

/// What became of a table.
#[derive(Debug)]
pub(crate) enum Change {
    Is(Factor),
    Gone(&'static str, String),
}

/// One table.
#[derive(Debug)]
pub(crate) struct Factor {
    /// What it is made of.
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    /// Functions of addresses: where each value begins.
    pub(crate) columns: BTreeMap<&'static str, Vec<(IpAddr, Cell)>>,
    /// What does not depend on an address.
    pub(crate) notes: BTreeMap<String, Cell>,
}

/// A value in a table.
#[derive(Debug)]
pub(crate) enum Cell {
    Traffic(TrafficId),
    Text(String),
}

impl Analysis {
    /// The factors of this state.
    pub(crate) fn tables(&self) -> Tables {
        let lists = self.grounds.values().filter_map(|it| it.list.as_ref());
        let used: BTreeSet<_> = lists.collect();
        let mut tables = Tables {
            estate: self.estate.clone(),
            arena: Rc::clone(&self.arena),
            v4: self.v4.clone(),
            v6: self.v6.clone(),
        };
        tables.v4.lists.retain(|id, _| used.contains(id));
        tables.v6.lists.retain(|id, _| used.contains(id));
        tables
    }
}

impl Tables {
    /// Shows the tables of a family that are not what they were.
    pub(crate) fn changes(&self, before: Option<&Self>, family: Family) -> Vec<Change> {
        match family {
            Family::V4 => changes(&self.v4, before.map(|before| &before.v4)),
            Family::V6 => changes(&self.v6, before.map(|before| &before.v6)),
        }
    }
}

fn changes<A: Address>(now: &Half<A>, was: Option<&Half<A>>) -> Vec<Change> {
    let mut changes = Vec::new();
    let into = &mut changes;
    differ(
        "group",
        &now.groups,
        was.map(|was| &was.groups),
        group,
        into,
    );
    differ("list", &now.lists, was.map(|was| &was.lists), list, into);
    let tables = was.map(|was| &was.tables);
    differ("route-table", &now.tables, tables, routes, into);
    let hops = was.map(|was| &was.hops);
    differ("transit-table", &now.hops, hops, transit, into);
    changes
}

fn differ<K: Ord + Display, V: PartialEq>(
    kind: &'static str,
    now: &BTreeMap<K, Rc<V>>,
    was: Option<&BTreeMap<K, Rc<V>>>,
    factor: fn(&V) -> Factor,
    into: &mut Vec<Change>,
) {
    let known = |id| was.and_then(|was| was.get(id));
    let same = |a: &Rc<V>, b: &Rc<V>| Rc::ptr_eq(a, b) || a == b;
    let fresh = now
        .iter()
        .filter(|(id, table)| known(id).is_none_or(|known| !same(known, table)));
    into.extend(fresh.map(|(id, table)| {
        let factor = factor(table);
        Change::Is(Factor {
            kind,
            id: id.to_string(),
            ..factor
        })
    }));
    let gone = was.into_iter().flat_map(BTreeMap::keys);
    let gone = gone.filter(|id| !now.contains_key(id));
    into.extend(gone.map(|id| Change::Gone(kind, id.to_string())));
}

impl Factor {
    fn new<A: Address, const N: usize>(columns: [(&'static str, Vec<(A, Cell)>); N]) -> Self {
        let columns = columns.into_iter().map(|(name, runs)| {
            let runs = runs.into_iter().map(|(first, value)| (first.ip(), value));
            (name, runs.collect())
        });
        Self {
            kind: "",
            id: String::new(),
            columns: columns.collect(),
            notes: BTreeMap::new(),
        }
    }

    fn unknown(mut self, name: &str, unknown: &Unknown) -> Self {
        let all = unknown.iter().map(|it| format!("{}/{}", it.noun, it.id));
        let text = all.collect::<Vec<_>>().join(" ");
        self.notes.insert(name.to_owned(), Cell::Text(text));
        self
    }
}

fn group<A: Address>(profile: &Profile<A>) -> Factor {
    let nets = |direction| traffic(&profile.side(direction).nets);
    let ingress = ("ingress", nets(Direction::Ingress));
    let mut factor = Factor::new([ingress, ("egress", nets(Direction::Egress))]);
    for direction in [Direction::Ingress, Direction::Egress] {
        let side = profile.side(direction);
        factor = factor.unknown(&format!("{direction} unknown"), &side.unknown);
        let may = (format!("{direction} may"), Cell::Traffic(side.may));
        factor.notes.extend([may]);
        let references = side.references.iter();
        factor.notes.extend(references.map(|(id, traffic)| {
            let name = format!("{direction} group {id}");
            (name, Cell::Traffic(*traffic))
        }));
    }
    factor
}

fn list<A: Address>(edge: &Edge<A>) -> Factor {
    let outward = ("outward", traffic(&edge.outward));
    let inward = ("inward", traffic(&edge.inward));
    Factor::new([outward, inward]).unknown("unknown", &edge.unknown)
}

fn routes<A: Address>(routes: &Routes<A>) -> Factor {
    let ways = routes.ways.runs();
    let ways = ways.map(|(first, _, way)| (first, Cell::Text(words(way))));
    Factor::new([("way", ways.collect())])
        .unknown("unknown", &routes.anywhere)
        .unknown("unknown beyond", &routes.beyond)
}

fn transit<A: Address>(hops: &Steps<A, Hop>) -> Factor {
    let hops = hops.runs().map(|(first, _, hop)| {
        let text = match hop {
            Hop::Link(id) => format!("link {id}"),
            Hop::Nowhere => "nowhere".to_owned(),
            Hop::Undetermined(it) => format!("undetermined {}/{}", it.noun, it.id),
        };
        (first, Cell::Text(text))
    });
    Factor::new([("way", hops.collect())])
}

fn traffic<A: Address>(steps: &Steps<A, TrafficId>) -> Vec<(A, Cell)> {
    let runs = steps.runs();
    runs.map(|(first, _, id)| (first, Cell::Traffic(*id)))
        .collect()
}

fn words(way: &Way) -> String {
    match way {
        Way::Local => "local".to_owned(),
        Way::Internet(id) => format!("internet {id}"),
        Way::Nat(id) => format!("nat {id}"),
        Way::EgressOnly(id) => format!("egress-only {id}"),
        Way::Peering(id) => format!("peering {id}"),
        Way::Transit(id) => format!("transit {id}"),
        Way::Nowhere => "nowhere".to_owned(),
        Way::Undetermined(it) => format!("undetermined {}/{}", it.noun, it.id),
    }
}
