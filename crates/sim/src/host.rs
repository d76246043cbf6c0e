//! Hosts: another machine type only while they are stopped, and a stop gives public addresses away that
//! nobody holds.

use sixward_apply::Fault;
use sixward_estate::{HostId, HostState, MachineTypeName, RootDevice};
use sixward_plan::Change;

use crate::interface::speaks_v6;
use crate::refusal::refused;
use crate::{Sim, chance};

/// StopInstances.
pub(crate) fn stop(sim: &mut Sim, id: &HostId) -> Result<(), Fault> {
    let host = sim.estate.hosts.get_mut(id).ok_or_else(|| missing(id))?;
    if host.root_device == RootDevice::InstanceStore {
        let message = format!("The instance '{id}' does not have an 'ebs' root device type.");
        return Err(refused("UnsupportedOperation", message));
    }
    host.state = HostState::Stopped;
    let lent = sim.estate.interfaces.iter().filter(|it| {
        let mut addresses = it.addresses4.iter();
        it.host() == Some(id) && addresses.any(|it| it.public.is_some() && !it.held)
    });
    let lent: Vec<_> = lent.map(|it| it.id.clone()).collect();
    for interface in lent {
        if let Some(interface) = sim.estate.interfaces.get_mut(&interface) {
            for address in interface.addresses4.iter_mut().filter(|it| !it.held) {
                address.public = None;
            }
        }
        sim.lends.insert(interface);
    }
    Ok(())
}

/// StartInstances.
pub(crate) fn start(sim: &mut Sim, id: &HostId) -> Result<(), Fault> {
    let host = sim.estate.hosts.get_mut(id).ok_or_else(|| missing(id))?;
    host.state = HostState::Running;
    let theirs = sim.lends.iter().filter(|it| {
        let interface = sim.estate.interfaces.get(it);
        interface.is_some_and(|it| it.host() == Some(id))
    });
    let theirs: Vec<_> = theirs.cloned().collect();
    for interface in theirs {
        let address = chance::public(sim.choose());
        sim.lends.remove(&interface);
        if let Some(first) = sim
            .estate
            .interfaces
            .get_mut(&interface)
            .and_then(|it| it.addresses4.iter_mut().find(|it| !it.held))
        {
            first.public = Some(address);
        }
    }
    Ok(())
}

/// ModifyInstanceAttribute: "To modify some attributes, the instance must be stopped."
pub(crate) fn retype(
    sim: &mut Sim,
    id: &HostId,
    from: &MachineTypeName,
    to: &MachineTypeName,
) -> Result<(), Fault> {
    let host = sim.estate.hosts.get(id).ok_or_else(|| missing(id))?;
    if host.state != HostState::Stopped {
        let message = format!("The instance '{id}' is not in the 'stopped' state.");
        return Err(refused("IncorrectInstanceState", message));
    }
    let mut interfaces = sim.estate.interfaces.iter();
    if interfaces.any(|it| it.host() == Some(id) && !it.addresses6.is_empty()) {
        speaks_v6(sim, to)?;
    }
    sim.effect(&Change::SetMachineType {
        host: id.clone(),
        from: from.clone(),
        to: to.clone(),
    })
}

fn missing(id: &HostId) -> Fault {
    refused(
        "InvalidInstanceID.NotFound",
        format!("The instance ID '{id}' does not exist"),
    )
}
