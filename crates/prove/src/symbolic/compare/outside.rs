//! The internet against every kind of interface, in both directions and both views.
//!
//! Across families hosts of the internet have no names in common. What all of IPv4's internet may do,
//! all of IPv6's may; who is named by prefix needs a twin. Addresses of the estate's own networks are
//! no strangers, though their packets may come across the internet: such interfaces are suspects.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::Direction;
use sixward_net::IpNet;

use super::boxes::{Boxes, Entry, Side};
use super::crowd::Crowd;
use super::gauge::Gauge;
use super::suspect::Suspects;
use super::{States, Twins};
use crate::End;
use crate::set::{Arena, Intervals, Steps, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::exposure::{Kind, kind};
use crate::symbolic::internet::{cuts, inbound, outbound};
use crate::symbolic::nat;
use crate::symbolic::product::Answer;
use crate::symbolic::reach::Stand;
use crate::symbolic::route::Way;
use crate::symbolic::unknown::Unknown;

/// What is allowed for sure, and what is possible.
type Bounds = (TrafficId, TrafficId);

/// All that decides what an interface and the internet have with each other.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sort<'a> {
    kind: Kind<'a>,
    public: bool,
    /// How NAT gateways on its way see it.
    nat: Vec<(TrafficId, bool)>,
}

pub(super) fn compare<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<'_, X, Y>,
    twins: &Twins,
    gauge: &mut Gauge,
    suspects: &mut Suspects,
    boxes: &mut Boxes,
) {
    let (x, y) = (states.x, states.y);
    let mut sorts: BTreeMap<[Option<Sort<'_>>; 3], Vec<usize>> = BTreeMap::new();
    for (number, member) in crowd.members.iter().enumerate() {
        if member.y.is_none() && gauge.is_floor() {
            continue;
        }
        let known = states.nor.and_then(|known| {
            let stand = known.find(
                &End::Interface(member.x.interface.id.clone()),
                member.x.address,
            );
            Some(sort(known, stand.ok()?))
        });
        let there = member.y.map(|stand| sort(y, stand));
        let key = [Some(sort(x, member.x)), there, known];
        sorts.entry(key).or_default().push(number);
    }
    let own = own_blocks::<X>(x);
    let ceiling = gauge.across_families() && !gauge.is_floor();
    for members in sorts.into_values() {
        let Some(first) = members.first().map(|number| crowd.members[*number]) else {
            continue;
        };
        for direction in [Direction::Ingress, Direction::Egress] {
            let found = differences(states, (first.x, first.y), direction, twins, gauge);
            for (low, high, bounds, unknown) in found {
                let mut hosts = Intervals::range(low, high);
                if ceiling {
                    for (low, high) in hosts.intersection(&own).iter() {
                        let others = crowd.range(low, high).collect();
                        suspects.push(match direction {
                            Direction::Ingress => (others, members.as_slice().into()),
                            Direction::Egress => (members.as_slice().into(), others),
                        });
                    }
                    hosts = hosts.difference(&own);
                }
                for (low, high) in hosts.iter() {
                    for number in &members {
                        let stand = crowd.members[*number].x;
                        boxes.add(entry(stand, (low, high), direction, bounds, &unknown));
                    }
                }
            }
        }
    }
}

fn entry<X: Address>(
    stand: Stand<'_, X>,
    (low, high): (X, X),
    direction: Direction,
    (traffic, possible): Bounds,
    unknown: &Unknown,
) -> Entry {
    let inside = Side::Interface(stand.interface.id.clone());
    let outside = Side::Internet(low.ip(), high.ip());
    let name = stand.address.public_name(stand.interface);
    let name = name.unwrap_or(stand.address).ip();
    let host = low.stranger(high).ip();
    let (from, to, addresses) = match direction {
        Direction::Ingress => (outside, inside, (host, name)),
        Direction::Egress => (inside, outside, (stand.address.ip(), host)),
    };
    Entry {
        from,
        to,
        traffic,
        possible,
        unknown: unknown.clone(),
        addresses,
    }
}

/// Ranges of hosts with what they have in excess.
fn differences<X: Address, Y: Address>(
    states: &States<'_>,
    (own, there): (Stand<'_, X>, Option<Stand<'_, Y>>),
    direction: Direction,
    twins: &Twins,
    gauge: &mut Gauge,
) -> Vec<(X, X, Bounds, Unknown)> {
    let (table, mut unknown) = news(states, own, direction, gauge);
    let nothing = (
        Steps::constant((TrafficId::EMPTY, TrafficId::EMPTY)),
        Unknown::new(),
    );
    let (other, missing) = there.map_or(nothing, |stand| {
        self::table(states.y, stand, direction, gauge)
    });
    if X::FAMILY == Y::FAMILY && unknown == missing && same(&table, &other) {
        return Vec::new();
    }
    unknown.extend(missing);
    let sought = sought::<X, Y>(&table, &other, twins, gauge);
    let mut found = Vec::new();
    for (low, high, (own, beyond)) in sought {
        let own = match direction {
            Direction::Egress => (gauge.outward(own.0), gauge.outward(own.1)),
            Direction::Ingress => own,
        };
        let traffic = gauge.left(own.0, beyond.1);
        let possible = gauge.left(own.1, beyond.0);
        if possible != TrafficId::EMPTY {
            found.push((low, high, (traffic, possible), unknown.clone()));
        }
    }
    found
}

fn same<X: Address, Y: Address>(a: &Steps<X, Bounds>, b: &Steps<Y, Bounds>) -> bool {
    let ip = |(low, high, bounds): (_, _, &Bounds)| (low, high, *bounds);
    let a = a
        .runs()
        .map(|(low, high, bounds)| (low.ip(), high.ip(), bounds))
        .map(ip);
    let b = b
        .runs()
        .map(|(low, high, bounds)| (low.ip(), high.ip(), bounds))
        .map(ip);
    a.eq(b)
}

/// Ranges of hosts of the one view, what it says of them, and what they are measured by.
fn sought<X: Address, Y: Address>(
    table: &Steps<X, Bounds>,
    other: &Steps<Y, Bounds>,
    twins: &Twins,
    gauge: &Gauge,
) -> Vec<(X, X, (Bounds, Bounds))> {
    let arena = &mut gauge.arena().borrow_mut();
    let mut cuts: BTreeSet<X> = table
        .starts()
        .chain(X::internet().steps().starts())
        .collect();
    if X::FAMILY == Y::FAMILY {
        cuts.extend(other.starts().filter_map(|start| X::point(start.ip())));
    }
    let twins: Vec<_> = twins
        .iter()
        .filter_map(|(v4, v6)| {
            let pair = [IpNet::V4(*v4), IpNet::V6(*v6)];
            let own = pair.iter().find_map(|net| X::range(*net))?;
            let there = pair.iter().find_map(|net| Y::range(*net))?;
            Some((own, there))
        })
        .collect();
    for ((first, last), _) in &twins {
        cuts.insert(*first);
        cuts.extend(last.next());
    }
    let general = everybody::<Y>(other, None, arena);
    let floor = everybody::<X>(table, None, arena);
    let internet = X::internet();
    let starts: Vec<X> = cuts.into_iter().collect();
    let ends = starts
        .iter()
        .skip(1)
        .map(|start| start.previous())
        .chain([X::MAX]);
    let mut sought = Vec::new();
    for (low, high) in starts.iter().copied().zip(ends) {
        if !internet.contains(low) {
            continue;
        }
        let own = *table.get(low);
        let twin = twins
            .iter()
            .find(|((first, last), _)| *first <= low && high <= *last);
        let bounds = if X::FAMILY == Y::FAMILY {
            let beyond = Y::point(low.ip()).map(|at| *other.get(at));
            Some((own, beyond.unwrap_or(general)))
        } else if gauge.is_floor() {
            // Who is named by prefix and has no twin is a decision, and left out until it is made.
            match twin {
                Some((_, there)) => Some((own, everybody(other, Some(*there), arena))),
                None => Some((floor, general)),
            }
        } else {
            let named = twin.map(|(_, there)| everybody(other, Some(*there), arena));
            let named = named.unwrap_or((TrafficId::EMPTY, TrafficId::EMPTY));
            Some((
                own,
                (arena.or(general.0, named.0), arena.or(general.1, named.1)),
            ))
        };
        sought.extend(bounds.map(|bounds| (low, high, bounds)));
    }
    sought
}

/// What every host may, of a range or of the whole internet.
fn everybody<A: Address>(
    table: &Steps<A, Bounds>,
    range: Option<(A, A)>,
    arena: &mut Arena,
) -> Bounds {
    let (first, last) = range.unwrap_or((A::MIN, A::MAX));
    let internet = A::internet();
    let mut all = (TrafficId::ALL, TrafficId::ALL);
    for (low, high, _) in internet
        .steps()
        .between(first, last)
        .filter(|(_, _, inside)| **inside)
    {
        for (_, _, bounds) in table.between(low, high) {
            all = (arena.and(all.0, bounds.0), arena.and(all.1, bounds.1));
        }
    }
    all
}

/// What is in the table of one view and was not there already.
fn news<A: Address>(
    states: &States<'_>,
    stand: Stand<'_, A>,
    direction: Direction,
    gauge: &Gauge,
) -> (Steps<A, Bounds>, Unknown) {
    let (own, unknown) = table(states.x, stand, direction, gauge);
    let end = End::Interface(stand.interface.id.clone());
    let known = states.nor.and_then(|known| {
        let stand = known.find(&end, stand.address).ok()?;
        Some(table(known, stand, direction, gauge).0)
    });
    let Some(known) = known else {
        return (own, unknown);
    };
    let arena = &mut gauge.arena().borrow_mut();
    let left = own.zip(&known, |own, known| {
        (arena.minus(own.0, known.1), arena.minus(own.1, known.0))
    });
    (left, unknown)
}

/// What an interface and hosts of the internet have with each other, by the host's address.
fn table<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    direction: Direction,
    gauge: &Gauge,
) -> (Steps<A, Bounds>, Unknown) {
    let arena = &mut gauge.arena().borrow_mut();
    let internet = A::internet();
    let mut unknown = Unknown::new();
    let table = Steps::tabulate(&cuts(analysis, stand, direction), |remote| {
        if !internet.contains(remote) {
            return (TrafficId::EMPTY, TrafficId::EMPTY);
        }
        let answer: Answer = match direction {
            Direction::Ingress => inbound(analysis, remote, stand, arena),
            Direction::Egress => outbound(analysis, stand, remote, arena),
        };
        unknown.extend(answer.unknown);
        (answer.traffic, answer.possible)
    });
    (table, unknown)
}

fn sort<'a, A: Address>(analysis: &'a Analysis, stand: Stand<'a, A>) -> Sort<'a> {
    let half = A::half(analysis);
    let ways = half.routes(stand.ground).ways.runs();
    let nat = ways.filter_map(|(_, _, way)| match way {
        Way::Nat(gateway) => nat::stands_in(analysis, gateway),
        _ => None,
    });
    let nat = nat.map(|ground| {
        let home = half.routes(ground).ways.get(stand.address);
        let edge = *half.edge(ground).inward.get(stand.address);
        (edge, *home == Way::Local)
    });
    Sort {
        public: stand.address.is_public(stand.interface),
        nat: nat.collect(),
        kind: kind(analysis, stand),
    }
}

/// The blocks of the estate's own networks.
fn own_blocks<A: Address>(analysis: &Analysis) -> Intervals<A> {
    let networks = analysis.estate.networks.iter();
    let blocks = networks.flat_map(|network| network.blocks6.iter().map(|block| block.net));
    Intervals::ranges(blocks.filter_map(|net| A::range(IpNet::V6(net))))
}
