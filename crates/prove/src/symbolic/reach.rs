//! From one interface to another.
//!
//! What the sender's firewalls let out, what the receiver's let in, what the lists on both subnets'
//! edges let pass there and back, and whether packets and answers have a way. In one subnet neither
//! lists nor routes act (Amazon VPC: Network ACLs; Route tables). Messages that nothing answers need no
//! way back. What is impossible is so for sure: on a way that is not known, no list is taken to stand.

use sixward_estate::{
    Direction, Interface, InterfaceOwner, LinkId, Provider, PublicAccessMode, Subject,
};
use sixward_net::Family;

use super::Analysis;
use super::address::Address;
use super::far::{Course, Trip};
use super::ground::Ground;
use super::hub::Landing;
use super::leg::{Leg, leg};
use super::list::Edge;
use super::product::{Answer, Product};
use super::profile::Side;
use super::unknown::{Unknown, subject, unknown};
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
    /// As the hub behind this link was told. It is one setting for both families.
    Told(LinkId),
    Undetermined(Unknown),
    /// Nor does anybody know from which address packets arrive.
    Lost(Unknown),
}

/// A way from one interface to another, as far as filters look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    pub(super) members: Members,
    /// Why it is not known whether it crosses the edges of both subnets.
    pub(super) doubt: Unknown,
    /// Packets come off a hub in the receiver's own subnet, let in by no list, and answers in the
    /// sender's.
    pub(super) lands: (bool, bool),
}

/// Whether a hub, by the link that leads off it, tells members of firewalls.
pub(super) type Setting<'a> = (&'a LinkId, bool);

/// What passes from one interface to another, and what that waits for; where it is known, as a hub is set.
pub(super) fn between<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    to: Stand<'_, A>,
    setting: Option<Setting<'_>>,
    arena: &mut Arena,
) -> Answer {
    let mut product = Product::new();
    serves(analysis, &mut product, from);
    serves(analysis, &mut product, to);
    let passage = if from.ground.subnet == to.ground.subnet {
        Passage::over(Members::Known)
    } else {
        let passage = carried(analysis, &mut product, from, to, arena);
        let half = A::half(analysis);
        let (out, into) = (half.edge(from.ground), half.edge(to.ground));
        // Whatever carries it, it leaves past the list of its own subnet.
        let (lands, returns) = passage.lands;
        if !returns {
            let bounds = (*out.outward.get(to.address), *out.sends.get(to.address));
            crossed(&mut product, out, bounds, &passage.doubt, arena);
        }
        if !lands {
            let bounds = (*into.inward.get(from.address), TrafficId::ALL);
            crossed(&mut product, into, bounds, &passage.doubt, arena);
        }
        passage
    };
    let (out, into) = (Direction::Egress, Direction::Ingress);
    let members = &passage.members.settled(setting);
    filtered(analysis, &mut product, out, from, to, members, arena);
    if !matches!(members, Members::Lost(_)) {
        filtered(analysis, &mut product, into, to, from, members, arena);
    }
    product.answer()
}

/// One subnet's list: what passes there and back, and what may pass where it is not known whether a way
/// crosses the edge.
pub(super) fn crossed<A: Address>(
    product: &mut Product,
    edge: &Edge<A>,
    (sure, may): (TrafficId, TrafficId),
    doubt: &Unknown,
    arena: &mut Arena,
) {
    if !edge.unknown.is_empty() {
        product.needs(&edge.unknown);
    } else if doubt.is_empty() {
        product.and(sure, arena);
    } else {
        product.bounded((sure, may), doubt, arena);
    }
}

/// Whether an interface sends and receives for itself, and is known. One that is nobody's counts as
/// there, as a stopped host's does: it can be at any moment.
pub(super) fn serves<A: Address>(analysis: &Analysis, product: &mut Product, stand: Stand<'_, A>) {
    let interface = stand.interface;
    if let InterfaceOwner::Gateway(id) = &interface.owner {
        product.doubt(subject("gateway", id));
    }
    product.needs(&stand.ground.obscure);
    product.needs(&doubts::<A>(analysis, stand.ground, interface));
}

/// Why an interface is not known for what it is: gaps; addresses that are delegated to it, which are not
/// modelled; no group, since a host of this provider is always under one, so the input lacks it.
pub(super) fn doubts<A: Address>(
    analysis: &Analysis,
    ground: &Ground,
    interface: &Interface,
) -> Unknown {
    let gaps = &analysis.gaps;
    let owner = match &interface.owner {
        InterfaceOwner::Host(id) => gaps.find("host", id),
        InterfaceOwner::Balancer(id) => gaps.find("balancer", id),
        InterfaceOwner::Endpoint(id) => gaps.find("endpoint", id),
        InterfaceOwner::Service(id) => gaps.find("service", id),
        _ => None,
    };
    let own = gaps.find("interface", &interface.id);
    let mouth = interface.tunnel.as_ref();
    let tunnel = mouth.filter(|_| A::FAMILY == Family::V6);
    let tunnel = tunnel.and_then(|mouth| gaps.find("tunnel", &mouth.tunnel));
    let mut doubts: Unknown = owner.into_iter().chain(own).chain(tunnel).collect();
    let is_host = matches!(interface.owner, InterfaceOwner::Host(_));
    let place = ground.place.as_ref();
    let bare = is_host && interface.firewalls_in(A::FAMILY).is_empty();
    if !interface.prefixes6.is_empty()
        || (bare && place.is_some_and(|place| place.provider == Provider::Aws))
    {
        doubts.insert(subject("interface", &interface.id));
    }
    doubts
}

/// Whether there is any such reason.
pub(super) fn is_obscure<A: Address>(
    analysis: &Analysis,
    ground: &Ground,
    interface: &Interface,
) -> bool {
    !doubts::<A>(analysis, ground, interface).is_empty()
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
        Members::Told(_) | Members::Undetermined(_) | Members::Lost(_) => (nets, all),
    };
    let mut unknown = side.unknown.clone();
    match members {
        Members::Told(link) => drop(unknown.insert(subject("link", link))),
        Members::Undetermined(why) | Members::Lost(why) => unknown.extend(why.iter().cloned()),
        Members::Known | Members::Strange => {}
    }
    product.bounded((sure, arena.or(may, side.may)), &unknown, arena);
}

/// What rules allow that name a firewall the other end is under.
fn by_reference<A: Address>(side: &Side<A>, other: &Interface, arena: &mut Arena) -> TrafficId {
    let named = side.references.iter();
    let firewalls = other.firewalls_in(A::FAMILY);
    let named = named.filter(|(id, _)| firewalls.contains(id));
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
    arena: &mut Arena,
) -> Passage {
    let half = A::half(analysis);
    for ground in [from.ground, to.ground] {
        product.needs(&ground.unknown);
        product.needs(&half.routes(ground).anywhere);
    }
    let there = leg(analysis, from.ground, from.address, to.ground, to.address);
    let mut passage = there_by(analysis, product, &there, from, to);
    if !matches!(passage.members, Members::Lost(_)) {
        let back = leg(analysis, to.ground, to.address, from.ground, from.address);
        let (forth, answers) = over_hubs(analysis, (&there, from), (&back, to));
        let lands = (there.lands(), back.lands());
        let doubt = back_by(product, &there, back, arena);
        forth.forth(product, arena);
        if doubt.is_none() {
            answers.back(product, arena);
            passage.lands = lands;
        }
        if matches!(there, Leg::Internet(_)) && doubt.is_none() {
            edge_tables(analysis, product, [from]);
        }
        passage.doubt.extend(doubt);
    }
    passage
}

/// The lists past which packets get onto hubs and off them, and answers. Who comes off a hub in the
/// subnet it is for is let in by no list there, and leaves it past one like everybody (AWS transit
/// gateways: How network ACLs work with transit gateways).
fn over_hubs<A: Address>(
    analysis: &Analysis,
    (there, from): (&Leg<'_>, Stand<'_, A>),
    (back, to): (&Leg<'_>, Stand<'_, A>),
) -> (Trip, Trip) {
    let one_way = |leg: &Leg<'_>, other: &Leg<'_>, from: Stand<'_, A>, to: Stand<'_, A>| {
        let mut trip = Trip::of(Course::Known);
        if let Leg::Transit(_, crossing) = leg {
            trip.cross::<A>(analysis, crossing.entry, |edge| {
                *edge.takes.get(from.address)
            });
            if let Landing::In(landing) = crossing.landing {
                trip.cross::<A>(analysis, landing, |edge| *edge.sends.get(to.address));
            }
        }
        if other.lands() {
            trip.cross::<A>(analysis, from.ground, |edge| *edge.sends.get(to.address));
        }
        trip
    };
    (
        one_way(there, back, from, to),
        one_way(back, there, to, from),
    )
}

fn there_by<A: Address>(
    analysis: &Analysis,
    product: &mut Product,
    leg: &Leg<'_>,
    from: Stand<'_, A>,
    to: Stand<'_, A>,
) -> Passage {
    match leg {
        Leg::Nowhere => {
            product.nothing();
            Passage::over(Members::Strange)
        }
        Leg::Undetermined(subject) => {
            product.doubt(subject.clone());
            let doubt = Unknown::from([subject.clone()]);
            Passage {
                doubt: doubt.clone(),
                ..Passage::over(Members::Lost(doubt))
            }
        }
        Leg::Internet(id) | Leg::EgressOnly(id) => {
            let most = match leg {
                Leg::Internet(_) => PublicAccessMode::Off,
                _ => PublicAccessMode::BlockIngress,
            };
            across(product, from.ground, most);
            across(product, to.ground, PublicAccessMode::Off);
            if to.ground.internet.is_none() {
                product.nothing();
            }
            edge_tables(analysis, product, [to]);
            // Nobody promises that networks know each other's members on this way too.
            Passage::over(Members::Undetermined(unknown("gateway", id)))
        }
        Leg::Near => Passage::over(Members::Known),
        Leg::Far => Passage::over(Members::Strange),
        Leg::Transit(link, _) => Passage::over(Members::Told(link.clone())),
    }
}

/// What has a way back: all, messages that nothing answers, or nobody knows for what is named.
fn back_by(
    product: &mut Product,
    there: &Leg<'_>,
    back: Leg<'_>,
    arena: &mut Arena,
) -> Option<Subject> {
    let silent = arena.answered(TrafficId::EMPTY);
    let doubt = match (there, back) {
        (_, Leg::Nowhere | Leg::EgressOnly(_)) => {
            product.and(silent, arena);
            return None;
        }
        (Leg::Internet(_) | Leg::EgressOnly(_), Leg::Internet(_)) => return None,
        (_, Leg::Undetermined(subject)) => subject,
        (_, Leg::Internet(id)) => subject("gateway", id),
        (Leg::Internet(id) | Leg::EgressOnly(id), _) => subject("gateway", id),
        (_, Leg::Near | Leg::Far | Leg::Transit(..)) => return None,
    };
    let unknown = Unknown::from([doubt.clone()]);
    product.bounded((silent, TrafficId::ALL), &unknown, arena);
    Some(doubt)
}

/// The link off a hub by which packets go that may or may not tell members of firewalls.
pub(super) fn hub<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    to: Stand<'_, A>,
    arena: &mut Arena,
) -> Option<LinkId> {
    if from.ground.subnet == to.ground.subnet {
        return None;
    }
    match carried(analysis, &mut Product::new(), from, to, arena).members {
        Members::Told(link) => Some(link),
        _ => None,
    }
}

impl Members {
    fn settled(&self, setting: Option<Setting<'_>>) -> Self {
        match (self, setting) {
            (Self::Told(hub), Some((link, true))) if hub == link => Self::Known,
            (Self::Told(hub), Some((link, false))) if hub == link => Self::Strange,
            _ => self.clone(),
        }
    }
}

impl Passage {
    /// A way that is known.
    fn over(members: Members) -> Self {
        Self {
            members,
            doubt: Unknown::new(),
            lands: (false, false),
        }
    }
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
