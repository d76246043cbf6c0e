//! What the internet can begin, for all interfaces at once.
//!
//! Interfaces that differ in nothing that decides share one row: same firewalls, same list, same
//! routes, same locks. So the work is that of the kinds of interfaces, not of their number.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use sixward_estate::GatewayId;
use sixward_estate::{
    FirewallId, Interface, InterfaceId, InterfaceOwner, PublicAccessMode, RouteTableId, Subject,
};

use super::Analysis;
use super::address::{Address, own_blocks};
use super::entrance::Entrances;
use super::product::Answer;
use super::reach::{Stand, is_obscure};
use super::unknown::Unknown;
use crate::set::{Arena, Intervals, TrafficId, TrafficSet};

/// Interfaces to which the internet can begin the same flows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// The interfaces, by their ids.
    pub interfaces: Vec<InterfaceId>,
    /// What some host of the internet can begin.
    pub traffic: TrafficSet,
    /// That, and what some host may be able to begin, as far as anybody knows.
    pub possible: TrafficSet,
    /// The same by ranges of hosts; ranges that may nothing are left out.
    pub sources: Vec<Source>,
    /// What the difference waits for.
    pub undetermined: Vec<Subject>,
}

/// Hosts of the internet that can begin the same flows: those from the first to the last, but for addresses
/// in between that nobody out there has, as the estate's own. [`Analysis::traffic`] tells what the names
/// stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The first address.
    pub first: IpAddr,
    /// The last address.
    pub last: IpAddr,
    /// What they can begin.
    pub traffic: TrafficId,
    /// That, and what they may be able to begin.
    pub possible: TrafficId,
}

/// All that decides what the internet can begin with an interface.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind<'a> {
    profile: usize,
    list: Option<&'a FirewallId>,
    table: Option<&'a RouteTableId>,
    internet: Option<&'a GatewayId>,
    lock: PublicAccessMode,
    unknown: &'a Unknown,
    /// The gateway's own table and whether it leads to this interface.
    edge: Option<(&'a RouteTableId, bool)>,
    /// One that is not known for what it is stands alone.
    obscure: Option<&'a InterfaceId>,
}

/// A row for every kind of interface that something can be begun with, or that is undetermined.
pub(super) fn exposure<A: Address>(analysis: &Analysis, arena: &mut Arena) -> Vec<Exposed> {
    let mut kinds: BTreeMap<Kind<'_>, Vec<Stand<'_, A>>> = BTreeMap::new();
    for interface in &analysis.estate.interfaces {
        for stand in stands::<A>(analysis, interface) {
            kinds.entry(kind(analysis, stand)).or_default().push(stand);
        }
    }
    let rows = kinds.into_values();
    let mut entrances = Entrances::of(analysis);
    rows.filter_map(|stands| row(&stands, &mut entrances, arena))
        .collect()
}

/// The places at which the internet can name an interface that takes what it begins.
fn stands<'a, A: Address>(
    analysis: &'a Analysis,
    interface: &'a Interface,
) -> impl Iterator<Item = Stand<'a, A>> {
    let idle = matches!(interface.owner, InterfaceOwner::Gateway(_));
    let named = A::own(interface).into_iter();
    let named = named.filter(move |address| !idle && address.is_public(interface));
    let stands = named.filter_map(|address| analysis.stand(interface, address));
    stands.filter(|stand| stand.ground.internet.is_some())
}

pub(super) fn kind<'a, A: Address>(analysis: &Analysis, stand: Stand<'a, A>) -> Kind<'a> {
    let ground = stand.ground;
    let edge = ground.edge_table.as_ref();
    let obscure = is_obscure::<A>(analysis, ground, stand.interface);
    Kind {
        profile: stand.profile,
        list: ground.list.as_ref(),
        table: ground.table.as_ref(),
        internet: ground.internet.as_ref(),
        lock: ground.lock,
        unknown: &ground.unknown,
        edge: edge.map(|table| (table, analysis.leads_home(table, stand.address))),
        obscure: obscure.then_some(&stand.interface.id),
    }
}

fn row<'a, A: Address>(
    stands: &[Stand<'a, A>],
    entrances: &mut Entrances<'a, A>,
    arena: &mut Arena,
) -> Option<Exposed> {
    let first = *stands.first()?;
    let (sources, answer) = by_source(first, entrances, arena);
    if answer.possible == TrafficId::EMPTY {
        return None;
    }
    let interfaces = stands.iter().map(|stand| stand.interface.id.clone());
    let interfaces: BTreeSet<_> = interfaces.collect();
    Some(Exposed {
        interfaces: interfaces.into_iter().collect(),
        traffic: arena.get(answer.traffic).clone(),
        possible: arena.get(answer.possible).clone(),
        sources,
        undetermined: answer.unknown.into_iter().collect(),
    })
}

/// What hosts of the internet can begin with an interface, by ranges and all together.
pub(super) fn by_source<'a, A: Address>(
    to: Stand<'a, A>,
    entrances: &mut Entrances<'a, A>,
    arena: &mut Arena,
) -> (Vec<Source>, Answer) {
    let mut sum = Answer::nothing();
    let mut sources: Vec<Source> = Vec::new();
    let table = entrances.table(to, arena);
    let strangers = &entrances.strangers;
    for (first, last, answer) in table.runs() {
        if answer.possible == TrafficId::EMPTY {
            continue;
        }
        let ends = strangers.first_from(first).zip(strangers.last_to(last));
        let Some((first, last)) = ends.filter(|(first, last)| first <= last) else {
            continue;
        };
        sum = sum.or(answer.clone(), arena);
        let source = Source {
            first: first.ip(),
            last: last.ip(),
            traffic: answer.traffic,
            possible: answer.possible,
        };
        let before = strangers.last_to(first.previous()).map(A::ip);
        match sources.last_mut() {
            Some(known) if Some(known.last) == before && known.is_like(source) => {
                known.last = source.last;
            }
            _ => sources.push(source),
        }
    }
    (sources, sum)
}

/// The addresses of the internet that no network of the estate has.
pub(super) fn strangers<A: Address>(analysis: &Analysis) -> Intervals<A> {
    A::internet().difference(&own_blocks(&analysis.estate))
}

impl Source {
    /// Whether others can begin the same.
    fn is_like(self, other: Self) -> bool {
        (self.traffic, self.possible) == (other.traffic, other.possible)
    }
}
