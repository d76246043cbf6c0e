//! Addresses of interfaces: within the subnet's block, nobody else's, on a machine that can have them.

use std::collections::BTreeSet;
use std::net::Ipv6Addr;

use sixward_apply::Fault;
use sixward_estate::{InterfaceId, MachineTypeName};
use sixward_net::Ipv6Net;
use sixward_plan::Change;

use crate::refusal::refused;
use crate::{Sim, chance};

/// The first four addresses and the last one of a subnet's block are the provider's (VPC user guide,
/// Subnet sizing for IPv6).
const RESERVED_LOW: u128 = 4;

/// AssignIpv6Addresses: this address, or one that the provider chooses.
pub(crate) fn assign(
    sim: &mut Sim,
    id: &InterfaceId,
    address: Ipv6Addr,
    automatic: bool,
) -> Result<(), Fault> {
    let interface = sim.estate.interfaces.get(id).ok_or_else(|| missing(id))?;
    if let Some(host) = interface.host().and_then(|it| sim.estate.hosts.get(it)) {
        speaks_v6(sim, &host.machine_type)?;
    }
    let subnet = sim.estate.subnets.get(&interface.subnet);
    let Some(block) = subnet.and_then(|it| it.block6) else {
        let message = format!("The subnet of {id} has no IPv6 CIDR block associated with it.");
        return Err(refused("InvalidParameterCombination", message));
    };
    let address = if automatic {
        let mut chosen = chance::address(sim.choose(), block);
        while sim.taken().contains(&chosen) {
            chosen = chance::address(sim.choose(), block);
        }
        chosen
    } else {
        free(address, block, sim.taken())?;
        address
    };
    sim.taken().insert(address);
    sim.effect(&Change::AssignAddress {
        interface: id.clone(),
        address,
        automatic,
    })
}

/// UnassignIpv6Addresses.
pub(crate) fn unassign(sim: &mut Sim, id: &InterfaceId, address: Ipv6Addr) -> Result<(), Fault> {
    let interface = sim.estate.interfaces.get(id).ok_or_else(|| missing(id))?;
    if !interface.addresses6.contains(&address) {
        let message = format!("Some of the specified addresses are not assigned to interface {id}");
        return Err(refused("InvalidParameterValue", message));
    }
    sim.taken().remove(&address);
    sim.effect(&Change::UnassignAddress {
        interface: id.clone(),
        address,
        automatic: false,
    })
}

/// Refuses a machine type whose data says that it has no IPv6.
pub(crate) fn speaks_v6(sim: &Sim, machine: &MachineTypeName) -> Result<(), Fault> {
    match sim.estate.machine_types.get(machine) {
        Some(kind) if !kind.v6 => Err(refused(
            "UnsupportedOperation",
            format!("IPv6 addresses are not supported on {machine}"),
        )),
        _ => Ok(()),
    }
}

fn free(address: Ipv6Addr, block: Ipv6Net, taken: &BTreeSet<Ipv6Addr>) -> Result<(), Fault> {
    if !block.contains(&address) {
        let message = format!("Address {address} does not fall within the subnet's address range");
        return Err(refused("InvalidParameterValue", message));
    }
    let offset = u128::from(address) - u128::from(block.network());
    if offset < RESERVED_LOW || address == block.broadcast() {
        let message = format!("Address {address} is in subnet's reserved address range");
        return Err(refused("InvalidParameterValue", message));
    }
    if taken.contains(&address) {
        let message = format!("Address {address} is in use.");
        return Err(refused("InvalidIPAddress.InUse", message));
    }
    Ok(())
}

fn missing(id: &InterfaceId) -> Fault {
    refused(
        "InvalidNetworkInterfaceID.NotFound",
        format!("The networkInterface ID '{id}' does not exist"),
    )
}
