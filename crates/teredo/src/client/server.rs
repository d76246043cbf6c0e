//! Packets from the server (RFC 4380 section 5.2.3, R2; RFC 6081 sections 5.2.4.3, 5.6.4.2): its
//! advertisements, and what others sent by way of it.

use std::net::{Ipv6Addr, SocketAddrV4};

use sixward_net::Teredo;

use super::Client;
use super::qualify::Side;
use crate::arrival::{Arrival, Inbound};
use crate::packet::{self, Bubble, Packet, Trailers};
use crate::peer::{RETRY, VALID, Wish};
use crate::reject::Reject;
use crate::time::Time;

impl Client {
    pub(super) fn receive_from_server(
        &mut self,
        now: Time,
        side: Side,
        arrival: Arrival,
        packet: &Packet<'_>,
    ) -> Result<Inbound, Reject> {
        let server = self.server().ok_or(Reject::Unsolicited)?;
        let icmp = packet.icmp();
        let advertised =
            icmp.and_then(|icmp| packet::advertised(&packet.header, &icmp, server.primary));
        if let Some(advertised) = advertised {
            self.advertisement(now, side, arrival, packet, advertised)?;
            return Ok(Inbound::Consumed);
        }
        let own = self.address.ok_or(Reject::NotQualified)?;
        if side == Side::Secondary {
            return Err(Reject::Unsolicited);
        }
        let trailers = self.entrance(own, packet)?;
        self.hear_server(now);
        if packet.is_bubble() {
            self.indirect(now, packet, &trailers)?;
            return Ok(Inbound::Consumed);
        }
        self.forwarded(now, arrival, packet)
    }

    /// What holds for every packet that is not an advertisement (R1, R10, Z1, Z5, Z6, F10).
    pub(super) fn entrance(&self, own: Ipv6Addr, packet: &Packet<'_>) -> Result<Trailers, Reject> {
        let header = &packet.header;
        if header.destination != own {
            return Err(Reject::WrongDestination);
        }
        if header.source == own {
            return Err(Reject::BadSource);
        }
        self.config.surroundings.source(header.source)?;
        if Teredo::of(header.source).is_some_and(|teredo| Some(teredo.client) == self.place) {
            return Err(Reject::Loop);
        }
        if header.source.is_unicast_link_local() && !packet.is_bubble() {
            return Err(Reject::LinkLocalSource);
        }
        packet::destined(header, packet.payload())?;
        Trailers::read(packet.trailers)
    }

    /// A bubble that came by way of the server: somebody wants to talk to us.
    fn indirect(
        &mut self,
        now: Time,
        packet: &Packet<'_>,
        trailers: &Trailers,
    ) -> Result<(), Reject> {
        let source = packet.header.source;
        match Teredo::of(source) {
            Some(teredo) => self.indirect_of_client(now, source, teredo, trailers),
            None => self.indirect_of_relay(now, packet, trailers),
        }
    }

    /// A relay: a direct bubble to where the server saw it. Nothing is kept, and what strangers may
    /// cause is bounded (Z3).
    fn indirect_of_relay(
        &mut self,
        now: Time,
        packet: &Packet<'_>,
        trailers: &Trailers,
    ) -> Result<(), Reject> {
        let origin = packet.origin.ok_or(Reject::BadOrigin)?;
        self.config.surroundings.target(*origin.ip())?;
        self.stranger_asks(now, origin)?;
        let trailers = Trailers {
            nonce: trailers.nonce,
            ..Trailers::default()
        };
        self.bubble(origin, None, packet.header.source, trailers);
        Ok(())
    }

    /// Another client: a direct bubble to its place, to the others that it names if it is behind our
    /// own NAT, and one back by way of its server if it may need that (X2, X3, X5, X12).
    fn indirect_of_client(
        &mut self,
        now: Time,
        source: Ipv6Addr,
        teredo: Teredo,
        trailers: &Trailers,
    ) -> Result<(), Reject> {
        self.config.surroundings.stranger(*teredo.client.ip())?;
        self.stranger_asks(now, teredo.client)?;
        let near = self
            .place
            .is_some_and(|place| place.ip() == teredo.client.ip());
        let peer = self.peers.admit(source, Wish::Stranger, now)?;
        peer.nonce_received = trailers.nonce;
        peer.extended |= trailers.nonce.is_some();
        peer.alternates = trailers.alternates.filter(|_| near).unwrap_or_default();
        peer.asked = true;
        if !peer.attempts.answer() {
            return Err(Reject::TooManyTests);
        }
        let via = peer.ports.via();
        let learnt = peer.mapping.filter(|_| peer.direct(now).is_some());
        let places: [Option<SocketAddrV4>; 2] = [Some(teredo.client), learnt];
        let known = learnt == Some(teredo.client);
        let alternates = peer.alternates;
        let answer = Trailers {
            nonce: trailers.nonce,
            ..Trailers::default()
        };
        let places = places.into_iter().take(if known { 1 } else { 2 }).flatten();
        for place in places.chain(alternates.iter()) {
            // Who was heard on a port of its own is answered from there.
            let port = via.filter(|_| Some(place) == learnt);
            self.bubble_from(port, place, None, source, answer);
        }
        self.hear_port(now, source, trailers.port);
        self.port_bubble(source, None, answer);
        let Some(peer) = self.peers.get_mut(source) else {
            return Ok(());
        };
        peer.spoken = Some(now);
        let recent = peer
            .nonce_sent
            .is_some_and(|sent| now.since(sent.at) < RETRY);
        let needed = !peer.trust.trusted() || !peer.heard_within(VALID, now);
        if trailers.nonce.is_some() && needed && !recent {
            self.answer_indirectly(now, source);
        }
        Ok(())
    }

    /// Z3: what strangers make us send, in all and to one place.
    pub(super) fn stranger_asks(&mut self, now: Time, to: SocketAddrV4) -> Result<(), Reject> {
        let key = u128::from(to.ip().to_bits());
        let allowed =
            self.tests.take(self.config.limits.tests, now) && self.strangers.take(key, now);
        if allowed {
            Ok(())
        } else {
            Err(Reject::TooManyTests)
        }
    }

    /// ICMPv6 that the server forwards. From a client the server has checked the source; from a native
    /// host nobody has.
    fn forwarded(
        &mut self,
        now: Time,
        arrival: Arrival,
        packet: &Packet<'_>,
    ) -> Result<Inbound, Reject> {
        let source = packet.header.source;
        if let Some(teredo) = Teredo::of(source) {
            self.config.surroundings.target(*teredo.client.ip())?;
            // Through another client's server there is no origin, and no server of ours vouches.
            if packet.origin != Some(teredo.client) {
                return Err(Reject::MappingMismatch);
            }
            return Ok(Inbound::Deliver(packet.range()));
        }
        if self.answers_test(now, arrival, packet) {
            return Ok(Inbound::Consumed);
        }
        self.test_first(now, arrival.from, packet)
    }

    /// A bubble of ours.
    pub(super) fn bubble(
        &mut self,
        to: SocketAddrV4,
        ttl: Option<u8>,
        destination: Ipv6Addr,
        trailers: Trailers,
    ) {
        self.bubble_from(None, to, ttl, destination, trailers);
    }

    /// The same, from this port.
    pub(super) fn bubble_from(
        &mut self,
        port: Option<u16>,
        to: SocketAddrV4,
        ttl: Option<u8>,
        destination: Ipv6Addr,
        trailers: Trailers,
    ) {
        let Some(source) = self.address else { return };
        let bytes = packet::bubble(&Bubble {
            source,
            destination,
            trailers,
        });
        self.send_from(port, to, ttl, bytes);
    }
}
