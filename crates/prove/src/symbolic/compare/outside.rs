//! The internet against every kind of interface, in both directions and both views.
//!
//! Across families hosts of the internet have no names in common. What all of IPv4's internet may do,
//! all of IPv6's may; who is named by prefix needs a twin, and with one is measured by it alone. Addresses of the estate's own networks are
//! no strangers, though their packets may come across the internet: such interfaces are suspects.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Direction, InterfaceOwner};
use sixward_net::IpNet;

use super::boxes::{Boxes, Entry, Side};
use super::crowd::Crowd;
use super::gauge::{Gauge, left};
use super::neighbour::Neighbours;
use super::scope::Scope;
use super::{States, Twins};
use crate::End;
use crate::set::{Arena, Intervals, Steps, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::{Address, own_blocks};
use crate::symbolic::exposure::{Kind, kind};
use crate::symbolic::internet::{cuts, inbound, outbound};
use crate::symbolic::nat;
use crate::symbolic::product::Answer;
use crate::symbolic::reach::Stand;
use crate::symbolic::route::Way;

/// All that decides what an interface and the internet have with each other.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sort<'a> {
    kind: Kind<'a>,
    public: bool,
    /// Whoever has it when it does not serve.
    idle: Option<&'a InterfaceOwner>,
    /// How NAT gateways on its way see it: what the list of their subnet lets in, whether that one's
    /// routes lead home, and whether it is the interface's own.
    nat: Vec<(TrafficId, bool, bool)>,
}

/// The sorts of an interface: in its view, in the one that measures, in the one that was there.
type Sorts<'a> = (Sort<'a>, Vec<Sort<'a>>, Option<Sort<'a>>);

/// A range of the one view and its twin in the other.
type Pair<X, Y> = ((X, X), (Y, Y));

pub(super) fn compare<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<X, Y>,
    scope: &Scope,
    twins: &Twins,
    gauge: &mut Gauge,
    neighbours: &mut Neighbours<X>,
    boxes: &mut Boxes,
) {
    let (x, y) = (states.x, states.y);
    let mut sorts: BTreeMap<Sorts<'_>, Vec<usize>> = BTreeMap::new();
    for number in scope.seats(crowd.seats.len()) {
        let Some(member) = crowd.member(x, y, number) else {
            continue;
        };
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
        let others = member.others(y).into_iter();
        let others = others.map(|stand| sort(y, stand)).collect();
        let key = (sort(x, member.x), others, known);
        sorts.entry(key).or_default().push(number);
    }
    let own = own_blocks::<X>(&x.estate).union(&own_blocks(&y.estate));
    for members in sorts.into_values() {
        let first = members.first();
        let Some(first) = first.and_then(|number| crowd.member(x, y, *number)) else {
            continue;
        };
        for direction in [Direction::Ingress, Direction::Egress] {
            let tables = Tables::of(states, first.x, direction, gauge);
            let other_table = sum(y, &first.others(y), direction, gauge);
            if gauge.is_ceiling() {
                let seats = members.iter().map(|number| &crowd.seats[*number]);
                let seats: Vec<_> = seats.map(|seat| (seat.id.clone(), seat.x)).collect();
                if states.nor.is_some() && tables.is_new(&own) {
                    for seat in &seats {
                        neighbours.is_new(seat.clone(), direction);
                    }
                }
                let all = (&tables.all, &other_table);
                for (low, high, _) in differences(states, all, direction, twins, gauge) {
                    let near = Intervals::range(low, high).intersection(&own);
                    let new = near.intersection(&tables.new);
                    let old = near.difference(&tables.new);
                    for seat in &seats {
                        neighbours.more(seat, &new, direction, true);
                        neighbours.more(seat, &old, direction, false);
                    }
                }
            }
            let left = (&tables.left, &other_table);
            for (low, high, excess) in differences(states, left, direction, twins, gauge) {
                let hosts = Intervals::range(low, high).difference(&own);
                for (low, high) in hosts.iter() {
                    for number in &members {
                        if let Some(member) = crowd.member(x, y, *number) {
                            boxes.add(entry(member.x, (low, high), direction, &excess));
                        }
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
    excess: &Answer,
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
        traffic: excess.traffic,
        possible: excess.possible,
        unknown: excess.unknown.clone(),
        addresses,
    }
}

/// Ranges of hosts with what they have in excess.
fn differences<X: Address, Y: Address>(
    states: &States<'_>,
    tables: (&Steps<X, Answer>, &Steps<Y, Answer>),
    direction: Direction,
    twins: &Twins,
    gauge: &mut Gauge,
) -> Vec<(X, X, Answer)> {
    let mut found = Vec::new();
    for (low, high, (own, beyond)) in sought(states, tables, twins, gauge) {
        let own = match direction {
            Direction::Egress => gauge.outward(own),
            Direction::Ingress => own,
        };
        let excess = gauge.excess(&own, &beyond);
        found.extend(excess.map(|excess| (low, high, excess)));
    }
    found
}

/// Ranges of hosts of the one view, what it says of them, and what they are measured by.
fn sought<X: Address, Y: Address>(
    states: &States<'_>,
    (table, other): (&Steps<X, Answer>, &Steps<Y, Answer>),
    twins: &Twins,
    gauge: &Gauge,
) -> Vec<(X, X, (Answer, Answer))> {
    let arena = &mut gauge.arena().borrow_mut();
    let mut cuts: BTreeSet<X> = table
        .starts()
        .chain(X::internet().steps().starts())
        .collect();
    if X::FAMILY == Y::FAMILY {
        cuts.extend(other.starts().filter_map(|start| X::point(start.ip())));
    }
    let mut twins: Vec<_> = twins
        .iter()
        .filter_map(|(v4, v6)| {
            let pair = [IpNet::V4(*v4), IpNet::V6(*v6)];
            let own = pair.iter().find_map(|net| X::range(*net))?;
            let there = pair.iter().find_map(|net| Y::range(*net))?;
            Some((own, there))
        })
        .collect();
    // Of nested ones the narrowest says best who somebody is.
    twins.sort_by_key(|((first, last), there)| (Reverse(*first), *last, *there));
    for ((first, last), _) in &twins {
        cuts.insert(*first);
        cuts.extend(last.next());
    }
    let named = Intervals::ranges(twins.iter().map(|(own, _)| *own));
    let strangers = X::internet().difference(&own_blocks(&states.x.estate));
    let floor = everybody(table, &strangers.difference(&named), arena);
    let named = Intervals::ranges(twins.iter().map(|(_, there)| *there));
    let strangers = Y::internet().difference(&own_blocks(&states.y.estate));
    let general = everybody(other, &strangers.difference(&named), arena);
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
        let own = table.get(low).clone();
        let mut holding = twins
            .iter()
            .filter(|((first, last), _)| *first <= low && high <= *last)
            .peekable();
        let narrowest = holding.peek().map(|(own, _)| *own);
        let named: Vec<_> = holding
            .take_while(|(own, _)| Some(*own) == narrowest)
            .map(|(_, there)| everybody(other, &alone(*there, &twins), arena))
            .collect();
        let named = named.into_iter().reduce(|a, b| {
            if gauge.is_floor() {
                a.and(b, arena)
            } else {
                a.or(b, arena)
            }
        });
        let bounds = if X::FAMILY == Y::FAMILY {
            let beyond = Y::point(low.ip()).map(|at| other.get(at).clone());
            (own, beyond.unwrap_or_else(Answer::nothing))
        } else {
            match named {
                Some(there) => (own, there),
                // Who is named by prefix and has no twin is a decision, and left out until it is made.
                None if gauge.is_floor() => (floor.clone(), general.clone()),
                None => (own, general.clone()),
            }
        };
        sought.push((low, high, bounds));
    }
    sought
}

/// What every host of the internet can begin with an interface.
pub(super) fn open_to_all<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    gauge: &Gauge,
) -> Answer {
    let table = table(analysis, stand, Direction::Ingress, gauge);
    let strangers = A::internet().difference(&own_blocks(&analysis.estate));
    everybody(&table, &strangers, &mut gauge.arena().borrow_mut())
}

/// The hosts of a prefix that no narrower twin names.
fn alone<X, Y: Address>(hosts: (Y, Y), twins: &[Pair<X, Y>]) -> Intervals<Y> {
    let narrower = twins.iter().map(|(_, there)| *there);
    let narrower =
        narrower.filter(|there| *there != hosts && hosts.0 <= there.0 && there.1 <= hosts.1);
    Intervals::range(hosts.0, hosts.1).difference(&Intervals::ranges(narrower))
}

/// What every one of some hosts may, as far as they are on the internet.
fn everybody<A: Address>(
    table: &Steps<A, Answer>,
    hosts: &Intervals<A>,
    arena: &mut Arena,
) -> Answer {
    let hosts = hosts.intersection(&A::internet());
    let answers = hosts
        .iter()
        .flat_map(|(low, high)| table.between(low, high));
    let answers = answers.map(|(_, _, answer)| answer.clone());
    // Where nobody is, nobody says that anything is meant to pass.
    let all = answers.reduce(|all, answer| all.and(answer, arena));
    all.unwrap_or_else(Answer::nothing)
}

/// What hosts of the internet have with an interface at any of its addresses.
fn sum<A: Address>(
    analysis: &Analysis,
    stands: &[Stand<'_, A>],
    direction: Direction,
    gauge: &Gauge,
) -> Steps<A, Answer> {
    let tables = stands.iter();
    let tables = tables.map(|stand| table(analysis, *stand, direction, gauge));
    let sum = tables.reduce(|sum, table| {
        let arena = &mut gauge.arena().borrow_mut();
        sum.zip(&table, |a, b| a.clone().or(b.clone(), arena))
    });
    sum.unwrap_or_else(|| Steps::constant(Answer::nothing()))
}

/// What an interface and hosts of the internet have with each other, by the host's address.
struct Tables<A> {
    all: Steps<A, Answer>,
    /// Without what was there already.
    left: Steps<A, Answer>,
    /// The hosts with which something is not as it was.
    new: Intervals<A>,
}

impl<A: Address> Tables<A> {
    fn of(states: &States<'_>, stand: Stand<'_, A>, direction: Direction, gauge: &Gauge) -> Self {
        let all = table(states.x, stand, direction, gauge);
        let end = End::Interface(stand.interface.id.clone());
        let known = states.nor.and_then(|known| {
            let stand = known.find(&end, stand.address).ok()?;
            Some(table(known, stand, direction, gauge))
        });
        let Some(known) = known else {
            return Self {
                left: all.clone(),
                all,
                new: Intervals::all(),
            };
        };
        let arena = &mut gauge.arena().borrow_mut();
        Self {
            left: all.zip(&known, |own, known| left(own, known, arena)),
            new: Intervals::from(all.zip(&known, |own, known| own != known)),
            all,
        }
    }

    /// Whether something is new with some hosts.
    fn is_new(&self, hosts: &Intervals<A>) -> bool {
        let new = hosts.intersection(&self.new);
        let mut ranges = new.iter();
        ranges.any(|(low, high)| {
            let mut answers = self.all.between(low, high);
            answers.any(|(_, _, answer)| answer.possible != TrafficId::EMPTY)
        })
    }
}

/// What an interface and hosts of the internet have with each other, by the host's address.
fn table<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    direction: Direction,
    gauge: &Gauge,
) -> Steps<A, Answer> {
    let arena = &mut gauge.arena().borrow_mut();
    let internet = A::internet();
    Steps::tabulate(&cuts(analysis, stand, direction), |remote| {
        if !internet.contains(remote) {
            return Answer::nothing();
        }
        match direction {
            Direction::Ingress => inbound(analysis, remote, stand, arena),
            Direction::Egress => outbound(analysis, stand, remote, arena),
        }
    })
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
        (
            edge,
            *home == Way::Local,
            ground.subnet == stand.ground.subnet,
        )
    });
    Sort {
        public: stand.address.is_public(stand.interface),
        idle: Some(&stand.interface.owner).filter(|owner| is_idle(owner)),
        nat: nat.collect(),
        kind: kind(analysis, stand),
    }
}

/// Whether an interface with this owner is nobody's end.
fn is_idle(owner: &InterfaceOwner) -> bool {
    matches!(owner, InterfaceOwner::Gateway(_))
}
