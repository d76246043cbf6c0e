//! What two estates differ in: what came and went, and the flows.

use serde::Serialize;
use sixward_estate::{Estate, Item, Table};
use sixward_prove::diff::Diff;

/// What differs.
#[derive(Debug, Clone, Serialize)]
pub struct Differences {
    /// The first estate, as the user wrote it.
    pub before: String,
    /// The second.
    pub after: String,
    /// Things that came, went or changed, by noun.
    pub things: Vec<ThingRow>,
    /// Flows.
    #[serde(flatten)]
    pub found: Diff,
}

/// Things of one noun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThingRow {
    /// The noun.
    pub noun: &'static str,
    /// Ids of those that came.
    pub came: Vec<String>,
    /// Ids of those that went.
    pub went: Vec<String>,
    /// Ids of those that are not what they were.
    pub changed: Vec<String>,
}

impl Differences {
    pub(crate) fn new(
        [before, after]: [String; 2],
        found: Diff,
        old: &Estate,
        new: &Estate,
    ) -> Self {
        Self {
            before,
            after,
            things: things(old, new),
            found,
        }
    }
}

fn things(old: &Estate, new: &Estate) -> Vec<ThingRow> {
    let rows = [
        row("network", &old.networks, &new.networks),
        row("subnet", &old.subnets, &new.subnets),
        row("route-table", &old.route_tables, &new.route_tables),
        row("gateway", &old.gateways, &new.gateways),
        row("address", &old.addresses, &new.addresses),
        row("link", &old.links, &new.links),
        row("transit", &old.transits, &new.transits),
        row("transit-table", &old.transit_tables, &new.transit_tables),
        row("endpoint", &old.endpoints, &new.endpoints),
        row("firewall", &old.firewalls, &new.firewalls),
        row("prefix-list", &old.prefix_lists, &new.prefix_lists),
        row("interface", &old.interfaces, &new.interfaces),
        row("host", &old.hosts, &new.hosts),
        row("balancer", &old.balancers, &new.balancers),
        row("target-group", &old.target_groups, &new.target_groups),
        row("service", &old.services, &new.services),
    ];
    rows.into_iter().flatten().collect()
}

fn row<T>(noun: &'static str, old: &Table<T>, new: &Table<T>) -> Option<ThingRow>
where
    T: Item + PartialEq,
    T::Id: ToString,
{
    let mut row = ThingRow {
        noun,
        came: Vec::new(),
        went: Vec::new(),
        changed: Vec::new(),
    };
    for pair in old.differences(new) {
        match pair {
            (None, Some(new)) => row.came.push(new.id().to_string()),
            (Some(old), None) => row.went.push(old.id().to_string()),
            (Some(old), Some(_)) => row.changed.push(old.id().to_string()),
            (None, None) => {}
        }
    }
    let empty = row.came.is_empty() && row.went.is_empty() && row.changed.is_empty();
    (!empty).then_some(row)
}
