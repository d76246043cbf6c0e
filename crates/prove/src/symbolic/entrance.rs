//! How the internet gets in, by the address of the host out there, for all that stand alike.
//!
//! Where routes lead answers is a matter of the route table, and what crosses the edge one of the
//! list; firewalls come last. A table that leads to a hub names every network behind it, but those are
//! the estate's own and nobody's of the internet: what is left of it among strangers is a few runs,
//! found once for each table and not for each kind of interface.

use std::collections::BTreeMap;
use std::rc::Rc;

use sixward_estate::{Direction, FirewallId, RouteTableId};

use super::Analysis;
use super::address::Address;
use super::exposure::strangers;
use super::ground::Ground;
use super::internet::{enters, opens, receives, returns};
use super::product::{Answer, Product};
use super::reach::Stand;
use crate::set::{Arena, Intervals, Steps, TrafficId};

/// Products by the address of a host of the internet, whatever they are elsewhere.
type Factor<A> = Rc<Steps<A, Product>>;

/// What is known so far of the ways in.
pub(super) struct Entrances<'a, A> {
    analysis: &'a Analysis,
    /// The addresses of the internet that no network of the estate has.
    pub(super) strangers: Intervals<A>,
    /// What has a way back, by route table.
    returns: BTreeMap<Option<&'a RouteTableId>, Factor<A>>,
    /// That, and what crosses the edge of the subnet.
    ways: BTreeMap<(Option<&'a RouteTableId>, Option<&'a FirewallId>), Factor<A>>,
    /// What firewalls let in, by profile.
    opened: BTreeMap<usize, Rc<Steps<A, TrafficId>>>,
}

impl<'a, A: Address> Entrances<'a, A> {
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        Self {
            analysis,
            strangers: strangers(analysis),
            returns: BTreeMap::new(),
            ways: BTreeMap::new(),
            opened: BTreeMap::new(),
        }
    }

    /// What hosts of the internet can begin with an interface, whatever it says of other addresses.
    pub(super) fn table(&mut self, to: Stand<'a, A>, arena: &mut Arena) -> Steps<A, Answer> {
        let receives = receives(self.analysis, to);
        if receives.is_nothing() {
            return Steps::constant(Answer::nothing());
        }
        let way = self.way(to.ground, arena);
        let side = A::half(self.analysis).profiles[to.profile].side(Direction::Ingress);
        let nets = self.opened.entry(to.profile);
        let nets = nets.or_insert_with(|| Rc::new(side.nets.among(&self.strangers)));
        way.zip(nets, |way, nets| {
            if way.is_nothing() {
                return Answer::nothing();
            }
            let mut product = way.clone();
            product.times(&receives, arena);
            opens(&mut product, side, *nets, arena);
            product.answer()
        })
    }

    fn way(&mut self, ground: &'a Ground, arena: &mut Arena) -> Factor<A> {
        let key = (ground.table.as_ref(), ground.list.as_ref());
        if let Some(known) = self.ways.get(&key) {
            return Rc::clone(known);
        }
        let edge = A::half(self.analysis).edge(ground);
        let returns = self.returns(ground, arena);
        let inward = edge.inward.among(&self.strangers);
        let way = returns.zip(&inward, |returns, inward| {
            let mut product = returns.clone();
            enters(&mut product, edge, *inward, arena);
            product.settled()
        });
        let way = Rc::new(way);
        self.ways.insert(key, Rc::clone(&way));
        way
    }

    fn returns(&mut self, ground: &'a Ground, arena: &mut Arena) -> Factor<A> {
        let key = ground.table.as_ref();
        if let Some(known) = self.returns.get(&key) {
            return Rc::clone(known);
        }
        let routes = A::half(self.analysis).routes(ground);
        let unlisted = routes.unlisted();
        let steps = routes.ways.among(&self.strangers).map(|way| {
            let mut product = Product::new();
            returns::<A>(self.analysis, &mut product, way, &unlisted, arena);
            product.settled()
        });
        let steps = Rc::new(steps);
        self.returns.insert(key, Rc::clone(&steps));
        steps
    }
}
