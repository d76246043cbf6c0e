//! One way from a subnet to an address in another: what carries the packet, if anything does.

use sixward_estate::{Attachment, GatewayId, LinkId, LinkKind, Subject, TransitId};
use sixward_net::Family;

use super::Analysis;
use super::address::Address;
use super::ground::Ground;
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
    match A::half(analysis).routes(from).ways.get(destination) {
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
        Way::Nat(gateway) | Way::Vpn(gateway) => Leg::Undetermined(subject("gateway", gateway)),
        Way::Undetermined(subject) => Leg::Undetermined(subject.clone()),
    }
}

/// Whether both addresses mean the same on the internet. Those of IPv4 are private ones here.
fn is_global<A: Address>(source: A, destination: A) -> bool {
    let internet = A::internet();
    let both = internet.contains(source) && internet.contains(destination);
    both && A::FAMILY == Family::V6
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
        return Leg::Nowhere;
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
                Some(target) if target.network.as_ref() == Some(&to.network) => {
                    let plain = is_plain(analysis, attachment, None::<A>)
                        && is_plain(analysis, target, Some(destination));
                    if plain && analysis.gaps.find("link", next).is_none() {
                        Leg::Transit(next.clone())
                    } else {
                        not_known(next)
                    }
                }
                Some(target) if target.network.is_some() => Leg::Nowhere,
                _ => not_known(next),
            }
        }
    }
}

/// Whether an attachment has a subnet in the zone of this one.
fn reaches_zone(analysis: &Analysis, attachment: &Attachment, from: &Ground) -> bool {
    let mut subnets = attachment.subnets.iter();
    subnets.any(|id| {
        let subnet = analysis.estate.subnets.get(id);
        subnet.is_none_or(|subnet| subnet.zone == from.zone)
    })
}

/// Whether the subnets of an attachment filter nothing, and pass what arrives for `destination`
/// straight on. What their lists do otherwise is not modelled.
fn is_plain<A: Address>(
    analysis: &Analysis,
    attachment: &Attachment,
    destination: Option<A>,
) -> bool {
    let half = A::half(analysis);
    attachment.subnets.iter().all(|id| {
        analysis.grounds.get(id).is_some_and(|ground| {
            let direct = |address| *half.routes(ground).ways.get(address) == Way::Local;
            ground.unknown.is_empty()
                && half.edge(ground).is_open()
                && destination.is_none_or(direct)
        })
    })
}
