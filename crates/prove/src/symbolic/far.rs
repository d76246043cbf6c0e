//! Between an interface and what lies behind a link that leads out of the estate: sites over VPN
//! connections and transit hubs, networks on the far side of peerings.
//!
//! By the address of the far end, in both directions and both families alike. What is out there has
//! routes back, and what it filters is its own affair. Only a hub carries from one site to another;
//! peerings and VPN connections end at the network that they are attached to (Amazon VPC: VPC peering,
//! Unsupported configurations; AWS Site-to-Site VPN: Route tables and route priority; AWS transit
//! gateways: How transit gateways work).

mod hosts;
mod onto;
mod out;
mod trip;

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Attachment, Direction, Estate, GatewayId, Link, LinkId, LinkKind, NetworkId};

use super::Analysis;
use super::address::{Address, own_blocks};
use super::product::{Answer, Product};
use super::reach::{Stand, serves};
use super::route::Hop;
use super::unknown::{Unknown, subject, unknown};
use crate::End;
use crate::set::Arena;
pub(super) use hosts::{Hosts, Sign, cuts, hosts, sign};
use onto::onto_interface;
use out::onto_far;
pub(super) use trip::{Course, Trip};

/// A far end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Far<'a> {
    /// A site behind a VPN connection of a gateway.
    Vpn(&'a Link, &'a GatewayId, bool),
    /// A site that is attached to a hub.
    Attached(&'a LinkId, &'a Attachment),
    /// A network on the far side of peerings.
    Foreign(&'a NetworkId),
}

impl<'a> Far<'a> {
    /// The far end that is meant; nothing when it is another end, or nobody knows it.
    pub(super) fn of(estate: &'a Estate, end: &'a End) -> Option<Self> {
        match end {
            End::Interface(_) | End::Internet => None,
            End::Site(id) => {
                let link = estate.links.get(id)?;
                match &link.kind {
                    LinkKind::Vpn {
                        gateway: Some(gateway),
                        v6,
                        ..
                    } => Some(Self::Vpn(link, gateway, *v6)),
                    LinkKind::Transit(attachment) if is_site(attachment) => {
                        Some(Self::Attached(&link.id, attachment))
                    }
                    _ => None,
                }
            }
            End::Foreign(id) => {
                let mut links = estate.links.iter();
                links
                    .any(|link| link.peer_of(id).is_some())
                    .then_some(Self::Foreign(id))
            }
        }
    }
}

impl Far<'_> {
    /// Whether its link is a network's own: further than that nothing is carried but by appliances and
    /// from hub to hub, which is not modelled.
    pub(super) fn is_at(self, analysis: &Analysis, network: &NetworkId) -> bool {
        let estate = &analysis.estate;
        match self {
            Self::Vpn(_, id, _) => {
                let gateway = estate.gateways.get(id);
                gateway.is_none_or(|it| it.network.as_ref() == Some(network))
            }
            Self::Attached(_, attachment) => {
                analysis.attachment(&attachment.transit, network).is_some()
            }
            Self::Foreign(id) => {
                let mut sides = estate.links.iter().filter_map(|link| link.peer_of(id));
                sides.any(|side| side.network == *network)
            }
        }
    }
}

/// The far ends that an estate has, in order.
pub fn far_ends(estate: &Estate) -> Vec<End> {
    let mut ends = BTreeSet::new();
    for link in &estate.links {
        match &link.kind {
            LinkKind::Peering {
                requester,
                accepter,
            } => {
                let sides = [&requester.network, &accepter.network].into_iter();
                let foreign = sides.filter(|id| !estate.networks.contains(id));
                ends.extend(foreign.map(|id| End::Foreign(id.clone())));
            }
            LinkKind::Vpn { .. } | LinkKind::Transit(_) => {
                let end = End::Site(link.id.clone());
                if Far::of(estate, &end).is_some() {
                    ends.insert(end);
                }
            }
        }
    }
    ends.into_iter().collect()
}

/// Whether what is attached is a site, and neither a network nor another hub.
fn is_site(attachment: &Attachment) -> bool {
    attachment.network.is_none() && attachment.other != "peering"
}

/// What one address can begin with another, where one at least is a far end's.
pub(super) fn points<A: Address>(
    analysis: &Analysis,
    from: (&End, A),
    to: (&End, A),
    arena: &mut Arena,
) -> Answer {
    let far = |end: &End| match end {
        End::Interface(_) | End::Internet => Unknown::new(),
        End::Site(id) => unknown("link", id),
        End::Foreign(id) => unknown("network", id),
    };
    let estate = &analysis.estate;
    match (
        (from.0, Far::of(estate, from.0)),
        (to.0, Far::of(estate, to.0)),
    ) {
        ((_, Some(source)), (_, Some(destination))) => {
            between(analysis, (source, from.1), (destination, to.1), arena)
        }
        ((_, Some(source)), (End::Interface(_), _)) => match analysis.find(to.0, to.1) {
            Ok(stand) => inbound(analysis, (source, from.1), stand, arena),
            Err(answer) => answer,
        },
        ((End::Interface(_), _), (_, Some(destination))) => match analysis.find(from.0, from.1) {
            Ok(stand) => outbound(analysis, stand, (destination, to.1), arena),
            Err(answer) => answer,
        },
        ((_, Some(source)), (End::Internet, _)) => to_the_internet(analysis, source, to.1),
        // The internet has no name for what is behind a link.
        ((End::Internet, _), (_, Some(_))) => Answer::nothing(),
        _ => Answer::unknown(&far(from.0) | &far(to.0)),
    }
}

/// What some address of one end can begin with some address of the other, where one at least is far.
pub(super) fn ends<A: Address>(analysis: &Analysis, from: &End, to: &End) -> Answer {
    let own = |end: &End| match end {
        End::Interface(id) => Some(analysis.own::<A>(id)),
        _ => None,
    };
    let (sources, destinations) = match (own(from), own(to)) {
        (Some(own), _) => {
            let remotes = remotes(analysis, (from, &own), to, Direction::Egress);
            (own, remotes)
        }
        (None, Some(own)) => {
            let remotes = remotes(analysis, (to, &own), from, Direction::Ingress);
            (remotes, own)
        }
        (None, None) => (passing(analysis, to, from), passing(analysis, from, to)),
    };
    let mut sum = Answer::nothing();
    for source in &sources {
        for destination in &destinations {
            let arena = &mut analysis.arena.borrow_mut();
            let answer = points(analysis, (from, *source), (to, *destination), arena);
            sum = sum.or(answer, arena);
        }
    }
    sum
}

fn remotes<A: Address>(
    analysis: &Analysis,
    (end, own): (&End, &[A]),
    far: &End,
    direction: Direction,
) -> Vec<A> {
    let mut all = BTreeSet::from([A::MIN]);
    if let Some(far) = Far::of(&analysis.estate, far) {
        let stands = own.iter().filter_map(|own| analysis.find(end, *own).ok());
        all.extend(stands.flat_map(|stand| cuts(analysis, stand, far, direction)));
    }
    outside(analysis, all)
}

/// Those that are in no block of the estate's own networks: who has such an address is no far end's.
fn outside<A: Address>(analysis: &Analysis, mut all: BTreeSet<A>) -> Vec<A> {
    let own = own_blocks::<A>(&analysis.estate);
    all.extend(own.steps().starts());
    all.into_iter()
        .filter(|address| !own.contains(*address))
        .collect()
}

/// Where, among addresses that a far end sends to by a hub, something may begin to differ.
pub(super) fn passing_cuts<A: Address>(analysis: &Analysis, from: &End) -> BTreeSet<A> {
    let mut cuts: BTreeSet<A> = A::internet().steps().starts().collect();
    if let Some(Far::Attached(_, attachment)) = Far::of(&analysis.estate, from) {
        cuts.extend(trip::hub_cuts::<A>(analysis, attachment));
    }
    cuts
}

/// Addresses to which one far end sends something by different ways to another, one for each.
fn passing<A: Address>(analysis: &Analysis, from: &End, to: &End) -> Vec<A> {
    let far = |end| Far::of(&analysis.estate, end);
    let all = outside(analysis, passing_cuts(analysis, from));
    let Some((from, to)) = far(from).zip(far(to)) else {
        return all;
    };
    let mut ways = BTreeMap::new();
    for remote in all {
        let way = past(analysis, (from, remote), (to, remote));
        ways.entry(way).or_insert(remote);
    }
    ways.into_values().collect()
}

/// What a far end at `remote` can begin with an interface.
pub(super) fn inbound<A: Address>(
    analysis: &Analysis,
    (far, remote): (Far<'_>, A),
    to: Stand<'_, A>,
    arena: &mut Arena,
) -> Answer {
    let mut product = Product::new();
    serves(analysis, &mut product, to);
    product.needs(&to.ground.unknown);
    onto_interface(analysis, (far, remote), to).forth(&mut product, arena);
    welcome(
        analysis,
        &mut product,
        Direction::Ingress,
        to,
        remote,
        arena,
    );
    onto_far(analysis, to, (far, remote)).back(&mut product, arena);
    product.answer()
}

/// What an interface can begin with a far end at `remote`.
pub(super) fn outbound<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    (far, remote): (Far<'_>, A),
    arena: &mut Arena,
) -> Answer {
    let mut product = Product::new();
    serves(analysis, &mut product, from);
    product.needs(&from.ground.unknown);
    welcome(
        analysis,
        &mut product,
        Direction::Egress,
        from,
        remote,
        arena,
    );
    let there = onto_far(analysis, from, (far, remote));
    // On a way that is not known the sender may become another, to whom answers go.
    let lost = matches!(there.course, Course::Undetermined(_));
    there.forth(&mut product, arena);
    if !lost {
        onto_interface(analysis, (far, remote), from).back(&mut product, arena);
    }
    product.answer()
}

/// What the firewalls of an interface let pass from or to a far address. One that a network of the estate
/// has too may be a member's.
fn welcome<A: Address>(
    analysis: &Analysis,
    product: &mut Product,
    direction: Direction,
    own: Stand<'_, A>,
    remote: A,
    arena: &mut Arena,
) {
    let side = A::half(analysis).profiles[own.profile].side(direction);
    let nets = *side.nets.get(remote);
    let mut may = arena.or(nets, side.may);
    let mut missing = side.unknown.clone();
    if !side.references.is_empty() && own_blocks::<A>(&analysis.estate).contains(remote) {
        for (id, traffic) in &side.references {
            may = arena.or(may, *traffic);
            missing.insert(subject("firewall", id));
        }
    }
    product.bounded((nets, may), &missing, arena);
}

/// Between two far ends at their addresses: only hubs carry from one site to another.
pub(super) fn between<A: Address>(
    analysis: &Analysis,
    from: (Far<'_>, A),
    to: (Far<'_>, A),
    arena: &mut Arena,
) -> Answer {
    let mut product = Product::new();
    past(analysis, from, to).forth(&mut product, arena);
    past(analysis, to, from).back(&mut product, arena);
    product.answer()
}

/// From a site to hosts of the internet: by a network's gateways at best, which is not modelled.
pub(super) fn to_the_internet<A: Address>(analysis: &Analysis, far: Far<'_>, remote: A) -> Answer {
    let Far::Attached(id, attachment) = far else {
        return Answer::nothing();
    };
    match trip::switched(analysis, id, attachment, remote) {
        Ok(Hop::Link(next)) => {
            let target = analysis.estate.links.get(&next).and_then(Link::attachment);
            match target {
                Some(target) if is_site(target) => Answer::nothing(),
                _ => Answer::unknown(unknown("link", next)),
            }
        }
        Ok(_) => Answer::nothing(),
        Err(subject) => Answer::unknown(Unknown::from([subject])),
    }
}

/// The way of packets from a far end to another.
pub(super) fn past<A: Address>(analysis: &Analysis, from: (Far<'_>, A), to: (Far<'_>, A)) -> Trip {
    // A network takes what is for itself only.
    let Far::Attached(id, attachment) = from.0 else {
        return Trip::of(Course::Nowhere);
    };
    match trip::switched(analysis, id, attachment, to.1) {
        Ok(Hop::Link(next)) => Trip::of(out::off_hub(analysis, &next, from.1, to)),
        Ok(_) => Trip::of(Course::Nowhere),
        Err(subject) => Trip::of(Course::Undetermined(subject)),
    }
}
