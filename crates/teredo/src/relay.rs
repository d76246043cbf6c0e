//! The Teredo relay (RFC 4380 section 5.4), also the host-specific one: joins clients to native IPv6.
//! It is called by native hosts that nobody vouches for, so what they may cause is bounded (L5).

mod contact;
mod receive;

use std::net::{Ipv6Addr, SocketAddrV4};

use ipnet::Ipv6Net;
use sixward_net::Teredo;

use crate::arrival::{Arrival, Inbound, Outbound};
use crate::bucket::Bucket;
use crate::output::{Datagram, Outbox, Output};
use crate::packet::{self, Header, Packet, Unreachable};
use crate::peer::{Contact, Limits, Peers, STALE, Way, Wish};
use crate::random::{Chance, Random};
use crate::reject::{Counters, Reject};
use crate::surroundings::Surroundings;
use crate::time::Time;

/// What a relay is told.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    /// From where its bubbles come: an IPv6 address of its own.
    pub source: Ipv6Addr,
    /// The native networks that it serves: clients reach these and no others. The host-specific relay
    /// serves its host's own addresses (L8).
    pub serves: Vec<Ipv6Net>,
    /// The networks around.
    pub surroundings: Surroundings,
    /// Whether it is behind a NAT itself (L6).
    pub restricted: bool,
    /// Bounds.
    pub limits: Limits,
}

impl RelayConfig {
    /// A relay for these networks, with the default bounds.
    pub fn new(source: Ipv6Addr, serves: Vec<Ipv6Net>) -> Self {
        Self {
            source,
            serves,
            surroundings: Surroundings::default(),
            restricted: false,
            limits: Limits::default(),
        }
    }
}

/// A relay.
#[derive(Debug)]
pub struct Relay {
    config: RelayConfig,
    chance: Chance,
    outbox: Outbox,
    counters: Counters,
    peers: Peers,
    errors: Bucket,
}

impl Relay {
    /// A relay.
    pub fn new(config: RelayConfig, random: Box<dyn Random>) -> Self {
        Self {
            chance: Chance::new(random),
            outbox: Outbox::default(),
            counters: Counters::default(),
            peers: Peers::new(config.limits.clone()),
            errors: Bucket::full(config.limits.errors),
            config,
        }
    }

    /// A packet from native IPv6, to a client.
    pub fn from_tun(&mut self, now: Time, packet: &[u8]) -> Outbound {
        self.transmit(now, packet)
            .unwrap_or_else(|reject| Outbound::Rejected(self.counters.count(reject)))
    }

    fn transmit(&mut self, now: Time, packet: &[u8]) -> Result<Outbound, Reject> {
        let header = Header::read(packet)?;
        if packet.len() < header.length() {
            return Err(Reject::Truncated);
        }
        let peer = self.peers.get_mut(header.destination);
        if let Some((peer, place)) = peer.and_then(|peer| peer.direct(now).map(|at| (peer, at))) {
            if !self
                .config
                .serves
                .iter()
                .any(|net| net.contains(&header.source))
            {
                return Err(Reject::NotServed);
            }
            peer.spoken = Some(now);
            peer.used = now;
            let stale = !peer.heard_within(STALE, now);
            if stale && matches!(peer.contact, Contact::Quiet) {
                self.round(now, header.destination);
            }
            return Ok(Outbound::Send(place));
        }
        self.first_contact(now, &header, packet)
    }

    /// L1, L2: the packet waits, and the client is called through its server.
    fn first_contact(
        &mut self,
        now: Time,
        header: &Header,
        packet: &[u8],
    ) -> Result<Outbound, Reject> {
        let destination = header.destination;
        if !self
            .config
            .serves
            .iter()
            .any(|net| net.contains(&header.source))
        {
            return Err(Reject::NotServed);
        }
        let teredo = Teredo::of(destination).ok_or(Reject::NoUnicast)?;
        let surroundings = &self.config.surroundings;
        let places = [*teredo.client.ip(), teredo.server];
        if let Some(reject) = places
            .iter()
            .find_map(|place| surroundings.target(*place).err())
        {
            self.refuse(now, packet);
            return Err(reject);
        }
        let peer = self.peers.admit(destination, Wish::Ours, now)?;
        let quiet = matches!(peer.contact, Contact::Quiet);
        if let Contact::Refused { .. } = peer.contact {
            self.refuse(now, packet);
            return Err(Reject::Unreachable);
        }
        let held = self.peers.hold(destination, Way::Out, packet);
        if quiet {
            self.round(now, destination);
        }
        held.map(|()| Outbound::Held)
    }

    /// A datagram has come in on the service port.
    pub fn from_udp(&mut self, now: Time, arrival: Arrival, datagram: &mut [u8]) -> Inbound {
        let judged =
            match Packet::read(datagram).and_then(|packet| self.receive(now, arrival, &packet)) {
                Ok(Inbound::Deliver(range)) => {
                    let packet = datagram.get_mut(range.clone()).unwrap_or_default();
                    packet::ecn(arrival.ecn, packet).map(|()| Inbound::Deliver(range))
                }
                other => other,
            };
        judged.unwrap_or_else(|reject| Inbound::Rejected(self.counters.count(reject)))
    }

    /// When [`Relay::tick`] has something to do.
    pub fn due(&self) -> Option<Time> {
        self.peers.due()
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Time) {
        while let Some(peer) = self.peers.pop(now) {
            self.wake(now, peer);
        }
    }

    /// What is to be done, one thing at a time.
    pub fn output(&mut self) -> Option<Output> {
        self.outbox.pop()
    }

    /// What was dropped, by rule.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// How many clients are kept, and the packets and bytes that wait for them.
    pub fn load(&self) -> (usize, usize, usize) {
        let (packets, bytes) = self.peers.waiting();
        (self.peers.len(), packets, bytes)
    }

    fn refuse(&mut self, now: Time, packet: &[u8]) {
        let Ok(header) = Header::read(packet) else {
            return;
        };
        let payload = packet.get(Header::LENGTH..).unwrap_or_default();
        if packet::is_error(&header, payload) || !self.errors.take(self.config.limits.errors, now) {
            return;
        }
        let error = packet::error(
            self.config.source,
            header.source,
            Unreachable::Address,
            packet,
        );
        self.outbox.push(Output::Tun(error), &mut self.counters);
    }

    fn send(&mut self, to: SocketAddrV4, bytes: Vec<u8>) {
        let datagram = Datagram {
            port: None,
            to,
            ttl: None,
            bytes,
        };
        self.outbox.push(Output::Udp(datagram), &mut self.counters);
    }
}
