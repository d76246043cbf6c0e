//! Routes of VPC route tables.

use sixward_estate::{Destination, GatewayId, GatewayKind, Route, RouteTableId, RouteTarget};

use super::line::{Context, Line};
use super::shell::Noun;

pub(super) fn add(context: &Context<'_>, table: &RouteTableId, route: &Route) -> Line {
    match words(context, table, route) {
        Some(args) => Line::add(Noun::Route, "route", args),
        None => Line::by_hand(NO_TARGET),
    }
}

pub(super) fn remove(context: &Context<'_>, table: &RouteTableId, route: &Route) -> Line {
    match words(context, table, route) {
        Some(args) => Line::remove(Noun::Route, "route", args),
        None => Line::by_hand(NO_TARGET),
    }
}

fn words(context: &Context<'_>, table: &RouteTableId, route: &Route) -> Option<[String; 4]> {
    let destination = match &route.destination {
        Destination::Net(net) => context.net(*net),
        Destination::PrefixList(list) => list.to_string(),
    };
    let (option, target) = target(context, &route.target)?;
    Some([table.to_string(), destination, option.to_owned(), target])
}

/// The option of `create-route` that a target goes by.
fn target(context: &Context<'_>, target: &RouteTarget) -> Option<(&'static str, String)> {
    let option = match target {
        RouteTarget::Gateway(id) => return Some(gateway(context, id)),
        RouteTarget::Link(_) => "--vpc-peering-connection-id",
        RouteTarget::Transit(_) => "--transit-gateway-id",
        RouteTarget::Interface(_) => "--network-interface-id",
        RouteTarget::Host(_) => "--instance-id",
        RouteTarget::Endpoint(_) => "--vpc-endpoint-id",
        RouteTarget::Local | RouteTarget::Unmodelled(_) | RouteTarget::Nowhere => return None,
    };
    Some((option, target.to_string()))
}

fn gateway(context: &Context<'_>, id: &GatewayId) -> (&'static str, String) {
    if let Some(network) = context.made_for(id) {
        return (EGRESS_ONLY, format!("eigw-of:{network}"));
    }
    let known = context.plan.before.gateways.get(id);
    let option = match known.map(|gateway| &gateway.kind) {
        Some(GatewayKind::EgressOnly) => EGRESS_ONLY,
        Some(GatewayKind::Nat { .. }) => "--nat-gateway-id",
        Some(GatewayKind::Internet | GatewayKind::Vpn) | None => "--gateway-id",
    };
    (option, id.to_string())
}

const EGRESS_ONLY: &str = "--egress-only-internet-gateway-id";
const NO_TARGET: &str = "the target of the route is none that a call can name";
