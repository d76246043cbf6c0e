//! Load balancers.

use sixward_estate::{BalancerId, FamilyMode};

use super::Task;
use crate::aws::query::Call;

pub(super) fn set_family(balancer: &BalancerId, to: FamilyMode) -> Result<Task, &'static str> {
    let value = match to {
        FamilyMode::V4 => "ipv4",
        FamilyMode::Dual => "dualstack",
        FamilyMode::DualPrivate4 => "dualstack-without-public-ipv4",
        FamilyMode::V6 | FamilyMode::Unknown => {
            return Err("a load balancer has no such address type");
        }
    };
    if !balancer.as_str().starts_with("arn:") {
        return Err("a load balancer of the first generation has no IPv6 in a VPC");
    }
    let call = Call::new("elbv2", "SetIpAddressType").with("LoadBalancerArn", balancer.as_str());
    Ok(Task::Call(call.with("IpAddressType", value)))
}
