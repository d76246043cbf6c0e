//! Load balancers.

use sixward_estate::{BalancerId, FamilyMode};

use super::line::Line;
use super::shell::Noun;

pub(super) fn set_family(balancer: &BalancerId, to: FamilyMode) -> Line {
    let value = match to {
        FamilyMode::V4 => "ipv4",
        FamilyMode::Dual => "dualstack",
        FamilyMode::DualPrivate4 => "dualstack-without-public-ipv4",
        FamilyMode::V6 | FamilyMode::Unknown => return Line::by_hand(NO_VALUE),
    };
    if !balancer.as_str().starts_with("arn:") {
        return Line::by_hand("a load balancer of the first generation has no IPv6 in a VPC");
    }
    let args = [balancer.to_string(), value.to_owned()];
    Line::set(Noun::Balancer, "balancer_family", args)
}

const NO_VALUE: &str = "a load balancer has no such address type";
