//! What a state machine wants done besides passing a packet on: bubbles, tests, packets that waited,
//! news. The caller takes it away after each call.

use std::collections::VecDeque;
use std::net::{Ipv6Addr, SocketAddrV4};

use crate::client::{NoPath, State};
use crate::reject::Counters;
use crate::reject::Reject;

/// One thing to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send this over IPv4.
    Udp(Datagram),
    /// Give this packet to the tunnel interface.
    Tun(Vec<u8>),
    /// Open this UDP port beside the service port (RFC 6081 section 5.4). If it cannot be opened, nothing
    /// comes from it, and nothing else is lost.
    Open(u16),
    /// Close it.
    Close(u16),
    /// Something has changed.
    Event(Event),
}

/// A UDP payload on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
    /// From which port, if not from the service port.
    pub port: Option<u16>,
    /// To where.
    pub to: SocketAddrV4,
    /// How far, if not as far as usual.
    pub ttl: Option<u8>,
    /// What.
    pub bytes: Vec<u8>,
}

/// What the surroundings of a state machine should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The tunnel has this address.
    AddressAdded {
        /// The Teredo address.
        address: Ipv6Addr,
        /// What the link carries.
        mtu: u16,
    },
    /// The tunnel has this address no more. Comes before the state that says so (Q11).
    AddressRemoved(Ipv6Addr),
    /// The client is in another state.
    State(State),
    /// The server's name should be looked up again (Q13).
    Resolve,
    /// The server does not answer; what is established goes on.
    ServerSilent,
    /// The server answers again.
    ServerBack,
    /// A peer cannot be reached.
    Unreachable {
        /// Who.
        peer: Ipv6Addr,
        /// Why.
        why: NoPath,
    },
}

/// What waits to be taken away; bounded, so that a caller who forgets it does no harm.
#[derive(Debug, Default)]
pub(crate) struct Outbox(VecDeque<Output>);

const MOST: usize = 8192;

impl Outbox {
    pub(crate) fn push(&mut self, output: Output, counters: &mut Counters) {
        if self.0.len() < MOST || !matches!(output, Output::Udp(_) | Output::Tun(_)) {
            self.0.push_back(output);
        } else {
            counters.count(Reject::OutputFull);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Output> {
        self.0.pop_front()
    }
}
