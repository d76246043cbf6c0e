//! Reachability of whole sets: what every end can begin with every other, exactly.
//!
//! An answer is a product of factors that are tables on their own: what the sender's firewalls let
//! out, what the receiver's let in, what the lists on the subnets' edges let pass there and back, and
//! where routes lead. Each factor is computed once for all that share it and no pair is ever listed.
//! The families share no factor.
//!
//! A flow is *allowed* when its packets arrive and its answers return. IPv4 flows are named by private
//! addresses; a host of the internet reaches a private address by the public one mapped to it.

mod address;
pub mod compare;
mod entrance;
mod exposure;
mod far;
mod ground;
mod half;
mod hub;
mod internet;
mod leg;
mod list;
pub mod matrix;
mod nat;
mod product;
mod profile;
mod reach;
mod roster;
mod route;
pub(crate) mod tables;
mod ties;
mod touched;
mod unknown;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::rc::Rc;

use sixward_estate::{
    Attachment, Direction, Estate, Interface, LinkId, NetworkId, RouteTableId, Subject, SubnetId,
    TransitId,
};
use sixward_net::Family;

pub use exposure::{Exposed, Source};
pub use far::far_ends;

use self::address::Address;
use self::entrance::Entrances;
use self::ground::Ground;
use self::half::Half;
use self::product::Answer;
use self::reach::{Setting, Stand};
use self::roster::Roster;
use self::route::Way;
use self::ties::Ties;
use self::touched::Touched;
use self::unknown::{Gaps, subject, unknown};
use crate::End;
use crate::set::{Arena, TrafficId, TrafficSet};

/// The factors of one state of an estate, in both families.
#[derive(Debug)]
pub struct Analysis {
    estate: Estate,
    gaps: Gaps,
    grounds: Rc<BTreeMap<SubnetId, Ground>>,
    roster: Rc<Roster>,
    ties: Rc<Ties>,
    v4: Half<u32>,
    v6: Half<u128>,
    /// The traffic sets of all states, and products that questions made.
    arena: Rc<RefCell<Arena>>,
}

/// What is allowed from one end to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What is allowed for sure.
    pub traffic: TrafficSet,
    /// That, and what may be allowed as far as anybody knows; equal to it when nothing is
    /// undetermined.
    pub possible: TrafficSet,
    /// What is touched on the way and not known or not modelled.
    pub undetermined: Vec<Subject>,
}

impl Analysis {
    /// Computes the factors of an estate.
    pub fn new(estate: &Estate) -> Self {
        Self::within(estate, &Rc::default())
    }

    fn within(estate: &Estate, arena: &Rc<RefCell<Arena>>) -> Self {
        let gaps = Gaps::of(estate);
        let grounds = ground::grounds(estate, &gaps);
        let roster = Roster::of(estate);
        let traffic = &mut arena.borrow_mut();
        Self {
            v4: Half::new(estate, &gaps, grounds.values(), &roster, traffic),
            v6: Half::new(estate, &gaps, grounds.values(), &roster, traffic),
            ties: Rc::new(Ties::of(estate)),
            estate: estate.clone(),
            gaps,
            grounds: Rc::new(grounds),
            roster: Rc::new(roster),
            arena: Rc::clone(arena),
        }
    }

    /// The factors of a later state: what it shares with this one is not computed again.
    #[must_use]
    pub fn next(&self, estate: &Estate) -> Self {
        let touched = Touched::between(&self.estate, estate);
        if touched.everything {
            return Self::within(estate, &self.arena);
        }
        let (mut grounds, mut ties) = (Rc::clone(&self.grounds), Rc::clone(&self.ties));
        if touched.grounds {
            keep(&mut grounds, ground::grounds(estate, &self.gaps));
            keep(&mut ties, Ties::of(estate));
        }
        let (gaps, roster) = (&self.gaps, &self.roster);
        let arena = &mut self.arena.borrow_mut();
        Self {
            v4: self
                .v4
                .next(estate, gaps, grounds.values(), roster, &touched, arena),
            v6: self
                .v6
                .next(estate, gaps, grounds.values(), roster, &touched, arena),
            ties,
            estate: estate.clone(),
            gaps: self.gaps.clone(),
            grounds,
            roster: Rc::clone(&self.roster),
            arena: Rc::clone(&self.arena),
        }
    }

    /// Whether nothing that this state allows in a family can differ from what `other` allows: all
    /// factors are shared, and interfaces are what they were.
    pub fn shares(&self, other: &Self, family: Family) -> bool {
        let halves = match family {
            Family::V4 => self.v4.shares(&other.v4),
            Family::V6 => self.v6.shares(&other.v6),
        };
        let places =
            Rc::ptr_eq(&self.grounds, &other.grounds) && Rc::ptr_eq(&self.ties, &other.ties);
        let interfaces = &self.estate.interfaces;
        let mut changes = interfaces.differences(&other.estate.interfaces);
        halves
            && places
            && changes.all(|(a, b)| a.zip(b).is_some_and(|(a, b)| is_like(a, b, family)))
    }

    /// Whether its factors are those that its estate has when they are computed from nothing.
    pub fn is_sound(&self) -> bool {
        let anew = Self::within(&self.estate, &self.arena);
        self.v4.holds(&anew.v4)
            && self.v6.holds(&anew.v6)
            && self.grounds == anew.grounds
            && self.ties == anew.ties
    }

    /// What some address of one end can begin with some address of the other. Addresses of the estate's
    /// own networks are nobody's on the internet and behind its links.
    pub fn allowed(&self, from: &End, to: &End, family: Family) -> Verdict {
        match family {
            Family::V4 => self.verdict(self.ends::<u32>(from, to)),
            Family::V6 => self.verdict(self.ends::<u128>(from, to)),
        }
    }

    /// What one address can begin with another. Interfaces are named by the addresses that their
    /// networks know. Nothing when an address is not its end's, or families differ.
    pub fn allowed_at(&self, from: (&End, IpAddr), to: (&End, IpAddr)) -> Verdict {
        self.verdict(match from.1 {
            IpAddr::V4(_) => self.points::<u32>(from, to),
            IpAddr::V6(_) => self.points::<u128>(from, to),
        })
    }

    /// The same of two interfaces, where it is known whether a hub tells members of firewalls: for tests to
    /// ask either way.
    pub fn allowed_if(
        &self,
        from: (&End, IpAddr),
        to: (&End, IpAddr),
        (link, tells): (&LinkId, bool),
    ) -> Verdict {
        self.verdict(match from.1 {
            IpAddr::V4(_) => self.points_if::<u32>(from, to, Some((link, tells))),
            IpAddr::V6(_) => self.points_if::<u128>(from, to, Some((link, tells))),
        })
    }

    /// What the internet can begin, a row for each kind of interface. Interfaces in no row are out of
    /// its reach for sure.
    pub fn exposure(&self, family: Family) -> Vec<Exposed> {
        let arena = &mut self.arena.borrow_mut();
        match family {
            Family::V4 => exposure::exposure::<u32>(self, arena),
            Family::V6 => exposure::exposure::<u128>(self, arena),
        }
    }

    /// The traffic that a name stands for.
    pub fn traffic(&self, id: TrafficId) -> TrafficSet {
        self.arena.borrow().get(id).clone()
    }

    /// How many profiles and traffic sets there are.
    pub fn size(&self) -> (usize, usize) {
        (self.roster.count(), self.arena.borrow().count())
    }

    fn verdict(&self, answer: Answer) -> Verdict {
        Verdict {
            traffic: self.traffic(answer.traffic),
            possible: self.traffic(answer.possible),
            undetermined: answer.unknown.into_iter().collect(),
        }
    }

    fn points<A: Address>(&self, from: (&End, IpAddr), to: (&End, IpAddr)) -> Answer {
        self.points_if::<A>(from, to, None)
    }

    fn points_if<A: Address>(
        &self,
        from: (&End, IpAddr),
        to: (&End, IpAddr),
        setting: Option<Setting<'_>>,
    ) -> Answer {
        let (Some(source), Some(destination)) = (A::point(from.1), A::point(to.1)) else {
            return Answer::nothing();
        };
        let arena = &mut self.arena.borrow_mut();
        match (from.0, to.0) {
            (End::Interface(_), End::Interface(_)) => {
                match (self.find(from.0, source), self.find(to.0, destination)) {
                    (Ok(from), Ok(to)) => reach::between(self, from, to, setting, arena),
                    (Err(answer), _) | (_, Err(answer)) => answer,
                }
            }
            (End::Internet, End::Interface(_)) if A::internet().contains(source) => {
                let to = self.find(to.0, destination);
                to.map_or_else(
                    |answer| answer,
                    |to| internet::inbound(self, source, to, arena),
                )
            }
            (End::Interface(_), End::Internet) if A::internet().contains(destination) => {
                let from = self.find(from.0, source);
                let outbound = |from| internet::outbound(self, from, destination, arena);
                from.map_or_else(|answer| answer, outbound)
            }
            (End::Internet, End::Interface(_)) | (End::Interface(_), End::Internet) => {
                Answer::nothing()
            }
            (End::Internet, End::Internet) => not_modelled(from.0, to.0),
            _ => far::points(self, (from.0, source), (to.0, destination), arena),
        }
    }

    fn ends<A: Address>(&self, from: &End, to: &End) -> Answer {
        match (from, to) {
            (End::Interface(source), End::Interface(destination)) => {
                let others = self.own::<A>(destination);
                let pairs = self.own::<A>(source).into_iter();
                let pairs = pairs.flat_map(|own| others.iter().map(move |other| (own, *other)));
                self.sum(pairs.map(|(a, b)| self.points::<A>((from, a.ip()), (to, b.ip()))))
            }
            (End::Internet, End::Interface(id)) => {
                let own = self.own::<A>(id).into_iter();
                self.sum(own.map(|own| self.internet_to(to, own)))
            }
            (End::Interface(id), End::Internet) => {
                let own = self.own::<A>(id).into_iter();
                self.sum(own.map(|own| self.to_the_internet(from, own)))
            }
            (End::Internet, End::Internet) => not_modelled(from, to),
            _ => far::ends::<A>(self, from, to),
        }
    }

    fn internet_to<A: Address>(&self, to: &End, own: A) -> Answer {
        let arena = &mut self.arena.borrow_mut();
        let to = self.find(to, own);
        let mut entrances = Entrances::of(self);
        to.map_or_else(
            |answer| answer,
            |to| exposure::by_source(to, &mut entrances, arena).1,
        )
    }

    fn to_the_internet<A: Address>(&self, from: &End, own: A) -> Answer {
        match self.find(from, own) {
            Err(answer) => answer,
            Ok(stand) => {
                let strangers = exposure::strangers(self);
                let mut cuts = internet::cuts(self, stand, Direction::Egress);
                cuts.insert(A::MIN);
                let remotes = cuts.into_iter();
                let remotes = remotes.filter_map(|cut| strangers.first_from(cut));
                let remotes: BTreeSet<_> = remotes.collect();
                let remotes = remotes.iter().map(|remote| (&End::Internet, remote.ip()));
                self.sum(remotes.map(|remote| self.points::<A>((from, own.ip()), remote)))
            }
        }
    }

    fn sum(&self, answers: impl Iterator<Item = Answer>) -> Answer {
        answers.fold(Answer::nothing(), |sum, answer| {
            sum.or(answer, &mut self.arena.borrow_mut())
        })
    }

    fn own<A: Address>(&self, id: &sixward_estate::InterfaceId) -> Vec<A> {
        let interface = self.estate.interfaces.get(id);
        interface.map(A::own).unwrap_or_default()
    }

    /// The interface at one of its addresses, or the answer that does without.
    fn find<A: Address>(&self, end: &End, address: A) -> Result<Stand<'_, A>, Answer> {
        let End::Interface(id) = end else {
            return Err(not_modelled(end, end));
        };
        let Some(interface) = self.estate.interfaces.get(id) else {
            return Err(Answer::unknown(unknown("interface", id)));
        };
        if !address.is_of(interface) {
            return Err(Answer::nothing());
        }
        let stand = self.stand(interface, address);
        let subnet = interface.subnet_in(A::FAMILY);
        stand.ok_or_else(|| Answer::unknown(unknown("subnet", subnet)))
    }

    fn stand<'a, A: Address>(
        &'a self,
        interface: &'a Interface,
        address: A,
    ) -> Option<Stand<'a, A>> {
        let firewalls = interface.firewalls_in(A::FAMILY);
        Some(Stand {
            interface,
            ground: self.grounds.get(interface.subnet_in(A::FAMILY))?,
            profile: self.roster.number(firewalls)?,
            address,
        })
    }

    /// A network's attachment to a hub.
    fn attachment(&self, hub: &TransitId, network: &NetworkId) -> Option<(&LinkId, &Attachment)> {
        let id = self.ties.attachment(hub, network)?;
        let link = self.estate.links.get(id)?;
        Some((&link.id, link.attachment()?))
    }

    /// Whether a gateway's own table leads packets for an address to it.
    fn leads_home<A: Address>(&self, table: &RouteTableId, address: A) -> bool {
        let routes = A::half(self).table(table);
        routes.is_some_and(|routes| {
            routes.anywhere.is_empty() && *routes.ways.get(address) == Way::Local
        })
    }
}

/// Whether ranges of addresses are all that hosts of the internet may have in their family, but for
/// an estate's own.
pub(crate) fn is_all_internet(estate: &Estate, ranges: &[(IpAddr, IpAddr)]) -> bool {
    fn all<A: Address>(estate: &Estate, ranges: &[(IpAddr, IpAddr)]) -> bool {
        let strangers = A::internet().difference(&address::own_blocks(estate));
        let strangers = strangers
            .iter()
            .map(|(first, last)| (first.ip(), last.ip()));
        strangers.eq(ranges.iter().copied())
    }
    all::<u32>(estate, ranges) || all::<u128>(estate, ranges)
}

/// Whether an interface is the same to a family.
fn is_like(a: &Interface, b: &Interface, family: Family) -> bool {
    let addresses = match family {
        Family::V4 => a.addresses4 == b.addresses4,
        Family::V6 => a.addresses6 == b.addresses6,
    };
    addresses
        && a.prefixes6 == b.prefixes6
        && a.owner == b.owner
        && a.firewalls_in(family) == b.firewalls_in(family)
        && a.subnet_in(family) == b.subnet_in(family)
}

/// What came out as it was stays, so that sameness is a matter of pointers.
fn keep<T: PartialEq>(known: &mut Rc<T>, now: T) {
    if **known != now {
        *known = Rc::new(now);
    }
}

fn not_modelled(from: &End, to: &End) -> Answer {
    let ends = [from, to].into_iter();
    let ends = ends.filter(|end| !matches!(end, End::Interface(_)));
    Answer::unknown(ends.map(|end| subject("end", end)).collect())
}
