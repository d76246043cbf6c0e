//! What is behind links that lead out of the estate against every kind of interface, in both directions
//! and both views: sites over VPN connections and hubs, networks on the far side of peerings.
//!
//! A far end has the addresses to which routes lead. Across families it is the same far end by its link;
//! of a VPN gateway all connections are, as each carries one family. Its hosts have no names in common:
//! who is named by prefix and has a twin is measured by it alone, and what is not named so is measured by
//! what all of its hosts may, or all of the internet's.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;

use sixward_estate::{
    Direction, Estate, InterfaceOwner, Link, LinkKind, NetworkId, RouteTableId, SmolStr,
};
use sixward_net::{Family, IpNet};

use super::boxes::{Boxes, Entry, Side};
use super::crowd::Crowd;
use super::gauge::{Gauge, left};
use super::named::Named;
use super::outside::open_to_all;
use super::scope::Scope;
use super::{States, Twins, transit};
use crate::End;
use crate::set::{Intervals, Steps};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::exposure::{Kind, kind};
use crate::symbolic::far::{self, Far, Hosts, Sign, far_ends};
use crate::symbolic::ground::Ground;
use crate::symbolic::product::Answer;
use crate::symbolic::reach::Stand;

/// A far end in the one view, and what it is in the other.
#[derive(Debug)]
pub(super) struct Beyond {
    pub(super) own: End,
    pub(super) there: Vec<End>,
}

/// What flows of an interface with far ends depend on.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sort<'a> {
    kind: Kind<'a>,
    network: &'a NetworkId,
    zone: &'a SmolStr,
    idle: Option<&'a InterfaceOwner>,
    /// Whether the internet has a name for it, whose hosts it may be open to already.
    public: bool,
    signs: Vec<Sign>,
    /// Its own addresses that its subnet does not hold: out there nobody has them.
    apart: Vec<IpAddr>,
}

/// Where routes lead that leave such a place.
type Place<'a> = (&'a NetworkId, &'a SmolStr, Option<&'a RouteTableId>);
/// The sorts of an interface: in its view, in the one that measures, in the one that was there.
type Sorts<'a> = (Sort<'a>, Vec<Sort<'a>>, Option<Sort<'a>>);
/// Interfaces of one sort by number, by the far ends that they have something to do with.
type Groups<'a> = BTreeMap<(Rc<[usize]>, Sorts<'a>), Vec<usize>>;

pub(super) fn compare<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<X, Y>,
    scope: &Scope,
    twins: &Twins,
    gauge: &mut Gauge,
    boxes: &mut Boxes,
) {
    let (x, y) = (states.x, states.y);
    let beyond = pairs::<X, Y>(&x.estate, &y.estate);
    if beyond.is_empty() {
        return;
    }
    if *scope == Scope::Everybody {
        transit::compare::<X, Y>(states, &beyond, gauge, boxes);
    }
    let named = Named::new(twins);
    for ((ends, _), members) in groups(states, crowd, scope, gauge, &beyond) {
        let first = members.first();
        let Some(first) = first.and_then(|number| crowd.member(x, y, *number)) else {
            continue;
        };
        for number in ends.iter() {
            let beyond = &beyond[*number];
            for direction in [Direction::Ingress, Direction::Egress] {
                let others = first.others(y);
                let pair = Pair {
                    states,
                    beyond,
                    direction,
                };
                for (low, high, excess) in pair.excess(first.x, &others, &named, gauge) {
                    for number in &members {
                        if let Some(member) = crowd.member(x, y, *number) {
                            boxes.add(entry(
                                member.x,
                                (&beyond.own, low, high),
                                direction,
                                &excess,
                            ));
                        }
                    }
                }
            }
        }
    }
}

/// Interfaces that have the same with the same far ends.
fn groups<'a, X: Address, Y: Address>(
    states: &States<'a>,
    crowd: &Crowd<X, Y>,
    scope: &Scope,
    gauge: &Gauge,
    beyond: &[Beyond],
) -> Groups<'a> {
    let (x, y) = (states.x, states.y);
    let mut groups = Groups::new();
    let mut near: BTreeMap<(Place<'_>, Option<usize>), Rc<[usize]>> = BTreeMap::new();
    for number in scope.seats(crowd.seats.len()) {
        let Some(member) = crowd.member(x, y, number) else {
            continue;
        };
        if member.y.is_none() && gauge.is_floor() {
            continue;
        }
        // Who has an address that its subnet does not hold has other ways.
        let odd = !apart(x, member.x).is_empty();
        let key = (place(member.x.ground), odd.then_some(number));
        let ends = near
            .entry(key)
            .or_insert_with(|| found(x, member.x, beyond));
        if ends.is_empty() {
            continue;
        }
        let own = ends.iter().map(|number| &beyond[*number].own);
        let own: Vec<_> = own.collect();
        let there = ends.iter().flat_map(|number| &beyond[*number].there);
        let there: Vec<_> = there.collect();
        let known = states.nor.and_then(|known| {
            let end = End::Interface(member.x.interface.id.clone());
            Some(sort(known, known.find(&end, member.x.address).ok()?, &own))
        });
        let others = member.others(y).into_iter();
        let others = others.map(|stand| sort(y, stand, &there)).collect();
        let sorts = (sort(x, member.x, &own), others, known);
        groups
            .entry((Rc::clone(ends), sorts))
            .or_default()
            .push(number);
    }
    groups
}

/// The far ends to which an interface's packets find a way, or may.
fn found<A: Address>(analysis: &Analysis, stand: Stand<'_, A>, beyond: &[Beyond]) -> Rc<[usize]> {
    let found = beyond.iter().enumerate().filter(|(_, beyond)| {
        let far = Far::of(&analysis.estate, &beyond.own);
        let far = far.filter(|far| far.is_at(analysis, &stand.ground.network));
        far.is_some_and(|far| {
            let hosts = far::hosts(analysis, stand, far);
            !hosts.known.is_empty() || !hosts.vague.is_empty()
        })
    });
    found.map(|(number, _)| number).collect()
}

fn place(ground: &Ground) -> Place<'_> {
    (&ground.network, &ground.zone, ground.table.as_ref())
}

fn sort<'a, A: Address>(analysis: &'a Analysis, stand: Stand<'a, A>, ends: &[&End]) -> Sort<'a> {
    let estate = &analysis.estate;
    let fars = ends.iter().filter_map(|end| Far::of(estate, end));
    let owner = &stand.interface.owner;
    Sort {
        apart: apart(analysis, stand),
        kind: kind(analysis, stand),
        network: &stand.ground.network,
        zone: &stand.ground.zone,
        idle: Some(owner).filter(|owner| matches!(owner, InterfaceOwner::Gateway(_))),
        public: stand.address.is_public(stand.interface),
        signs: fars.map(|far| far::sign(analysis, stand, far)).collect(),
    }
}

/// An interface's own addresses that its subnet does not hold.
fn apart<A: Address>(analysis: &Analysis, stand: Stand<'_, A>) -> Vec<IpAddr> {
    let subnet = analysis.estate.subnets.get(&stand.interface.subnet);
    let blocks = subnet.map(|it| [it.block4.map(IpNet::V4), it.block6.map(IpNet::V6)]);
    let blocks: Vec<_> = blocks.into_iter().flatten().flatten().collect();
    let own = A::own(stand.interface).into_iter().map(A::ip);
    own.filter(|at| !blocks.iter().any(|block| block.contains(at)))
        .collect()
}

/// The far ends of the one view, each with what it is in the other.
fn pairs<X: Address, Y: Address>(x: &Estate, y: &Estate) -> Vec<Beyond> {
    let others = far_ends(y);
    let own = far_ends(x).into_iter();
    let own = own.filter(|end| carries(x, end, X::FAMILY));
    own.map(|own| {
        let same = |other: &&End| match (gateway(x, &own), gateway(y, other)) {
            (Some(a), Some(b)) if X::FAMILY != Y::FAMILY => a == b && carries(y, other, Y::FAMILY),
            _ => own == **other,
        };
        let there = others.iter().filter(same).cloned().collect();
        Beyond { own, there }
    })
    .collect()
}

/// The gateway of a site's VPN connection, with its family.
fn connection<'e>(
    estate: &'e Estate,
    end: &End,
) -> Option<(&'e sixward_estate::GatewayId, Family)> {
    let End::Site(id) = end else { return None };
    match estate.links.get(id) {
        Some(Link {
            kind:
                LinkKind::Vpn {
                    gateway: Some(gateway),
                    v6,
                    ..
                },
            ..
        }) => Some((gateway, if *v6 { Family::V6 } else { Family::V4 })),
        _ => None,
    }
}

fn gateway<'e>(estate: &'e Estate, end: &End) -> Option<&'e sixward_estate::GatewayId> {
    connection(estate, end).map(|(gateway, _)| gateway)
}

fn carries(estate: &Estate, end: &End, family: Family) -> bool {
    connection(estate, end).is_none_or(|(_, carried)| carried == family)
}

/// One kind of interface and one far end, in one direction.
struct Pair<'a> {
    states: &'a States<'a>,
    beyond: &'a Beyond,
    direction: Direction,
}

impl Pair<'_> {
    /// Ranges of hosts with what they have in excess.
    fn excess<X: Address, Y: Address>(
        &self,
        stand: Stand<'_, X>,
        others: &[Stand<'_, Y>],
        named: &Named<'_>,
        gauge: &mut Gauge,
    ) -> Vec<(X, X, Answer)> {
        let (x, y) = (self.states.x, self.states.y);
        let Some(far) = Far::of(&x.estate, &self.beyond.own) else {
            return Vec::new();
        };
        let hosts = far::hosts(x, stand, far);
        let hosts = hosts.known.union(&hosts.vague);
        let own = self.news(stand, far, gauge);
        let (other, there) = self.there(y, others, gauge);
        let mut found = Vec::new();
        let sought = if X::FAMILY == Y::FAMILY {
            alike(&own, &other)
        } else {
            let open = self.open(others, gauge);
            named.sought((&own, &hosts), (&other, &there), &open, gauge)
        };
        for (low, high, (own, beyond)) in sought {
            let known = self.open_before(stand, gauge);
            let own = match known {
                Some(known) => left(&own, &known, &mut gauge.arena().borrow_mut()),
                None => own,
            };
            let Some(excess) = gauge.excess(&own, &beyond) else {
                continue;
            };
            let here = Intervals::range(low, high).intersection(&hosts);
            found.extend(here.iter().map(|(low, high)| (low, high, excess.clone())));
        }
        found
    }

    /// What hosts of the far end have, without what was there already.
    fn news<A: Address>(
        &self,
        stand: Stand<'_, A>,
        far: Far<'_>,
        gauge: &Gauge,
    ) -> Steps<A, Answer> {
        let own = self.table(self.states.x, stand, far, gauge);
        let known = self.states.nor.and_then(|known| {
            let end = End::Interface(stand.interface.id.clone());
            let stand = known.find(&end, stand.address).ok()?;
            let far = Far::of(&known.estate, &self.beyond.own)?;
            Some(self.table(known, stand, far, gauge))
        });
        let Some(known) = known else { return own };
        let arena = &mut gauge.arena().borrow_mut();
        own.zip(&known, |own, known| left(own, known, arena))
    }

    /// What the far end has in the other view at any of the interface's addresses, and its hosts there.
    fn there<A: Address>(
        &self,
        y: &Analysis,
        others: &[Stand<'_, A>],
        gauge: &Gauge,
    ) -> (Steps<A, Answer>, Hosts<A>) {
        let mut sum = Steps::constant(Answer::nothing());
        let (mut known, mut vague) = (Intervals::empty(), Intervals::empty());
        for stand in others {
            for end in &self.beyond.there {
                let Some(far) = Far::of(&y.estate, end) else {
                    continue;
                };
                let table = self.table(y, *stand, far, gauge);
                let arena = &mut gauge.arena().borrow_mut();
                sum = sum.zip(&table, |a, b| a.clone().or(b.clone(), arena));
                let hosts = far::hosts(y, *stand, far);
                known = known.union(&hosts.known);
                vague = vague.union(&hosts.vague);
            }
        }
        (sum, Hosts { known, vague })
    }

    fn table<A: Address>(
        &self,
        analysis: &Analysis,
        stand: Stand<'_, A>,
        far: Far<'_>,
        gauge: &Gauge,
    ) -> Steps<A, Answer> {
        let arena = &mut gauge.arena().borrow_mut();
        let cuts = far::cuts(analysis, stand, far, self.direction);
        Steps::tabulate(&cuts, |remote| match self.direction {
            Direction::Ingress => far::inbound(analysis, (far, remote), stand, arena),
            Direction::Egress => far::outbound(analysis, stand, (far, remote), arena),
        })
    }

    /// What all of the internet may begin with the interface in the other view: that a site may too is no
    /// new exposure.
    fn open<A: Address>(&self, others: &[Stand<'_, A>], gauge: &Gauge) -> Answer {
        let mut sum = Answer::nothing();
        if self.direction == Direction::Ingress && gauge.is_ceiling() {
            for stand in others {
                let open = open_to_all(self.states.y, *stand, gauge);
                sum = sum.or(open, &mut gauge.arena().borrow_mut());
            }
        }
        sum
    }

    /// The same in the view that was there.
    fn open_before<A: Address>(&self, stand: Stand<'_, A>, gauge: &Gauge) -> Option<Answer> {
        let known = self
            .states
            .nor
            .filter(|_| self.direction == Direction::Ingress)?;
        let end = End::Interface(stand.interface.id.clone());
        let stand = known.find(&end, stand.address).ok()?;
        Some(open_to_all(known, stand, gauge))
    }
}

/// Both tables of one family, point by point.
fn alike<X: Address, Y: Address>(
    own: &Steps<X, Answer>,
    other: &Steps<Y, Answer>,
) -> Vec<(X, X, (Answer, Answer))> {
    let starts = other.starts().filter_map(|start| X::point(start.ip()));
    let cuts = own.starts().chain(starts).collect();
    let both = Steps::tabulate(&cuts, |at| {
        let there = Y::point(at.ip()).map(|at| other.get(at).clone());
        (own.get(at).clone(), there.unwrap_or_else(Answer::nothing))
    });
    let runs = both.runs();
    runs.map(|(low, high, answers)| (low, high, answers.clone()))
        .collect()
}

fn entry<X: Address>(
    stand: Stand<'_, X>,
    (end, low, high): (&End, X, X),
    direction: Direction,
    excess: &Answer,
) -> Entry {
    let inside = Side::Interface(stand.interface.id.clone());
    let outside = Side::Far(end.clone(), low.ip(), high.ip());
    let (own, host) = (stand.address.ip(), low.ip());
    let (from, to, addresses) = match direction {
        Direction::Ingress => (outside, inside, (host, own)),
        Direction::Egress => (inside, outside, (own, host)),
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
