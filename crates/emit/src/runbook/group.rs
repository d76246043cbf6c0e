//! Like steps of one wave under one heading, and what they are in.

use std::collections::BTreeSet;

use sixward_plan::{Change, Plan, Step};

use crate::markdown::{count, counted};

/// What a step does, in the plural: steps of one kind share a table.
pub(super) fn kind(change: &Change) -> &'static str {
    match change {
        Change::AddNetworkBlock { .. } => "Blocks of networks",
        Change::RemoveNetworkBlock { .. } => "Blocks of networks given back",
        Change::AddSubnetBlock { .. } => "Blocks of subnets",
        Change::RemoveSubnetBlock { .. } => "Blocks of subnets given back",
        Change::SetAutoAssign { .. } => "Addresses for new interfaces",
        Change::CreateGateway { .. } => "New gateways",
        Change::DeleteGateway { .. } => "Gateways deleted",
        Change::AddRoute { .. } => "Routes",
        Change::RemoveRoute { .. } => "Routes removed",
        Change::SetAttachmentV6 { .. } => "Attachments of hubs",
        Change::AddTransitRoute { .. } => "Routes of hubs",
        Change::RemoveTransitRoute { .. } => "Routes of hubs removed",
        Change::AddRule { .. } => "Rules",
        Change::RemoveRule { .. } => "Rules removed",
        Change::SetMachineType { .. } => "Machine types",
        Change::AssignAddress { .. } => "Addresses",
        Change::UnassignAddress { .. } => "Addresses given back",
        Change::SetBalancerFamily { .. } => "Load balancers",
        Change::SetServiceFamily { .. } => "Managed services",
        Change::SetEndpointFamily { .. } => "Endpoints",
        Change::OpenTunnel { .. } => "Tunnels",
        Change::CloseTunnel { .. } => "Tunnels closed",
        Change::JoinTunnel { .. } => "Clients of tunnels",
        Change::LeaveTunnel { .. } => "Clients that leave tunnels",
        Change::ConfigureGuest { .. } => "Guests",
        Change::RestoreGuest { .. } => "Guests put back",
        Change::PublishNames { .. } => "Names published",
        Change::WithdrawNames { .. } => "Names withdrawn",
    }
}

/// Many steps in one line: `1,240 steps in 20 subnets, 101 to 1,340: see plan.json`.
pub(super) fn folded(plan: &Plan, steps: &[&Step]) -> String {
    let containers: BTreeSet<_> = steps
        .iter()
        .filter_map(|step| container(plan, &step.change))
        .collect();
    let (one, many) = noun(steps);
    let inside = match containers.len() {
        0 => String::new(),
        number => format!(" in {}", counted(number, one, many)),
    };
    let first = steps.first().map_or(0, |step| step.number);
    let last = steps.last().map_or(0, |step| step.number);
    format!(
        "{} steps{inside}, {} to {}: see `plan.json`.",
        count(steps.len()),
        count(first as usize),
        count(last as usize)
    )
}

fn noun(steps: &[&Step]) -> (&'static str, &'static str) {
    match steps.first().map(|step| &step.change) {
        Some(Change::AssignAddress { .. } | Change::UnassignAddress { .. }) => {
            ("subnet", "subnets")
        }
        Some(Change::AddRoute { .. } | Change::RemoveRoute { .. }) => {
            ("route table", "route tables")
        }
        Some(Change::AddRule { .. } | Change::RemoveRule { .. }) => ("firewall", "firewalls"),
        Some(Change::AddTransitRoute { .. } | Change::RemoveTransitRoute { .. }) => {
            ("table", "tables")
        }
        _ => ("network", "networks"),
    }
}

/// What a step's object is in.
fn container<'a>(plan: &'a Plan, change: &'a Change) -> Option<&'a str> {
    let estate = &plan.before;
    Some(match change {
        Change::AssignAddress { interface, .. } | Change::UnassignAddress { interface, .. } => {
            estate.interfaces.get(interface)?.subnet.as_str()
        }
        Change::AddRoute { table, .. } | Change::RemoveRoute { table, .. } => table.as_str(),
        Change::AddRule { firewall, .. } | Change::RemoveRule { firewall, .. } => firewall.as_str(),
        Change::AddTransitRoute { table, .. } | Change::RemoveTransitRoute { table, .. } => {
            table.as_str()
        }
        Change::AddSubnetBlock { subnet, .. }
        | Change::RemoveSubnetBlock { subnet, .. }
        | Change::SetAutoAssign { subnet, .. } => estate.subnets.get(subnet)?.network.as_str(),
        Change::SetMachineType { host, .. }
        | Change::ConfigureGuest { host }
        | Change::RestoreGuest { host } => estate.hosts.get(host)?.network.as_str(),
        Change::SetBalancerFamily { balancer, .. } => {
            estate.balancers.get(balancer)?.network.as_str()
        }
        Change::SetEndpointFamily { endpoint, .. } => {
            estate.endpoints.get(endpoint)?.network.as_str()
        }
        _ => return None,
    })
}
