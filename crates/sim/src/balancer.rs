//! Load balancers, managed services and endpoints: both families only where all their subnets have a
//! block.

use sixward_apply::Fault;
use sixward_estate::{BalancerId, EndpointId, FamilyMode, ServiceId, SubnetId};

use crate::Sim;
use crate::refusal::refused;

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
