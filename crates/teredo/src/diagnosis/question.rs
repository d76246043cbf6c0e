//! A solicitation from one of the sockets, and what makes its answer believable (Q1, Q3).

use std::net::{Ipv6Addr, SocketAddrV4};

use super::{COMPARED, Diagnosis, Stage};
use crate::client::Why;
use crate::packet::{self, Authentication, Packet};
use crate::reject::Reject;
use crate::secret::Secret;
use crate::server::Side;
use crate::time::Time;

/// A question that waits for its answer.
#[derive(Debug)]
pub(super) struct Question {
    door: usize,
    /// Who is asked.
    side: Side,
    /// Whether the other address is to answer (the cone bit, V9).
    cone: bool,
    source: Ipv6Addr,
    nonce: [u8; 8],
    asked: Time,
    pub(super) again: Time,
    tries: u8,
}

impl Diagnosis {
    pub(super) fn put_question(&mut self, now: Time, door: usize, side: Side, cone: bool) {
        let id = u64::from_be_bytes(self.chance.bytes()) & 0x3cff_ffff_ffff_ffff;
        let id = if cone { id | 1 << 63 } else { id };
        let question = Question {
            door,
            side,
            cone,
            source: Ipv6Addr::from(0xfe80_u128 << 112 | u128::from(id)),
            nonce: self.chance.nonce(),
            asked: now,
            again: now + self.patience,
            tries: 1,
        };
        self.send_question(&question);
        self.questions.push(question);
    }

    /// Those that are late go out once more, or are given up.
    pub(super) fn repeat_questions(&mut self, now: Time) {
        let most = self.ask.tries;
        let (patience, mut waiting) = (self.patience, std::mem::take(&mut self.questions));
        waiting.retain_mut(|question| {
            if question.again > now {
                return true;
            }
            if question.tries >= most {
                return false;
            }
            question.tries = question.tries.saturating_add(1);
            question.again = now + patience;
            self.send_question(question);
            true
        });
        self.questions = waiting;
    }

    fn send_question(&mut self, question: &Question) {
        let Some(to) = self.place_of(question.side) else {
            return;
        };
        let solicitation = packet::solicitation(question.source);
        let secret = self.ask.secret.as_ref();
        let proof = secret.map(|secret| secret.prove(question.nonce, 0, &solicitation));
        let authentication = Authentication {
            id: secret.map(Secret::id).unwrap_or_default(),
            value: proof.as_ref().map(<[u8; 20]>::as_slice).unwrap_or_default(),
            nonce: question.nonce,
            confirmation: 0,
        };
        let mut bytes = Vec::with_capacity(96);
        packet::authentication(&authentication, &mut bytes);
        bytes.extend_from_slice(&solicitation);
        self.send(question.door, to, bytes);
    }

    /// An advertisement: the answer to one of the questions, or nothing.
    pub(super) fn answered(
        &mut self,
        now: Time,
        door: usize,
        from: SocketAddrV4,
        packet: &Packet<'_>,
    ) -> Result<(), Reject> {
        let authentication = packet.authentication.ok_or(Reject::NoAuthentication)?;
        let place = self.questions.iter().position(|question| {
            question.door == door && packet::same(&question.nonce, &authentication.nonce)
        });
        let place = place.ok_or(Reject::BadNonce)?;
        let question = self.questions.get(place).ok_or(Reject::BadNonce)?;
        let speaker = if question.cone {
            question.side.other()
        } else {
            question.side
        };
        if self.place_of(speaker) != Some(from) {
            return Err(Reject::Unsolicited);
        }
        if packet.header.destination != question.source {
            return Err(Reject::WrongDestination);
        }
        let secret = self.ask.secret.as_ref();
        if secret.is_some_and(|secret| !secret.verify(&authentication, packet.clear)) {
            self.refused = Some(Why::BadAuthentication);
            return Err(Reject::BadAuthentication);
        }
        if authentication.confirmation != 0 {
            self.refused = Some(Why::KeyExpired);
            return Err(Reject::KeyExpired);
        }
        let icmp = packet.icmp().ok_or(Reject::BadAdvertisement)?;
        packet::advertised(&packet.header, &icmp, self.ask.server.primary)
            .ok_or(Reject::BadAdvertisement)??;
        let origin = packet.origin.filter(|origin| origin.port() != 0);
        let origin = origin.ok_or(Reject::BadOrigin)?;
        if !self.ask.surroundings.is_global(*origin.ip()) {
            return Err(Reject::BadOrigin);
        }
        let question = self.questions.swap_remove(place);
        if question.tries == 1 && self.rtt.is_none() {
            self.rtt = Some(now.since(question.asked));
        }
        self.heard(&question, origin);
        Ok(())
    }

    fn heard(&mut self, question: &Question, origin: SocketAddrV4) {
        match &mut self.stage {
            Stage::Cone => self.strangers = true,
            Stage::Lifetime(watch) if question.door == COMPARED => watch.caller_at(origin),
            _ => {
                self.refused = None;
                self.origins.insert((question.door, question.side), origin);
            }
        }
    }
}
