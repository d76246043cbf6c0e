//! Whether packets are carried between places, in both views. Places that differ in nothing that
//! decides are taken together.

use std::collections::BTreeMap;
use std::rc::Rc;

use sixward_estate::{
    GatewayId, LinkKind, NetworkId, PublicAccessMode, RouteTableId, SmolStr, SubnetId,
};

use super::States;
use super::crowd::Crowd;
use super::scope::{From, Scope, Suspects, Why};
use crate::set::TrafficId;
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::ground::Ground;
use crate::symbolic::half::{Half, is_one, share_routes};
use crate::symbolic::product::{Answer, Product};
use crate::symbolic::reach::{Members, Stand, carried};
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
);

fn kind(ground: &Ground) -> Kind<'_> {
    (
        &ground.network,
        ground.table.as_ref(),
        ground.internet.as_ref(),
        ground.edge_table.as_ref(),
        ground.lock,
        &ground.zone,
        &ground.unknown,
    )
}

pub(super) fn suspects<X: Address, Y: Address>(
    states: &States<'_>,
    crowd: &Crowd<X, Y>,
    scope: &Scope,
    suspects: &mut Suspects,
) {
    let (x, y) = (states.x, states.y);
    if X::FAMILY == Y::FAMILY && carry_alike::<X, Y>(x, y) {
        return;
    }
    let mut kinds: BTreeMap<(Kind<'_>, Kind<'_>), usize> = BTreeMap::new();
    let of_place: Vec<Option<usize>> = crowd
        .places
        .iter()
        .map(|(own, there)| {
            let own = kind(x.grounds.get(own)?);
            let there = kind(y.grounds.get(there.as_ref()?)?);
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
    let attachments = now.estate.links.iter();
    let attachments = attachments.filter_map(|link| link.attachment());
    let mut landings = attachments.flat_map(|attachment| &attachment.subnets);
    was.hops.len() == is.hops.len()
        && hops.all(|(a, b)| is_one(a, b))
        && landings.all(|id| {
            let grounds = before.grounds.get(id).zip(now.grounds.get(id));
            grounds.is_none_or(|(a, b)| {
                a == b && is_one(was.edge(a), is.edge(b)) && is_one(was.routes(a), is.routes(b))
            })
        })
}

/// Whether the subnets by which hubs are entered and left have the same lists in both views.
fn share_landings<X: Address, Y: Address>(x: &Analysis, own: &Half<X>, there: &Half<Y>) -> bool {
    let attachments = x.estate.links.iter();
    let attachments = attachments.filter_map(|link| link.attachment());
    let mut landings = attachments.flat_map(|attachment| &attachment.subnets);
    landings.all(|id| {
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

/// Why, and first and number of destinations: of one kind of places, or of a part of it.
type Part = (Why, usize, usize);

struct Search<'a, X, Y> {
    states: &'a States<'a>,
    crowd: &'a Crowd<X, Y>,
    scope: &'a Scope,
    found: BTreeMap<Part, (Vec<usize>, Rc<[usize]>)>,
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
            if let Some(why) = self.exceeds(*first, *last) {
                let key = (why, *last, to.seats.len());
                let found = self.found.entry(key);
                let none = || (Vec::new(), to.seats.as_slice().into());
                found.or_insert_with(none).0.extend(&from.seats);
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

    /// Whether carrying makes suspects of all pairs that two seats stand for, and which.
    fn exceeds(&self, from: usize, to: usize) -> Option<Why> {
        let (x, y) = (self.states.x, self.states.y);
        let member = |number| self.crowd.member(x, y, number);
        let (Some(from), Some(to)) = (member(from), member(to)) else {
            return Some(Why::sure(From::Anybody));
        };
        let (Some(from_y), Some(to_y)) = (from.y, to.y) else {
            return Some(Why::sure(From::Anybody));
        };
        let own = outcome(x, from.x, to.x);
        if own.answer.possible == TrafficId::EMPTY {
            return None;
        }
        // What is known to go across the internet is compared as traffic with the internet.
        let known = own.answer.traffic == TrafficId::ALL;
        if own.public && known && X::FAMILY != Y::FAMILY {
            return None;
        }
        let there = outcome(y, from_y, to_y);
        let same = X::FAMILY == Y::FAMILY && own == there;
        let sure = there.answer.traffic == TrafficId::ALL;
        let members = match (&own.members, &there.members) {
            (_, Members::Known) | (Members::Strange, Members::Strange) => true,
            // Whether a hub tells members of firewalls is one setting for both families.
            (own, there) => own == there,
        };
        let fine = same || (sure && members && (known || there.members == Members::Known));
        (!fine).then_some(Why {
            from: From::Allowed,
            sure: own.answer.traffic != TrafficId::EMPTY,
        })
    }
}

/// How packets and answers are carried between two interfaces.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    answer: Answer,
    members: Members,
    public: bool,
}

fn outcome<A: Address>(analysis: &Analysis, from: Stand<'_, A>, to: Stand<'_, A>) -> Outcome {
    let mut product = Product::new();
    let members = carried(analysis, &mut product, from, to);
    Outcome {
        answer: product.answer(),
        members,
        public: is_public(analysis, from, to),
    }
}

/// Whether packets go out to the internet and come in to another network.
pub(super) fn is_public<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    to: Stand<'_, A>,
) -> bool {
    let way = A::half(analysis).routes(from.ground).ways.get(to.address);
    let near = from.ground.network == to.ground.network;
    !near && matches!(way, Way::Internet(_) | Way::EgressOnly(_))
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
    let Way::Transit(hub) = ways.get(first) else {
        return true;
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
