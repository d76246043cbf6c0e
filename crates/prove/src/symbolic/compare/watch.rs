//! The IPv6 of one state after another against the IPv4 that it is measured by: after each change only
//! what it touches is looked at again.

use std::collections::BTreeSet;

use sixward_estate::{InterfaceId, RouteTableId};

use super::boxes::Boxes;
use super::crowd::{Crowd, Place};
use super::doubt::Doubts;
use super::gauge::Gauge;
use super::neighbour::Neighbours;
use super::scope::Scope;
use super::{Comparison, States, Twins, carry, outside, suspect};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address as _;
use crate::symbolic::ground::Ground;
use crate::symbolic::half::is_one;

/// More interfaces than these at once, and it is cheaper to begin anew.
const FEW: usize = 256;

/// What the IPv6 of a course of states has beyond the IPv4 of a measure, and beyond the first one's IPv6.
#[derive(Debug)]
pub struct Watch {
    crowd: Crowd<u128, u32>,
    gauge: Gauge,
    doubts: Doubts,
    neighbours: Neighbours<u128>,
    boxes: Boxes,
    /// What the first state has with its neighbours was looked at.
    begun: bool,
}

impl Watch {
    /// Begins with the first state itself: nothing of it is new.
    pub fn new(first: &Analysis, measure: &Analysis) -> Self {
        Self {
            crowd: Crowd::new(first, measure),
            gauge: Gauge::new::<u128, u32>(&first.arena),
            doubts: Doubts::default(),
            neighbours: Neighbours::default(),
            boxes: Boxes::default(),
            begun: false,
        }
        .begun(first, measure)
    }

    /// Goes on from one state to the next.
    pub fn next(
        &mut self,
        (first, measure): (&Analysis, &Analysis),
        before: &Analysis,
        now: &Analysis,
        twins: &Twins,
    ) -> Comparison {
        let states = States {
            x: now,
            y: measure,
            nor: Some(first),
        };
        if !self.begun {
            self.begun = true;
            self.meet(
                &States {
                    x: before,
                    ..states
                },
                twins,
            );
        }
        let scope = self.follow(&states, before);
        let suspects =
            suspect::suspects(&states, &self.crowd, &scope, &self.doubts, &mut self.gauge);
        states.compare(
            &self.crowd,
            &scope,
            suspects,
            twins,
            &mut self.gauge,
            (&mut self.neighbours, &mut self.boxes),
        );
        self.boxes.finish(&self.gauge)
    }

    /// Sees what the first state has with its neighbours: nothing of it is new, but others may be.
    fn meet(&mut self, states: &States<'_>, twins: &Twins) {
        outside::compare(
            states,
            &self.crowd,
            &Scope::Everybody,
            twins,
            &mut self.gauge,
            &mut self.neighbours,
            &mut self.boxes,
        );
    }

    /// Brings crowd and doubts up to the state, and says which seats are touched.
    fn follow(&mut self, states: &States<'_>, before: &Analysis) -> Scope {
        let now = states.x;
        let interfaces = before.estate.interfaces.differences(&now.estate.interfaces);
        let changed = interfaces.filter_map(|(was, is)| Some(was.or(is)?.id.clone()));
        let changed: BTreeSet<InterfaceId> = changed.collect();
        let groups = before.v6.groups.keys().chain(now.v6.groups.keys());
        let groups: BTreeSet<_> = groups
            .filter(|id| {
                let pair = before.v6.groups.get(*id).zip(now.v6.groups.get(*id));
                pair.is_none_or(|(was, is)| !is_one(was, is))
            })
            .collect();
        let elsewhere = !std::rc::Rc::ptr_eq(&before.ties, &now.ties)
            || !std::rc::Rc::ptr_eq(&before.roster, &now.roster)
            || !carry::same_hubs(before, now);
        if elsewhere || changed.len() > FEW || self.boxes.is_cut() {
            self.crowd = Crowd::new(now, states.y);
            self.doubts = Doubts::of(states, &self.crowd, &mut self.gauge);
            self.neighbours = Neighbours::default();
            self.boxes = Boxes::default();
            return Scope::Everybody;
        }
        if !changed.is_empty() {
            let was = &before.estate;
            self.crowd.change(now, states.y, was, changed.iter());
        }
        let touched = self.touched(before, now, &changed);
        for id in groups {
            self.doubts
                .look_at(id, states, &self.crowd, &mut self.gauge);
        }
        if !changed.is_empty() {
            let fresh = self.crowd.seats.iter().enumerate();
            let fresh = fresh.filter(|(_, seat)| changed.contains(&seat.id));
            let fresh = fresh.map(|(number, _)| number).collect();
            self.doubts
                .look_for(&fresh, states, &self.crowd, &mut self.gauge);
        }
        let seats = touched.iter().map(|number| &self.crowd.seats[*number].id);
        let forgotten: BTreeSet<_> = seats.chain(&changed).collect();
        self.neighbours.forget(&forgotten);
        self.boxes.forget(&forgotten);
        Scope::Only(touched)
    }

    /// The seats of which some factor is another one than before.
    fn touched(
        &self,
        before: &Analysis,
        now: &Analysis,
        changed: &BTreeSet<InterfaceId>,
    ) -> BTreeSet<usize> {
        let profiles = before.v6.profiles.iter().zip(&now.v6.profiles);
        let profiles: Vec<bool> = profiles.map(|(was, is)| !is_one(was, is)).collect();
        let places = self.crowd.places.iter();
        let places: Vec<bool> = places.map(|place| is_touched(place, before, now)).collect();
        let seats = self.crowd.seats.iter().enumerate();
        let touched = seats.filter(|(_, seat)| {
            profiles.get(seat.profiles.0).copied().unwrap_or(true)
                || places.get(seat.place).copied().unwrap_or(true)
                || (!changed.is_empty() && changed.contains(&seat.id))
        });
        touched.map(|(number, _)| number).collect()
    }

    fn begun(mut self, first: &Analysis, measure: &Analysis) -> Self {
        let states = States {
            x: first,
            y: measure,
            nor: Some(first),
        };
        self.doubts = Doubts::of(&states, &self.crowd, &mut self.gauge);
        self
    }
}

/// Whether a place routes or filters in another way than before.
fn is_touched(place: &Place, before: &Analysis, now: &Analysis) -> bool {
    let grounds = before.grounds.get(&place.0).zip(now.grounds.get(&place.0));
    let Some((was, is)) = grounds else {
        return true;
    };
    let table = |analysis: &Analysis, id: Option<&RouteTableId>| {
        let table = id.and_then(|id| u128::half(analysis).tables.get(id));
        table.map(|table| std::rc::Rc::as_ptr(table).addr())
    };
    was != is
        || !is_one(before.v6.edge(was), now.v6.edge(is))
        || !is_one(before.v6.routes(was), now.v6.routes(is))
        || table(before, was.edge_table.as_ref()) != table(now, is.edge_table.as_ref())
        || welcomes(before, was).any(|id| table(before, Some(id)) != table(now, Some(id)))
}

/// The tables of the VPN gateways of a place's network.
fn welcomes<'a>(
    analysis: &'a Analysis,
    ground: &'a Ground,
) -> impl Iterator<Item = &'a RouteTableId> {
    let tables = analysis.ties.edge_tables();
    let gateways = &analysis.estate.gateways;
    let own = tables.filter(|(id, _)| {
        let gateway = gateways.get(id);
        gateway.is_some_and(|it| it.network.as_ref() == Some(&ground.network))
    });
    own.map(|(_, table)| table)
}
