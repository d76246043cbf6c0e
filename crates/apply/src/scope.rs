//! Which part of an estate some changes are about.

use std::collections::BTreeSet;

use sixward_estate::{
    BalancerId, EndpointId, Estate, FirewallId, GatewayKind, HostId, InterfaceId, Item, LinkId,
    NetworkId, RouteTableId, ServiceId, SubnetId, Table, TransitTableId,
};
use sixward_plan::Change;

/// Things by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is named as the noun it holds")]
pub struct Scope {
    pub networks: BTreeSet<NetworkId>,
    /// Networks whose egress-only gateways are meant: a gateway that is to be made has no id yet.
    pub gateways_of: BTreeSet<NetworkId>,
    pub subnets: BTreeSet<SubnetId>,
    pub route_tables: BTreeSet<RouteTableId>,
    /// Networks all of whose route tables are meant.
    pub route_tables_of: BTreeSet<NetworkId>,
    pub links: BTreeSet<LinkId>,
    pub transit_tables: BTreeSet<TransitTableId>,
    pub firewalls: BTreeSet<FirewallId>,
    /// Networks all of whose firewalls are meant.
    pub firewalls_of: BTreeSet<NetworkId>,
    pub interfaces: BTreeSet<InterfaceId>,
    pub hosts: BTreeSet<HostId>,
    /// Hosts all of whose interfaces are meant.
    pub interfaces_of: BTreeSet<HostId>,
    pub balancers: BTreeSet<BalancerId>,
    pub services: BTreeSet<ServiceId>,
    pub endpoints: BTreeSet<EndpointId>,
}

impl Scope {
    /// What some changes are about, with what the provider does there by itself.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let mut scope = Self::default();
        for change in changes {
            scope.add(change);
        }
        scope
    }

    /// Adds what a change is about.
    pub fn add(&mut self, change: &Change) {
        match change {
            Change::AddNetworkBlock { network, .. }
            | Change::RemoveNetworkBlock { network, .. } => {
                self.networks.insert(network.clone());
                // It opens firewalls and adds local routes by itself.
                self.firewalls_of.insert(network.clone());
                self.route_tables_of.insert(network.clone());
            }
            Change::AddSubnetBlock { subnet, .. }
            | Change::RemoveSubnetBlock { subnet, .. }
            | Change::SetAutoAssign { subnet, .. } => {
                self.subnets.insert(subnet.clone());
            }
            Change::CreateGateway { gateway } | Change::DeleteGateway { gateway } => {
                self.gateways_of.extend(gateway.network.clone());
            }
            Change::AddRoute { table, .. } | Change::RemoveRoute { table, .. } => {
                self.route_tables.insert(table.clone());
            }
            Change::SetAttachmentV6 { link, .. } => {
                self.links.insert(link.clone());
            }
            Change::AddTransitRoute { table, .. } | Change::RemoveTransitRoute { table, .. } => {
                self.transit_tables.insert(table.clone());
            }
            Change::AddRule { firewall, .. } | Change::RemoveRule { firewall, .. } => {
                self.firewalls.insert(firewall.clone());
            }
            Change::SetMachineType { host, .. } => {
                self.hosts.insert(host.clone());
                // A stop and start may cost it its public addresses.
                self.interfaces_of.insert(host.clone());
            }
            Change::AssignAddress { interface, .. } | Change::UnassignAddress { interface, .. } => {
                self.interfaces.insert(interface.clone());
            }
            Change::SetBalancerFamily { balancer, .. } => {
                self.balancers.insert(balancer.clone());
            }
            Change::SetServiceFamily { service, .. } => {
                self.services.insert(service.clone());
            }
            Change::SetEndpointFamily { endpoint, .. } => {
                self.endpoints.insert(endpoint.clone());
            }
            Change::OpenTunnel { .. }
            | Change::CloseTunnel { .. }
            | Change::JoinTunnel { .. }
            | Change::LeaveTunnel { .. }
            | Change::ConfigureGuest { .. }
            | Change::RestoreGuest { .. }
            | Change::PublishNames { .. }
            | Change::WithdrawNames { .. } => {}
        }
    }

    /// Whether it is about nothing that an estate holds.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The part of an estate that is in it.
    pub fn cut(&self, estate: &Estate) -> Estate {
        Estate {
            networks: some(&estate.networks, &self.networks),
            subnets: some(&estate.subnets, &self.subnets),
            route_tables: or_where(
                &estate.route_tables,
                &self.route_tables,
                &self.route_tables_of,
                |it| Some(&it.network),
            ),
            gateways: or_where(
                &estate.gateways,
                &BTreeSet::new(),
                &self.gateways_of,
                |it| {
                    it.network
                        .as_ref()
                        .filter(|_| it.kind == GatewayKind::EgressOnly)
                },
            ),
            links: some(&estate.links, &self.links),
            transit_tables: some(&estate.transit_tables, &self.transit_tables),
            firewalls: or_where(
                &estate.firewalls,
                &self.firewalls,
                &self.firewalls_of,
                |it| Some(&it.network),
            ),
            interfaces: or_where(
                &estate.interfaces,
                &self.interfaces,
                &self.interfaces_of,
                sixward_estate::Interface::host,
            ),
            hosts: some(&estate.hosts, &self.hosts),
            balancers: some(&estate.balancers, &self.balancers),
            services: some(&estate.services, &self.services),
            endpoints: some(&estate.endpoints, &self.endpoints),
            ..Estate::default()
        }
    }

    /// Puts the part of `seen` that is in it in place of the same part of an estate.
    pub fn paste(&self, seen: &Estate, into: &mut Estate) {
        let (old, new) = (self.cut(into), self.cut(seen));
        replace(&mut into.networks, &old.networks, &new.networks);
        replace(&mut into.subnets, &old.subnets, &new.subnets);
        replace(&mut into.route_tables, &old.route_tables, &new.route_tables);
        replace(&mut into.gateways, &old.gateways, &new.gateways);
        replace(&mut into.links, &old.links, &new.links);
        replace(
            &mut into.transit_tables,
            &old.transit_tables,
            &new.transit_tables,
        );
        replace(&mut into.firewalls, &old.firewalls, &new.firewalls);
        replace(&mut into.interfaces, &old.interfaces, &new.interfaces);
        replace(&mut into.hosts, &old.hosts, &new.hosts);
        replace(&mut into.balancers, &old.balancers, &new.balancers);
        replace(&mut into.services, &old.services, &new.services);
        replace(&mut into.endpoints, &old.endpoints, &new.endpoints);
    }
}

/// The items of some ids.
fn some<T: Item>(table: &Table<T>, ids: &BTreeSet<T::Id>) -> Table<T> {
    ids.iter().filter_map(|id| table.get(id).cloned()).collect()
}

/// The items of some ids, and all that belong to certain others. Those are looked for only when there
/// are any: a pass over a big table is not for every step.
fn or_where<T: Item, Of: Ord>(
    table: &Table<T>,
    ids: &BTreeSet<T::Id>,
    of: &BTreeSet<Of>,
    belongs: impl Fn(&T) -> Option<&Of>,
) -> Table<T> {
    let mut found = some(table, ids);
    if !of.is_empty() {
        let theirs = table
            .iter()
            .filter(|it| belongs(it).is_some_and(|id| of.contains(id)));
        for item in theirs {
            found.insert(item.clone());
        }
    }
    found
}

fn replace<T: Item>(table: &mut Table<T>, old: &Table<T>, new: &Table<T>) {
    for item in old {
        table.remove(item.id());
    }
    for item in new {
        table.insert(item.clone());
    }
}
