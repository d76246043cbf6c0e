//! How much of something the provider allows, where nobody asked for more (Amazon VPC quotas).

use serde::{Deserialize, Serialize};
use sixward_estate::{Destination, Direction, Estate, Firewall, Remote, Rule};
use sixward_net::{Family, IpNet};

/// The most there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quotas {
    /// IPv6 blocks of a network.
    pub blocks: usize,
    /// Rules of a group in one direction and family.
    pub group_rules: usize,
    /// Rules of a list in one direction and family, the last one that denies everything included.
    pub list_rules: usize,
    /// Routes of a table in one family.
    pub routes: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            blocks: 5,
            group_rules: 60,
            list_rules: 20,
            routes: 500,
        }
    }
}

impl Quotas {
    /// The usual ones, and more where the estate has more already: its owner has asked for that.
    pub(crate) fn of(estate: &Estate) -> Self {
        let mut quotas = Self::default();
        let most = |least: usize, counts: &mut dyn Iterator<Item = usize>| {
            counts.max().unwrap_or_default().max(least)
        };
        quotas.blocks = most(
            quotas.blocks,
            &mut estate.networks.iter().map(|it| it.blocks6.len()),
        );
        for firewall in &estate.firewalls {
            for (direction, family) in SIDES {
                let count = rules(estate, firewall, direction, family);
                match firewall.kind {
                    sixward_estate::FirewallKind::Group => {
                        quotas.group_rules = quotas.group_rules.max(count);
                    }
                    _ => quotas.list_rules = quotas.list_rules.max(count + 1),
                }
            }
        }
        for family in [Family::V4, Family::V6] {
            let mut counts = estate.route_tables.iter().map(|it| routes(it, family));
            quotas.routes = most(quotas.routes, &mut counts);
        }
        quotas
    }
}

const SIDES: [(Direction, Family); 4] = [
    (Direction::Ingress, Family::V4),
    (Direction::Ingress, Family::V6),
    (Direction::Egress, Family::V4),
    (Direction::Egress, Family::V6),
];

/// How many rules count against a quota: one that names no prefix counts in both families, and a list
/// of prefixes for as many as it may hold.
pub(crate) fn rules(
    estate: &Estate,
    firewall: &Firewall,
    direction: Direction,
    family: Family,
) -> usize {
    let weight = |rule: &Rule| match &rule.remote {
        Remote::PrefixList(id) => {
            let most = estate.prefix_lists.get(id).and_then(|it| it.max_entries);
            most.and_then(|it| usize::try_from(it).ok()).unwrap_or(1)
        }
        _ => 1,
    };
    firewall
        .rules(direction)
        .filter(|rule| rule.family().is_none_or(|it| it == family))
        .map(weight)
        .sum()
}

pub(crate) fn routes(table: &sixward_estate::RouteTable, family: Family) -> usize {
    let of_family = |destination: &Destination| match destination {
        Destination::Net(IpNet::V4(_)) => family == Family::V4,
        Destination::Net(IpNet::V6(_)) => family == Family::V6,
        Destination::PrefixList(_) => true,
    };
    let mut routes = table.routes.iter();
    routes
        .by_ref()
        .filter(|it| of_family(&it.destination))
        .count()
}
