//! The factors of a state as tables that can be shown: what a certificate is made of.
//!
//! Only tables that differ from the state before are shown; those that were not computed anew are told
//! by their pointers.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::mem;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::rc::Rc;

use sixward_estate::{Direction, Estate, FirewallKind};
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
    pub(crate) family: Family,
    /// Functions of an address: where each value begins.
    pub(crate) columns: BTreeMap<String, Vec<(IpAddr, Cell)>>,
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
        let mut tables = Tables {
            estate: self.estate.clone(),
            v4: self.v4.clone(),
            v6: self.v6.clone(),
        };
        let arena = &mut self.arena.borrow_mut();
        lists(self, &mut tables.v4, arena);
        lists(self, &mut tables.v6, arena);
        tables
    }

    /// The traffic sets that tables name.
    pub(crate) fn arena(&self) -> &Rc<RefCell<Arena>> {
        &self.arena
    }

    /// The estate that the factors are of.
    pub(crate) fn estate(&self) -> &Estate {
        &self.estate
    }
}

/// Lists count whether a subnet is under them or not; what is no list does not.
fn lists<A: Address>(analysis: &Analysis, half: &mut Half<A>, arena: &mut Arena) {
    let used = analysis.grounds.values();
    let used: BTreeSet<_> = used.filter_map(|ground| ground.list.as_ref()).collect();
    let all = analysis.estate.firewalls.iter();
    let all = all.filter(|firewall| firewall.kind == FirewallKind::List);
    let known = mem::take(&mut half.lists);
    half.lists.extend(all.map(|list| {
        let known = known.get(&list.id).filter(|_| used.contains(&list.id));
        let edge = match known {
            Some(edge) => Rc::clone(edge),
            None => Rc::new(Edge::of(&analysis.estate, &analysis.gaps, list, arena)),
        };
        (list.id.clone(), edge)
    }));
}

impl Tables {
    /// The tables of a family that are not what they were.
    pub(crate) fn changes(&self, before: Option<&Self>, family: Family) -> Vec<Change> {
        match family {
            Family::V4 => changes(self, before, |tables| &tables.v4),
            Family::V6 => changes(self, before, |tables| &tables.v6),
        }
    }

    /// Whether tables of another estate must be the same, as nothing that they are made of differs.
    pub(crate) fn are_of(&self, estate: &Estate) -> bool {
        let own = &self.estate;
        own.firewalls == estate.firewalls
            && own.route_tables == estate.route_tables
            && own.transit_tables == estate.transit_tables
            && own.prefix_lists == estate.prefix_lists
            && own.gateways == estate.gateways
            && own.links == estate.links
            && own.transits == estate.transits
            && own.networks == estate.networks
            && own.gaps == estate.gaps
    }
}

fn changes<A: Address>(
    now: &Tables,
    before: Option<&Tables>,
    half: fn(&Tables) -> &Half<A>,
) -> Vec<Change> {
    let (was, is) = (before.map(half), half(now));
    let mut changes = Vec::new();
    let into = &mut changes;

    let groups = (was.map(|was| &was.groups), &is.groups);
    differ("firewall", groups, group, into);
    let lists = (was.map(|was| &was.lists), &is.lists);
    differ("firewall", lists, list, into);
    let tables = (was.map(|was| &was.tables), &is.tables);
    differ("route-table", tables, routes, into);
    let hops = (was.map(|was| &was.hops), &is.hops);
    differ("transit-table", hops, transit, into);
    changes
}

/// Factors by the id of what they are made of.
type ById<I, V> = BTreeMap<I, Rc<V>>;

fn differ<I: Ord + Display, V: PartialEq>(
    kind: &'static str,
    (was, is): (Option<&ById<I, V>>, &ById<I, V>),
    factor: impl Fn(&V) -> Factor,
    into: &mut Vec<Change>,
) {
    let known = |id| was.and_then(|was| was.get(id));
    for (id, table) in is {
        if !known(id).is_some_and(|known| Rc::ptr_eq(known, table) || known == table) {
            let id = id.to_string();
            into.push(Change::Is(Factor {
                kind,
                id,
                ..factor(table)
            }));
        }
    }
    let gone = was.into_iter().flat_map(BTreeMap::keys);
    let gone = gone.filter(|id| !is.contains_key(id));
    into.extend(gone.map(|id| Change::Gone(kind, id.to_string())));
}

impl Factor {
    fn new(family: Family) -> Self {
        Self {
            kind: "",
            id: String::new(),
            family,
            columns: BTreeMap::new(),
        }
    }

    fn column<A: Address, V>(&mut self, name: &str, steps: &Steps<A, V>, cell: fn(&V) -> Cell)
    where
        V: Clone + Eq,
    {
        let runs = steps.runs();
        let runs = runs.map(|(first, _, value)| (first.ip(), cell(value)));
        self.columns.insert(name.to_owned(), runs.collect());
    }

    fn constant(&mut self, name: &str, value: Cell) {
        let lowest = match self.family {
            Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
            Family::V6 => Ipv6Addr::UNSPECIFIED.into(),
        };
        self.columns.insert(name.to_owned(), vec![(lowest, value)]);
    }

    fn unknown(&mut self, name: &str, unknown: &Unknown) {
        let all = unknown.iter().map(|it| format!("{}/{}", it.noun, it.id));
        self.constant(name, Cell::Text(all.collect::<Vec<_>>().join(" ")));
    }
}

fn group<A: Address>(profile: &Profile<A>) -> Factor {
    let mut factor = Factor::new(A::FAMILY);
    for direction in [Direction::Ingress, Direction::Egress] {
        let side = profile.side(direction);
        factor.column(&direction.to_string(), &side.nets, |id| traffic(*id));
        factor.unknown(&format!("{direction} unknown"), &side.unknown);
        factor.constant(&format!("{direction} may"), traffic(side.may));
        for (id, reference) in &side.references {
            factor.constant(&format!("{direction} group {id}"), traffic(*reference));
        }
    }
    factor
}

fn list<A: Address>(edge: &Edge<A>) -> Factor {
    let mut factor = Factor::new(A::FAMILY);
    factor.column("outward", &edge.outward, |id| traffic(*id));
    factor.column("inward", &edge.inward, |id| traffic(*id));
    factor.unknown("unknown", &edge.unknown);
    factor
}

fn routes<A: Address>(routes: &Routes<A>) -> Factor {
    let mut factor = Factor::new(A::FAMILY);
    factor.column("way", &routes.ways, |way| Cell::Text(words(way)));
    factor.unknown("unknown", &routes.anywhere);
    factor.unknown("unknown beyond", &routes.beyond);
    factor
}

fn transit<A: Address>(hops: &Steps<A, Hop>) -> Factor {
    let mut factor = Factor::new(A::FAMILY);
    factor.column("way", hops, |hop| {
        Cell::Text(match hop {
            Hop::Link(id) => format!("link {id}"),
            Hop::Nowhere => "nowhere".to_owned(),
            Hop::Undetermined(it) => format!("undetermined {}/{}", it.noun, it.id),
        })
    });
    factor
}

fn traffic(id: TrafficId) -> Cell {
    Cell::Traffic(id)
}

fn words(way: &Way) -> String {
    match way {
        Way::Local => "local".to_owned(),
        Way::Internet(id) => format!("internet {id}"),
        Way::Nat(id) => format!("nat {id}"),
        Way::EgressOnly(id) => format!("egress-only {id}"),
        Way::Peering(id) => format!("peering {id}"),
        Way::Transit(id) => format!("transit {id}"),
        Way::Vpn(id) => format!("vpn {id}"),
        Way::Nowhere => "nowhere".to_owned(),
        Way::Undetermined(it) => format!("undetermined {}/{}", it.noun, it.id),
    }
}
