//! A host with a client, and what it saw.

use std::collections::BTreeSet;
use std::net::{Ipv6Addr, SocketAddrV4};

use sixward_teredo::{Client, Event, Time};

use crate::wire;

pub(crate) struct Host {
    pub(crate) client: Client,
    pub(crate) local: SocketAddrV4,
    pub(crate) nat: Option<usize>,
    /// Ports beside that of `local`.
    pub(crate) ports: BTreeSet<u16>,
    /// Packets that came out of the tunnel.
    pub(crate) received: Vec<(Time, Vec<u8>)>,
    /// Datagrams that left the host: when, to where, how far.
    pub(crate) sent: Vec<(Time, SocketAddrV4, u8, Vec<u8>)>,
    /// Datagrams that came.
    pub(crate) arrived: Vec<(Time, SocketAddrV4, Vec<u8>)>,
    pub(crate) events: Vec<(Time, Event)>,
}

impl Host {
    pub(crate) fn new(client: Client, local: SocketAddrV4, nat: Option<usize>) -> Self {
        Self {
            client,
            local,
            nat,
            ports: BTreeSet::new(),
            received: Vec::new(),
            sent: Vec::new(),
            arrived: Vec::new(),
            events: Vec::new(),
        }
    }

    pub(crate) fn address(&self) -> Ipv6Addr {
        self.client.address().expect("the client is qualified")
    }

    /// The numbers of the pings that were answered, in the order of the answers.
    pub(crate) fn ponged(&self) -> Vec<u16> {
        let packets = self.received.iter();
        packets
            .filter_map(|(_, packet)| wire::ponged(packet))
            .collect()
    }
}
