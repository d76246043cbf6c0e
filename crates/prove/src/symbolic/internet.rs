//! Between the internet and one interface, by the address of the host out there.
//!
//! The internet gateway maps public IPv4 addresses one to one and passes IPv6 as it is; an egress-only
//! gateway and a NAT gateway serve flows that begin inside (Amazon VPC: Internet gateways;
//! Egress-only internet gateways; NAT gateways; Block public access).

use std::collections::BTreeSet;
use std::ptr;

use sixward_estate::{Direction, EndpointKind, GatewayId, PublicAccessMode, Subject};

use super::Analysis;
use super::address::Address;
use super::ground::Ground;
use super::half::Half;
use super::list::Edge;
use super::nat;
use super::product::{Answer, Product};
use super::profile::Side;
use super::reach::{Stand, across, crossed, edge_tables, serves};
use super::route::{Routes, Way};
use super::unknown::{Unknown, subject};
use crate::set::{Arena, Steps, TrafficId};

/// What a host of the internet at `remote` can begin with an interface.
pub(super) fn inbound<A: Address>(
    analysis: &Analysis,
    remote: A,
    to: Stand<'_, A>,
    arena: &mut Arena,
) -> Answer {
    let mut product = receives(analysis, to);
    let half = A::half(analysis);
    let (edge, routes) = (half.edge(to.ground), half.routes(to.ground));
    enters(&mut product, edge, *edge.inward.get(remote), arena);
    open_to(
        analysis,
        &mut product,
        Direction::Ingress,
        to,
        remote,
        arena,
    );
    let way = routes.ways.get(remote);
    returns::<A>(analysis, &mut product, way, &routes.unlisted(), arena);
    product.answer()
}

/// Whether an interface receives at all what hosts of the internet send, whoever they are.
pub(super) fn receives<A: Address>(analysis: &Analysis, to: Stand<'_, A>) -> Product {
    let mut product = Product::new();
    if to.ground.internet.is_none() || !to.address.is_public(to.interface) {
        product.nothing();
    }
    serves(analysis, &mut product, to);
    across(&mut product, to.ground, PublicAccessMode::Off);
    product.needs(&to.ground.unknown);
    edge_tables(analysis, &mut product, [to]);
    product
}

/// What crosses the edge of a subnet inwards.
pub(super) fn enters<A: Address>(
    product: &mut Product,
    edge: &Edge<A>,
    inward: TrafficId,
    arena: &mut Arena,
) {
    crossed(product, edge, (inward, inward), &Unknown::new(), arena);
}

/// What has a way back to a host of the internet.
pub(super) fn returns<A: Address>(
    analysis: &Analysis,
    product: &mut Product,
    way: &Way,
    unlisted: &Unknown,
    arena: &mut Arena,
) {
    // Messages that nothing answers need no route back.
    let silent = arena.answered(TrafficId::EMPTY);
    let mut unsure = unlisted.clone();
    match way {
        _ if !unsure.is_empty() => {}
        Way::Internet(_) => return,
        Way::Undetermined(subject) => drop(unsure.insert(subject.clone())),
        Way::Transit(id) => drop(unsure.insert(subject("transit", id))),
        Way::Vpn(id) if !analysis.ties.leads_out(id, A::FAMILY) => {
            unsure.insert(subject("gateway", id));
        }
        // Answers go elsewhere, or are not answers to what left there.
        Way::Local
        | Way::Nat(_)
        | Way::EgressOnly(_)
        | Way::Peering(_)
        | Way::Vpn(_)
        | Way::Nowhere => product.and(silent, arena),
    }
    if !unsure.is_empty() {
        product.bounded((silent, TrafficId::ALL), &unsure, arena);
    }
}

/// What an interface can begin with a host of the internet at `remote`.
pub(super) fn outbound<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    remote: A,
    arena: &mut Arena,
) -> Answer {
    let mut product = Product::new();
    serves(analysis, &mut product, from);
    product.needs(&from.ground.unknown);
    let half = A::half(analysis);
    open_to(
        analysis,
        &mut product,
        Direction::Egress,
        from,
        remote,
        arena,
    );
    let routes = half.routes(from.ground);
    // Why answers may come without crossing the list again.
    let mut stray = routes.anywhere.clone();
    match routes.ways.get(remote) {
        Way::Undetermined(subject) if is_service(analysis, subject) => {
            product.doubt(subject.clone());
        }
        Way::Undetermined(subject) => drop(stray.insert(subject.clone())),
        Way::Transit(id) => drop(stray.insert(subject("transit", id))),
        Way::Vpn(id) if !analysis.ties.leads_out(id, A::FAMILY) => {
            stray.insert(subject("gateway", id));
        }
        _ if !routes.unlisted().is_empty() => {}
        Way::Internet(_) if from.address.is_public(from.interface) => {
            across(&mut product, from.ground, PublicAccessMode::Off);
            edge_tables(analysis, &mut product, [from]);
        }
        Way::EgressOnly(_) if from.address.is_public(from.interface) => {
            across(&mut product, from.ground, PublicAccessMode::BlockIngress);
        }
        Way::Nat(gateway) => nat::translated(analysis, &mut product, from, gateway, remote, arena),
        // A peering goes no further than its other network.
        Way::Internet(_)
        | Way::EgressOnly(_)
        | Way::Local
        | Way::Peering(_)
        | Way::Vpn(_)
        | Way::Nowhere => product.nothing(),
    }
    product.needs(&routes.beyond);
    product.needs(&stray);
    let edge = half.edge(from.ground);
    let bounds = (*edge.outward.get(remote), *edge.sends.get(remote));
    crossed(&mut product, edge, bounds, &stray, arena);
    product.answer()
}

/// Whether it is a service's gateway, which answers over the list of the subnet.
fn is_service(analysis: &Analysis, subject: &Subject) -> bool {
    let mut endpoints = analysis.estate.endpoints.iter();
    subject.noun == "endpoint"
        && analysis.gaps.find("endpoint", &subject.id).is_none()
        && endpoints.any(|endpoint| {
            let is_gateway = matches!(endpoint.kind, EndpointKind::Gateway { .. });
            is_gateway && endpoint.id.as_str() == subject.id
        })
}

/// What the firewalls of an interface let pass from or to an address that is nobody's of the estate.
pub(super) fn open_to<A: Address>(
    analysis: &Analysis,
    product: &mut Product,
    direction: Direction,
    own: Stand<'_, A>,
    remote: A,
    arena: &mut Arena,
) {
    let side = A::half(analysis).profiles[own.profile].side(direction);
    opens(product, side, *side.nets.get(remote), arena);
}

/// The same of one side, where rules that name prefixes let `nets` pass.
pub(super) fn opens<A>(product: &mut Product, side: &Side<A>, nets: TrafficId, arena: &mut Arena) {
    product.bounded((nets, arena.or(nets, side.may)), &side.unknown, arena);
}

/// A table by the address of a host of the internet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Factor<'a, A> {
    Filter(&'a Steps<A, TrafficId>),
    Routes(&'a Steps<A, Way>),
}

impl<A> Factor<'_, A> {
    /// Where it is kept: another number than that of any other.
    pub(super) fn place(&self) -> usize {
        match self {
            Self::Filter(steps) => ptr::from_ref(*steps).addr(),
            Self::Routes(steps) => ptr::from_ref(*steps).addr(),
        }
    }
}

/// All that depends, for this interface, on who the host of the internet is.
pub(super) fn factors<'a, A: Address>(
    analysis: &'a Analysis,
    stand: Stand<'_, A>,
    direction: Direction,
) -> Vec<Factor<'a, A>> {
    let half = A::half(analysis);
    let side = half.profiles[stand.profile].side(direction);
    let mut factors = vec![Factor::Filter(&side.nets)];
    factors.extend(edge_factors(half, stand.ground, direction));
    if direction == Direction::Egress {
        for gateway in nats(half.routes(stand.ground)) {
            let ground = nat::stands_in(analysis, gateway).into_iter();
            factors.extend(ground.flat_map(|ground| edge_factors(half, ground, direction)));
        }
    }
    factors
}

/// Where, among remote addresses, something may begin to differ for this interface.
pub(super) fn cuts<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    direction: Direction,
) -> BTreeSet<A> {
    let mut cuts: BTreeSet<A> = A::internet().steps().starts().collect();
    for factor in factors(analysis, stand, direction) {
        match factor {
            Factor::Filter(steps) => cuts.extend(steps.starts()),
            Factor::Routes(steps) => cuts.extend(steps.starts()),
        }
    }
    cuts
}

/// The NAT gateways that a table leads to.
pub(super) fn nats<A: Address>(routes: &Routes<A>) -> BTreeSet<&GatewayId> {
    let ways = routes.ways.runs();
    let gateways = ways.filter_map(|(_, _, way)| match way {
        Way::Nat(gateway) => Some(gateway),
        _ => None,
    });
    gateways.collect()
}

fn edge_factors<'a, A: Address>(
    half: &'a Half<A>,
    ground: &Ground,
    direction: Direction,
) -> impl Iterator<Item = Factor<'a, A>> {
    let edge = half.edge(ground);
    // Past which list answers come is not always known, and then all counts that gets out.
    let (list, sends) = match direction {
        Direction::Ingress => (&edge.inward, None),
        Direction::Egress => (&edge.outward, Some(&edge.sends)),
    };
    let filters = [list].into_iter().chain(sends);
    let routes = Factor::Routes(&half.routes(ground).ways);
    filters.map(Factor::Filter).chain([routes])
}
