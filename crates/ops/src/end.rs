//! The ends of a flow: whom a name means, and which address it has in a state of the estate.

mod carrier;
mod find;
mod outside;
mod subject;

use std::net::IpAddr;

use sixward_estate::{Estate, InterfaceId, InterfaceOwner, LinkId, NetworkId, Subject};
use sixward_net::Family;
use sixward_prove::End;

use crate::question::QuestionError;

pub(crate) use carrier::carriers;
use carrier::{answers6, private, seat};
pub(crate) use find::find;
use subject::{interface_subject, owner_subject};

/// Whom a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Party {
    /// The internet, at this address if one was named.
    Internet(Option<IpAddr>),
    /// A site behind a link.
    Site(LinkId, Option<IpAddr>),
    /// A network on the far side of a peering.
    Foreign(NetworkId, Option<IpAddr>),
    /// Whatever has interfaces: a host, a balancer, an endpoint, a service.
    Owner(InterfaceOwner),
    /// One interface.
    Interface(InterfaceId),
    /// Whoever has this address.
    Address(IpAddr),
}

/// Where a packet is sent from, or to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) end: End,
    pub(crate) address: IpAddr,
}

/// Why an end has no address to ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unseated {
    /// Whose address is missing.
    pub(crate) by: Subject,
    /// What is the case, said of it.
    pub(crate) why: String,
    /// It may well have one: only its value is not known.
    pub(crate) open: bool,
}

/// Which of its addresses an end shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// It sends: its own, whatever it is translated to on the way.
    Sender,
    /// Somebody within sends to it: its own, unless another one was named.
    Inside,
    /// The internet sends to it: a public one.
    Public,
}

impl Party {
    /// The party as reports name it.
    pub(crate) fn subject(&self, estate: &Estate) -> Subject {
        match self {
            Self::Internet(_) => Subject::new("internet", "", ""),
            Self::Site(id, _) => {
                let name = estate.links.get(id).map(|link| link.name.as_str());
                Subject::new("link", id.as_str(), name.unwrap_or_default())
            }
            Self::Foreign(id, _) => Subject::new("network", id.as_str(), ""),
            Self::Owner(owner) => owner_subject(estate, owner),
            Self::Interface(id) => interface_subject(estate, id),
            Self::Address(address) => Subject::new("address", address.to_string(), ""),
        }
    }

    /// The family of the address that was named.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Internet(at) | Self::Site(_, at) | Self::Foreign(_, at) => *at,
            Self::Address(at) => Some(*at),
            Self::Owner(_) | Self::Interface(_) => None,
        }
    }

    /// Whether the internet is meant.
    pub(crate) fn is_internet(&self) -> bool {
        matches!(self, Self::Internet(_))
    }

    /// Where packets of a family are sent from or to; more than one where clients may meet any.
    pub(crate) fn seats(
        &self,
        estate: &Estate,
        family: Family,
        view: View,
    ) -> Result<Vec<Seat>, Unseated> {
        match self {
            Self::Internet(at) => Ok(vec![Seat {
                end: End::Internet,
                address: at.unwrap_or_else(|| outside::internet(estate, family)),
            }]),
            Self::Site(id, at) => {
                let address = at.or_else(|| outside::site(estate, id, family));
                let end = End::Site(id.clone());
                self.known(estate, address, end, family)
            }
            Self::Foreign(id, at) => {
                let address = at.or_else(|| outside::foreign(estate, id, family));
                let end = End::Foreign(id.clone());
                self.known(estate, address, end, family)
            }
            Self::Owner(owner) => self.owned(estate, owner, family, view),
            Self::Interface(id) => {
                let seats = estate.interfaces.get(id);
                let seats = seats.and_then(|interface| seat(interface, family, view));
                let seats: Vec<_> = seats.into_iter().collect();
                self.some(estate, seats, family, view)
            }
            Self::Address(address) => {
                let carrier = carriers(estate, *address).next();
                let seat = carrier.map(|interface| Seat {
                    end: End::Interface(interface.id.clone()),
                    address: match view {
                        View::Sender => private(interface, *address),
                        View::Inside | View::Public => *address,
                    },
                });
                let why = "is nobody's at this point".to_owned();
                seat.map(|seat| vec![seat])
                    .ok_or_else(|| self.unseated(estate, why, false))
            }
        }
    }

    fn owned(
        &self,
        estate: &Estate,
        owner: &InterfaceOwner,
        family: Family,
        view: View,
    ) -> Result<Vec<Seat>, Unseated> {
        let mut interfaces: Vec<_> = estate
            .interfaces
            .iter()
            .filter(|interface| interface.owner == *owner)
            .collect();
        interfaces.sort_by_key(|interface| !interface.primary);
        let is_host = matches!(owner, InterfaceOwner::Host(_));
        let seats = interfaces
            .iter()
            .filter_map(|interface| seat(interface, family, view));
        let seats: Vec<_> = seats.take(if is_host { 1 } else { usize::MAX }).collect();
        if seats.is_empty() && !is_host {
            if interfaces.is_empty() {
                let why = "has no interface in what was read".to_owned();
                return Err(self.unseated(estate, why, true));
            }
            if family == Family::V6 && answers6(estate, owner) {
                let why = "answers IPv6 at addresses that the provider chooses".to_owned();
                return Err(self.unseated(estate, why, true));
            }
        }
        self.some(estate, seats, family, view)
    }

    fn some(
        &self,
        estate: &Estate,
        seats: Vec<Seat>,
        family: Family,
        view: View,
    ) -> Result<Vec<Seat>, Unseated> {
        if !seats.is_empty() {
            return Ok(seats);
        }
        let public = match (family, view) {
            (Family::V4, View::Public) => "public ",
            _ => "",
        };
        let why = format!("has no {public}{family} address at this point");
        Err(self.unseated(estate, why, false))
    }

    fn known(
        &self,
        estate: &Estate,
        address: Option<IpAddr>,
        end: End,
        family: Family,
    ) -> Result<Vec<Seat>, Unseated> {
        let seat = address.map(|address| vec![Seat { end, address }]);
        let why = format!("has no {family} prefix that is known here; name an address of it");
        seat.ok_or_else(|| self.unseated(estate, why, true))
    }

    fn unseated(&self, estate: &Estate, why: String, open: bool) -> Unseated {
        Unseated {
            by: self.subject(estate),
            why,
            open,
        }
    }
}

/// The address that was named, if it is of a family that is asked about.
pub(crate) fn of_family(address: IpAddr, families: &[Family]) -> Result<Family, QuestionError> {
    let family = match address {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    };
    if families.contains(&family) {
        Ok(family)
    } else {
        Err(QuestionError::OtherFamily { address, family })
    }
}
