//! The tables of one family. The families share no table, so that what happens in one cannot change
//! the other.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Estate, FirewallId, RouteTableId, TransitTableId};

use super::address::Address;
use super::ground::Ground;
use super::list::Edge;
use super::profile::{Groups, Profile};
use super::route::{Hop, Routes, hops};
use super::unknown::{Gaps, subject};
use crate::set::{Arena, Steps};

/// The factors of one family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Half<A> {
    /// By number of the profile.
    pub(super) profiles: Vec<Profile<A>>,
    lists: BTreeMap<FirewallId, Edge<A>>,
    no_list: Edge<A>,
    tables: BTreeMap<RouteTableId, Routes<A>>,
    no_table: Routes<A>,
    pub(super) hops: BTreeMap<TransitTableId, Steps<A, Hop>>,
}

impl<A: Address> Half<A> {
    pub(super) fn new<'e>(
        estate: &'e Estate,
        gaps: &Gaps,
        grounds: impl Iterator<Item = &'e Ground<'e>>,
        profiles: &[&[FirewallId]],
        arena: &mut Arena,
    ) -> Self {
        let groups = Groups::new(estate, gaps, arena);
        let profiles = profiles.iter();
        let profiles = profiles.map(|firewalls| groups.profile(firewalls, arena));
        let profiles = profiles.collect();
        let lists: BTreeSet<_> = grounds.filter_map(|ground| ground.list).collect();
        let lists = lists.into_iter().filter_map(|id| estate.firewalls.get(id));
        let tables = estate.route_tables.iter();
        let transits = estate.transit_tables.iter();
        Self {
            profiles,
            lists: lists
                .map(|list| (list.id.clone(), Edge::of(estate, gaps, list, arena)))
                .collect(),
            no_list: Edge::open(),
            tables: tables
                .map(|table| (table.id.clone(), Routes::of(estate, gaps, table)))
                .collect(),
            no_table: Routes::unknown(subject("route-table", "none")),
            hops: transits
                .map(|table| (table.id.clone(), hops(gaps, table)))
                .collect(),
        }
    }

    /// The edge of a subnet.
    pub(super) fn edge(&self, ground: &Ground<'_>) -> &Edge<A> {
        let list = ground.list.and_then(|id| self.lists.get(id));
        list.unwrap_or(&self.no_list)
    }

    /// Where packets go that leave a subnet.
    pub(super) fn routes(&self, ground: &Ground<'_>) -> &Routes<A> {
        let table = ground.table.and_then(|id| self.tables.get(id));
        table.unwrap_or(&self.no_table)
    }

    /// A table by its id.
    pub(super) fn table(&self, id: &RouteTableId) -> Option<&Routes<A>> {
        self.tables.get(id)
    }
}
