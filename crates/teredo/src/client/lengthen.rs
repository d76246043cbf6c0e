//! How long a mapping lives in silence, and so how rarely the server need be asked (RFC 4380 section 5.2.7,
//! Q12): a port of its own is shown to the server, kept silent for the time in question, and then called
//! by way of the server. Off unless asked for.

use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use sixward_net::Teredo;

use super::Client;
use crate::arrival::{Arrival, Inbound, PORT};
use crate::nat::Nat;
use crate::output::Output;
use crate::packet::{self, Packet, Trailers};
use crate::peer::RETRY;
use crate::reject::Reject;
use crate::time::Time;

/// No silence longer than this is tried.
pub(super) const LONGEST: Duration = Duration::from_mins(2);
const TRIES: u8 = 3;

/// A silence that is being tried.
#[derive(Debug)]
pub(super) struct Trial {
    port: u16,
    silence: Duration,
    stage: Stage,
    pub(super) again: Time,
    tries: u8,
    nonce: [u8; 8],
    link_local: Ipv6Addr,
    call: [u8; 4],
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// The server is asked where the port is.
    Asking,
    /// Nothing is sent from there.
    Silent(SocketAddrV4),
    /// It is called.
    Calling(SocketAddrV4),
}

impl Client {
    /// The next silence to try: twice what is known to be good, or half of the way to what is not.
    pub(super) fn begin_trial(&mut self, now: Time) {
        self.end_trial();
        let enough = self.interval * 4 >= self.longest * 3;
        if !self.config.lengthen || self.nat == Nat::None || enough {
            return;
        }
        let Some(port) = self.draw_port() else { return };
        self.put(Output::Open(port));
        let id = u64::from_be_bytes(self.chance.bytes()) & 0x3cff_ffff_ffff_ffff;
        self.trial = Some(Trial {
            port,
            silence: (self.interval * 2).min((self.interval + self.longest) / 2),
            stage: Stage::Asking,
            again: now,
            tries: 0,
            nonce: self.chance.nonce(),
            link_local: Ipv6Addr::from(0xfe80_u128 << 112 | u128::from(id)),
            call: self.chance.nonce(),
        });
        self.tick_trial(now);
    }

    pub(super) fn end_trial(&mut self) {
        if let Some(trial) = self.trial.take() {
            self.closed(trial.port);
        }
    }

    pub(super) fn tick_trial(&mut self, now: Time) {
        // A server that is silent proves nothing about a mapping.
        if self.silent_since.is_some() {
            return self.end_trial();
        }
        let Some(trial) = self.trial.as_mut().filter(|trial| trial.again <= now) else {
            return;
        };
        if let Stage::Silent(place) = trial.stage {
            (trial.stage, trial.tries) = (Stage::Calling(place), 0);
        }
        if trial.tries >= TRIES {
            if let Stage::Calling(_) = trial.stage {
                self.longest = trial.silence;
                return self.begin_trial(now);
            }
            return self.end_trial();
        }
        trial.tries = trial.tries.saturating_add(1);
        trial.again = now + RETRY;
        let (port, nonce, source, call) = (trial.port, trial.nonce, trial.link_local, trial.call);
        let stage = trial.stage;
        let Some(server) = self.server() else { return };
        let to = SocketAddrV4::new(server.primary, PORT);
        let Stage::Calling(place) = stage else {
            let bytes = self.solicitation(source, nonce);
            return self.send_from(Some(port), to, None, bytes);
        };
        let teredo = Teredo {
            server: server.primary,
            flags: 0,
            client: place,
        };
        let trailers = Trailers {
            nonce: Some(call),
            ..Trailers::default()
        };
        self.bubble(to, None, teredo.address(), trailers);
    }

    pub(super) fn is_tried(&self, arrival: Arrival) -> bool {
        let port = self.trial.as_ref().map(|trial| trial.port);
        arrival.port.is_some() && arrival.port == port
    }

    /// A packet has come to the port that is tried: the server's answer, or our own call.
    pub(super) fn receive_tried(
        &mut self,
        now: Time,
        arrival: Arrival,
        packet: &Packet<'_>,
    ) -> Result<Inbound, Reject> {
        let server = self.server().ok_or(Reject::Unsolicited)?;
        if arrival.from != SocketAddrV4::new(server.primary, PORT) {
            return Err(Reject::Unsolicited);
        }
        let trial = self.trial.as_ref().ok_or(Reject::Unsolicited)?;
        match trial.stage {
            Stage::Asking => {
                let origin = self.origin_told(packet, trial.nonce, trial.link_local)?;
                if let Some(trial) = &mut self.trial {
                    trial.stage = Stage::Silent(origin);
                    trial.again = now + trial.silence;
                }
            }
            Stage::Silent(_) | Stage::Calling(_) => {
                let nonce = Trailers::read(packet.trailers)?.nonce;
                let called = nonce.is_some_and(|nonce| packet::same(&nonce, &trial.call));
                if !called || !packet.is_bubble() {
                    return Err(Reject::Unsolicited);
                }
                self.interval = trial.silence;
                self.begin_trial(now);
            }
        }
        Ok(Inbound::Consumed)
    }

    /// What makes the server's answer believable, as for the service port (Q3).
    fn origin_told(
        &self,
        packet: &Packet<'_>,
        nonce: [u8; 8],
        asker: Ipv6Addr,
    ) -> Result<SocketAddrV4, Reject> {
        let authentication = packet.authentication.ok_or(Reject::NoAuthentication)?;
        if !packet::same(&nonce, &authentication.nonce) {
            return Err(Reject::BadNonce);
        }
        if packet.header.destination != asker {
            return Err(Reject::WrongDestination);
        }
        let secret = self.config.secret.as_ref();
        if secret.is_some_and(|secret| !secret.verify(&authentication, packet.clear)) {
            return Err(Reject::BadAuthentication);
        }
        let server = self.server().ok_or(Reject::Unsolicited)?;
        let icmp = packet.icmp().ok_or(Reject::BadAdvertisement)?;
        packet::advertised(&packet.header, &icmp, server.primary)
            .ok_or(Reject::BadAdvertisement)??;
        let origin = packet.origin.filter(|origin| origin.port() != 0);
        let origin = origin.ok_or(Reject::BadOrigin)?;
        if self.config.surroundings.is_global(*origin.ip()) {
            Ok(origin)
        } else {
            Err(Reject::BadOrigin)
        }
    }
}
