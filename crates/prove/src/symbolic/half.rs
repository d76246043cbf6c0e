//! The tables of one family. The families share no table, so that what happens in one cannot change
//! the other. Tables that a change does not touch are shared with the state before it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use sixward_estate::{Estate, FirewallId, FirewallKind, RouteTableId, TransitTableId};

use super::address::Address;
use super::ground::Ground;
use super::list::Edge;
use super::profile::{Profile, union};
use super::roster::Roster;
use super::route::{Hop, Routes, hops};
use super::touched::Touched;
use super::unknown::{Gaps, subject};
use crate::set::{Arena, Steps};

/// The factors of one family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Half<A> {
    /// Every firewall of interfaces by itself.
    pub(super) groups: BTreeMap<FirewallId, Rc<Profile<A>>>,
    /// By number of the profile.
    pub(super) profiles: Vec<Rc<Profile<A>>>,
    /// Lists on the edges of subnets.
    pub(super) lists: BTreeMap<FirewallId, Rc<Edge<A>>>,
    no_list: Rc<Edge<A>>,
    pub(super) tables: BTreeMap<RouteTableId, Rc<Routes<A>>>,
    no_table: Rc<Routes<A>>,
    pub(super) hops: BTreeMap<TransitTableId, Rc<Steps<A, Hop>>>,
}

impl<A: Address> Half<A> {
    pub(super) fn new<'e>(
        estate: &Estate,
        gaps: &Gaps,
        grounds: impl Iterator<Item = &'e Ground>,
        roster: &Roster,
        arena: &mut Arena,
    ) -> Self {
        let mut half = Self {
            groups: BTreeMap::new(),
            profiles: Vec::new(),
            lists: BTreeMap::new(),
            no_list: Rc::new(Edge::open()),
            tables: BTreeMap::new(),
            no_table: Rc::new(Routes::unknown(subject("route-table", "none"))),
            hops: BTreeMap::new(),
        };
        let ids = estate.firewalls.iter().map(|firewall| &firewall.id);
        half.set_groups(estate, gaps, ids, arena);
        let profiles = roster.profiles();
        half.profiles = profiles
            .map(|firewalls| Rc::new(union((estate, gaps), &half.groups, firewalls, arena)))
            .collect();
        let lists: BTreeSet<_> = grounds.filter_map(|ground| ground.list.as_ref()).collect();
        half.set_lists(estate, gaps, lists.into_iter(), arena);
        half.set_tables(estate, gaps, estate.route_tables.iter().map(|it| &it.id));
        half.set_hops(estate, gaps, estate.transit_tables.iter().map(|it| &it.id));
        half
    }

    /// The factors after a change: those that it touches are computed anew, the others are shared.
    pub(super) fn next<'e>(
        &self,
        estate: &Estate,
        gaps: &Gaps,
        grounds: impl Iterator<Item = &'e Ground>,
        roster: &Roster,
        touched: &Touched,
        arena: &mut Arena,
    ) -> Self {
        let mut half = self.clone();
        half.set_groups(estate, gaps, touched.firewalls.iter(), arena);
        let known = half.profiles.len();
        let stale = touched.firewalls.iter().flat_map(|id| roster.under(id));
        for at in stale.filter(|at| *at < known).collect::<BTreeSet<_>>() {
            let profile = union((estate, gaps), &half.groups, roster.firewalls(at), arena);
            if *half.profiles[at] != profile {
                half.profiles[at] = Rc::new(profile);
            }
        }
        let fresh = roster.profiles().skip(known);
        let fresh =
            fresh.map(|firewalls| Rc::new(union((estate, gaps), &half.groups, firewalls, arena)));
        let fresh: Vec<_> = fresh.collect();
        half.profiles.extend(fresh);
        let lists: BTreeSet<_> = grounds.filter_map(|ground| ground.list.as_ref()).collect();
        // A list that no subnet is under now is looked at again when one is.
        half.lists
            .retain(|id, _| lists.contains(id) || !touched.lists.contains(id));
        let stale = lists.into_iter();
        let stale = stale.filter(|id| touched.lists.contains(*id) || !half.lists.contains_key(*id));
        let stale: BTreeSet<_> = stale.cloned().collect();
        half.set_lists(estate, gaps, stale.iter(), arena);
        half.set_tables(estate, gaps, touched.tables.iter());
        half.set_hops(estate, gaps, touched.transit_tables.iter());
        half
    }

    /// The edge of a subnet.
    pub(super) fn edge(&self, ground: &Ground) -> &Rc<Edge<A>> {
        let list = ground.list.as_ref().and_then(|id| self.lists.get(id));
        list.unwrap_or(&self.no_list)
    }

    /// Where packets go that leave a subnet.
    pub(super) fn routes(&self, ground: &Ground) -> &Rc<Routes<A>> {
        let table = ground.table.as_ref().and_then(|id| self.tables.get(id));
        table.unwrap_or(&self.no_table)
    }

    /// A table by its id.
    pub(super) fn table(&self, id: &RouteTableId) -> Option<&Routes<A>> {
        self.tables.get(id).map(Rc::as_ref)
    }

    /// Whether every table is one with that of `other`.
    pub(super) fn shares(&self, other: &Self) -> bool {
        let same = |a: &Rc<Profile<A>>, b: &Rc<Profile<A>>| Rc::ptr_eq(a, b);
        let profiles = self.profiles.len() == other.profiles.len();
        let mut pairs = self.profiles.iter().zip(&other.profiles);
        let lists = self.lists.len() == other.lists.len();
        let mut edges = self.lists.values().zip(other.lists.values());
        profiles
            && lists
            && pairs.all(|(a, b)| same(a, b))
            && edges.all(|(a, b)| Rc::ptr_eq(a, b))
            && share_routes(self, other)
    }

    /// Whether all that is in `other` is in this one too. Lists that no subnet is under any more are no
    /// difference.
    pub(super) fn holds(&self, other: &Self) -> bool {
        let lists = other.lists.iter();
        let mut lists = lists.map(|(id, list)| self.lists.get(id) == Some(list));
        self.groups == other.groups
            && self.profiles == other.profiles
            && self.tables == other.tables
            && self.hops == other.hops
            && lists.all(|same| same)
    }

    fn set_groups<'e>(
        &mut self,
        estate: &Estate,
        gaps: &Gaps,
        ids: impl Iterator<Item = &'e FirewallId>,
        arena: &mut Arena,
    ) {
        for id in ids {
            match estate.firewalls.get(id) {
                Some(it) if it.kind != FirewallKind::List => {
                    let profile = Profile::of_firewall(estate, gaps, it, arena);
                    set(&mut self.groups, id, profile);
                }
                _ => drop(self.groups.remove(id)),
            }
        }
    }

    fn set_lists<'e>(
        &mut self,
        estate: &Estate,
        gaps: &Gaps,
        ids: impl Iterator<Item = &'e FirewallId>,
        arena: &mut Arena,
    ) {
        for id in ids {
            match estate.firewalls.get(id) {
                Some(list) => set(&mut self.lists, id, Edge::of(estate, gaps, list, arena)),
                None => drop(self.lists.remove(id)),
            }
        }
    }

    fn set_tables<'e>(
        &mut self,
        estate: &Estate,
        gaps: &Gaps,
        ids: impl Iterator<Item = &'e RouteTableId>,
    ) {
        for id in ids {
            match estate.route_tables.get(id) {
                Some(table) => set(&mut self.tables, id, Routes::of(estate, gaps, table)),
                None => drop(self.tables.remove(id)),
            }
        }
    }

    fn set_hops<'e>(
        &mut self,
        estate: &Estate,
        gaps: &Gaps,
        ids: impl Iterator<Item = &'e TransitTableId>,
    ) {
        for id in ids {
            match estate.transit_tables.get(id) {
                Some(table) => set(&mut self.hops, id, hops(gaps, table)),
                None => drop(self.hops.remove(id)),
            }
        }
    }
}

/// Puts a table in its place. One that came out as it was stays, so that sameness is a matter of
/// pointers.
fn set<K: Ord + Clone, V: PartialEq>(into: &mut BTreeMap<K, Rc<V>>, id: &K, value: V) {
    match into.get(id) {
        Some(known) if **known == value => {}
        _ => drop(into.insert(id.clone(), Rc::new(value))),
    }
}

/// Whether two tables are one and the same. Tables of different families never are.
pub(super) fn is_one<T, U>(a: &Rc<T>, b: &Rc<U>) -> bool {
    Rc::as_ptr(a).addr() == Rc::as_ptr(b).addr()
}

/// Whether two states have all routes in common.
pub(super) fn share_routes<A: Address, B: Address>(a: &Half<A>, b: &Half<B>) -> bool {
    let tables = a.tables.len() == b.tables.len();
    let hops = a.hops.len() == b.hops.len();
    let mut all_tables = a.tables.values().zip(b.tables.values());
    let mut all_hops = a.hops.values().zip(b.hops.values());
    tables && hops && all_tables.all(|(a, b)| is_one(a, b)) && all_hops.all(|(a, b)| is_one(a, b))
}
