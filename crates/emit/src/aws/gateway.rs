//! Egress-only internet gateways.

use sixward_estate::{Gateway, GatewayKind};

use super::line::Line;
use super::shell::Noun;

pub(super) fn create(gateway: &Gateway) -> Line {
    match vpc(gateway) {
        Some(vpc) => Line::add(Noun::Gateway, "egress_only", [vpc]),
        None => Line::by_hand(OTHER),
    }
}

pub(super) fn delete(gateway: &Gateway) -> Line {
    match vpc(gateway) {
        Some(vpc) => Line::remove(Noun::Gateway, "egress_only", [vpc]),
        None => Line::by_hand(OTHER),
    }
}

/// The script finds such a gateway by its VPC: a VPC has one at most.
fn vpc(gateway: &Gateway) -> Option<String> {
    let network = gateway.network.as_ref()?;
    (gateway.kind == GatewayKind::EgressOnly).then(|| network.to_string())
}

const OTHER: &str = "the script makes egress-only gateways only";
