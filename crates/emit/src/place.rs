//! Where a change is done: the place of what it is done to, found through the estate.

use sixward_estate::{
    Estate, FirewallId, LinkId, LinkKind, NetworkId, Place, RouteTableId, SubnetId, TransitId,
    TransitTableId,
};
use sixward_plan::Change;

/// The place of a change; none when the estate does not say, or when it is done in zones.
pub(crate) fn place_of<'a>(estate: &'a Estate, change: &Change) -> Option<&'a Place> {
    match change {
        Change::AddNetworkBlock { network, .. } | Change::RemoveNetworkBlock { network, .. } => {
            of_network(estate, network)
        }
        Change::AddSubnetBlock { subnet, .. }
        | Change::RemoveSubnetBlock { subnet, .. }
        | Change::SetAutoAssign { subnet, .. } => of_subnet(estate, subnet),
        Change::CreateGateway { gateway } | Change::DeleteGateway { gateway } => {
            of_network(estate, gateway.network.as_ref()?)
        }
        Change::AddRoute { table, .. } | Change::RemoveRoute { table, .. } => {
            of_table(estate, table)
        }
        Change::SetAttachmentV6 { link, .. } => of_link(estate, link),
        Change::AddTransitRoute { table, .. } | Change::RemoveTransitRoute { table, .. } => {
            of_transit_table(estate, table)
        }
        Change::AddRule { firewall, .. } | Change::RemoveRule { firewall, .. } => {
            of_firewall(estate, firewall)
        }
        Change::SetMachineType { host, .. }
        | Change::ConfigureGuest { host }
        | Change::RestoreGuest { host } => of_network(estate, &estate.hosts.get(host)?.network),
        Change::OpenTunnel { tunnel } | Change::CloseTunnel { tunnel } => {
            of_network(estate, &tunnel.network)
        }
        Change::AssignAddress { interface, .. }
        | Change::UnassignAddress { interface, .. }
        | Change::JoinTunnel { interface, .. }
        | Change::LeaveTunnel { interface, .. } => {
            of_network(estate, &estate.interfaces.get(interface)?.network)
        }
        Change::SetBalancerFamily { balancer, .. } => {
            of_network(estate, &estate.balancers.get(balancer)?.network)
        }
        Change::SetServiceFamily { service, .. } => Some(&estate.services.get(service)?.place),
        Change::SetEndpointFamily { endpoint, .. } => {
            of_network(estate, &estate.endpoints.get(endpoint)?.network)
        }
        Change::PublishNames { .. } | Change::WithdrawNames { .. } => None,
    }
}

fn of_network<'a>(estate: &'a Estate, id: &NetworkId) -> Option<&'a Place> {
    Some(&estate.networks.get(id)?.place)
}

fn of_subnet<'a>(estate: &'a Estate, id: &SubnetId) -> Option<&'a Place> {
    of_network(estate, &estate.subnets.get(id)?.network)
}

fn of_table<'a>(estate: &'a Estate, id: &RouteTableId) -> Option<&'a Place> {
    of_network(estate, &estate.route_tables.get(id)?.network)
}

fn of_firewall<'a>(estate: &'a Estate, id: &FirewallId) -> Option<&'a Place> {
    of_network(estate, &estate.firewalls.get(id)?.network)
}

/// An attachment is its network's; the hub may be somebody else's.
fn of_link<'a>(estate: &'a Estate, id: &LinkId) -> Option<&'a Place> {
    let LinkKind::Transit(attachment) = &estate.links.get(id)?.kind else {
        return None;
    };
    let network = attachment.network.as_ref();
    network
        .and_then(|network| of_network(estate, network))
        .or_else(|| of_transit(estate, &attachment.transit))
}

fn of_transit<'a>(estate: &'a Estate, id: &TransitId) -> Option<&'a Place> {
    Some(&estate.transits.get(id)?.place)
}

fn of_transit_table<'a>(estate: &'a Estate, id: &TransitTableId) -> Option<&'a Place> {
    of_transit(estate, &estate.transit_tables.get(id)?.transit)
}
