//! What the world tells the client between packets: other servers, another network, native IPv6,
//! a managed network.

use std::net::SocketAddrV4;

use super::{Client, Server, State, Why, settle};
use crate::surroundings::Surroundings;
use crate::time::Time;

impl Client {
    /// The server's name has other addresses (Q13).
    pub fn servers(&mut self, now: Time, servers: Vec<Server>) {
        if self.config.servers == servers {
            return;
        }
        self.config.servers = servers;
        self.start(now);
    }

    /// The networks around have changed. A host that has moved asks at once, and so does one that had no
    /// luck before; for any other nothing is different.
    pub fn network(&mut self, now: Time, local: SocketAddrV4, surroundings: Surroundings) {
        let moved = self.config.local != local;
        self.config.local = local;
        self.config.surroundings = surroundings;
        if moved {
            self.lose_address();
        }
        if moved || matches!(self.state, State::Offline(_)) {
            self.start(now);
        }
    }

    /// A packet of the server came with this TTL left, where the caller does not know it of every packet.
    pub fn server_ttl(&mut self, left: u8) {
        self.hops = Some(settle::hops(left));
    }

    /// There is no IPv4 any more.
    pub fn unplugged(&mut self) {
        self.rest(State::Offline(Why::NoNetwork));
    }

    /// The network is a managed one, or is none any more.
    pub fn managed(&mut self, now: Time, managed: bool) {
        let before = std::mem::replace(&mut self.managed, managed);
        if before != managed && !self.config.enterprise && self.begun {
            self.start(now);
        }
    }

    /// Native IPv6 has come or gone: Teredo steps back for it (Q15).
    pub fn native(&mut self, now: Time, present: bool) {
        if self.native == present {
            return;
        }
        self.native = present;
        if self.begun && (!present || !self.config.beside_native) {
            self.start(now);
        }
    }
}
