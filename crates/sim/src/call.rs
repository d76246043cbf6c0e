//! Calls: what a change takes at the provider. Most take one; a host is stopped, changed and started.

use serde::{Deserialize, Serialize};
use sixward_apply::{Fault, Order};
use sixward_estate::{HostId, HostState};
use sixward_plan::Change;

use crate::{Sim, balancer, firewall, gateway, host, interface, network, refusal, route, subnet};

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// All that the change is, at once.
    Whole,
    /// A host is stopped.
    Stop(HostId),
    /// A stopped host becomes another machine.
    Retype(HostId),
    /// A host is started.
    Start(HostId),
}

/// The next call of an order of which `made` are made: from where it stands, whoever brought it there.
pub(crate) fn next(sim: &Sim, order: &Order, made: u32) -> Option<Call> {
    let Change::SetMachineType { host, to, .. } = &order.change else {
        return (made == 0).then_some(Call::Whole);
    };
    let Some(there) = sim.estate.hosts.get(host) else {
        return (made == 0).then(|| Call::Retype(host.clone()));
    };
    let before = order.before.hosts.get(host);
    let ran = before.is_none_or(|it| it.state == HostState::Running);
    match (there.machine_type == *to, there.state) {
        (false, HostState::Running) => Some(Call::Stop(host.clone())),
        (false, HostState::Stopped) => Some(Call::Retype(host.clone())),
        (true, HostState::Stopped) if ran => Some(Call::Start(host.clone())),
        (true, _) => None,
    }
}

/// Makes a call.
pub(crate) fn make(sim: &mut Sim, order: &Order, call: &Call) -> Result<(), Fault> {
    match call {
        Call::Stop(id) => host::stop(sim, id),
        Call::Start(id) => host::start(sim, id),
        Call::Retype(_) | Call::Whole => whole(sim, order),
    }
}

fn whole(sim: &mut Sim, order: &Order) -> Result<(), Fault> {
    match &order.change {
        Change::AddNetworkBlock { network, block } => network::add_block(sim, network, block),
        Change::RemoveNetworkBlock { network, block } => network::remove_block(sim, network, block),
        Change::AddSubnetBlock { subnet, net } => subnet::add_block(sim, subnet, *net),
        Change::RemoveSubnetBlock { subnet, net } => subnet::remove_block(sim, subnet, *net),
        Change::SetAutoAssign { subnet, on } => subnet::set_auto_assign(sim, subnet, *on),
        Change::CreateGateway { gateway } => gateway::create(sim, gateway, &order.token),
        Change::DeleteGateway { gateway } => gateway::delete(sim, gateway),
        Change::AddRoute { table, route } => route::add(sim, table, route),
        Change::RemoveRoute { table, route } => route::remove(sim, table, route),
        Change::AddRule { firewall, rule } => firewall::add(sim, firewall, rule),
        Change::RemoveRule { firewall, rule } => firewall::remove(sim, firewall, rule),
        Change::SetMachineType { host, from, to } => host::retype(sim, host, from, to),
        Change::AssignAddress {
            interface,
            address,
            automatic,
        } => interface::assign(sim, interface, *address, *automatic),
        Change::UnassignAddress {
            interface, address, ..
        } => interface::unassign(sim, interface, *address),
        Change::SetBalancerFamily { balancer, to, .. } => balancer::set_family(sim, balancer, *to),
        Change::SetServiceFamily { service, to, .. } => balancer::set_service(sim, service, *to),
        Change::SetEndpointFamily { endpoint, to, .. } => {
            balancer::set_endpoint(sim, endpoint, *to)
        }
        change @ (Change::SetAttachmentV6 { .. }
        | Change::AddTransitRoute { .. }
        | Change::RemoveTransitRoute { .. }) => sim.effect(change),
        // Done on hosts: what is so already stays so, and nobody refuses.
        change @ (Change::OpenTunnel { .. }
        | Change::CloseTunnel { .. }
        | Change::JoinTunnel { .. }
        | Change::LeaveTunnel { .. }) => {
            let _ = sim.effect(change);
            Ok(())
        }
        // Inside hosts and zones nothing is kept here: it is taken on, and that is all.
        Change::ConfigureGuest { .. }
        | Change::RestoreGuest { .. }
        | Change::PublishNames { .. }
        | Change::WithdrawNames { .. } => Ok(()),
    }
}

impl Sim {
    /// What the plan says that a change does.
    pub(crate) fn effect(&mut self, change: &Change) -> Result<(), Fault> {
        let done = change.effect(&mut self.estate);
        done.map_err(|error| refusal::unfit(&error))
    }
}
