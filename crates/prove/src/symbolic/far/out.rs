//! From an interface to a far end.

use sixward_estate::{Attachment, GatewayId, Link, LinkId, TransitId};

use super::trip::{self, Course, Trip, blocks_of, is_near, landings, owns, way};
use super::{Far, is_site};
use crate::set::TrafficId;
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::nat;
use crate::symbolic::reach::Stand;
use crate::symbolic::route::{Hop, Way};
use crate::symbolic::unknown::subject;

/// The way of packets from an interface to a far end at an address.
pub(super) fn onto_far<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    to: (Far<'_>, A),
) -> Trip {
    let (far, remote) = to;
    if is_near(analysis, from, remote) {
        return Trip::of(Course::Nowhere);
    }
    let mut trip = Trip::of(Course::Nowhere);
    trip.cross::<A>(analysis, from.ground, |edge| *edge.sends.get(remote));
    trip.course = match way(analysis, from.ground, remote) {
        Err(subject) => Course::Undetermined(subject),
        Ok(Way::Vpn(gateway)) => {
            let hop = analysis.ties.by_vpn(gateway, remote);
            by_connection(analysis, gateway, hop, far)
        }
        Ok(Way::Peering(link)) => peering(analysis, link, from, to),
        Ok(Way::Transit(hub)) => board(analysis, &mut trip, hub, from, to),
        Ok(Way::Nat(gateway)) => translated(analysis, gateway, remote),
        Ok(_) => Course::Nowhere,
    };
    trip
}

/// By a connection of a VPN gateway. Of far ends behind others nothing is in doubt.
fn by_connection(analysis: &Analysis, gateway: &GatewayId, hop: Hop, far: Far<'_>) -> Course {
    let Far::Vpn(link, own, _) = far else {
        return Course::Nowhere;
    };
    match hop {
        _ if own != gateway => Course::Nowhere,
        Hop::Undetermined(subject) => Course::Undetermined(subject),
        Hop::Link(id) if id == link.id => match analysis.gaps.find("link", &id) {
            Some(gap) => Course::Undetermined(gap),
            None => Course::Known,
        },
        Hop::Link(_) | Hop::Nowhere => Course::Nowhere,
    }
}

/// Over a peering: only from the near network, and only to the far one.
fn peering<A: Address>(
    analysis: &Analysis,
    id: &LinkId,
    from: Stand<'_, A>,
    (far, remote): (Far<'_>, A),
) -> Course {
    let estate = &analysis.estate;
    let near = estate.networks.get(&from.ground.network);
    let link = estate.links.get(id);
    let Some(side) = link.and_then(|link| link.peer_of(&from.ground.network)) else {
        return Course::Undetermined(subject("link", id));
    };
    let is_own = near.is_none_or(|near| owns(near, from.address));
    if !is_own || estate.networks.contains(&side.network) {
        return Course::Nowhere;
    }
    if !matches!(far, Far::Foreign(network) if *network == side.network) {
        return Course::Nowhere;
    }
    let mut blocks = blocks_of(side).peekable();
    if blocks.peek().is_none() {
        return Course::Undetermined(subject("link", id));
    }
    if blocks.any(|block| block.contains(&remote.ip())) {
        Course::Known
    } else {
        Course::Nowhere
    }
}

/// Past a NAT gateway, which hides who begins: to the internet, or where it is not modelled.
fn translated<A: Address>(analysis: &Analysis, gateway: &GatewayId, remote: A) -> Course {
    let ground = nat::stands_in(analysis, gateway);
    match ground.map(|ground| way(analysis, ground, remote)) {
        Some(Ok(Way::Internet(_) | Way::Local | Way::Nowhere)) => Course::Nowhere,
        _ => Course::Undetermined(subject("gateway", gateway)),
    }
}

/// Onto a hub by its interface in the sender's zone, past that subnet's list.
fn board<A: Address>(
    analysis: &Analysis,
    trip: &mut Trip,
    hub: &TransitId,
    from: Stand<'_, A>,
    to: (Far<'_>, A),
) -> Course {
    let Some((link, attachment)) = analysis.attachment(hub, &from.ground.network) else {
        return Course::Undetermined(subject("transit", hub));
    };
    if let Some(gap) = analysis.gaps.find("link", link) {
        return Course::Undetermined(gap);
    }
    let Some(grounds) = landings(analysis, attachment) else {
        return Course::Undetermined(subject("link", link));
    };
    let mut grounds = grounds.into_iter();
    let Some(entry) = grounds.find(|ground| ground.zone == from.ground.zone) else {
        return Course::Nowhere;
    };
    trip.cross::<A>(analysis, entry, |edge| *edge.takes.get(from.address));
    match trip::switched(analysis, link, attachment, to.1) {
        Err(subject) => Course::Undetermined(subject),
        Ok(Hop::Link(next)) => off_hub(analysis, &next, from.address, to),
        Ok(_) => Course::Nowhere,
    }
}

/// What the lists let pass of an interface's packets by which they enter hubs.
pub(super) fn entries<A: Address>(analysis: &Analysis, from: Stand<'_, A>) -> Vec<TrafficId> {
    let half = A::half(analysis);
    let ways = half.routes(from.ground).ways.runs();
    let hubs = ways.filter_map(|(_, _, way)| match way {
        Way::Transit(hub) => analysis.attachment(hub, &from.ground.network),
        _ => None,
    });
    let grounds = hubs.filter_map(|(_, attachment)| {
        let mut grounds = landings(analysis, attachment)?.into_iter();
        grounds.find(|ground| ground.zone == from.ground.zone)
    });
    grounds
        .map(|ground| *half.edge(ground).takes.get(from.address))
        .collect()
}

/// Off a hub towards a far end.
pub(super) fn off_hub<A: Address>(
    analysis: &Analysis,
    next: &LinkId,
    source: A,
    (far, remote): (Far<'_>, A),
) -> Course {
    let target = analysis.estate.links.get(next).and_then(Link::attachment);
    let Some(target) = target.filter(|_| analysis.gaps.find("link", next).is_none()) else {
        return Course::Undetermined(subject("link", next));
    };
    if is_site(target) {
        return match far {
            Far::Attached(id, _) if id == next => Course::Known,
            _ => Course::Nowhere,
        };
    }
    if ends(analysis, target, source, remote) {
        Course::Nowhere
    } else {
        Course::Undetermined(subject("link", next))
    }
}

/// Whether packets that a hub leaves in a network get to nobody far from there: it carries nothing for
/// others but by another hub, an appliance or its VPN connections.
pub(super) fn ends<A: Address>(
    analysis: &Analysis,
    target: &Attachment,
    source: A,
    remote: A,
) -> bool {
    let network = target.network.as_ref();
    let network = network.and_then(|id| analysis.estate.networks.get(id));
    let Some((network, grounds)) = network.zip(landings(analysis, target)) else {
        return false;
    };
    let is_own = owns(network, source);
    grounds.iter().all(|ground| {
        let way = way(analysis, ground, remote);
        way.is_ok_and(|way| stops(way, is_own)) && ground.unknown.is_empty()
    })
}

/// Whether a way leads packets nowhere that a hub left in a network, by whether they say that they are
/// that network's own.
pub(super) fn stops(way: &Way, is_own: bool) -> bool {
    match way {
        Way::Local | Way::Nowhere => true,
        Way::Internet(_) | Way::EgressOnly(_) | Way::Peering(_) => !is_own,
        _ => false,
    }
}
