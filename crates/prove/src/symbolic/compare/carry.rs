//! Whether packets are carried between places, in both views. Places that differ in nothing that
//! decides are taken together.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use sixward_estate::{
    Direction, GatewayId, LinkKind, NetworkId, PublicAccessMode, RouteTableId, SmolStr, SubnetId,
};

use super::States;
use super::crowd::Crowd;
use super::gauge::Gauge;
use super::mention::Mentions;
use super::scope::{From, Scope, Suspects, Why};
use crate::set::{Steps, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::ground::Ground;
use crate::symbolic::half::{Half, is_one, share_routes};
use crate::symbolic::hub::{Landing, ports};
use crate::symbolic::leg::{Leg, leg};
use crate::symbolic::nat;
use crate::symbolic::product::{Answer, Product};
use crate::symbolic::reach::{Members, Passage, Stand, carried};
use crate::symbolic::route::{Hop, Way};
use crate::symbolic::unknown::Unknown;

/// All that decides how a place is connected, but for the addresses in it.
type Kind<'a> = (
    &'a NetworkId,
    Option<&'a RouteTableId>,
    Option<&'a GatewayId>,
    Option<&'a RouteTableId>,
    PublicAccessMode,
    &'a SmolStr,
    &'a Unknown,
    // A subnet past whose list packets come off a hub, but not those for itself.
    Option<&'a SubnetId>,
);

fn kind<'a, A: Address>(
    half: &Half<A>,
    ground: &'a Ground,
    ports: &BTreeSet<&SubnetId>,
) -> Kind<'a> {
    let is_port = ports.contains(&ground.subnet) && !half.edge(ground).is_open();
    (
        &ground.network,
        ground.table.as_ref(),
        ground.internet.as_ref(),
        ground.edge_table.as_ref(),
        ground.lock,
        &ground.zone,
        &ground.unknown,
        Some(&ground.subnet).filter(|_| is_port),
    )
}

pub(super) fn suspects<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<X, Y>,
    scope: &Scope,
    gauge: &mut Gauge,
    suspects: &mut Suspects,
) {
    let (x, y) = (states.x, states.y);
    if X::FAMILY == Y::FAMILY && carry_alike::<X, Y>(x, y) {
        return;
    }
    let mut kinds: BTreeMap<(Kind<'_>, Kind<'_>), usize> = BTreeMap::new();
    let (ports_x, ports_y) = (ports(x).collect(), ports(y).collect());
    let of_place: Vec<Option<usize>> = crowd
        .places
        .iter()
        .map(|(own, there)| {
            let own = kind(X::half(x), x.grounds.get(own)?, &ports_x);
            let there = y.grounds.get(there.as_ref()?)?;
            let there = kind(Y::half(y), there, &ports_y);
            let next = kinds.len();
            Some(*kinds.entry((own, there)).or_insert(next))
        })
        .collect();
    let mut places: Vec<Spread<X, Y>> = kinds.values().map(|_| Spread::default()).collect();
    for (number, seat) in crowd.seats.iter().enumerate() {
        if let (Some(Some(place)), Some(there)) = (of_place.get(seat.place), seat.y) {
            places[*place].add(number, seat.x, there, scope);
        }
    }
    let mut search = Search {
        states,
        crowd,
        scope,
        found: BTreeMap::new(),
        named: Vec::new(),
        mentions: Mentions::of(&x.roster, X::half(x)),
        gauge,
    };
    for from in &places {
        for to in &places {
            if from.concerned || to.concerned {
                search.places(from, to);
            }
        }
    }
    for ((why, ..), (mut sources, destinations)) in search.found {
        sources.sort_unstable();
        suspects.add(scope, why, &sources.into(), &destinations);
    }
    for (sources, destinations) in search.named {
        suspects.add(scope, Why::sure(From::Allowed), &sources, &destinations);
    }
}

/// Whether two states carry packets in the same way.
pub(super) fn carry_alike<X: Address, Y: Address>(x: &Analysis, y: &Analysis) -> bool {
    let places = Rc::ptr_eq(&x.grounds, &y.grounds) && Rc::ptr_eq(&x.ties, &y.ties);
    places && share_routes(X::half(x), Y::half(y)) && share_landings(x, X::half(x), Y::half(y))
}

/// Whether two states have the same hubs in IPv6: their tables, and the routes and lists of the subnets
/// by which they are entered and left.
pub(super) fn same_hubs(before: &Analysis, now: &Analysis) -> bool {
    let (was, is) = (&before.v6, &now.v6);
    let mut hops = was.hops.values().zip(is.hops.values());
    was.hops.len() == is.hops.len()
        && hops.all(|(a, b)| is_one(a, b))
        && ports(now).all(|id| {
            let grounds = before.grounds.get(id).zip(now.grounds.get(id));
            grounds.is_none_or(|(a, b)| {
                a == b && is_one(was.edge(a), is.edge(b)) && is_one(was.routes(a), is.routes(b))
            })
        })
}

/// Whether the subnets by which hubs are entered and left have the same lists in both views.
fn share_landings<X: Address, Y: Address>(x: &Analysis, own: &Half<X>, there: &Half<Y>) -> bool {
    ports(x).all(|id| {
        let ground = x.grounds.get(id);
        ground.is_none_or(|ground| is_one(own.edge(ground), there.edge(ground)))
    })
}

/// Seats and how far their addresses spread in both views.
#[derive(Debug, Clone)]
struct Spread<X, Y> {
    seats: Vec<usize>,
    x: Option<(X, X)>,
    y: Option<(Y, Y)>,
    /// Some are in scope.
    concerned: bool,
}

impl<X, Y> Default for Spread<X, Y> {
    fn default() -> Self {
        Self {
            seats: Vec::new(),
            x: None,
            y: None,
            concerned: false,
        }
    }
}

impl<X: Address, Y: Address> Spread<X, Y> {
    fn add(&mut self, number: usize, x: X, y: Y, scope: &Scope) {
        self.seats.push(number);
        self.x = Some(self.x.map_or((x, x), |(a, b)| (a.min(x), b.max(x))));
        self.y = Some(self.y.map_or((y, y), |(a, b)| (a.min(y), b.max(y))));
        self.concerned |= scope.has(number);
    }

    /// The seats that are in scope.
    fn asked(&self, scope: &Scope) -> Vec<usize> {
        let seats = self.concerned.then_some(&self.seats);
        let seats = seats.into_iter().flatten().copied();
        seats.filter(|number| scope.has(*number)).collect()
    }

    fn halves(&self, crowd: &Crowd<X, Y>, scope: &Scope) -> [Self; 2] {
        let (a, b) = self.seats.split_at(self.seats.len() / 2);
        [a, b].map(|seats| {
            let mut half = Self::default();
            for number in seats {
                let seat = &crowd.seats[*number];
                if let Some(there) = seat.y {
                    half.add(*number, seat.x, there, scope);
                }
            }
            half
        })
    }
}

/// All pairs of sources and destinations.
type Pairs = (Rc<[usize]>, Rc<[usize]>);

/// Why, and first and number of destinations: of one kind of places, or of a part of it.
type Part = (Why, usize, usize);

struct Search<'a, X, Y> {
    states: &'a States<'a>,
    crowd: &'a Crowd<X, Y>,
    scope: &'a Scope,
    found: BTreeMap<Part, (Vec<usize>, Rc<[usize]>)>,
    named: Vec<Pairs>,
    mentions: Mentions<'a, X>,
    gauge: &'a mut Gauge,
}

/// Which of two seats the carrying of packets between them makes suspects.
enum Doubted {
    Nobody,
    /// Those of which one's firewalls name the other's.
    Named,
    Everybody(Why),
}

impl<X: Address, Y: Address> Search<'_, X, Y> {
    /// Seats in two kinds of places. Where routes tell some of them from others, single ones are looked
    /// at, and suspected one by one.
    fn places(&mut self, from: &Spread<X, Y>, to: &Spread<X, Y>) {
        let (Some(first), Some(last)) = (from.seats.first(), to.seats.first()) else {
            return;
        };
        let single = from.seats.len() == 1 && to.seats.len() == 1;
        // Of a subnet with itself nothing is carried; another pair may stand for all.
        if single || self.is_uniform(from, to) {
            match self.exceeds(*first, *last) {
                Doubted::Nobody => {}
                Doubted::Named => self.named(from, to),
                Doubted::Everybody(why) => {
                    let key = (why, *last, to.seats.len());
                    let found = self.found.entry(key);
                    let none = || (Vec::new(), to.seats.as_slice().into());
                    found.or_insert_with(none).0.extend(&from.seats);
                }
            }
        } else if to.seats.len() >= from.seats.len() {
            for half in to.halves(self.crowd, self.scope) {
                self.places(from, &half);
            }
        } else {
            for half in from.halves(self.crowd, self.scope) {
                self.places(&half, to);
            }
        }
    }

    fn is_uniform(&self, from: &Spread<X, Y>, to: &Spread<X, Y>) -> bool {
        let (Some(a), Some(b)) = (from.seats.first(), to.seats.first()) else {
            return true;
        };
        let place = |number: usize| &self.crowd.places[self.crowd.seats[number].place];
        let ((a, a_there), (b, b_there)) = (place(*a), place(*b));
        let (x, y) = (self.states.x, self.states.y);
        let there = |id: &Option<SubnetId>| id.as_ref().and_then(|id| y.grounds.get(id));
        uniform(x, x.grounds.get(a), from.x, x.grounds.get(b), to.x)
            && uniform(y, there(a_there), from.y, there(b_there), to.y)
    }

    /// Which of the pairs that two seats stand for carrying makes suspects.
    fn exceeds(&mut self, from: usize, to: usize) -> Doubted {
        let (x, y) = (self.states.x, self.states.y);
        let member = |number| self.crowd.member(x, y, number);
        let all = Doubted::Everybody(Why::sure(From::Anybody));
        let (Some(from), Some(to)) = (member(from), member(to)) else {
            return all;
        };
        let (Some(from_y), Some(to_y)) = (from.y, to.y) else {
            return all;
        };
        let own = outcome(x, from.x, to.x);
        if own.answer.possible == TrafficId::EMPTY {
            return Doubted::Nobody;
        }
        // What is known to go across the internet is compared as traffic with the internet, but for what
        // members of firewalls may do.
        let known = own.answer.traffic == own.answer.possible;
        if own.public && known && X::FAMILY != Y::FAMILY {
            return Doubted::Named;
        }
        let there = outcome(y, from_y, to_y);
        if X::FAMILY == Y::FAMILY && own == there {
            return Doubted::Nobody;
        }
        if self.keeps_within(&own, &there, known) {
            return Doubted::Nobody;
        }
        // Firewalls of the receiver are not on a way of which nobody knows what arrives.
        let from = match own.passage.members {
            Members::Lost(_) => From::Anybody,
            _ => From::Allowed,
        };
        Doubted::Everybody(Why {
            from,
            sure: own.answer.traffic != TrafficId::EMPTY,
        })
    }

    /// Whether nothing that is carried in one way may be in excess of what is in the other.
    fn keeps_within(&mut self, own: &Outcome, there: &Outcome, known: bool) -> bool {
        let (of, beyond) = (own.answer.possible, there.answer.traffic);
        let sure = !self.gauge.exceeds(of, beyond);
        // What is not known to cross lists exceeds what is, and what does not cross them what does.
        let listed = own.passage.doubt.is_empty() && own.passage.lands == there.passage.lands;
        // In one family who waits for more is compared bound by bound.
        let waits = X::FAMILY != Y::FAMILY || there.answer.unknown.is_subset(&own.answer.unknown);
        let (own, there) = (&own.passage.members, &there.passage.members);
        let members = match (own, there) {
            (_, Members::Known) | (Members::Strange, Members::Strange) => true,
            // Whether a hub tells members of firewalls is one setting for both families.
            (own, there) => own == there,
        };
        sure && listed && waits && members && (known || *there == Members::Known)
    }

    /// Suspects the pairs of which one's firewalls name the other's: of those that are asked about.
    fn named(&mut self, from: &Spread<X, Y>, to: &Spread<X, Y>) {
        if *self.scope == Scope::Everybody {
            return self.mentioned(&from.seats, &to.seats, Direction::Egress);
        }
        let (source, destination) = (from.asked(self.scope), to.asked(self.scope));
        self.mentioned(&source, &to.seats, Direction::Egress);
        self.mentioned(&destination, &from.seats, Direction::Ingress);
    }

    fn mentioned(&mut self, own: &[usize], others: &[usize], direction: Direction) {
        if own.is_empty() {
            return;
        }
        let (own, others) = (self.by_set(own), self.by_set(others));
        for (set, seats) in own {
            let named = self.mentions.of_set(set, direction);
            let mut others: Vec<usize> = if named.len() < others.len() {
                let met = named.iter().filter_map(|set| others.get(set));
                met.flatten().copied().collect()
            } else {
                let met = others.iter().filter(|(set, _)| named.contains(set));
                met.flat_map(|(_, seats)| seats).copied().collect()
            };
            others.sort_unstable();
            let others: Rc<[usize]> = others.into();
            if !others.is_empty() {
                self.named.push(match direction {
                    Direction::Egress => (seats.into(), others),
                    Direction::Ingress => (others, seats.into()),
                });
            }
        }
    }

    fn by_set(&self, seats: &[usize]) -> BTreeMap<usize, Vec<usize>> {
        let mut under: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in seats {
            let set = self.crowd.seats[*number].profiles.0;
            under.entry(set).or_default().push(*number);
        }
        under
    }
}

/// How packets and answers are carried between two interfaces.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    answer: Answer,
    passage: Passage,
    public: bool,
}

fn outcome<A: Address>(analysis: &Analysis, from: Stand<'_, A>, to: Stand<'_, A>) -> Outcome {
    let mut product = Product::new();
    let arena = &mut analysis.arena.borrow_mut();
    let passage = carried(analysis, &mut product, from, to, arena);
    Outcome {
        answer: product.answer(),
        passage,
        public: is_public(analysis, from, to),
    }
}

/// Whether packets go out to the internet and come in to another network.
pub(super) fn is_public<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    to: Stand<'_, A>,
) -> bool {
    let routes = A::half(analysis).routes(from.ground);
    let way = routes.ways.get(to.address);
    let near = from.ground.network == to.ground.network;
    let known = routes.anywhere.is_empty();
    !near && known && matches!(way, Way::Internet(_) | Way::EgressOnly(_))
}

/// Whether routes make no difference between the destinations, nor between the sources on the way back.
fn uniform<A: Address>(
    analysis: &Analysis,
    one: Option<&Ground>,
    from: Option<(A, A)>,
    other: Option<&Ground>,
    to: Option<(A, A)>,
) -> bool {
    let (Some(one), Some(from), Some(other), Some(to)) = (one, from, other, to) else {
        return true;
    };
    same_way(analysis, one, to)
        && same_way(analysis, other, from)
        && same_welcome(analysis, one, from)
        && same_welcome(analysis, other, to)
        && same_lists(analysis, (one, from), (other, to))
        && same_lists(analysis, (other, to), (one, from))
}

/// Whether the lists past which packets get onto a hub and off it make no difference between addresses.
fn same_lists<A: Address>(
    analysis: &Analysis,
    (one, from): (&Ground, (A, A)),
    (other, to): (&Ground, (A, A)),
) -> bool {
    let Leg::Transit(_, crossing) = leg(analysis, one, from.0, other, to.0) else {
        return true;
    };
    let edge = |ground| A::half(analysis).edge(ground);
    let even =
        |table: &Steps<A, TrafficId>, (first, last)| table.between(first, last).nth(1).is_none();
    even(&edge(crossing.entry).takes, from)
        && match crossing.landing {
            Landing::In(landing) => even(&edge(landing).sends, to),
            Landing::Beside => even(&edge(other).sends, from),
        }
}

/// Whether the internet gateway's own table, if it has one, makes no difference between addresses.
fn same_welcome<A: Address>(analysis: &Analysis, ground: &Ground, (first, last): (A, A)) -> bool {
    let table = ground.edge_table.as_ref();
    let routes = table.and_then(|id| A::half(analysis).table(id));
    routes.is_none_or(|routes| routes.ways.between(first, last).nth(1).is_none())
}

/// Whether packets from a place go one way to all addresses from the first to the last.
fn same_way<A: Address>(analysis: &Analysis, ground: &Ground, (first, last): (A, A)) -> bool {
    let half = A::half(analysis);
    let ways = &half.routes(ground).ways;
    if ways.between(first, last).nth(1).is_some() {
        return false;
    }
    let global = A::internet();
    if global.steps().between(first, last).nth(1).is_some() {
        return false;
    }
    let hub = match ways.get(first) {
        Way::Transit(hub) => hub,
        Way::Nat(gateway) => {
            return nat::stands_in(analysis, gateway).is_none_or(|ground| {
                let onward = &half.routes(ground).ways;
                let near = nat::neighbours::<A>(ground);
                let apart = near.is_none_or(|(start, end)| {
                    last < start || end < first || (start <= first && last <= end)
                });
                apart && onward.between(first, last).nth(1).is_none()
            });
        }
        _ => return true,
    };
    let Some((_, attachment)) = analysis.attachment(hub, &ground.network) else {
        return true;
    };
    let Some(hops) = attachment.table.as_ref().and_then(|id| half.hops.get(id)) else {
        return true;
    };
    if hops.between(first, last).nth(1).is_some() {
        return false;
    }
    let Hop::Link(next) = hops.get(first) else {
        return true;
    };
    let link = analysis.estate.links.get(next).map(|link| &link.kind);
    let Some(LinkKind::Transit(target)) = link else {
        return true;
    };
    let grounds = target.subnets.iter();
    let mut grounds = grounds.filter_map(|id| analysis.grounds.get(id));
    grounds.all(|ground| {
        let ways = &half.routes(ground).ways;
        ways.between(first, last).nth(1).is_none()
    })
}
