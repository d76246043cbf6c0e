//! What two estates differ in: what came and went, and the flows.

use std::collections::BTreeMap;

use serde::Serialize;
use sixward_estate::{Estate, Firewall, FirewallKind, Gateway, GatewayKind, Item, Table};
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
    let mut rows = Vec::new();
    gather(&mut rows, &old.networks, &new.networks, |_| "network");
    gather(&mut rows, &old.subnets, &new.subnets, |_| "subnet");
    gather(
        &mut rows,
        &old.route_tables,
        &new.route_tables,
        |_| "route-table",
    );
    gather(&mut rows, &old.gateways, &new.gateways, gateway);
    gather(&mut rows, &old.addresses, &new.addresses, |_| "address");
    gather(&mut rows, &old.links, &new.links, |_| "link");
    gather(&mut rows, &old.transits, &new.transits, |_| "transit");
    gather(
        &mut rows,
        &old.transit_tables,
        &new.transit_tables,
        |_| "transit-table",
    );
    gather(&mut rows, &old.endpoints, &new.endpoints, |_| "endpoint");
    gather(&mut rows, &old.firewalls, &new.firewalls, firewall);
    gather(
        &mut rows,
        &old.prefix_lists,
        &new.prefix_lists,
        |_| "prefix-list",
    );
    gather(&mut rows, &old.interfaces, &new.interfaces, |_| "interface");
    gather(&mut rows, &old.hosts, &new.hosts, |_| "host");
    gather(&mut rows, &old.balancers, &new.balancers, |_| "balancer");
    gather(
        &mut rows,
        &old.target_groups,
        &new.target_groups,
        |_| "target-group",
    );
    gather(&mut rows, &old.services, &new.services, |_| "service");
    rows
}

fn gateway(gateway: &Gateway) -> &'static str {
    match gateway.kind {
        GatewayKind::Internet => "internet-gateway",
        GatewayKind::Nat { .. } => "nat-gateway",
        GatewayKind::EgressOnly => "egress-only-gateway",
        GatewayKind::Vpn => "vpn-gateway",
    }
}

fn firewall(firewall: &Firewall) -> &'static str {
    match firewall.kind {
        FirewallKind::Group => "firewall-group",
        FirewallKind::List => "firewall-list",
        FirewallKind::Ordered => "firewall-ordered",
    }
}

/// The differences of two tables, a row for each noun.
fn gather<T>(rows: &mut Vec<ThingRow>, old: &Table<T>, new: &Table<T>, noun: fn(&T) -> &'static str)
where
    T: Item + PartialEq,
    T::Id: ToString,
{
    let mut found: BTreeMap<&'static str, ThingRow> = BTreeMap::new();
    for pair in old.differences(new) {
        let (Some(item), came, went) = (pair.0.or(pair.1), pair.0.is_none(), pair.1.is_none())
        else {
            continue;
        };
        let noun = noun(item);
        let row = found.entry(noun).or_insert_with(|| ThingRow::new(noun));
        let ids = match (came, went) {
            (true, _) => &mut row.came,
            (_, true) => &mut row.went,
            _ => &mut row.changed,
        };
        ids.push(item.id().to_string());
    }
    rows.extend(found.into_values());
}

impl ThingRow {
    fn new(noun: &'static str) -> Self {
        Self {
            noun,
            came: Vec::new(),
            went: Vec::new(),
            changed: Vec::new(),
        }
    }
}
