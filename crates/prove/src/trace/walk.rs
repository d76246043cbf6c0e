//! The walk: a packet at a place, one place after the other, until it stops.

use sixward_estate::{Gateway, Interface, Link, Network, NetworkId, Subject, Subnet, SubnetId};

use super::atlas::{Ambiguous, Atlas};
use super::known::Known;
use super::session::Session;
use super::{Cause, Decision, Hop, Outcome};
use crate::{End, Packet};

/// More places than any way has that does not go round in circles.
const LIMIT: usize = 64;

/// Where a packet is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// About to leave an interface.
    Out(&'a Interface),
    /// About to enter an interface.
    In(&'a Interface),
    /// About to leave a subnet towards its route table.
    Leave(&'a Subnet),
    /// With a network's own router, coming from a subnet of it or from outside.
    Within(&'a Network, Option<&'a Subnet>),
    /// At an interface that should forward it.
    Forward(&'a Interface),
    /// At an address of a NAT gateway.
    Nat(&'a Gateway),
    /// In the internet, from a gateway of the estate or from far away.
    Internet {
        /// It comes from the estate.
        ours: bool,
    },
    /// At the estate's end of a site's link.
    Site(&'a Link),
    /// In a network that is not in the estate.
    Foreign(&'a NetworkId),
    /// With a transit hub, coming from an attachment and, where it is known, from a zone.
    Hub(&'a Link, Option<&'a str>),
}

/// The end of a walk.
pub(super) type Stop = Box<Outcome>;
/// The next place, or the end.
pub(super) type Next<'a> = Result<Place<'a>, Stop>;

/// What a provider chooses and does not promise.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Choice {
    /// Which of a NAT gateway's addresses.
    pub(super) address: usize,
    /// Which port; the packet's own where it may be kept.
    pub(super) port: Option<u16>,
}

/// A packet on its way.
#[derive(Debug)]
pub(super) struct Walk<'t, 'a> {
    pub(super) atlas: &'t Atlas<'a>,
    pub(super) session: &'t mut Session<'a>,
    pub(super) packet: Packet,
    pub(super) hops: Vec<Hop>,
    /// It is the answer to a packet that has walked before.
    pub(super) is_answer: bool,
    pub(super) choice: Choice,
    /// The NAT gateway whose choice was needed.
    pub(super) chooser: Option<&'a Gateway>,
    /// What it is supposed to have passed, though nobody knows: only an end that is certain counts.
    pub(super) supposed: Option<Subject>,
    /// A firewall that let it pass for being a member's packet.
    pub(super) named: Option<Subject>,
    /// What it came over that carries no memberships: the internet, a hub.
    pub(super) strayed: Option<Subject>,
    /// Where it left a subnet before: whoever does so twice alike does it for ever.
    pub(super) left: Vec<(&'a SubnetId, Packet)>,
    /// The network that a service of the provider answers into.
    pub(super) served: Option<&'a Network>,
}

impl<'t, 'a> Walk<'t, 'a> {
    pub(super) fn new(
        atlas: &'t Atlas<'a>,
        session: &'t mut Session<'a>,
        packet: Packet,
        choice: Choice,
    ) -> Self {
        Self {
            atlas,
            session,
            packet,
            hops: Vec::new(),
            is_answer: false,
            choice,
            chooser: None,
            supposed: None,
            named: None,
            strayed: None,
            left: Vec::new(),
            served: None,
        }
    }

    /// Walks until the end.
    pub(super) fn go(&mut self, start: Next<'a>) -> Outcome {
        let mut next = start;
        for _ in 0..LIMIT {
            match next {
                Ok(place) => next = self.step(place),
                Err(stop) => return *stop,
            }
        }
        let last = self.hops.last().map(|hop| hop.at.clone());
        let at = last.unwrap_or_else(internet);
        match self.refuse::<()>(at, Cause::Loop) {
            Ok(()) => Outcome::Dropped(Cause::Loop),
            Err(stop) => *stop,
        }
    }

    /// Where an end of a flow stands.
    pub(super) fn start(&mut self, from: &End) -> Next<'a> {
        let estate = self.atlas.estate;
        match from {
            End::Internet => {
                self.hop(internet(), Decision::Sent);
                Ok(Place::Internet { ours: false })
            }
            End::Interface(id) => match estate.interfaces.get(id) {
                Some(interface) => Ok(Place::Out(interface)),
                None => self.doubt(Subject::new("interface", id.as_str(), "")),
            },
            End::Site(id) => match estate.links.get(id) {
                Some(link) => Ok(Place::Site(link)),
                None => self.doubt(Subject::new("link", id.as_str(), "")),
            },
            End::Foreign(id) => match self.atlas.foreign(id) {
                Some(id) => Ok(Place::Foreign(id)),
                None => self.doubt(Subject::new("network", id.as_str(), "")),
            },
        }
    }

    fn step(&mut self, place: Place<'a>) -> Next<'a> {
        match place {
            Place::Out(interface) => self.out(interface),
            Place::In(interface) => self.into(interface),
            Place::Leave(subnet) => self.leave(subnet),
            Place::Within(network, from) => self.within(network, from),
            Place::Forward(interface) => self.forward(interface),
            Place::Nat(gateway) => self.nat_in(gateway),
            Place::Internet { ours } => {
                self.stray(internet());
                self.internet(ours)
            }
            Place::Site(link) => self.site(link),
            Place::Foreign(network) => self.foreign(network),
            Place::Hub(link, zone) => {
                self.stray(link.subject());
                self.hub(link, zone)
            }
        }
    }

    pub(super) fn hop(&mut self, at: Subject, what: Decision) {
        let packet = self.packet;
        self.hops.push(Hop { at, what, packet });
    }

    /// It ends here, dropped.
    pub(super) fn refuse<T>(&mut self, at: Subject, cause: Cause) -> Result<T, Stop> {
        self.hop(at, Decision::Dropped(cause.clone()));
        Err(Box::new(Outcome::Dropped(cause)))
    }

    /// It ends here, and nobody can say how.
    pub(super) fn doubt<T>(&mut self, at: Subject) -> Result<T, Stop> {
        self.hop(at.clone(), Decision::Undetermined);
        Err(Box::new(Outcome::Undetermined(at)))
    }

    /// A filter that is not known: it walks on, since it may be dropped for sure further on.
    pub(super) fn suppose(&mut self, at: Subject) {
        self.hop(at.clone(), Decision::Undetermined);
        self.supposed.get_or_insert(at);
    }

    /// It passed a firewall for being a member's packet.
    pub(super) fn name(&mut self, firewall: Subject) {
        if self.strayed.is_some() {
            self.suppose(firewall.clone());
        }
        self.named.get_or_insert(firewall);
    }

    /// It leaves what a firewall's members are known in: their own network and those peered with it.
    fn stray(&mut self, to: Subject) {
        if let Some(firewall) = self.named.clone() {
            self.suppose(firewall);
        }
        self.strayed.get_or_insert(to);
    }

    /// It arrives.
    pub(super) fn deliver<T>(&mut self, at: Subject, end: End) -> Result<T, Stop> {
        self.hop(at, Decision::Delivered);
        Err(Box::new(Outcome::Delivered(end)))
    }

    /// It arrives at a service of the provider's.
    pub(super) fn serve<T>(&mut self, at: Subject) -> Result<T, Stop> {
        self.hop(at.clone(), Decision::Delivered);
        Err(Box::new(Outcome::Service(at)))
    }

    /// Nothing is said about what has a gap.
    pub(super) fn touch(&mut self, at: Subject) -> Result<(), Stop> {
        if self.atlas.has_gap(&at) {
            return self.doubt(at);
        }
        Ok(())
    }

    /// The translated packet, with a hop that says what it was.
    pub(super) fn translate(&mut self, at: Subject, after: Packet) {
        let before = std::mem::replace(&mut self.packet, after);
        self.hop(at, Decision::Translated(before));
    }

    pub(super) fn settle<T>(&mut self, found: Result<T, Ambiguous>) -> Result<T, Stop> {
        found.or_else(|Ambiguous(subject)| self.doubt(subject))
    }
}

/// The internet as the subject of a hop.
pub(super) fn internet() -> Subject {
    Subject::new("internet", "", "")
}
