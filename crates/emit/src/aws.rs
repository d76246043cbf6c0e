//! A plan as scripts of the aws CLI: `apply.sh` and `undo.sh`.
//!
//! Each noun has two files: `<noun>.rs` says which words a change becomes, and `sh/<noun>.sh` holds
//! the functions that these words call. What a step does is thus written once, in a language that
//! its reader can run by hand, and a step is one line.

mod balancer;
mod check;
mod endpoint;
mod firewall;
mod gateway;
mod host;
mod interface;
mod line;
mod link;
mod network;
mod route;
mod script;
mod service;
mod shell;
mod subnet;

pub use check::check;

use sixward_estate::Provider;
use sixward_plan::{Change, Plan};

use crate::place::place_of;
use line::{Context, Line};

/// The scripts of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scripts {
    /// `apply.sh`: every step in order.
    pub apply: String,
    /// `undo.sh`: the way back of every step, the last one first.
    pub undo: String,
}

/// Writes the scripts. Both can be cut off and run again at any point.
pub fn aws_scripts(plan: &Plan) -> Scripts {
    let context = Context::new(plan);
    Scripts {
        apply: script::apply(&context),
        undo: script::undo(&context),
    }
}

/// The line of a change.
fn line(context: &Context<'_>, change: &Change) -> Line {
    let elsewhere =
        place_of(&context.plan.before, change).is_some_and(|place| place.provider != Provider::Aws);
    if elsewhere {
        return Line::by_hand("it is not at AWS");
    }
    match change {
        Change::AddNetworkBlock { network, block } => network::add_block(network, block),
        Change::RemoveNetworkBlock { network, block } => network::remove_block(network, block),
        Change::AddSubnetBlock { subnet, net } => subnet::add_block(context, subnet, *net),
        Change::RemoveSubnetBlock { subnet, net } => subnet::remove_block(context, subnet, *net),
        Change::SetAutoAssign { subnet, on } => subnet::set_auto_assign(context, subnet, *on),
        Change::CreateGateway { gateway } => gateway::create(gateway),
        Change::DeleteGateway { gateway } => gateway::delete(gateway),
        Change::AddRoute { table, route } => route::add(context, table, route),
        Change::RemoveRoute { table, route } => route::remove(context, table, route),
        Change::SetAttachmentV6 { link, on } => link::set_attachment_v6(link, *on),
        Change::AddTransitRoute { table, route } => link::add_route(context, table, route),
        Change::RemoveTransitRoute { table, route } => link::remove_route(context, table, route),
        Change::AddRule { firewall, rule } => firewall::add(context, firewall, rule),
        Change::RemoveRule { firewall, rule } => firewall::remove(context, firewall, rule),
        Change::SetMachineType { host, to, .. } => host::set_type(context, host, to),
        Change::AssignAddress {
            interface,
            address,
            automatic,
        } => interface::assign(context, interface, *address, *automatic),
        Change::UnassignAddress {
            interface,
            address,
            automatic,
        } => interface::unassign(context, interface, *address, *automatic),
        Change::SetBalancerFamily { balancer, to, .. } => balancer::set_family(balancer, *to),
        Change::SetServiceFamily { service, to, .. } => service::set_family(context, service, *to),
        Change::SetEndpointFamily { endpoint, to, .. } => endpoint::set_family(endpoint, *to),
        Change::ConfigureGuest { .. } | Change::RestoreGuest { .. } => {
            Line::by_hand("on the host itself")
        }
        Change::OpenTunnel { .. }
        | Change::CloseTunnel { .. }
        | Change::JoinTunnel { .. }
        | Change::LeaveTunnel { .. } => Line::by_hand("on the hosts themselves"),
        Change::PublishNames { .. } | Change::WithdrawNames { .. } => {
            Line::by_hand("in the zones that hold the names")
        }
    }
}
