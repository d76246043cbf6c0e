//! One way from a subnet to an address in another: what carries the packet, if anything does.

use sixward_estate::{GatewayId, LinkId, LinkKind, Subject};
use sixward_net::Family;

use super::Analysis;
use super::address::Address;
use super::ground::Ground;
use super::hub::{Crossing, Landing, transit};
use super::nat;
use super::route::Way;
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

impl Leg<'_> {
    /// Whether packets come off a hub in the subnet that they are for.
    pub(super) fn lands(&self) -> bool {
        matches!(self, Self::Transit(_, crossing) if crossing.landing == Landing::Beside)
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
