//! Through a NAT gateway: packets leave their subnet, enter the gateway's, and leave that one again
//! from an address and a port that the gateway chooses.
//!
//! It has no firewall, but the list of its subnet acts on both halves; it takes ports 1024 to 65535,
//! translates TCP, UDP and ICMP, and nothing begins from outside (Amazon VPC: NAT gateways; Network
//! ACLs, Ephemeral ports).

use sixward_estate::{GatewayId, GatewayKind, PublicAccessMode};
use sixward_net::Ports;

use super::Analysis;
use super::address::Address;
use super::ground::Ground;
use super::product::Product;
use super::reach::{Stand, across};
use super::route::Way;
use super::unknown::{subject, unknown};
use crate::set::{Arena, TrafficId};

/// The subnet that a NAT gateway stands in.
pub(super) fn stands_in<'a>(analysis: &'a Analysis, gateway: &GatewayId) -> Option<&'a Ground> {
    match &analysis.estate.gateways.get(gateway)?.kind {
        GatewayKind::Nat { subnet, .. } => analysis.grounds.get(subnet),
        _ => None,
    }
}

/// The addresses to which a NAT gateway sends directly, whatever the routes of its subnet say.
pub(super) fn neighbours<A: Address>(ground: &Ground) -> Option<(A, A)> {
    ground.block4.and_then(|block| A::range(block.into()))
}

/// What a NAT gateway and its subnet make of a flow to `remote`.
pub(super) fn translated<A: Address>(
    analysis: &Analysis,
    product: &mut Product,
    from: Stand<'_, A>,
    gateway: &GatewayId,
    remote: A,
    arena: &mut Arena,
) {
    let Some(ground) = stands_in(analysis, gateway) else {
        return product.doubt(subject("gateway", gateway));
    };
    let half = A::half(analysis);
    let routes = half.routes(ground);
    // "Does not provide service to instances within its own subnet", and answers go straight back.
    let home = *routes.ways.get(from.address) == Way::Local;
    if ground.subnet == from.ground.subnet || !home || ground.edge_table.is_some() {
        product.doubt(subject("gateway", gateway));
    }
    match routes.ways.get(remote) {
        Way::Internet(_) => {}
        Way::Nowhere | Way::Local => product.nothing(),
        Way::Undetermined(subject) => product.doubt(subject.clone()),
        _ => product.doubt(subject("gateway", gateway)),
    }
    across(product, ground, PublicAccessMode::BlockIngress);
    // Whether a lock that leaves the gateway's subnet out leaves out who sends by it is not documented.
    if from.ground.lock > PublicAccessMode::BlockIngress {
        product.doubt(subject("gateway", gateway));
    }
    for unknown in [&ground.unknown, &routes.anywhere, &routes.beyond] {
        product.needs(unknown);
    }
    let edge = half.edge(ground);
    product.needs(&edge.unknown);
    product.and(*edge.inward.get(from.address), arena);
    let bounds = leaves(*edge.outward.get(remote), arena);
    product.bounded(bounds, &unknown("gateway", gateway), arena);
}

/// What leaves from every port that the gateway may choose, and what does from some.
fn leaves(outward: TrafficId, arena: &mut Arena) -> (TrafficId, TrafficId) {
    let Some(chosen) = Ports::new(1024, u16::MAX) else {
        return (TrafficId::EMPTY, TrafficId::ALL);
    };
    let (sure, may) = arena.get(outward).from_ports(chosen);
    (arena.name(sure), arena.name(may))
}
