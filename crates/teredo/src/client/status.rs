//! What the client knows of itself and its peers, for a display (the fields of `netsh interface teredo
//! show state`, and those that it lacks).

use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use super::{Client, Server, State};
use crate::nat::Nat;
use crate::peer::Trust;
use crate::time::Time;

/// The client at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Where it stands.
    pub state: State,
    /// Its address.
    pub address: Option<Ipv6Addr>,
    /// The server that it asks.
    pub server: Option<Server>,
    /// How long the server took to answer.
    pub server_rtt: Option<Duration>,
    /// How many routers away the server is.
    pub server_hops: Option<u8>,
    /// When the server was last heard.
    pub server_heard: Option<Time>,
    /// The refresh interval in use.
    pub refresh: Duration,
    /// Whether mappings changed at one refresh after another.
    pub unstable: bool,
    /// The kind of NAT.
    pub nat: Nat,
    /// Q8: whether the NAT keeps the port.
    pub port_preserving: Option<bool>,
    /// Where the service port is.
    pub local: SocketAddrV4,
    /// Where the servers see it.
    pub external: Option<SocketAddrV4>,
    /// Packets and bytes that wait for peers.
    pub waiting: (usize, usize),
    /// How many peers are kept.
    pub peers: usize,
}

/// One peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    /// Who.
    pub address: Ipv6Addr,
    /// Where.
    pub mapping: Option<SocketAddrV4>,
    /// Why that is believed.
    pub trust: Trust,
    /// For how long nothing came from there.
    pub idle: Option<Duration>,
    /// Calls that were not answered.
    pub bubbles: usize,
}

impl Client {
    /// The client now.
    pub fn status(&self) -> Status {
        Status {
            state: self.state,
            address: self.address,
            server: self.server(),
            server_rtt: self.rtt,
            server_hops: self.hops,
            server_heard: self.heard,
            refresh: self.interval,
            unstable: self.changes > 1,
            nat: self.nat,
            port_preserving: self
                .place
                .map(|place| place.port() == self.config.local.port()),
            local: self.config.local,
            external: self.place,
            waiting: self.peers.waiting(),
            peers: self.peers.len(),
        }
    }

    /// Its peers, by address.
    pub fn peers(&self, now: Time) -> impl Iterator<Item = PeerStatus> + '_ {
        self.peers.iter().map(move |(address, peer)| PeerStatus {
            address,
            mapping: peer.mapping,
            trust: peer.trust,
            idle: peer.heard.map(|heard| now.since(heard)),
            bubbles: peer.attempts.count(),
        })
    }
}
