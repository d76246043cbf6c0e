//! How a packet comes in and what becomes of it: the two questions that a data path asks per packet.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::ops::Range;

use crate::reject::Reject;

/// The port of Teredo servers.
pub const PORT: u16 = sixward_net::Teredo::PORT;

/// What the outer headers of a datagram say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Who sent it.
    pub from: SocketAddrV4,
    /// The address it was sent to, if known: it tells a multicast from a unicast.
    pub to: Option<Ipv4Addr>,
    /// The TTL that was left, if known: it tells how far away the server is.
    pub ttl: Option<u8>,
    /// The congestion mark.
    pub ecn: u8,
    /// The port it came to, if not to the service port.
    pub port: Option<u16>,
}

impl Arrival {
    /// From there, and nothing else is known.
    pub const fn of(from: SocketAddrV4) -> Self {
        Self {
            from,
            to: None,
            ttl: None,
            ecn: 0,
            port: None,
        }
    }
}

/// What becomes of a datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// These bytes of it are an IPv6 packet for the tunnel interface.
    Deliver(Range<usize>),
    /// It was for the state machine.
    Consumed,
    /// It waits for proof of its source.
    Held,
    /// It goes no further.
    Rejected(Reject),
}

/// What becomes of a packet from the tunnel interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outbound {
    /// It is the UDP payload for this place, as it is. The outer congestion mark is 00 (F12).
    Send(SocketAddrV4),
    /// The same, from this port instead of the service port.
    SendFrom(u16, SocketAddrV4),
    /// It waits until the peer is known.
    Held,
    /// It goes no further.
    Rejected(Reject),
}
