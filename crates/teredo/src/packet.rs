//! What a UDP datagram of Teredo holds (RFC 4380 section 5.1.1, RFC 6081 section 4): authentication,
//! origin, an IPv6 packet, trailers. Everything is borrowed; every short form is refused by name.

mod authentication;
mod build;
mod ecn;
mod header;
mod icmp;
mod origin;
mod solicitation;
mod trailer;

pub use authentication::Authentication;
pub use build::{Bubble, bubble};
pub use ecn::decapsulate as ecn;
pub use header::Header;
pub use icmp::Unreachable;
pub use solicitation::question;
pub use trailer::{Alternates, Discovery, Trailers};

pub(crate) use authentication::write as authentication;
pub(crate) use build::discovery_bubble;
pub(crate) use header::{NO_NEXT_HEADER, destined};
pub(crate) use icmp::{Echo, Icmp, echo_request, error, is_error, same};
pub(crate) use origin::write as origin;
pub(crate) use solicitation::{
    ALL_ROUTERS, Advertised, advertised, advertisement, is_solicitation, solicitation,
};

use std::net::SocketAddrV4;
use std::ops::Range;

use crate::reject::Reject;

/// A datagram, taken apart.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// The authentication, if there is one.
    pub authentication: Option<Authentication<'a>>,
    /// The origin that a server saw, if it tells.
    pub origin: Option<SocketAddrV4>,
    /// The IPv6 header.
    pub header: Header,
    /// The IPv6 packet as long as its header says.
    pub ipv6: &'a [u8],
    /// What follows it.
    pub trailers: &'a [u8],
    /// The authenticated part: origin and packet.
    pub(crate) clear: &'a [u8],
    before: usize,
}

impl<'a> Packet<'a> {
    /// Takes a datagram apart.
    pub fn read(datagram: &'a [u8]) -> Result<Self, Reject> {
        let (authentication, clear) = authentication::read(datagram)?;
        let (origin, rest) = origin::read(clear)?;
        if authentication.is_none() && origin.is_some() && rest.starts_with(&[0, 1]) {
            return Err(Reject::OriginFirst);
        }
        let header = Header::read(rest)?;
        let length = header.length();
        let (ipv6, trailers) = rest.split_at_checked(length).ok_or(Reject::Truncated)?;
        Ok(Self {
            authentication,
            origin,
            header,
            ipv6,
            trailers,
            clear,
            before: datagram.len().saturating_sub(rest.len()),
        })
    }

    /// What follows the IPv6 header.
    pub fn payload(&self) -> &'a [u8] {
        self.ipv6.get(Header::LENGTH..).unwrap_or_default()
    }

    /// Where the IPv6 packet stands in the datagram.
    pub fn range(&self) -> Range<usize> {
        self.before..self.before.saturating_add(self.ipv6.len())
    }

    /// F7: a header and nothing behind it, other than trailers.
    pub fn is_bubble(&self) -> bool {
        self.header.next == NO_NEXT_HEADER && self.header.payload == 0
    }

    pub(crate) fn icmp(&self) -> Option<Icmp<'a>> {
        Icmp::read(&self.header, self.payload())
    }
}
