//! The internet against every kind of interface, in both directions and both views.
//!
//! Across families hosts of the internet have no names in common. What all of IPv4's internet may do,
//! all of IPv6's may; who is named by prefix needs a twin, and with one is measured by it alone. Addresses of the estate's own networks are
//! no strangers, though their packets may come across the internet: such interfaces are suspects.

use std::collections::BTreeMap;

use sixward_estate::{Direction, InterfaceOwner};

use super::abroad::{Abroad, Hosts, everybody};
use super::boxes::{Boxes, Entry, Side};
use super::crowd::Crowd;
use super::gauge::{Gauge, left};
use super::neighbour::Neighbours;
use super::scope::Scope;
use super::{States, Twins};
use crate::End;
use crate::set::{Intervals, Steps, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::{Address, own_blocks};
use crate::symbolic::exposure::{Kind, kind};
use crate::symbolic::internet::{inbound, nats, outbound};
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
    let abroad = Abroad::of(states, twins, gauge);
    let called = own.intersection(abroad.x.all());
    for members in sorts.into_values() {
        let first = members.first();
        let Some(first) = first.and_then(|number| crowd.member(x, y, *number)) else {
            continue;
        };
        for direction in [Direction::Ingress, Direction::Egress] {
            let tables = Tables::of(states, first.x, direction, &abroad.x, gauge);
            let other_table = sum(y, &first.others(y), direction, &abroad.y, gauge);
            if gauge.is_ceiling() {
                let seats = members.iter().map(|number| &crowd.seats[*number]);
                let seats: Vec<_> = seats.map(|seat| (seat.id.clone(), seat.x)).collect();
                if states.nor.is_some() && tables.is_new(&called) {
                    neighbours.are_new(&seats, direction);
                }
                let all = (&tables.all, &other_table);
                let more = differences(&abroad, all, direction, gauge).into_iter();
                let more = Intervals::ranges(more.map(|(low, high, _)| (low, high)));
                let near = more.intersection(&own);
                let (new, old) = (near.intersection(&tables.new), near.difference(&tables.new));
                neighbours.more(&seats, new, direction, true);
                neighbours.more(&seats, old, direction, false);
            }
            let left = (&tables.left, &other_table);
            for (low, high, excess) in differences(&abroad, left, direction, gauge) {
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
    abroad: &Abroad<X, Y>,
    tables: (&Steps<X, Answer>, &Steps<Y, Answer>),
    direction: Direction,
    gauge: &mut Gauge,
) -> Vec<(X, X, Answer)> {
    let mut found = Vec::new();
    for (low, high, (own, beyond)) in abroad.sought(tables, gauge) {
        let own = match direction {
            Direction::Egress => gauge.outward(own),
            Direction::Ingress => own,
        };
        let excess = gauge.excess(&own, &beyond);
        found.extend(excess.map(|excess| (low, high, excess)));
    }
    found
}

/// What every host of the internet can begin with an interface.
pub(super) fn open_to_all<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    gauge: &Gauge,
) -> Answer {
    let strangers = A::internet().difference(&own_blocks(&analysis.estate));
    let hosts = Hosts::new(strangers);
    let table = table(analysis, stand, Direction::Ingress, &hosts, gauge);
    everybody(&table, hosts.all(), &mut gauge.arena().borrow_mut())
}

/// What hosts of the internet have with an interface at any of its addresses.
fn sum<A: Address>(
    analysis: &Analysis,
    stands: &[Stand<'_, A>],
    direction: Direction,
    hosts: &Hosts<A>,
    gauge: &Gauge,
) -> Steps<A, Answer> {
    let tables = stands.iter();
    let tables = tables.map(|stand| table(analysis, *stand, direction, hosts, gauge));
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
    fn of(
        states: &States<'_>,
        stand: Stand<'_, A>,
        direction: Direction,
        hosts: &Hosts<A>,
        gauge: &Gauge,
    ) -> Self {
        let all = table(states.x, stand, direction, hosts, gauge);
        let end = End::Interface(stand.interface.id.clone());
        let known = states.nor.and_then(|known| {
            let stand = known.find(&end, stand.address).ok()?;
            Some(table(known, stand, direction, hosts, gauge))
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

/// What an interface and some hosts of the internet have with each other, by the host's address.
fn table<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    direction: Direction,
    hosts: &Hosts<A>,
    gauge: &Gauge,
) -> Steps<A, Answer> {
    let arena = &mut gauge.arena().borrow_mut();
    Steps::tabulate(&hosts.cuts(analysis, stand, direction), |cut| {
        let Some(remote) = hosts.all().first_from(cut) else {
            return Answer::nothing();
        };
        match direction {
            Direction::Ingress => inbound(analysis, remote, stand, arena),
            Direction::Egress => outbound(analysis, stand, remote, arena),
        }
    })
}

fn sort<'a, A: Address>(analysis: &'a Analysis, stand: Stand<'a, A>) -> Sort<'a> {
    let half = A::half(analysis);
    let nat = nats(half.routes(stand.ground)).into_iter();
    let nat = nat.filter_map(|gateway| nat::stands_in(analysis, gateway));
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
