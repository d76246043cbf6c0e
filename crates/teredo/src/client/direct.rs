//! Packets from anywhere but the server (RFC 4380 section 5.2.3, cases 1 to 6; RFC 6081 sections
//! 5.2.4.4, 5.7.4.2).

use std::net::{Ipv6Addr, SocketAddrV4};

use sixward_net::Teredo;

use super::Client;
use crate::arrival::{Arrival, Inbound};
use crate::packet::{self, Discovery, Packet, Trailers};
use crate::peer::{Contact, RETRY, Trust, Way, Wish};
use crate::reject::Reject;
use crate::time::Time;

impl Client {
    pub(super) fn receive_direct(
        &mut self,
        now: Time,
        arrival: Arrival,
        packet: &Packet<'_>,
    ) -> Result<Inbound, Reject> {
        let own = self.address.ok_or(Reject::NotQualified)?;
        if arrival.port.is_some() {
            let known = self.peers.get(packet.header.source);
            if known.is_none_or(|peer| peer.ports.own != arrival.port) {
                return Err(Reject::UnknownPeer);
            }
        }
        if packet.header.destination == ALL_NODES {
            self.discovered(now, arrival, packet)?;
            return Ok(Inbound::Consumed);
        }
        if let Some(inbound) = self.established(now, own, arrival, packet)? {
            return Ok(inbound);
        }
        let trailers = self.entrance(own, packet)?;
        let source = packet.header.source;
        if source.is_unicast_link_local() {
            return Err(Reject::LinkLocalSource);
        }
        match Teredo::of(source) {
            Some(teredo) => self.receive_client(now, arrival, packet, teredo, &trailers),
            None if self.answers_test(now, arrival, packet) => Ok(Inbound::Consumed),
            None => self.test_first(now, arrival.from, packet),
        }
    }

    /// Case 1, the data path: a trusted peer at its place (R3). Its source was looked at when it became
    /// a peer.
    fn established(
        &mut self,
        now: Time,
        own: Ipv6Addr,
        arrival: Arrival,
        packet: &Packet<'_>,
    ) -> Result<Option<Inbound>, Reject> {
        let header = &packet.header;
        let Some(peer) = self.peers.get_mut(header.source) else {
            return Ok(None);
        };
        if !peer.is_at(arrival.from) {
            return Ok(None);
        }
        if header.destination != own {
            return Err(Reject::WrongDestination);
        }
        packet::destined(header, packet.payload())?;
        peer.hear(now);
        let quiet = matches!(peer.contact, Contact::Quiet);
        let trailers = Trailers::read(packet.trailers)?;
        if quiet && !packet.is_bubble() {
            return Ok(Some(Inbound::Deliver(packet.range())));
        }
        let native = Teredo::of(header.source).is_none();
        if native && self.answers_test(now, arrival, packet) {
            return Ok(Some(Inbound::Consumed));
        }
        if !quiet {
            self.establish(now, header.source, arrival, Trust::Claimed);
        }
        self.answer_discovery(now, header.source, arrival.from, &trailers);
        Ok(Some(deliver(packet)))
    }

    /// Cases 3 and 5: a client proves its place by its address, by our nonce, or by being a neighbour
    /// that we found (R5, R7, R11, X4).
    fn receive_client(
        &mut self,
        now: Time,
        arrival: Arrival,
        packet: &Packet<'_>,
        teredo: Teredo,
        trailers: &Trailers,
    ) -> Result<Inbound, Reject> {
        let source = packet.header.source;
        let nonce = trailers.nonce.filter(|_| packet.is_bubble());
        let known = self.peers.get_mut(source);
        let proved = known.is_some_and(|peer| {
            let named = teredo.client == arrival.from
                || peer.alternates.iter().any(|place| place == arrival.from);
            peer.proves(nonce, named, now)
        });
        let neighbour = self.is_neighbour(now, source, arrival.from);
        let trust = if proved || neighbour {
            Trust::Proved
        } else if teredo.client == arrival.from {
            self.config.surroundings.stranger(*teredo.client.ip())?;
            Trust::Claimed
        } else {
            return self.proof_may_follow(now, arrival.from, packet);
        };
        let peer = self.peers.admit(source, Wish::Stranger, now)?;
        let before = peer.trust.trusted();
        // Who was called and answers from its own place was not invented by a stranger.
        let called = peer.trust == Trust::Wanted || peer.attempts.count() > 0;
        let trust = if called { Trust::Proved } else { trust };
        peer.extended |= trailers.nonce.is_some() || trailers.discovery.is_some();
        let nonce = peer.nonce_received;
        let plain = packet.is_bubble() && !before && trailers.discovery.is_none();
        // The peer may wait for the same proof that it has just given. If our place is not the one in our
        // address, the proof goes before what waited.
        let first = plain && (arrival.port.is_some() || self.nat.symmetric());
        if first {
            self.stranger_asks(now, arrival.from)?;
            let trailers = Trailers {
                nonce,
                ..Trailers::default()
            };
            self.bubble_from(arrival.port, arrival.from, None, source, trailers);
        }
        let sent = self.establish(now, source, arrival, trust);
        if plain && !sent && !first {
            self.answer(now, source, arrival.from, None)?;
        }
        self.answer_discovery(now, source, arrival.from, trailers);
        Ok(deliver(packet))
    }

    /// Data from a place that the peer named and has not proved. The proof goes round by two servers
    /// and may still be on its way; if nothing of ours is out to be proved, it is asked for.
    fn proof_may_follow(
        &mut self,
        now: Time,
        from: SocketAddrV4,
        packet: &Packet<'_>,
    ) -> Result<Inbound, Reject> {
        let source = packet.header.source;
        let named = self.peers.get(source).filter(|peer| {
            !packet.is_bubble() && peer.alternates.iter().any(|place| place == from)
        });
        let Some(peer) = named else {
            return Err(Reject::UnprovedPeer);
        };
        let trusted = peer.trust.trusted();
        let quiet = matches!(peer.contact, Contact::Quiet);
        if !peer.awaits_proof(now) {
            self.answer_indirectly(now, source);
        }
        if trusted {
            return Err(Reject::UnprovedPeer);
        }
        self.peers.hold(source, Way::In(from), packet.ipv6)?;
        if quiet {
            self.peers.schedule(source, Some(now + RETRY));
        }
        Ok(Inbound::Held)
    }

    /// RFC 6081 section 5.7.4.2 (X13).
    fn answer_discovery(
        &mut self,
        now: Time,
        peer: Ipv6Addr,
        to: SocketAddrV4,
        trailers: &Trailers,
    ) {
        if trailers.discovery != Some(Discovery::Solicitation) {
            return;
        }
        if let Err(reject) = self.answer(now, peer, to, Some(Discovery::Advertisement)) {
            self.counters.count(reject);
        }
    }

    /// A direct bubble in answer to one.
    fn answer(
        &mut self,
        now: Time,
        peer: Ipv6Addr,
        to: SocketAddrV4,
        discovery: Option<Discovery>,
    ) -> Result<(), Reject> {
        self.stranger_asks(now, to)?;
        let known = self.peers.get(peer);
        let nonce = known.and_then(|peer| peer.nonce_received);
        let via = known.and_then(|peer| peer.ports.via().filter(|_| peer.mapping == Some(to)));
        let trailers = Trailers {
            nonce,
            discovery,
            ..Trailers::default()
        };
        self.bubble_from(via, to, None, peer, trailers);
        Ok(())
    }

    /// Case 2: the answer to our test (R4). It is not passed on.
    pub(super) fn answers_test(
        &mut self,
        now: Time,
        arrival: Arrival,
        packet: &Packet<'_>,
    ) -> bool {
        let source = packet.header.source;
        let Some(Contact::Testing { echo, .. }) = self.peers.get(source).map(|peer| peer.contact)
        else {
            return false;
        };
        let reply = packet.icmp().and_then(|icmp| icmp.reply());
        let proved = reply.is_some_and(|reply| reply.equals(&echo));
        if proved {
            self.establish(now, source, arrival, Trust::Proved);
        }
        proved
    }

    /// Case 6: a source that nothing vouches for waits for the test of RFC 4380 section 5.2.9 (R8).
    pub(super) fn test_first(
        &mut self,
        now: Time,
        from: SocketAddrV4,
        packet: &Packet<'_>,
    ) -> Result<Inbound, Reject> {
        let source = packet.header.source;
        if packet.is_bubble() {
            return Err(Reject::UnprovedPeer);
        }
        let peer = self.peers.admit(source, Wish::Stranger, now)?;
        match peer.contact {
            Contact::Refused { until } if until > now => return Err(Reject::UnprovedPeer),
            Contact::Testing { .. } => {}
            _ => {
                if !self.tests.take(self.config.limits.tests, now) {
                    return Err(Reject::TooManyTests);
                }
                self.test(now, source);
            }
        }
        self.peers.hold(source, Way::In(from), packet.ipv6)?;
        Ok(Inbound::Held)
    }
}

/// A bubble ends here.
fn deliver(packet: &Packet<'_>) -> Inbound {
    if packet.is_bubble() {
        Inbound::Consumed
    } else {
        Inbound::Deliver(packet.range())
    }
}

/// ff02::1.
pub(super) const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
