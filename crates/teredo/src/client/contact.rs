//! Reaching a peer (RFC 4380 sections 5.2.4, 5.2.6, 5.2.9; RFC 6081 sections 5.2, 5.6, 5.7): a direct
//! bubble that dies on the way and opens only our own NAT, at once the indirect one, and a direct one
//! that goes all the way when the peer had time to open its own NAT (P12). A direct bubble that comes
//! too early makes plain Linux routers choose another port for the answer.

use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use sixward_net::Teredo;

use super::port::KEEP;
use super::{Client, NoPath};
use crate::arrival::{Arrival, PORT};
use crate::output::{Datagram, Event, Output};
use crate::packet::{self, Alternates, Discovery, Echo, Trailers, Unreachable};
use crate::peer::{Contact, Permit, RETRY, Trust, Way};
use crate::reject::Reject;
use crate::time::Time;

/// How long the peer has to answer before a direct bubble goes all the way: half of a round. A bubble that
/// comes before a busy peer has opened its NAT spoils the mapping there for as long as it lives.
const FULL: Duration = Duration::from_secs(1);
/// RFC 4380 section 5.2.4: one test and three repetitions; RFC 6081 section 5.7.2: three solicitations.
const TESTS: u8 = 4;
const SOLICITATIONS: u8 = 3;
/// How long a native host that did not answer is left alone.
const REFUSED: Duration = Duration::from_secs(10);

impl Client {
    /// Begins to reach the peer, by what kind of peer it is.
    pub(super) fn call(&mut self, now: Time, address: Ipv6Addr) {
        if Teredo::of(address).is_none() {
            return self.test(now, address);
        }
        if let Some(place) = self.neighbour(now, address) {
            // RFC 4380 section 5.2.4 case 3, beside the usual round.
            self.bubble(place, None, address, Trailers::default());
            self.announce();
        }
        let known = self.peers.get(address);
        let ask = known.is_some_and(|peer| peer.extended && peer.trust.trusted());
        if ask {
            self.solicit(now, address, 0);
        } else {
            self.round(now, address);
        }
    }

    /// One round of bubbles, when its time has come (P5).
    fn round(&mut self, now: Time, address: Ipv6Addr) {
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
        let (full, again) = (now + FULL, now + RETRY);
        peer.contact = Contact::Bubbling {
            full: Some(full),
            again,
        };
        peer.spoken = Some(now);
        let answer = Trailers {
            nonce: peer.nonce_received,
            ..Trailers::default()
        };
        self.peers.schedule(address, Some(full));
        // Before the indirect one: the answer to that may be back before a busy host sends its next packet.
        self.told_port(address);
        let ttl = Some(self.opener());
        self.bubble(teredo.client, ttl, address, answer);
        self.port_bubble(address, ttl, answer);
        self.indirect_bubble(now, address, teredo);
    }

    /// X1, X11: with a nonce always, and with our other places until the peer has one that works.
    fn indirect_bubble(&mut self, now: Time, address: Ipv6Addr, teredo: Teredo) {
        let value = self.chance.nonce();
        let local = self.config.local;
        let port = self.told_port(address);
        let Some(peer) = self.peers.get_mut(address) else {
            return;
        };
        peer.draw(value, now);
        peer.attempts.note(now);
        let elsewhere = !peer.trust.trusted() && !local.ip().is_unspecified();
        let trailers = Trailers {
            nonce: Some(value),
            alternates: elsewhere.then(|| Alternates::new([local])),
            port,
            ..Trailers::default()
        };
        self.bubble(
            SocketAddrV4::new(teredo.server, PORT),
            None,
            address,
            trailers,
        );
    }

    /// X5: what came by way of our server is answered by way of the peer's, within the same bounds.
    pub(super) fn answer_indirectly(&mut self, now: Time, address: Ipv6Addr) {
        let Some((peer, teredo)) = self.peers.get(address).zip(Teredo::of(address)) else {
            return;
        };
        let reachable = self.config.surroundings.target(teredo.server).is_ok();
        if reachable && peer.attempts.permit(now) == Permit::Now {
            self.indirect_bubble(now, address, teredo);
        }
    }

    /// Half of the way to the server, if that is known: past our own NAT, and not to the peer's.
    fn opener(&self) -> u8 {
        let learnt = self.hops.map(|hops| (hops / 2).clamp(2, 8));
        self.config.opener.or(learnt).unwrap_or(3)
    }

    /// A direct bubble to where the peer is, or would be by its address.
    fn direct_bubble(&mut self, now: Time, address: Ipv6Addr, discovery: Option<Discovery>) {
        let Some((peer, teredo)) = self.peers.get_mut(address).zip(Teredo::of(address)) else {
            return;
        };
        peer.spoken = Some(now);
        let place = peer.mapping.unwrap_or(teredo.client);
        let trailers = Trailers {
            nonce: peer.nonce_received,
            discovery,
            ..Trailers::default()
        };
        let via = peer.ports.via();
        self.bubble_from(via, place, None, address, trailers);
    }

    /// X13: whether a peer that was quiet is still there, without its server.
    fn solicit(&mut self, now: Time, address: Ipv6Addr, before: u8) {
        if before >= SOLICITATIONS {
            if let Some(peer) = self.peers.get_mut(address) {
                peer.trust = Trust::Wanted;
                (peer.mapping, peer.second) = (None, None);
            }
            return self.round(now, address);
        }
        let again = now + RETRY;
        if let Some(peer) = self.peers.get_mut(address) {
            let tries = before.saturating_add(1);
            peer.contact = Contact::Soliciting { tries };
        }
        self.peers.schedule(address, Some(again));
        self.direct_bubble(now, address, Some(Discovery::Solicitation));
    }

    /// P2: the test of a native host, by way of our server.
    pub(super) fn test(&mut self, now: Time, address: Ipv6Addr) {
        let echo = Echo(self.chance.nonce());
        self.send_test(now, address, echo, 1);
    }

    fn send_test(&mut self, now: Time, address: Ipv6Addr, echo: Echo, tries: u8) {
        let Some((own, server)) = self.address.zip(self.server()) else {
            return;
        };
        let Some(peer) = self.peers.get_mut(address) else {
            return;
        };
        let again = now + RETRY;
        peer.contact = Contact::Testing { echo, tries };
        self.peers.schedule(address, Some(again));
        let to = SocketAddrV4::new(server.primary, PORT);
        self.send(to, None, packet::echo_request(own, address, echo));
    }

    /// A peer's timer has ended.
    pub(super) fn wake(&mut self, now: Time, address: Ipv6Addr) {
        let Some(contact) = self.peers.get(address).map(|peer| peer.contact) else {
            return;
        };
        match contact {
            Contact::Bubbling {
                full: Some(_),
                again,
            } => {
                if let Some(peer) = self.peers.get_mut(address) {
                    peer.contact = Contact::Bubbling { full: None, again };
                }
                self.peers.schedule(address, Some(again));
                self.direct_bubble(now, address, None);
                let nonce = self.peers.get(address).and_then(|peer| peer.nonce_received);
                let answer = Trailers {
                    nonce,
                    ..Trailers::default()
                };
                self.port_bubble(address, None, answer);
            }
            Contact::Bubbling { full: None, .. } => self.round(now, address),
            Contact::Testing { echo, tries } if tries < TESTS => {
                self.send_test(now, address, echo, tries.saturating_add(1));
            }
            Contact::Testing { .. } => self.give_up(now, address, now + REFUSED),
            Contact::Soliciting { tries } => self.solicit(now, address, tries),
            // The proof of what waits did not follow, or a port wants to be kept.
            Contact::Quiet => {
                self.expire(now, address);
                self.keep_port(now, address);
            }
            Contact::Refused { .. } => {}
        }
    }

    /// All was in vain: what waited is refused, and the entry stays with its counts (P9).
    fn give_up(&mut self, now: Time, address: Ipv6Addr, until: Time) {
        let ours = self.nat.symmetric();
        let Some(peer) = self.peers.get_mut(address) else {
            return;
        };
        peer.contact = Contact::Refused { until };
        let why = if Teredo::of(address).is_none() {
            NoPath::NoEcho
        } else if peer.asked {
            NoPath::ServerOnly { ours }
        } else {
            NoPath::Silent
        };
        let wanted = peer.trust >= Trust::Wanted;
        peer.asked = false;
        self.expire(now, address);
        if wanted {
            let event = Event::Unreachable { peer: address, why };
            self.put(Output::Event(event));
        }
    }

    fn expire(&mut self, now: Time, address: Ipv6Addr) {
        for held in self.peers.release(address) {
            self.counters.count(Reject::Expired);
            if held.way == Way::Out {
                self.refuse(now, &held.bytes, Unreachable::Address);
            }
        }
    }

    /// The peer is here. What waited goes on its way, oldest first; says whether anything went out.
    pub(super) fn establish(
        &mut self,
        now: Time,
        address: Ipv6Addr,
        arrival: Arrival,
        trust: Trust,
    ) -> bool {
        let place = arrival.from;
        let Some(peer) = self.peers.get_mut(address) else {
            return false;
        };
        // A forged source in the peer's own place does not take the proof away (Z4).
        let proved = peer.trust == Trust::Proved && peer.direct(now).is_some();
        // The first place of an exchange is kept; a second one of the same exchange is as good.
        let exchange = peer
            .nonce_sent
            .is_some_and(|sent| Some(sent.at) <= peer.heard);
        let before = peer.direct(now).filter(|before| *before != place);
        if before.is_some() && proved && exchange && trust == Trust::Proved {
            peer.second = Some(place);
        } else if trust == Trust::Proved || !proved {
            peer.second = before.or(peer.second.filter(|second| *second != place));
            peer.mapping = Some(place);
        }
        peer.trust = if proved { Trust::Proved } else { trust };
        peer.contact = Contact::Quiet;
        peer.asked = false;
        peer.hear(now);
        peer.ports.used = arrival.port.is_some();
        let to = peer.mapping.unwrap_or(place);
        if arrival.port.is_none() {
            // The service port is enough.
            self.close_port(address);
        }
        self.peers
            .schedule(address, arrival.port.map(|_| now + KEEP));
        let mut sent = false;
        for held in self.peers.release(address) {
            let bytes = Vec::from(held.bytes);
            match held.way {
                Way::Out => self.put(Output::Udp(Datagram {
                    port: arrival.port,
                    to,
                    ttl: None,
                    bytes,
                })),
                Way::In(from) if from == place => self.put(Output::Tun(bytes)),
                // Somebody else's, in the peer's name.
                Way::In(_) => {
                    self.counters.count(Reject::UnprovedPeer);
                }
            }
            sent |= held.way == Way::Out;
        }
        sent
    }
}
