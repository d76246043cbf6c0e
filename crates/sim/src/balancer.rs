//! Load balancers, managed services and endpoints: both families only where all their subnets have a
//! block.

use std::net::Ipv6Addr;

use sixward_apply::Fault;
use sixward_estate::{BalancerId, EndpointId, FamilyMode, InterfaceOwner, ServiceId, SubnetId};

use crate::refusal::refused;
use crate::{Sim, interface};

/// SetIpAddressType. What it is already is no mistake.
pub(crate) fn set_family(sim: &mut Sim, id: &BalancerId, to: FamilyMode) -> Result<(), Fault> {
    let balancer = sim.estate.balancers.get(id).ok_or_else(|| {
        let message = format!("Load balancer '{id}' not found");
        refused("LoadBalancerNotFound", message)
    })?;
    blocks(sim, &balancer.subnets, to, "ValidationError")?;
    if let Some(balancer) = sim.estate.balancers.get_mut(id) {
        balancer.family = to;
    }
    addresses(sim, id, to)
}

/// The provider gives a balancer's interfaces the addresses that it answers at, and takes them back (Application Load
/// Balancers: IP address type).
fn addresses(sim: &mut Sim, id: &BalancerId, to: FamilyMode) -> Result<(), Fault> {
    let owner = InterfaceOwner::Balancer(id.clone());
    let own = sim.estate.interfaces.iter().filter(|it| it.owner == owner);
    let own: Vec<_> = own
        .map(|it| (it.id.clone(), it.addresses6.clone()))
        .collect();
    for (interface, has) in own {
        if to == FamilyMode::V4 {
            for address in has {
                interface::unassign(sim, &interface, address)?;
            }
        } else if has.is_empty() {
            interface::assign(sim, &interface, Ipv6Addr::UNSPECIFIED, true)?;
        }
    }
    Ok(())
}

/// ModifyDBInstance and its like.
pub(crate) fn set_service(sim: &mut Sim, id: &ServiceId, to: FamilyMode) -> Result<(), Fault> {
    let service = sim.estate.services.get(id).ok_or_else(|| {
        let message = format!("{id} not found");
        refused("DBInstanceNotFound", message)
    })?;
    blocks(sim, &service.subnets, to, "NetworkTypeNotSupported")?;
    if let Some(service) = sim.estate.services.get_mut(id) {
        service.family = to;
    }
    Ok(())
}

/// ModifyVpcEndpoint.
pub(crate) fn set_endpoint(sim: &mut Sim, id: &EndpointId, to: FamilyMode) -> Result<(), Fault> {
    let endpoint = sim.estate.endpoints.get_mut(id).ok_or_else(|| {
        let message = format!("The endpoint '{id}' does not exist");
        refused("InvalidVpcEndpointId.NotFound", message)
    })?;
    endpoint.family = to;
    Ok(())
}

fn blocks(
    sim: &Sim,
    subnets: &[SubnetId],
    to: FamilyMode,
    code: &'static str,
) -> Result<(), Fault> {
    let lacks = |id: &SubnetId| {
        let subnet = sim.estate.subnets.get(id);
        subnet.is_some_and(|it| it.block6.is_none())
    };
    if to != FamilyMode::V4 && subnets.iter().any(lacks) {
        let message = "You must specify subnets with an associated IPv6 CIDR block.".to_owned();
        return Err(refused(code, message));
    }
    Ok(())
}
