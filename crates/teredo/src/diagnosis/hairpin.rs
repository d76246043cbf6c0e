//! Whether a packet to our own place outside comes back in (RFC 4787 section 6): then two clients behind
//! one NAT can meet by their addresses. Both sockets call, so that each has let the other in.

use std::net::SocketAddrV4;
use std::time::Duration;

use sixward_net::Teredo;

use super::{CALLED, COMPARED, Diagnosis, Stage};
use crate::packet::{self, Bubble, Packet, Trailers};
use crate::reject::Reject;
use crate::time::Time;

const ROUNDS: u8 = 4;
const BETWEEN: Duration = Duration::from_millis(150);

#[derive(Debug)]
pub(super) struct Hairpin {
    places: [SocketAddrV4; 2],
    nonce: [u8; 4],
    rounds: u8,
    next: Time,
    arrived: bool,
}

impl Hairpin {
    pub(super) const fn new(
        now: Time,
        own: SocketAddrV4,
        other: SocketAddrV4,
        nonce: [u8; 4],
    ) -> Self {
        Self {
            places: [own, other],
            nonce,
            rounds: 0,
            next: now,
            arrived: false,
        }
    }

    pub(super) const fn due(&self) -> Time {
        self.next
    }

    pub(super) fn take(&mut self, door: usize, packet: &Packet<'_>) -> Result<(), Reject> {
        let nonce = Trailers::read(packet.trailers)?.nonce;
        let proved = nonce.is_some_and(|nonce| packet::same(&nonce, &self.nonce));
        self.arrived |= proved && [COMPARED, CALLED].contains(&door);
        Ok(())
    }
}

impl Diagnosis {
    /// One round of calls, when its time has come.
    pub(super) fn call(&mut self, now: Time) -> Option<Stage> {
        let Stage::Hairpin(hairpin) = &mut self.stage else {
            return None;
        };
        if hairpin.arrived || hairpin.rounds >= ROUNDS && hairpin.next <= now {
            self.hairpin = Some(hairpin.arrived);
            return Some(self.ask_strangers(now));
        }
        if hairpin.next > now {
            return None;
        }
        hairpin.rounds = hairpin.rounds.saturating_add(1);
        hairpin.next = now + BETWEEN;
        let ([own, other], nonce) = (hairpin.places, hairpin.nonce);
        let server = self.ask.server.primary;
        let address = |client| {
            let teredo = Teredo {
                server,
                flags: 0,
                client,
            };
            teredo.address()
        };
        for (door, from, to) in [(COMPARED, own, other), (CALLED, other, own)] {
            let bytes = packet::bubble(&Bubble {
                source: address(from),
                destination: address(to),
                trailers: Trailers {
                    nonce: Some(nonce),
                    ..Trailers::default()
                },
            });
            self.send(door, to, bytes);
        }
        None
    }
}
