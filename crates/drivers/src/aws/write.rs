//! What a change takes: the call that AWS wants for it, or a few that belong together.
//!
//! One file for each noun says which; this one makes them. Nothing is tried again here but what was
//! throttled: after any other fault the engine looks first.

mod balancer;
mod endpoint;
mod firewall;
mod gateway;
mod host;
mod interface;
mod link;
mod network;
mod route;
mod service;
mod subnet;

use sixward_apply::{Fault, Order};
use sixward_estate::HostId;
use sixward_net::Ipv6Net;
use sixward_plan::Change;

use super::client::Client;
use super::known;
use super::query::Call;

/// What a change takes.
#[derive(Debug)]
pub(super) enum Task {
    /// One call.
    Call(Call),
    /// A block is given back: the call wants the id of the association, which has to be looked for.
    GiveBack(GiveBack),
    /// A host is stopped, gets another type, and is started if it ran.
    Retype {
        /// The host.
        host: HostId,
        /// Its new type.
        to: String,
    },
}

/// How a block is found and given back.
#[derive(Debug)]
pub(super) struct GiveBack {
    /// Reads the only thing that has the block.
    pub(super) look: Call,
    /// Under this name.
    pub(super) list: &'static str,
    /// The block.
    pub(super) net: Ipv6Net,
    /// Gives an association back.
    pub(super) operation: &'static str,
}

/// What a change takes; in a few words why not, where a person must do it.
pub(super) fn task(change: &Change, token: &str) -> Result<Task, &'static str> {
    match change {
        Change::AddNetworkBlock { network, block } => network::add_block(network, block),
        Change::RemoveNetworkBlock { network, block } => network::remove_block(network, block),
        Change::AddSubnetBlock { subnet, net } => Ok(subnet::add_block(subnet, *net)),
        Change::RemoveSubnetBlock { subnet, net } => Ok(subnet::remove_block(subnet, *net)),
        Change::SetAutoAssign { subnet, on } => Ok(subnet::set_auto_assign(subnet, *on)),
        Change::CreateGateway { gateway } => gateway::create(gateway, token),
        Change::DeleteGateway { gateway } => gateway::delete(gateway),
        Change::AddRoute { table, route } => route::add(table, route),
        Change::RemoveRoute { table, route } => Ok(route::remove(table, route)),
        Change::SetAttachmentV6 { link, on } => Ok(link::set_attachment_v6(link, *on)),
        Change::AddTransitRoute { table, route } => Ok(link::add_route(table, route)),
        Change::RemoveTransitRoute { table, route } => Ok(link::remove_route(table, route)),
        Change::AddRule { firewall, rule } => firewall::add(firewall, rule),
        Change::RemoveRule { firewall, rule } => firewall::remove(firewall, rule),
        Change::SetMachineType { host, to, .. } => Ok(Task::Retype {
            host: host.clone(),
            to: to.to_string(),
        }),
        Change::AssignAddress {
            interface,
            address,
            automatic,
        } => Ok(interface::assign(interface, *address, *automatic)),
        Change::UnassignAddress {
            interface, address, ..
        } => Ok(interface::unassign(interface, *address)),
        Change::SetBalancerFamily { balancer, to, .. } => balancer::set_family(balancer, *to),
        Change::SetServiceFamily { service, to, .. } => service::set_family(service, *to),
        Change::SetEndpointFamily { endpoint, to, .. } => endpoint::set_family(endpoint, *to),
        Change::OpenTunnel { .. }
        | Change::CloseTunnel { .. }
        | Change::JoinTunnel { .. }
        | Change::LeaveTunnel { .. }
        | Change::ConfigureGuest { .. }
        | Change::RestoreGuest { .. } => {
            Err("the operating system of a host is not reached by a call")
        }
        Change::PublishNames { .. } | Change::WithdrawNames { .. } => {
            Err("names are not published by this version")
        }
    }
}

/// Makes a change, from wherever it stands.
pub(super) async fn make(client: &Client, order: &Order) -> Result<(), Fault> {
    let task = task(&order.change, &order.token);
    let task = task.map_err(|why| Fault::new(sixward_apply::FaultClass::Refused, why))?;
    match task {
        Task::Call(call) => act(client, &call).await,
        Task::GiveBack(block) => block.give_back(client).await,
        Task::Retype { host: id, to } => host::retype(client, &id, &to, &order.before).await,
    }
}

async fn act(client: &Client, call: &Call) -> Result<(), Fault> {
    let answer = client.write(call).await;
    answer.map(drop).map_err(known::after)
}

impl GiveBack {
    /// A block that is not there needs no call; a thing that has it twice does not exist.
    async fn give_back(&self, client: &Client) -> Result<(), Fault> {
        let answer = client.call(&self.look, &()).await.map_err(known::after)?;
        let things = answer.items(self.list).iter();
        let mut all = things.flat_map(|thing| thing.items("Ipv6CidrBlockAssociationSet"));
        let association = all.find(|association| {
            let net = association.text("Ipv6CidrBlock").map(str::parse);
            let state = association.get("Ipv6CidrBlockState");
            // What was given back is listed for a while, and first.
            let held = state.and_then(|it| it.text("State"));
            net == Some(Ok(self.net)) && matches!(held, Some("associated" | "associating"))
        });
        match association.and_then(|it| it.text("AssociationId")) {
            Some(id) => {
                let call = Call::new("ec2", self.operation).with("AssociationId", id);
                act(client, &call).await
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
