//! One way between an interface and a far end: whether it is carried, and which lists it crosses. What is
//! the same in both directions.

use std::collections::BTreeSet;

use sixward_estate::{Attachment, Link, LinkId, Network, PeerSide, Provider, Subject};
use sixward_net::IpNet;

use crate::set::{Arena, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::ground::Ground;
use crate::symbolic::product::Product;
use crate::symbolic::reach::Stand;
use crate::symbolic::route::{Hop, Way};
use crate::symbolic::ties::edges;
use crate::symbolic::unknown::{Unknown, subject};

/// Whether packets are carried.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::symbolic) enum Course {
    Known,
    Nowhere,
    Undetermined(Subject),
}

/// A way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::symbolic) struct Trip {
    pub(super) course: Course,
    /// What the lists let pass that it crosses, as far as it goes for sure.
    pub(super) crossed: Vec<TrafficId>,
    /// What is not known of those lists and of where they are.
    pub(super) unknown: Unknown,
}

impl Trip {
    pub(in crate::symbolic) fn of(course: Course) -> Self {
        Self {
            course,
            crossed: Vec::new(),
            unknown: Unknown::new(),
        }
    }

    pub(super) fn doubt(noun: &'static str, id: impl std::fmt::Display) -> Self {
        Self::of(Course::Undetermined(subject(noun, id)))
    }

    /// Over the edge of a subnet.
    pub(in crate::symbolic) fn cross<A: Address>(
        &mut self,
        analysis: &Analysis,
        ground: &Ground,
        passes: impl Fn(&crate::symbolic::list::Edge<A>) -> TrafficId,
    ) {
        let edge = A::half(analysis).edge(ground);
        self.unknown.extend(edge.unknown.iter().cloned());
        self.unknown.extend(ground.unknown.iter().cloned());
        self.crossed.push(passes(edge));
    }

    /// Takes it with packets.
    pub(in crate::symbolic) fn forth(self, product: &mut Product, arena: &mut Arena) {
        product.needs(&self.unknown);
        if self.unknown.is_empty() {
            for passes in self.crossed {
                product.and(passes, arena);
            }
        }
        match self.course {
            Course::Known => {}
            Course::Nowhere => product.nothing(),
            Course::Undetermined(subject) => product.doubt(subject),
        }
    }

    /// Takes it with answers. Messages that nothing answers need no way back.
    pub(in crate::symbolic) fn back(self, product: &mut Product, arena: &mut Arena) {
        let silent = arena.answered(TrafficId::EMPTY);
        if self.course == Course::Nowhere {
            return product.and(silent, arena);
        }
        let mut doubt = self.unknown;
        if doubt.is_empty() {
            for passes in self.crossed {
                let answered = arena.answered(passes);
                product.and(answered, arena);
            }
        }
        if let Course::Undetermined(subject) = self.course {
            doubt.insert(subject);
        }
        if !doubt.is_empty() {
            product.bounded((silent, TrafficId::ALL), &doubt, arena);
        }
    }
}

/// Where a subnet's table leads packets, when that is known.
pub(super) fn way<'a, A: Address + 'a>(
    analysis: &'a Analysis,
    ground: &Ground,
    to: A,
) -> Result<&'a Way, Subject> {
    let routes = A::half(analysis).routes(ground);
    if let Some(list) = routes.anywhere.first() {
        return Err(list.clone());
    }
    match routes.ways.get(to) {
        Way::Undetermined(subject) => Err(subject.clone()),
        Way::Local => Ok(&Way::Local),
        way => match routes.beyond.first() {
            Some(list) if A::internet().contains(to) => Err(list.clone()),
            _ => Ok(way),
        },
    }
}

/// Where a hub leads what an attachment sends.
pub(in crate::symbolic) fn switched<A: Address>(
    analysis: &Analysis,
    link: &LinkId,
    attachment: &Attachment,
    to: A,
) -> Result<Hop, Subject> {
    if let Some(gap) = analysis.gaps.find("link", link) {
        return Err(gap);
    }
    let Some(table) = &attachment.table else {
        return Ok(Hop::Nowhere);
    };
    match A::half(analysis).hops.get(table).map(|hops| hops.get(to)) {
        None => Err(subject("transit-table", table)),
        Some(Hop::Undetermined(subject)) => Err(subject.clone()),
        Some(hop) => Ok(hop.clone()),
    }
}

/// The grounds by which an attachment is entered and left, in its order; nothing when one is not known.
pub(super) fn landings<'a>(
    analysis: &'a Analysis,
    attachment: &Attachment,
) -> Option<Vec<&'a Ground>> {
    let grounds = attachment.subnets.iter();
    let grounds: Option<Vec<_>> = grounds.map(|id| analysis.grounds.get(id)).collect();
    grounds.filter(|grounds| !grounds.is_empty())
}

/// Where a hub's table, and those of the networks it leads to, may begin to differ.
pub(super) fn hub_cuts<A: Address>(analysis: &Analysis, attachment: &Attachment) -> BTreeSet<A> {
    let half = A::half(analysis);
    let mut cuts = BTreeSet::new();
    let hops = attachment.table.as_ref().and_then(|id| half.hops.get(id));
    for (first, last, hop) in hops.into_iter().flat_map(|hops| hops.runs()) {
        cuts.insert(first);
        let Hop::Link(next) = hop else { continue };
        let next = analysis.estate.links.get(next).and_then(Link::attachment);
        let subnets = next.into_iter().flat_map(|next| &next.subnets);
        for ground in subnets.filter_map(|id| analysis.grounds.get(id)) {
            let ways = half.routes(ground).ways.between(first, last);
            cuts.extend(ways.map(|(start, _, _)| start));
        }
    }
    cuts
}

/// Whether an address means somebody nearer than any far end: a neighbour in the subnet, the interface
/// itself, or a service of the provider's own, which no route forwards (Amazon VPC: Route tables).
pub(super) fn is_near<A: Address>(analysis: &Analysis, stand: Stand<'_, A>, remote: A) -> bool {
    let nearer = near(analysis, stand).into_iter().filter_map(A::range);
    let mut nearer = nearer.chain(A::own(stand.interface).into_iter().map(|own| (own, own)));
    nearer.any(|(first, last)| first <= remote && remote <= last)
}

/// Where addresses of such begin, and where they are over.
pub(super) fn apart<A: Address>(analysis: &Analysis, stand: Stand<'_, A>) -> BTreeSet<A> {
    let nearer = near(analysis, stand).into_iter().filter_map(A::range);
    let nearer = nearer.chain(A::own(stand.interface).into_iter().map(|own| (own, own)));
    nearer.flat_map(edges).collect()
}

fn near<A: Address>(analysis: &Analysis, stand: Stand<'_, A>) -> Vec<IpNet> {
    let subnet = analysis.estate.subnets.get(&stand.ground.subnet);
    let blocks = subnet.map(|it| [it.block4.map(IpNet::V4), it.block6.map(IpNet::V6)]);
    let mut near: Vec<_> = blocks.into_iter().flatten().flatten().collect();
    let network = analysis.estate.networks.get(&stand.ground.network);
    near.extend(network.map(services).unwrap_or_default());
    near
}

/// Metadata, time and names.
fn services(network: &Network) -> Vec<IpNet> {
    if network.place.provider != Provider::Aws {
        return Vec::new();
    }
    let resolver = network.blocks4.first().map(|block| {
        let base = u32::from(block.network());
        IpNet::from(std::net::IpAddr::from(std::net::Ipv4Addr::from(
            base.saturating_add(2),
        )))
    });
    let nets = [
        IpNet::new([169, 254, 168, 0].into(), 22),
        IpNet::new([169, 254, 169, 123].into(), 32),
        IpNet::new([0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0].into(), 32),
    ];
    nets.into_iter()
        .filter_map(Result::ok)
        .chain(resolver)
        .collect()
}

/// Whether an address is in a network's blocks.
pub(super) fn owns<A: Address>(network: &Network, address: A) -> bool {
    let blocks4 = network.blocks4.iter().copied().map(IpNet::V4);
    let mut blocks = blocks4.chain(network.blocks6.iter().map(|block| IpNet::V6(block.net)));
    blocks.any(|block| block.contains(&address.ip()))
}

/// The blocks that a peering shows of a side.
pub(super) fn blocks_of(side: &PeerSide) -> impl Iterator<Item = IpNet> {
    let blocks4 = side.blocks4.iter().copied().map(IpNet::V4);
    blocks4.chain(side.blocks6.iter().copied().map(IpNet::V6))
}
