//! Egress-only internet gateways.

use sixward_estate::{Gateway, GatewayKind};

use super::Task;
use crate::aws::query::Call;

pub(super) fn create(gateway: &Gateway, token: &str) -> Result<Task, &'static str> {
    let Some(network) = &gateway.network else {
        return Err(OTHER);
    };
    egress_only(gateway)?;
    let call = Call::new("ec2", "CreateEgressOnlyInternetGateway").with("VpcId", network.as_str());
    // The same token again makes no second gateway.
    Ok(Task::Call(call.with("ClientToken", token)))
}

pub(super) fn delete(gateway: &Gateway) -> Result<Task, &'static str> {
    egress_only(gateway)?;
    let call = Call::new("ec2", "DeleteEgressOnlyInternetGateway");
    let call = call.with("EgressOnlyInternetGatewayId", gateway.id.as_str());
    Ok(Task::Call(call))
}

fn egress_only(gateway: &Gateway) -> Result<(), &'static str> {
    let is = gateway.kind == GatewayKind::EgressOnly;
    if is { Ok(()) } else { Err(OTHER) }
}

const OTHER: &str = "only egress-only gateways of a VPC are made";
