//! VPC endpoints.

use sixward_estate::{EndpointId, FamilyMode};

use super::line::Line;
use super::shell::Noun;

pub(super) fn set_family(endpoint: &EndpointId, to: FamilyMode) -> Line {
    let value = match to {
        FamilyMode::V4 => "ipv4",
        FamilyMode::Dual => "dualstack",
        FamilyMode::V6 => "ipv6",
        FamilyMode::DualPrivate4 | FamilyMode::Unknown => {
            return Line::by_hand("an endpoint has no such address type");
        }
    };
    let args = [endpoint.to_string(), value.to_owned()];
    Line::set(Noun::Endpoint, "endpoint_family", args)
}
