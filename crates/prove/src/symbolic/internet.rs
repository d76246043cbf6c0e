//! Between the internet and one interface, by the address of the host out there.
//!
//! The internet gateway maps public IPv4 addresses one to one and passes IPv6 as it is; an egress-only
//! gateway and a NAT gateway serve flows that begin inside (Amazon VPC: Internet gateways;
//! Egress-only internet gateways; NAT gateways; Block public access).

use std::collections::BTreeSet;

use sixward_estate::{Direction, PublicAccessMode};

use super::Analysis;
use super::address::Address;
use super::ground::Ground;
use super::half::Half;
use super::nat;
use super::product::{Answer, Product};
use super::reach::{Stand, across, edge_tables, serves};
use super::route::Way;
use super::unknown::subject;
use crate::set::Arena;

/// What a host of the internet at `remote` can begin with an interface.
pub(super) fn inbound<A: Address>(
    analysis: &Analysis,
    remote: A,
    to: Stand<'_, A>,
    arena: &mut Arena,
) -> Answer {
    let mut product = Product::new();
    if to.ground.internet.is_none() || !to.address.is_public(to.interface) {
        product.nothing();
    }
    serves(&mut product, to.interface);
    across(&mut product, to.ground, PublicAccessMode::Off);
    let half = A::half(analysis);
    let edge = half.edge(to.ground);
    product.needs(&edge.unknown);
    product.and(*edge.inward.get(remote), arena);
    let side = half.profiles[to.profile].side(Direction::Ingress);
    let nets = *side.nets.get(remote);
    product.bounded((nets, arena.or(nets, side.may)), &side.unknown, arena);
    routed(analysis, &mut product, to);
    match half.routes(to.ground).ways.get(remote) {
        Way::Internet(_) => edge_tables(analysis, &mut product, [to]),
        Way::Undetermined(subject) => product.doubt(subject.clone()),
        Way::Transit(id) => product.doubt(subject("transit", id)),
        Way::Vpn(id) if !analysis.ties.leads_out(id, A::FAMILY) => {
            product.doubt(subject("gateway", id));
        }
        // Answers go elsewhere, or are not answers to what left there.
        Way::Local
        | Way::Nat(_)
        | Way::EgressOnly(_)
        | Way::Peering(_)
        | Way::Vpn(_)
        | Way::Nowhere => product.nothing(),
    }
    product.answer()
}

/// What an interface can begin with a host of the internet at `remote`.
pub(super) fn outbound<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    remote: A,
    arena: &mut Arena,
) -> Answer {
    let mut product = Product::new();
    serves(&mut product, from.interface);
    let half = A::half(analysis);
    let edge = half.edge(from.ground);
    product.needs(&edge.unknown);
    product.and(*edge.outward.get(remote), arena);
    let side = half.profiles[from.profile].side(Direction::Egress);
    let nets = *side.nets.get(remote);
    product.bounded((nets, arena.or(nets, side.may)), &side.unknown, arena);
    routed(analysis, &mut product, from);
    match half.routes(from.ground).ways.get(remote) {
        Way::Internet(_) if from.address.is_public(from.interface) => {
            across(&mut product, from.ground, PublicAccessMode::Off);
            edge_tables(analysis, &mut product, [from]);
        }
        Way::EgressOnly(_) if from.address.is_public(from.interface) => {
            across(&mut product, from.ground, PublicAccessMode::BlockIngress);
        }
        Way::Nat(gateway) => nat::translated(analysis, &mut product, from, gateway, remote, arena),
        Way::Undetermined(subject) => product.doubt(subject.clone()),
        Way::Transit(id) => product.doubt(subject("transit", id)),
        Way::Vpn(id) if !analysis.ties.leads_out(id, A::FAMILY) => {
            product.doubt(subject("gateway", id));
        }
        // A peering goes no further than its other network.
        Way::Internet(_)
        | Way::EgressOnly(_)
        | Way::Local
        | Way::Peering(_)
        | Way::Vpn(_)
        | Way::Nowhere => product.nothing(),
    }
    product.answer()
}

/// Where, among remote addresses, something may begin to differ for this interface.
pub(super) fn cuts<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    direction: Direction,
) -> BTreeSet<A> {
    let half = A::half(analysis);
    let mut cuts: BTreeSet<A> = A::internet().steps().starts().collect();
    cuts.extend(half.profiles[stand.profile].side(direction).nets.starts());
    cuts.extend(edge_cuts(half, stand.ground, direction));
    if direction == Direction::Egress {
        for (_, _, way) in half.routes(stand.ground).ways.runs() {
            if let Way::Nat(gateway) = way
                && let Some(ground) = nat::stands_in(analysis, gateway)
            {
                cuts.extend(edge_cuts(half, ground, direction));
            }
        }
    }
    cuts
}

fn edge_cuts<A: Address>(
    half: &Half<A>,
    ground: &Ground,
    direction: Direction,
) -> impl Iterator<Item = A> {
    let edge = half.edge(ground);
    let list = match direction {
        Direction::Ingress => &edge.inward,
        Direction::Egress => &edge.outward,
    };
    list.starts().chain(half.routes(ground).ways.starts())
}

/// What is not known of the table that routes to the internet.
fn routed<A: Address>(analysis: &Analysis, product: &mut Product, stand: Stand<'_, A>) {
    let routes = A::half(analysis).routes(stand.ground);
    for unknown in [&stand.ground.unknown, &routes.anywhere, &routes.beyond] {
        product.needs(unknown);
    }
}
