//! What differs between two states of an estate, as far as factors are made of it.
//!
//! It is found by comparing the states: nobody is believed who says what a step changes.

use std::collections::BTreeSet;

use sixward_estate::{
    Estate, Firewall, FirewallId, FirewallKind, Interface, InterfaceId, NetworkId, RouteTableId,
    Table, TransitTableId,
};

/// The things of which factors must be computed anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Touched {
    /// Firewalls of interfaces.
    pub(super) firewalls: BTreeSet<FirewallId>,
    /// Lists of subnets.
    pub(super) lists: BTreeSet<FirewallId>,
    /// Route tables.
    pub(super) tables: BTreeSet<RouteTableId>,
    /// Route tables of transit hubs.
    pub(super) transit_tables: BTreeSet<TransitTableId>,
    /// Interfaces that are not what they were.
    pub(super) interfaces: BTreeSet<InterfaceId>,
    /// Something that any factor may rest on.
    pub(super) everything: bool,
    /// Something that subnets stand under.
    pub(super) grounds: bool,
}

impl Touched {
    pub(super) fn between(before: &Estate, after: &Estate) -> Self {
        let mut touched = Self {
            everything: before.gaps != after.gaps
                || before.prefix_lists != after.prefix_lists
                || before.endpoints != after.endpoints,
            grounds: before.subnets != after.subnets
                || before.networks != after.networks
                || before.public_access != after.public_access,
            ..Self::default()
        };
        touched.firewalls(before, after);
        touched.routes(before, after);
        for (was, is) in before.interfaces.differences(&after.interfaces) {
            let changed = was.or(is).map(|interface| interface.id.clone());
            touched.interfaces.extend(changed);
            touched.everything |= is.is_none_or(|is| is_new(was, is));
        }
        touched
    }

    fn firewalls(&mut self, before: &Estate, after: &Estate) {
        for (was, is) in before.firewalls.differences(&after.firewalls) {
            // One that changes its kind is gone as what it was.
            for firewall in was.iter().chain(&is) {
                let into = match firewall.kind {
                    FirewallKind::List => &mut self.lists,
                    _ => &mut self.firewalls,
                };
                into.insert(firewall.id.clone());
            }
            self.grounds |= match (was, is) {
                (Some(was), Some(is)) => heads(was) != heads(is),
                _ => true,
            };
        }
    }

    fn routes(&mut self, before: &Estate, after: &Estate) {
        for (was, is) in before.route_tables.differences(&after.route_tables) {
            let changed = was.or(is).map(|table| table.id.clone());
            self.tables.extend(changed);
            self.grounds |= match (was, is) {
                (Some(was), Some(is)) => {
                    (was.main, &was.edges, &was.network) != (is.main, &is.edges, &is.network)
                }
                _ => true,
            };
        }
        for (was, is) in before.transit_tables.differences(&after.transit_tables) {
            let changed = was.or(is).map(|table| table.id.clone());
            self.transit_tables.extend(changed);
        }
        // Every table has a local route to each block of its network.
        let networks = before.networks.differences(&after.networks);
        let networks: BTreeSet<_> = networks
            .filter_map(|(was, is)| Some(&was.or(is)?.id))
            .collect();
        let tables = after.route_tables.iter().filter(|_| !networks.is_empty());
        let tables = tables.filter(|table| networks.contains(&table.network));
        self.tables.extend(tables.map(|table| table.id.clone()));
        let targets = differ(&before.gateways, &after.gateways)
            || differ(&before.links, &after.links)
            || differ(&before.transits, &after.transits);
        if targets {
            self.grounds = true;
            let tables = after.route_tables.iter().map(|table| table.id.clone());
            self.tables.extend(tables);
        }
    }
}

/// What makes a list hold where none is named.
fn heads(firewall: &Firewall) -> (FirewallKind, bool, &NetworkId) {
    (firewall.kind, firewall.default, &firewall.network)
}

/// Interfaces come and go by no step of a migration; who compares such states starts over.
fn is_new(was: Option<&Interface>, is: &Interface) -> bool {
    was.is_none_or(|was| {
        was.firewalls != is.firewalls || was.subnet != is.subnet || was.tunnel != is.tunnel
    })
}

fn differ<T: sixward_estate::Item + PartialEq>(a: &Table<T>, b: &Table<T>) -> bool {
    a != b
}
