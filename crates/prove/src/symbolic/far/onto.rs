//! From a far end to an interface. Its own routes are not known: they are taken to lead here.

use sixward_estate::{Attachment, GatewayId, Link, LinkId, NetworkId};
use sixward_net::Family;

use super::out::{ends, stops};
use super::trip::{self, Course, Trip, landings, owns, way};
use super::{Far, is_site};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::hub::{Landing, landing};
use crate::symbolic::reach::Stand;
use crate::symbolic::route::{Hop, Way};
use crate::symbolic::unknown::subject;

/// The way of packets from a far end at an address to an interface.
pub(super) fn onto_interface<A: Address>(
    analysis: &Analysis,
    (far, remote): (Far<'_>, A),
    to: Stand<'_, A>,
) -> Trip {
    let course = match far {
        Far::Vpn(link, gateway, v6) => {
            if v6 == (A::FAMILY == Family::V6) {
                by_gateway(analysis, link, gateway, to)
            } else {
                Course::Nowhere
            }
        }
        Far::Foreign(network) => by_peering(analysis, network, to),
        Far::Attached(link, attachment) => {
            return match trip::switched(analysis, link, attachment, to.address) {
                Err(subject) => Trip::of(Course::Undetermined(subject)),
                Ok(Hop::Link(next)) => land(analysis, &next, remote, to),
                Ok(_) => Trip::of(Course::Nowhere),
            };
        }
    };
    let is_known = course == Course::Known;
    let mut trip = Trip::of(course);
    if is_known {
        trip.cross::<A>(analysis, to.ground, |edge| *edge.takes.get(remote));
    }
    trip
}

/// In through a VPN gateway, along its own table where it has one.
fn by_gateway<A: Address>(
    analysis: &Analysis,
    link: &Link,
    id: &GatewayId,
    to: Stand<'_, A>,
) -> Course {
    let gaps = &analysis.gaps;
    if let Some(gap) = gaps
        .find("link", &link.id)
        .or_else(|| gaps.find("gateway", id))
    {
        return Course::Undetermined(gap);
    }
    let Some(gateway) = analysis.estate.gateways.get(id) else {
        return Course::Undetermined(subject("gateway", id));
    };
    if gateway.network.as_ref() != Some(&to.ground.network) {
        return Course::Nowhere;
    }
    let Some(table) = analysis.ties.edge_table(id) else {
        return Course::Known;
    };
    let routes = A::half(analysis).table(table);
    let way = routes.map(|routes| (&routes.anywhere, routes.ways.get(to.address)));
    match way {
        Some((anywhere, Way::Local)) if anywhere.is_empty() => Course::Known,
        Some((anywhere, Way::Nowhere)) if anywhere.is_empty() => Course::Nowhere,
        _ => Course::Undetermined(subject("route-table", table)),
    }
}

/// Over the one peering whose near network has the address.
fn by_peering<A: Address>(analysis: &Analysis, far: &NetworkId, to: Stand<'_, A>) -> Course {
    let estate = &analysis.estate;
    let near = estate.links.iter().filter_map(|link| {
        let side = link.peer_of(far)?;
        let network = estate.networks.get(&side.network)?;
        owns(network, to.address).then_some((&link.id, &network.id))
    });
    let near: Vec<_> = near.collect();
    match near.as_slice() {
        [] => Course::Nowhere,
        [(link, network)] => match analysis.gaps.find("link", link) {
            Some(gap) => Course::Undetermined(gap),
            None if **network == to.ground.network => Course::Known,
            None => Course::Nowhere,
        },
        _ => Course::Undetermined(subject("network", far)),
    }
}

/// Off a hub and to an interface, when the network that it leads to is the interface's.
fn land<A: Address>(analysis: &Analysis, next: &LinkId, remote: A, to: Stand<'_, A>) -> Trip {
    let target = analysis.estate.links.get(next).and_then(Link::attachment);
    let Some(target) = target.filter(|_| analysis.gaps.find("link", next).is_none()) else {
        return Trip::doubt("link", next);
    };
    if is_site(target) {
        return Trip::of(Course::Nowhere);
    }
    if target.network.as_ref() != Some(&to.ground.network) {
        return if ends(analysis, target, remote, to.address) {
            Trip::of(Course::Nowhere)
        } else {
            Trip::doubt("link", next)
        };
    }
    within(analysis, (next, target), remote, to)
}

fn within<A: Address>(
    analysis: &Analysis,
    (link, target): (&LinkId, &Attachment),
    remote: A,
    to: Stand<'_, A>,
) -> Trip {
    if let Some(landing) = landing(analysis, target, None, to.ground, to.address) {
        let mut trip = Trip::of(Course::Known);
        if let Landing::In(landing) = landing {
            trip.cross::<A>(analysis, landing, |edge| *edge.sends.get(to.address));
            trip.cross::<A>(analysis, to.ground, |edge| *edge.takes.get(remote));
        }
        return trip;
    }
    let Some(grounds) = landings(analysis, target) else {
        return Trip::doubt("link", link);
    };
    let Some((first, others)) = grounds.split_first() else {
        return Trip::doubt("link", link);
    };
    let own = |subnet| subnet == &to.ground.subnet;
    let mut others = others.iter();
    let alike = others.all(|other| {
        (&first.table, &first.list) == (&other.table, &other.list)
            && own(&first.subnet) == own(&other.subnet)
    });
    if !alike {
        return Trip::doubt("link", link);
    }
    let mut trip = Trip::of(Course::Known);
    if own(&first.subnet) {
        // To a host of the same subnet it goes directly: no list, no route.
        return trip;
    }
    trip.cross::<A>(analysis, first, |edge| *edge.sends.get(to.address));
    trip.course = match way(analysis, first, to.address) {
        Ok(Way::Local) => {
            trip.cross::<A>(analysis, to.ground, |edge| *edge.takes.get(remote));
            Course::Known
        }
        Err(subject) => Course::Undetermined(subject),
        Ok(way) => {
            let network = analysis.estate.networks.get(&to.ground.network);
            if stops(way, network.is_none_or(|it| owns(it, remote))) {
                Course::Nowhere
            } else {
                Course::Undetermined(subject("link", link))
            }
        }
    };
    trip
}
