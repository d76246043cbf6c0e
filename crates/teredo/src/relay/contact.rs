//! Reaching a client (RFC 4380 section 5.4.1, L2, L6): bubbles by way of its server, until it answers
//! from where it is.

use std::net::{Ipv6Addr, SocketAddrV4};

use sixward_net::Teredo;

use super::Relay;
use crate::arrival::PORT;
use crate::output::{Datagram, Output};
use crate::packet::{Bubble, Trailers, bubble};
use crate::peer::{Contact, Permit, RETRY, Trust, Way};
use crate::reject::Reject;
use crate::time::Time;

impl Relay {
    /// One bubble, when its time has come; X1: with a nonce, which tells us where a client behind a
    /// symmetric NAT is.
    pub(super) fn round(&mut self, now: Time, address: Ipv6Addr) {
        let value = self.chance.nonce();
        let Some((peer, teredo)) = self.peers.get_mut(address).zip(Teredo::of(address)) else {
            return;
        };
        match peer.attempts.permit(now) {
            Permit::Refused(until) => return self.give_up(now, address, until),
            Permit::Later(again) => {
                peer.contact = Contact::Bubbling { full: None, again };
                return self.peers.schedule(address, Some(again));
            }
            Permit::Now => {}
        }
        let again = now + RETRY;
        peer.contact = Contact::Bubbling { full: None, again };
        peer.attempts.note(now);
        peer.draw(value, now);
        self.peers.schedule(address, Some(again));
        let trailers = Trailers {
            nonce: Some(value),
            ..Trailers::default()
        };
        self.bubble(SocketAddrV4::new(teredo.server, PORT), address, trailers);
        if self.config.restricted {
            self.bubble(teredo.client, address, Trailers::default());
        }
    }

    fn bubble(&mut self, to: SocketAddrV4, destination: Ipv6Addr, trailers: Trailers) {
        let bytes = bubble(&Bubble {
            source: self.config.source,
            destination,
            trailers,
        });
        self.send(to, bytes);
    }

    pub(super) fn wake(&mut self, now: Time, address: Ipv6Addr) {
        match self.peers.get(address).map(|peer| peer.contact) {
            Some(Contact::Bubbling { .. }) => self.round(now, address),
            // L2: removed, once the bubbles to it need not be counted any more.
            Some(Contact::Refused { .. }) => self.peers.remove(address),
            _ => {}
        }
    }

    /// L2: the queue is dropped, and what comes now is refused until the client may be called again.
    fn give_up(&mut self, now: Time, address: Ipv6Addr, until: Time) {
        if let Some(peer) = self.peers.get_mut(address) {
            peer.contact = Contact::Refused { until };
            peer.trust = Trust::Wanted;
            peer.mapping = None;
        }
        self.peers.schedule(address, Some(until));
        for held in self.peers.release(address) {
            self.counters.count(Reject::Expired);
            self.refuse(now, &held.bytes);
        }
    }

    /// The client is here.
    pub(super) fn establish(&mut self, now: Time, address: Ipv6Addr, place: SocketAddrV4) {
        let Some(peer) = self.peers.get_mut(address) else {
            return;
        };
        peer.mapping = Some(place);
        peer.trust = Trust::Proved;
        peer.contact = Contact::Quiet;
        peer.hear(now);
        self.peers.schedule(address, None);
        for held in self.peers.release(address) {
            if held.way == Way::Out {
                let datagram = Datagram {
                    port: None,
                    to: place,
                    ttl: None,
                    bytes: Vec::from(held.bytes),
                };
                self.outbox.push(Output::Udp(datagram), &mut self.counters);
            }
        }
    }
}
