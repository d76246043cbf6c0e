//! One way from a subnet to an address in another: what carries the packet, if anything does.

use sixward_estate::{Attachment, GatewayId, LinkId, LinkKind, Subject, TransitId};
use sixward_net::Family;

use super::Analysis;
use super::address::Address;
use super::ground::Ground;
use super::nat;
use super::route::{Hop, Way};
use super::unknown::subject;

/// What carries packets from one interface towards another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Leg {
    /// The network's own router, or a peering in one region: firewalls know each other's members.
    Near,
    /// A peering between regions.
    Far,
    /// A transit hub, which may or may not tell members of firewalls.
    Transit(LinkId),
    /// A transit hub past lists that are not modelled; addresses stay what they are.
    Listed(LinkId),
    /// Out through this gateway, across the internet, and in through the other network's.
    Internet(GatewayId),
    /// Out through a gateway that nothing comes in by unasked.
    EgressOnly(GatewayId),
    /// Nothing.
    Nowhere,
    /// Something that is not modelled.
    Undetermined(Subject),
}

/// The leg from an address under `from` to an address under `to`. They are in different subnets.
pub(super) fn leg<A: Address>(
    analysis: &Analysis,
    from: &Ground,
    source: A,
    to: &Ground,
    destination: A,
) -> Leg {
    let same = from.network == to.network;
    let routes = A::half(analysis).routes(from);
    if let Some(list) = routes.anywhere.first() {
        return Leg::Undetermined(list.clone());
    }
    match routes.ways.get(destination) {
        Way::Local if same => Leg::Near,
        Way::Peering(link) => peering(analysis, link, from, to),
        Way::Transit(hub) => transit(analysis, hub, from, to, destination),
        Way::Internet(gateway) | Way::EgressOnly(gateway) if same && A::FAMILY == Family::V6 => {
            Leg::Undetermined(subject("gateway", gateway))
        }
        Way::Internet(gateway) if is_global(source, destination) => Leg::Internet(gateway.clone()),
        Way::EgressOnly(gateway) if is_global(source, destination) => {
            Leg::EgressOnly(gateway.clone())
        }
        // The internet knows no private address, and a packet for an address that its own network has
        // too stays there.
        Way::Internet(_) | Way::EgressOnly(_) | Way::Local | Way::Nowhere => Leg::Nowhere,
        Way::Vpn(gateway) if analysis.ties.leads_out(gateway, A::FAMILY) => Leg::Nowhere,
        Way::Vpn(gateway) => Leg::Undetermined(subject("gateway", gateway)),
        Way::Nat(gateway) => translated(analysis, gateway, same, destination),
        Way::Undetermined(subject) => Leg::Undetermined(subject.clone()),
    }
}

/// Whether both addresses mean the same on the internet. Those of IPv4 are private ones here.
fn is_global<A: Address>(source: A, destination: A) -> bool {
    let internet = A::internet();
    let both = internet.contains(source) && internet.contains(destination);
    both && A::FAMILY == Family::V6
}

/// A NAT gateway sends on by the routes of its own subnet, and directly to who is in it; the internet
/// knows no private address.
fn translated<A: Address>(
    analysis: &Analysis,
    gateway: &GatewayId,
    same: bool,
    destination: A,
) -> Leg {
    let ground = nat::stands_in(analysis, gateway);
    let near = ground.and_then(nat::neighbours::<A>);
    if near.is_some_and(|(first, last)| first <= destination && destination <= last) {
        return Leg::Undetermined(subject("gateway", gateway));
    }
    let routes = ground.map(|ground| A::half(analysis).routes(ground));
    let known = routes.filter(|routes| routes.anywhere.is_empty());
    match known.map(|routes| routes.ways.get(destination)) {
        Some(Way::Nowhere) => Leg::Nowhere,
        Some(Way::Local) if !same => Leg::Nowhere,
        Some(Way::Internet(_)) if !A::internet().contains(destination) => Leg::Nowhere,
        _ => Leg::Undetermined(subject("gateway", gateway)),
    }
}

/// A peering joins two networks and goes no further.
fn peering(analysis: &Analysis, link: &LinkId, from: &Ground, to: &Ground) -> Leg {
    let Some(LinkKind::Peering {
        requester,
        accepter,
    }) = analysis.estate.links.get(link).map(|link| &link.kind)
    else {
        return Leg::Undetermined(subject("link", link));
    };
    let (near, far) = (&from.network, &to.network);
    let ends = (&requester.network, &accepter.network);
    if ends != (near, far) && ends != (far, near) {
        return Leg::Nowhere;
    }
    match (&from.place, &to.place) {
        (Some(a), Some(b)) if a.region == b.region => Leg::Near,
        _ => Leg::Far,
    }
}

/// A hub routes what an attachment sends by that attachment's table, and reaches only zones in which
/// the attachment has a subnet (Amazon VPC: How transit gateways work).
fn transit<A: Address>(
    analysis: &Analysis,
    hub: &TransitId,
    from: &Ground,
    to: &Ground,
    destination: A,
) -> Leg {
    let Some((link, attachment)) = analysis.attachment(hub, &from.network) else {
        return Leg::Undetermined(subject("transit", hub));
    };
    let not_known = |link: &LinkId| Leg::Undetermined(subject("link", link));
    if analysis.gaps.find("link", link).is_some() || attachment.subnets.is_empty() {
        return not_known(link);
    }
    if !reaches_zone(analysis, attachment, from) {
        return Leg::Nowhere;
    }
    let Some(table) = &attachment.table else {
        return not_known(link);
    };
    let Some(hops) = A::half(analysis).hops.get(table) else {
        return Leg::Undetermined(subject("transit-table", table));
    };
    match hops.get(destination) {
        Hop::Nowhere => Leg::Nowhere,
        Hop::Undetermined(subject) => Leg::Undetermined(subject.clone()),
        Hop::Link(next) => {
            let target = analysis
                .estate
                .links
                .get(next)
                .and_then(|link| link.attachment());
            match target {
                Some(target) if analysis.gaps.find("link", next).is_none() => {
                    if target.network.as_ref() == Some(&to.network) {
                        landed(analysis, attachment, (next, target), destination)
                    } else {
                        onward(analysis, from, (next, target), destination)
                    }
                }
                _ => not_known(next),
            }
        }
    }
}

/// Into the destination's network.
fn landed<A: Address>(
    analysis: &Analysis,
    entry: &Attachment,
    (link, target): (&LinkId, &Attachment),
    destination: A,
) -> Leg {
    let is_known = |attachment: &Attachment| {
        let mut grounds = attachment.subnets.iter().map(|id| analysis.grounds.get(id));
        grounds.all(|ground| ground.is_some_and(|ground| ground.unknown.is_empty()))
    };
    let half = A::half(analysis);
    let mut landings = grounds(analysis, target);
    let direct = landings.all(|ground| {
        let routes = half.routes(ground);
        routes.anywhere.is_empty() && *routes.ways.get(destination) == Way::Local
    });
    let lands = !target.subnets.is_empty() && direct;
    if !lands || !is_known(entry) || !is_known(target) {
        return Leg::Undetermined(subject("link", link));
    }
    let mut crossed = grounds(analysis, entry).chain(grounds(analysis, target));
    if crossed.all(|ground| half.edge(ground).is_open()) {
        Leg::Transit(link.clone())
    } else {
        Leg::Listed(link.clone())
    }
}

/// Into another network, whose routes may lead on: over a peering only what began there.
fn onward<A: Address>(
    analysis: &Analysis,
    from: &Ground,
    (link, target): (&LinkId, &Attachment),
    destination: A,
) -> Leg {
    let half = A::half(analysis);
    let own = target.network.as_ref() == Some(&from.network);
    let ends = target.subnets.iter().all(|id| {
        let ground = analysis.grounds.get(id);
        ground.is_some_and(|ground| {
            let routes = half.routes(ground);
            let stops = match routes.ways.get(destination) {
                Way::Nowhere | Way::Local => true,
                Way::Peering(_) => !own,
                _ => false,
            };
            stops && routes.anywhere.is_empty()
        })
    });
    if target.network.is_some() && !target.subnets.is_empty() && ends {
        return Leg::Nowhere;
    }
    Leg::Undetermined(subject("link", link))
}

/// The grounds by which a hub's attachment is entered and left.
fn grounds<'a>(
    analysis: &'a Analysis,
    attachment: &'a Attachment,
) -> impl Iterator<Item = &'a Ground> {
    let subnets = attachment.subnets.iter();
    subnets.filter_map(|id| analysis.grounds.get(id))
}

/// Whether an attachment has a subnet in the zone of this one.
fn reaches_zone(analysis: &Analysis, attachment: &Attachment, from: &Ground) -> bool {
    let mut subnets = attachment.subnets.iter();
    subnets.any(|id| {
        let subnet = analysis.estate.subnets.get(id);
        subnet.is_none_or(|subnet| subnet.zone == from.zone)
    })
}
