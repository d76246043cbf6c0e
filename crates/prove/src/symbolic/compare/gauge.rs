//! Whether traffic of one view keeps within traffic of the other, and what is left when it does not.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sixward_net::Family;

use crate::set::{Arena, TrafficId, TrafficSet};
use crate::symbolic::address::Address;
use crate::symbolic::product::Answer;

/// How traffic of the two views is made comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Image {
    /// It is of one family.
    Same,
    /// IPv6 must keep within what IPv4 allows.
    Ceiling,
    /// IPv6 must have what IPv4 allows.
    Floor,
}

/// The measure of excess.
#[derive(Debug)]
pub(super) struct Gauge {
    arena: Rc<RefCell<Arena>>,
    image: Image,
    of: BTreeMap<TrafficId, TrafficId>,
    beyond: BTreeMap<TrafficId, TrafficId>,
}

impl Gauge {
    /// The analyses share an arena, or the names of one say nothing about the other.
    pub(super) fn new<X: Address, Y: Address>(arena: &Rc<RefCell<Arena>>) -> Self {
        Self {
            arena: Rc::clone(arena),
            image: match (X::FAMILY, Y::FAMILY) {
                (Family::V6, Family::V4) => Image::Ceiling,
                (Family::V4, Family::V6) => Image::Floor,
                _ => Image::Same,
            },
            of: BTreeMap::new(),
            beyond: BTreeMap::new(),
        }
    }

    /// What an answer has beyond another, and what that waits for.
    pub(super) fn excess(&mut self, of: &Answer, beyond: &Answer) -> Option<Answer> {
        let left = if self.image == Image::Same {
            left(of, beyond, &mut self.arena.borrow_mut())
        } else {
            Answer {
                traffic: self.left(of.traffic, beyond.possible),
                possible: self.left(of.possible, beyond.traffic),
                unknown: &of.unknown | &beyond.unknown,
            }
        };
        (left.possible != TrafficId::EMPTY).then_some(left)
    }

    /// What `of` has beyond `beyond`.
    pub(super) fn left(&mut self, of: TrafficId, beyond: TrafficId) -> TrafficId {
        let of = self.of(of);
        let beyond = self.beyond(beyond);
        self.arena.borrow_mut().minus(of, beyond)
    }

    /// Whether `of` has something beyond `beyond`.
    pub(super) fn exceeds(&mut self, of: TrafficId, beyond: TrafficId) -> bool {
        self.left(of, beyond) != TrafficId::EMPTY
    }

    /// Whether there is anything in `of` that is compared at all.
    pub(super) fn counts(&mut self, of: TrafficId) -> bool {
        self.of(of) != TrafficId::EMPTY
    }

    /// What is compared outward to the internet: in IPv4 a NAT gateway translates TCP, UDP and ICMP
    /// only, and that it leaves other protocols out is no filter that anybody meant.
    pub(super) fn outward(&mut self, of: Answer) -> Answer {
        if self.image == Image::Same {
            return of;
        }
        let arena = &mut self.arena.borrow_mut();
        let other = arena.name(TrafficSet::all().without_translated());
        Answer {
            traffic: arena.minus(of.traffic, other),
            possible: arena.minus(of.possible, other),
            unknown: of.unknown,
        }
    }

    pub(super) fn is_ceiling(&self) -> bool {
        self.image == Image::Ceiling
    }

    pub(super) fn is_floor(&self) -> bool {
        self.image == Image::Floor
    }

    pub(super) fn arena(&self) -> &RefCell<Arena> {
        &self.arena
    }

    fn of(&mut self, id: TrafficId) -> TrafficId {
        if self.image == Image::Same {
            return id;
        }
        if let Some(known) = self.of.get(&id) {
            return *known;
        }
        let arena = &mut self.arena.borrow_mut();
        let image = match self.image {
            Image::Floor => arena.get(id).image_at_least(),
            _ => arena.get(id).without_vital6(),
        };
        let image = arena.name(image);
        self.of.insert(id, image);
        image
    }

    fn beyond(&mut self, id: TrafficId) -> TrafficId {
        if self.image != Image::Ceiling {
            return id;
        }
        if let Some(known) = self.beyond.get(&id) {
            return *known;
        }
        let arena = &mut self.arena.borrow_mut();
        let image = arena.get(id).image_at_most();
        let image = arena.name(image);
        self.beyond.insert(id, image);
        image
    }
}

/// What an answer has beyond another of its family. Where it waits for all that the other waits for,
/// that falls out the same in both, whatever it is.
pub(super) fn left(of: &Answer, beyond: &Answer, arena: &mut Arena) -> Answer {
    let possible = if beyond.unknown.is_subset(&of.unknown) {
        let some = arena.minus(of.possible, beyond.possible);
        let sure = arena.minus(of.traffic, beyond.traffic);
        arena.or(some, sure)
    } else {
        arena.minus(of.possible, beyond.traffic)
    };
    Answer {
        traffic: arena.minus(of.traffic, beyond.possible),
        possible,
        unknown: &of.unknown | &beyond.unknown,
    }
}
