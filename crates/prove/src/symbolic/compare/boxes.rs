//! Flows in excess, gathered into boxes: all that begins at some ends and goes to some others.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use sixward_estate::InterfaceId;

use super::gauge::Gauge;
use super::{Comparison, Ends, Excess, MOST, Witness};
use crate::set::TrafficId;
use crate::symbolic::address::stranger;
use crate::symbolic::unknown::Unknown;
use crate::{End, Packet};

/// One end of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Interface(InterfaceId),
    Internet(IpAddr, IpAddr),
    Far(End, IpAddr, IpAddr),
}

/// What one end has in excess to another.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) from: Side,
    pub(super) to: Side,
    pub(super) traffic: TrafficId,
    pub(super) possible: TrafficId,
    pub(super) unknown: Unknown,
    /// One address of each.
    pub(super) addresses: (IpAddr, IpAddr),
}

/// Entries with the same traffic by their ends, destination first, with an address of each.
type Pairs = BTreeMap<Side, BTreeMap<Side, (IpAddr, IpAddr)>>;
/// What is the same in one box; first, which ends are hosts out of the estate, and where.
type Kind = ([Option<End>; 2], TrafficId, TrafficId, Unknown);

/// All entries so far.
#[derive(Debug, Default)]
pub(super) struct Boxes {
    entries: BTreeMap<Kind, Pairs>,
    more: bool,
}

impl Boxes {
    /// There are more that are not listed.
    pub(super) fn more(&mut self) {
        self.more = true;
    }

    pub(super) fn add(&mut self, entry: Entry) {
        let outside = [&entry.from, &entry.to].map(|side| match side {
            Side::Interface(_) => None,
            side => Some(end(side)),
        });
        let kind = (outside, entry.traffic, entry.possible, entry.unknown);
        let pairs = self.entries.entry(kind).or_default();
        let sources = pairs.entry(entry.to).or_default();
        // The lowest, in whatever order they come.
        let addresses = sources.entry(entry.from).or_insert(entry.addresses);
        *addresses = (*addresses).min(entry.addresses);
    }

    /// Forgets what some interfaces have with anybody.
    pub(super) fn forget(&mut self, interfaces: &BTreeSet<&InterfaceId>) {
        let concerned = |side: &Side| match side {
            Side::Interface(id) => interfaces.contains(id),
            Side::Internet(..) | Side::Far(..) => false,
        };
        for pairs in self.entries.values_mut() {
            pairs.retain(|to, sources| {
                sources.retain(|from, _| !concerned(from));
                !concerned(to) && !sources.is_empty()
            });
        }
        self.entries.retain(|_, pairs| !pairs.is_empty());
    }

    /// Whether there are more than are listed.
    pub(super) fn is_cut(&self) -> bool {
        self.more
    }

    /// The boxes: destinations that the same sources reach with the same traffic are taken together.
    pub(super) fn finish(&self, gauge: &Gauge) -> Comparison {
        let mut excess = Vec::new();
        for (kind, pairs) in &self.entries {
            let mut boxes: BTreeMap<BTreeSet<Side>, Vec<Side>> = BTreeMap::new();
            for (to, sources) in pairs {
                let sources = sources.keys().cloned().collect();
                boxes.entry(sources).or_default().push(to.clone());
            }
            for (sources, destinations) in boxes {
                let sources: Vec<_> = sources.into_iter().collect();
                excess.extend(one_box(kind, &sources, &destinations, pairs, gauge));
            }
        }
        excess.sort();
        Comparison {
            excess,
            more: self.more,
        }
    }
}

fn one_box(
    (_, traffic, possible, unknown): &Kind,
    sources: &[Side],
    destinations: &[Side],
    pairs: &Pairs,
    gauge: &Gauge,
) -> Option<Excess> {
    let ends_of = sources.iter();
    let ends_of = ends_of.flat_map(|from| destinations.iter().map(move |to| (from, to)));
    let known = |(from, to): &(&Side, &Side)| is_example(from) || is_example(to);
    let mut some = ends_of.clone().take(MOST);
    let (first, last) = some.find(known).or_else(|| ends_of.clone().next())?;
    let (source, destination) = pairs.get(last)?.get(first)?;
    let arena = gauge.arena().borrow();
    let shown = if *traffic == TrafficId::EMPTY {
        possible
    } else {
        traffic
    };
    let witness = Witness {
        from: end(first),
        to: end(last),
        packet: Packet {
            source: *source,
            destination: *destination,
            l4: arena.get(*shown).typical()?,
        },
    };
    Some(Excess {
        from: ends(sources),
        to: ends(destinations),
        traffic: arena.get(*traffic).clone(),
        possible: arena.get(*possible).clone(),
        undetermined: unknown.iter().cloned().collect(),
        witness,
    })
}

/// Whether a range holds the address that examples use for a host of the internet.
fn is_example(side: &Side) -> bool {
    match side {
        Side::Internet(first, last) => (*first..=*last).contains(&stranger(*first)),
        Side::Interface(_) | Side::Far(..) => false,
    }
}

fn end(side: &Side) -> End {
    match side {
        Side::Interface(id) => End::Interface(id.clone()),
        Side::Internet(..) => End::Internet,
        Side::Far(end, ..) => end.clone(),
    }
}

/// Ranges that touch are one.
fn ends(sides: &[Side]) -> Ends {
    let mut interfaces = Vec::new();
    let mut ranges: Vec<(IpAddr, IpAddr)> = Vec::new();
    let mut far = None;
    for side in sides {
        match side {
            Side::Interface(id) => interfaces.push(id.clone()),
            Side::Internet(first, last) => join(&mut ranges, *first, *last),
            Side::Far(end, first, last) => {
                far = Some(end.clone());
                join(&mut ranges, *first, *last);
            }
        }
    }
    match far {
        Some(end) => Ends::Far(end, ranges),
        None if ranges.is_empty() => Ends::Interfaces(interfaces),
        None => Ends::Internet(ranges),
    }
}

fn join(ranges: &mut Vec<(IpAddr, IpAddr)>, first: IpAddr, last: IpAddr) {
    match ranges.last_mut() {
        Some(before) if follows(before.1, first) => before.1 = last,
        _ => ranges.push((first, last)),
    }
}

fn follows(last: IpAddr, first: IpAddr) -> bool {
    match (last, first) {
        (IpAddr::V4(last), IpAddr::V4(first)) => {
            u32::from(last).checked_add(1) == Some(first.into())
        }
        (IpAddr::V6(last), IpAddr::V6(first)) => {
            u128::from(last).checked_add(1) == Some(first.into())
        }
        _ => false,
    }
}
