//! Whether packets are carried between places, in both views. Places that differ in nothing that
//! decides are taken together.

use std::collections::BTreeMap;
use std::rc::Rc;

use sixward_estate::{
    FirewallId, GatewayId, LinkKind, NetworkId, PublicAccessMode, RouteTableId, SmolStr,
};

use super::crowd::Crowd;
use super::suspect::Suspects;
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
    Option<&'a FirewallId>,
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
        ground.list.as_ref(),
        ground.internet.as_ref(),
        ground.edge_table.as_ref(),
        ground.lock,
        &ground.zone,
        &ground.unknown,
    )
}

pub(super) fn suspects<X: Address, Y: Address>(
    x: &Analysis,
    y: &Analysis,
    crowd: &Crowd<'_, X, Y>,
    suspects: &mut Suspects,
) {
    let places = Rc::ptr_eq(&x.grounds, &y.grounds) && Rc::ptr_eq(&x.ties, &y.ties);
    let shared = places && share_routes(X::half(x), Y::half(y));
    if X::FAMILY == Y::FAMILY && shared && share_landings(x, X::half(x), Y::half(y)) {
        return;
    }
    let mut places: BTreeMap<(Kind<'_>, Kind<'_>), Vec<usize>> = BTreeMap::new();
    for (number, member) in crowd.members.iter().enumerate() {
        let Some(there) = member.y else { continue };
        let key = (kind(member.x.ground), kind(there.ground));
        places.entry(key).or_default().push(number);
    }
    let places: Vec<_> = places.into_values().collect();
    let search = Search { x, y, crowd };
    for from in &places {
        for to in &places {
            search.places(from, to, suspects);
        }
    }
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

struct Search<'a, X, Y> {
    x: &'a Analysis,
    y: &'a Analysis,
    crowd: &'a Crowd<'a, X, Y>,
}

impl<X: Address, Y: Address> Search<'_, X, Y> {
    /// Members of two kinds of places. Where routes tell some of them from others, single members are
    /// looked at, and suspected one by one.
    fn places(&self, from: &[usize], to: &[usize], suspects: &mut Suspects) {
        let (Some(first), Some(last)) = (from.first(), to.first()) else {
            return;
        };
        if self.x_uniform(from, to) && self.y_uniform(from, to) {
            // Of a subnet with itself nothing is carried; another pair may stand for all.
            if self.exceeds(*first, *last) {
                suspects.push((from.into(), to.into()));
            }
            return;
        }
        let (wider, narrow) = (from.len().max(to.len()), from.len().min(to.len()));
        if wider == 1 && narrow == 1 {
            if self.exceeds(*first, *last) {
                suspects.push((from.into(), to.into()));
            }
        } else if to.len() >= from.len() {
            let (a, b) = to.split_at(to.len() / 2);
            self.places(from, a, suspects);
            self.places(from, b, suspects);
        } else {
            let (a, b) = from.split_at(from.len() / 2);
            self.places(a, to, suspects);
            self.places(b, to, suspects);
        }
    }

    fn x_uniform(&self, from: &[usize], to: &[usize]) -> bool {
        let at = |number: &usize| self.crowd.members[*number].x;
        uniform(self.x, from.iter().map(at), to.iter().map(at))
    }

    fn y_uniform(&self, from: &[usize], to: &[usize]) -> bool {
        let at = |number: &usize| self.crowd.members[*number].y;
        uniform(self.y, from.iter().filter_map(at), to.iter().filter_map(at))
    }

    fn exceeds(&self, from: usize, to: usize) -> bool {
        let (from, to) = (self.crowd.members[from], self.crowd.members[to]);
        let (Some(from_y), Some(to_y)) = (from.y, to.y) else {
            return true;
        };
        let own = outcome(self.x, from.x, to.x);
        if own.answer.possible == TrafficId::EMPTY {
            return false;
        }
        // What is known to go across the internet is compared as traffic with the internet.
        let known = own.answer.traffic == TrafficId::ALL;
        if own.public && known && X::FAMILY != Y::FAMILY {
            return false;
        }
        let there = outcome(self.y, from_y, to_y);
        let same = X::FAMILY == Y::FAMILY && own == there;
        let sure = there.answer.traffic == TrafficId::ALL;
        let members = match (&own.members, &there.members) {
            (_, Members::Known) => true,
            (Members::Strange, Members::Strange) => true,
            (own, there) => own == there && X::FAMILY == Y::FAMILY,
        };
        !(same || (sure && members && (known || there.members == Members::Known)))
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
fn uniform<'a, A: Address>(
    analysis: &Analysis,
    from: impl Iterator<Item = Stand<'a, A>> + Clone,
    to: impl Iterator<Item = Stand<'a, A>> + Clone,
) -> bool {
    let (Some(one), Some(other)) = (from.clone().next(), to.clone().next()) else {
        return true;
    };
    let span = |stands: &mut dyn Iterator<Item = Stand<'a, A>>| {
        let addresses = stands.map(|stand| stand.address);
        addresses.fold(None, |span: Option<(A, A)>, at| match span {
            Some((low, high)) => Some((low.min(at), high.max(at))),
            None => Some((at, at)),
        })
    };
    let (Some(from), Some(to)) = (span(&mut from.clone()), span(&mut to.clone())) else {
        return true;
    };
    same_way(analysis, one.ground, to)
        && same_way(analysis, other.ground, from)
        && same_welcome(analysis, one.ground, from)
        && same_welcome(analysis, other.ground, to)
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
