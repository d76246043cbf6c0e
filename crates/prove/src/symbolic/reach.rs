//! From one interface to another.
//!
//! What the sender's firewalls let out, what the receiver's let in, what the lists on both subnets'
//! edges let pass there and back, and whether packets and answers have a way. In one subnet neither
//! lists nor routes act (Amazon VPC: Network ACLs; Route tables).

use sixward_estate::{Direction, Interface, InterfaceOwner, PublicAccessMode};

use super::Analysis;
use super::address::Address;
use super::ground::Ground;
use super::leg::{Leg, leg};
use super::product::{Answer, Product};
use super::profile::Side;
use super::unknown::{Unknown, subject};
use crate::set::{Arena, TrafficId};

/// An interface at one of its addresses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stand<'a, A> {
    pub(super) interface: &'a Interface,
    pub(super) ground: &'a Ground,
    pub(super) profile: usize,
    pub(super) address: A,
}

/// Whether firewalls on both ends know each other's members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Members {
    Known,
    Strange,
    Undetermined(Unknown),
}

/// What passes from one interface to another, and what that waits for.
pub(super) fn between<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    to: Stand<'_, A>,
    arena: &mut Arena,
) -> Answer {
    let mut product = Product::new();
    serves(&mut product, from.interface);
    serves(&mut product, to.interface);
    let members = if from.ground.subnet == to.ground.subnet {
        Members::Known
    } else {
        let half = A::half(analysis);
        let (out, into) = (half.edge(from.ground), half.edge(to.ground));
        product.needs(&out.unknown);
        product.needs(&into.unknown);
        product.and(*out.outward.get(to.address), arena);
        product.and(*into.inward.get(from.address), arena);
        carried(analysis, &mut product, from, to)
    };
    filtered(
        analysis,
        &mut product,
        Direction::Egress,
        from,
        to,
        &members,
        arena,
    );
    filtered(
        analysis,
        &mut product,
        Direction::Ingress,
        to,
        from,
        &members,
        arena,
    );
    product.answer()
}

/// Whether an interface sends and receives for itself.
pub(super) fn serves(product: &mut Product, interface: &Interface) {
    match &interface.owner {
        InterfaceOwner::Nobody => product.nothing(),
        InterfaceOwner::Gateway(id) => product.doubt(subject("gateway", id)),
        _ => {}
    }
    if !interface.prefixes6.is_empty() {
        product.doubt(subject("interface", &interface.id));
    }
}

/// One side's firewalls.
fn filtered<A: Address>(
    analysis: &Analysis,
    product: &mut Product,
    direction: Direction,
    own: Stand<'_, A>,
    other: Stand<'_, A>,
    members: &Members,
    arena: &mut Arena,
) {
    let side = A::half(analysis).profiles[own.profile].side(direction);
    let nets = *side.nets.get(other.address);
    let named = by_reference(side, other.interface, arena);
    let all = arena.or(nets, named);
    let (sure, may) = match members {
        Members::Known => (all, all),
        Members::Strange => (nets, nets),
        Members::Undetermined(_) => (nets, all),
    };
    let mut unknown = side.unknown.clone();
    if let Members::Undetermined(link) = members {
        unknown.extend(link.iter().cloned());
    }
    product.bounded((sure, arena.or(may, side.may)), &unknown, arena);
}

/// What rules allow that name a firewall the other end is under.
fn by_reference<A>(side: &Side<A>, other: &Interface, arena: &mut Arena) -> TrafficId {
    let named = side.references.iter();
    let named = named.filter(|(id, _)| other.firewalls.contains(id));
    named.fold(TrafficId::EMPTY, |sum, (_, traffic)| {
        arena.or(sum, *traffic)
    })
}

/// Whether packets have a way there and answers one back.
pub(super) fn carried<A: Address>(
    analysis: &Analysis,
    product: &mut Product,
    from: Stand<'_, A>,
    to: Stand<'_, A>,
) -> Members {
    let half = A::half(analysis);
    for ground in [from.ground, to.ground] {
        product.needs(&ground.unknown);
        product.needs(&half.routes(ground).anywhere);
    }
    let there = leg(analysis, from.ground, from.address, to.ground, to.address);
    let back = leg(analysis, to.ground, to.address, from.ground, from.address);
    match (there, back) {
        (Leg::Nowhere, _) | (_, Leg::Nowhere | Leg::EgressOnly(_)) => product.nothing(),
        (Leg::Undetermined(subject), _) | (_, Leg::Undetermined(subject)) => product.doubt(subject),
        (Leg::Internet(_), Leg::Internet(_)) => {
            across(product, from.ground, PublicAccessMode::Off);
            across(product, to.ground, PublicAccessMode::Off);
            edge_tables(analysis, product, [from, to]);
        }
        (Leg::EgressOnly(_), Leg::Internet(_)) => {
            across(product, from.ground, PublicAccessMode::BlockIngress);
            across(product, to.ground, PublicAccessMode::Off);
            edge_tables(analysis, product, [to]);
        }
        (Leg::Internet(id) | Leg::EgressOnly(id), _) | (_, Leg::Internet(id)) => {
            product.doubt(subject("gateway", id));
        }
        (Leg::Near, Leg::Near | Leg::Far | Leg::Transit(_)) => return Members::Known,
        (Leg::Far, Leg::Near | Leg::Far | Leg::Transit(_)) => {}
        (Leg::Transit(link), Leg::Near | Leg::Far | Leg::Transit(_)) => {
            return Members::Undetermined(Unknown::from([subject("link", link)]));
        }
    }
    Members::Strange
}

/// Blocks what a lock on public access stops; `most` is the strictest lock that lets it pass.
pub(super) fn across(product: &mut Product, ground: &Ground, most: PublicAccessMode) {
    if ground.lock > most {
        product.nothing();
    }
}

/// A gateway with a route table of its own may lead packets elsewhere.
pub(super) fn edge_tables<A: Address, const N: usize>(
    analysis: &Analysis,
    product: &mut Product,
    arrivals: [Stand<'_, A>; N],
) {
    for stand in arrivals {
        if let Some(table) = &stand.ground.edge_table
            && !analysis.leads_home(table, stand.address)
        {
            product.doubt(subject("route-table", table));
        }
    }
}
