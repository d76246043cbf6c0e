//! VPC endpoints.

use sixward_estate::{EndpointId, FamilyMode};

use super::Task;
use crate::aws::query::Call;

pub(super) fn set_family(endpoint: &EndpointId, to: FamilyMode) -> Result<Task, &'static str> {
    let value = match to {
        FamilyMode::V4 => "ipv4",
        FamilyMode::Dual => "dualstack",
        FamilyMode::V6 => "ipv6",
        FamilyMode::DualPrivate4 | FamilyMode::Unknown => {
            return Err("an endpoint has no such address type");
        }
    };
    let call = Call::new("ec2", "ModifyVpcEndpoint").with("VpcEndpointId", endpoint.as_str());
    Ok(Task::Call(call.with("IpAddressType", value)))
}
