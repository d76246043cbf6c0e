//! One way from a subnet to an address in another: what carries the packet, if anything does.

use sixward_estate::{
    Attachment, GatewayId, LinkId, LinkKind, SmolStr, Subject, SubnetId, TransitId,
};
use sixward_net::Family;

use super::Analysis;
use super::address::Address;
use super::ground::Ground;
use super::nat;
use super::route::{Hop, Way};
use super::unknown::subject;

/// What carries packets from one interface towards another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Leg<'a> {
    /// The network's own router, or a peering in one region: firewalls know each other's members.
    Near,
    /// A peering between regions.
    Far,
    /// A transit hub, which may or may not tell members of firewalls.
    Transit(LinkId, Crossing<'a>),
    /// Out through this gateway, across the internet, and in through the other network's.
    Internet(GatewayId),
    /// Out through a gateway that nothing comes in by unasked.
    EgressOnly(GatewayId),
    /// Nothing.
    Nowhere,
    /// Something that is not modelled.
    Undetermined(Subject),
}

/// The subnets by which packets get onto a hub and off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crossing<'a> {
    pub(super) entry: &'a Ground,
    /// None is the receiver's own: from there they come directly.
    pub(super) landing: Option<&'a Ground>,
}

impl Leg<'_> {
    /// Whether packets come off a hub in the subnet that they are for.
    pub(super) fn lands(&self) -> bool {
        matches!(self, Self::Transit(_, crossing) if crossing.landing.is_none())
    }
}

/// The leg from an address under `from` to an address under `to`. They are in different subnets.
pub(super) fn leg<'a, A: Address>(
    analysis: &'a Analysis,
    from: &Ground,
    source: A,
    to: &Ground,
    destination: A,
) -> Leg<'a> {
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

/// The subnets by which hubs are entered and left.
pub(super) fn ports(analysis: &Analysis) -> impl Iterator<Item = &SubnetId> {
    let attachments = analysis.estate.links.iter();
    let attachments = attachments.filter_map(|link| link.attachment());
    attachments.flat_map(|attachment| &attachment.subnets)
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
) -> Leg<'static> {
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
fn peering(analysis: &Analysis, link: &LinkId, from: &Ground, to: &Ground) -> Leg<'static> {
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
fn transit<'a, A: Address>(
    analysis: &'a Analysis,
    hub: &TransitId,
    from: &Ground,
    to: &Ground,
    destination: A,
) -> Leg<'a> {
    let Some((link, attachment)) = analysis.attachment(hub, &from.network) else {
        return Leg::Undetermined(subject("transit", hub));
    };
    let not_known = |link: &LinkId| Leg::Undetermined(subject("link", link));
    if analysis.gaps.find("link", link).is_some() || attachment.subnets.is_empty() {
        return not_known(link);
    }
    let Some(entry) = entry(analysis, attachment, from) else {
        return if reaches_zone(analysis, attachment, from) {
            not_known(link)
        } else {
            Leg::Nowhere
        };
    };
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
                        let landing = landing(analysis, target, Some(&entry.zone), to, destination);
                        landing.map_or_else(
                            || not_known(next),
                            |landing| Leg::Transit(next.clone(), Crossing { entry, landing }),
                        )
                    } else {
                        onward(analysis, from, (next, target), destination)
                    }
                }
                _ => not_known(next),
            }
        }
    }
}

/// Off a hub in the network of `to`: in the zone that packets come from where it has a subnet there,
/// else in one that nobody promises (AWS transit gateways: How transit gateways work). None when that
/// matters, or they may not arrive; the receiver's own subnet is `Some(None)`.
pub(super) fn landing<'a, A: Address>(
    analysis: &'a Analysis,
    target: &'a Attachment,
    zone: Option<&SmolStr>,
    to: &Ground,
    destination: A,
) -> Option<Option<&'a Ground>> {
    let half = A::half(analysis);
    let all: Vec<_> = grounds(analysis, target).collect();
    let is_known =
        all.len() == target.subnets.len() && all.iter().all(|ground| ground.unknown.is_empty());
    let mut likely = all.clone();
    likely.retain(|ground| Some(&ground.zone) == zone);
    let likely = if likely.is_empty() { all } else { likely };
    let is_own = |ground: &Ground| ground.subnet == to.subnet;
    let arrives = |ground: &&Ground| {
        let routes = half.routes(ground);
        let routed = || routes.anywhere.is_empty() && *routes.ways.get(destination) == Way::Local;
        is_own(ground) || routed()
    };
    let (first, others) = likely.split_first()?;
    let alike = |other: &&Ground| other.list == first.list && is_own(other) == is_own(first);
    let decided = others.iter().all(alike) || likely.iter().all(|it| half.edge(it).is_open());
    (is_known && decided && likely.iter().all(arrives))
        .then(|| Some(*first).filter(|first| !is_own(first)))
}

/// Into another network, whose routes may lead on: over a peering only what began there.
fn onward<A: Address>(
    analysis: &Analysis,
    from: &Ground,
    (link, target): (&LinkId, &Attachment),
    destination: A,
) -> Leg<'static> {
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

/// The ground by which packets from another get onto a hub, when all about it is known.
fn entry<'a>(
    analysis: &'a Analysis,
    attachment: &'a Attachment,
    from: &Ground,
) -> Option<&'a Ground> {
    let mut near = grounds(analysis, attachment).filter(|ground| ground.zone == from.zone);
    near.next().filter(|ground| ground.unknown.is_empty())
}

/// Whether an attachment may have a subnet in the zone of this one.
fn reaches_zone(analysis: &Analysis, attachment: &Attachment, from: &Ground) -> bool {
    let mut subnets = attachment.subnets.iter();
    subnets.any(|id| {
        let subnet = analysis.estate.subnets.get(id);
        subnet.is_none_or(|subnet| subnet.zone == from.zone)
    })
}
