//! Ports that are predicted (RFC 6081 section 5.4, X8, X9).

use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use sixward_net::Teredo;

use super::Client;
use crate::output::Output;
use crate::packet::Trailers;
use crate::peer::VALID;
use crate::time::Time;

/// X9: between two bubbles that keep a port's mapping, and how many go out while nothing else does.
pub(super) const KEEP: Duration = Duration::from_secs(30);
const MOST_IDLE: u8 = 20;
/// Ports that may be open at one time: each is a socket.
const MOST_PORTS: usize = 64;
/// Dynamic ports begin here (RFC 6335).
const FIRST: u16 = 49_152;

impl Client {
    /// Whether our NAT keeps the port of a flow that it has not seen, as far as one flow tells (Q8).
    fn keeps_ports(&self) -> bool {
        let same = self
            .place
            .is_some_and(|place| place.port() == self.config.local.port());
        self.config.random_ports && same
    }

    /// RFC 6081 section 5.4.4.2: the port to be told in an indirect bubble.
    pub(super) fn told_port(&mut self, address: Ipv6Addr) -> Option<u16> {
        let peer = self.peers.get(address)?;
        let needed = self.nat.symmetric() && !peer.trust.trusted();
        peer.ports
            .own
            .or_else(|| needed.then(|| self.open_port(address)).flatten())
    }

    /// A port for this peer, if ports can be predicted and there are not too many.
    fn open_port(&mut self, address: Ipv6Addr) -> Option<u16> {
        if !self.keeps_ports() {
            return None;
        }
        let port = self.draw_port()?;
        self.peers.get_mut(address)?.ports.own = Some(port);
        self.put(Output::Open(port));
        Some(port)
    }

    /// A port that is not in use, unless there are too many.
    pub(super) fn draw_port(&mut self) -> Option<u16> {
        let port = FIRST | u16::from_be_bytes(self.chance.bytes());
        let free = self.open.len() < MOST_PORTS && port != self.config.local.port();
        (free && self.open.insert(port)).then_some(port)
    }

    /// The port is not needed any more.
    pub(super) fn close_port(&mut self, address: Ipv6Addr) {
        let own = self.peers.get_mut(address).and_then(|peer| {
            peer.ports.used = false;
            peer.ports.own.take()
        });
        if let Some(port) = own {
            self.closed(port);
        }
    }

    pub(super) fn closed(&mut self, port: u16) {
        if self.open.remove(&port) {
            self.put(Output::Close(port));
        }
    }

    /// RFC 6081 section 5.4.4.4: what the peer says of its own port, unless it is in use.
    pub(super) fn hear_port(&mut self, now: Time, address: Ipv6Addr, told: Option<u16>) {
        let (Some(told), Some(peer)) = (told, self.peers.get_mut(address)) else {
            return;
        };
        let before = peer.ports.theirs;
        if before == Some(told) || before.is_some() && peer.heard_within(VALID, now) {
            return;
        }
        peer.ports.theirs = Some(told);
        if before.is_some() {
            self.close_port(address);
        }
    }

    /// Section 5.4.4.3: a direct bubble between the ports that were told, beside the usual one. For a peer
    /// that called and told none it is the place in its address; before it called, nothing: our NAT
    /// keeps the port for one partner only.
    pub(super) fn port_bubble(&mut self, address: Ipv6Addr, ttl: Option<u8>, trailers: Trailers) {
        let Some((peer, teredo)) = self.peers.get(address).zip(Teredo::of(address)) else {
            return;
        };
        let theirs = peer.ports.theirs;
        let before = peer.ports.own;
        let own = match theirs {
            Some(_) => before.or_else(|| self.open_port(address)),
            None => before.filter(|_| peer.asked),
        };
        if own.is_none() && theirs.is_none() {
            return;
        }
        let port = theirs.unwrap_or(teredo.client.port());
        let to = SocketAddrV4::new(*teredo.client.ip(), port);
        let trailers = Trailers {
            port: own,
            ..trailers
        };
        self.bubble_from(own, to, ttl, address, trailers);
    }

    /// X9: keeps the mapping of the port, for a while, when no data does.
    pub(super) fn keep_port(&mut self, now: Time, address: Ipv6Addr) {
        let Some(peer) = self
            .peers
            .get_mut(address)
            .filter(|peer| peer.ports.via().is_some())
        else {
            return;
        };
        if peer.spoken.is_some_and(|spoken| now.since(spoken) < KEEP) {
            peer.ports.refreshes = 0;
        } else if peer.ports.refreshes < MOST_IDLE {
            peer.ports.refreshes += 1;
            let (via, place) = (peer.ports.via(), peer.mapping);
            let trailers = Trailers {
                nonce: peer.nonce_received,
                ..Trailers::default()
            };
            if let Some(place) = place {
                self.bubble_from(via, place, None, address, trailers);
            }
        } else {
            return;
        }
        self.peers.schedule(address, Some(now + KEEP));
    }
}
