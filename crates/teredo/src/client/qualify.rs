//! Asking the server (RFC 4380 sections 5.2.1, 5.2.5): both its addresses at once, so that a client
//! has its address after one round trip and knows its NAT by the same time. No cone probe: its answer
//! from a second address spoils the verdict on plain Linux routers.

use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use super::{Client, Server, State, Why};
use crate::arrival::PORT;
use crate::output::{Event, Output};
use crate::packet::{self, Authentication};
use crate::secret::Secret;
use crate::time::Time;

/// A question that waits for its answer.
#[derive(Debug)]
pub(super) struct Probe {
    pub(super) nonce: [u8; 8],
    pub(super) first: Time,
    pub(super) again: Time,
    pub(super) tries: u8,
}

/// Which address of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Primary,
    Secondary,
}

/// A client without address asks every so often, and no rarer: servers come back within seconds.
const OFFLINE: (Duration, Duration) = (Duration::from_secs(4), Duration::from_secs(8));

impl Client {
    /// Begins, or begins anew because something has changed.
    pub fn start(&mut self, now: Time) {
        self.turn = 0;
        self.changes = 0;
        self.retry_at = None;
        self.begun = true;
        if self.managed && !self.config.enterprise {
            return self.rest(State::Offline(Why::Managed));
        }
        if self.native && !self.config.beside_native {
            return self.rest(State::Dormant);
        }
        if self.server().is_none() {
            self.rest(State::Offline(Why::NoServer));
            return self.put(Output::Event(Event::Resolve));
        }
        if self.address.is_none() {
            self.become_state(State::ProbePrimary);
        }
        self.ask_anew(now);
    }

    /// Ends; the address goes first.
    pub fn stop(&mut self) {
        self.rest(State::Offline(Why::NotStarted));
    }

    pub(super) fn server(&self) -> Option<Server> {
        self.config.servers.get(self.turn).copied()
    }

    /// Which address of the server this place is.
    pub(super) fn side(&self, from: SocketAddrV4) -> Option<Side> {
        let server = self.server().filter(|_| from.port() == PORT)?;
        if *from.ip() == server.primary {
            return Some(Side::Primary);
        }
        (Some(*from.ip()) == server.secondary).then_some(Side::Secondary)
    }

    /// Both addresses, with a new link-local address and new nonces.
    pub(super) fn ask_anew(&mut self, now: Time) {
        let id = u64::from_be_bytes(self.chance.bytes());
        // Neither the cone bit nor those of a hardware address (A3, RFC 5991).
        let id = id & 0x3cff_ffff_ffff_ffff;
        self.link_local = Ipv6Addr::from(0xfe80_u128 << 112 | u128::from(id));
        self.bad_authentication = false;
        self.ask(now, Side::Primary);
        self.ask(now, Side::Secondary);
    }

    /// One address, for the first time.
    pub(super) fn ask(&mut self, now: Time, side: Side) {
        let nonce = self.chance.nonce();
        let probe = self.server().and_then(|server| match side {
            Side::Primary => Some(server.primary),
            Side::Secondary => server.secondary,
        });
        let probe = probe.map(|_| Probe {
            nonce,
            first: now,
            again: now,
            tries: 0,
        });
        *self.probe(side) = probe;
        self.ask_again(now, side);
    }

    pub(super) fn probe(&mut self, side: Side) -> &mut Option<Probe> {
        match side {
            Side::Primary => &mut self.primary,
            Side::Secondary => &mut self.secondary,
        }
    }

    /// The same question once more (Q1: hop limit 255, sound checksum, a nonce always).
    fn ask_again(&mut self, now: Time, side: Side) {
        let patience = self.config.patience;
        let Some(server) = self.server() else { return };
        let to = match side {
            Side::Primary => Some(server.primary),
            Side::Secondary => server.secondary,
        };
        let Some((to, probe)) = to.zip(self.probe(side).as_mut()) else {
            return;
        };
        probe.tries = probe.tries.saturating_add(1);
        probe.again = now + patience;
        let nonce = probe.nonce;
        let bytes = self.solicitation(self.link_local, nonce);
        self.send(SocketAddrV4::new(to, PORT), None, bytes);
    }

    /// The question, proved if there is a secret.
    pub(super) fn solicitation(&self, source: Ipv6Addr, nonce: [u8; 8]) -> Vec<u8> {
        let solicitation = packet::solicitation(source);
        let secret = self.config.secret.as_ref();
        let proof = secret.map(|secret| secret.prove(nonce, 0, &solicitation));
        let authentication = Authentication {
            id: secret.map(Secret::id).unwrap_or_default(),
            value: proof.as_ref().map(<[u8; 20]>::as_slice).unwrap_or_default(),
            nonce,
            confirmation: 0,
        };
        let mut bytes = Vec::with_capacity(96);
        packet::authentication(&authentication, &mut bytes);
        bytes.extend_from_slice(&solicitation);
        bytes
    }

    pub(super) fn tick_server(&mut self, now: Time) {
        for side in [Side::Primary, Side::Secondary] {
            let tries = self.config.tries;
            let late = self.probe(side).as_ref().filter(|probe| probe.again <= now);
            match late.map(|probe| probe.tries < tries) {
                Some(true) => self.ask_again(now, side),
                Some(false) => self.unanswered(now, side),
                None => {}
            }
        }
        if self.refresh_at.is_some_and(|at| at <= now) {
            self.refresh_at = None;
            self.ask(now, Side::Primary);
        }
        if self.retry_at.is_some_and(|at| at <= now) {
            self.retry(now);
        }
    }

    /// All tries were in vain (Q2).
    fn unanswered(&mut self, now: Time, side: Side) {
        *self.probe(side) = None;
        if side == Side::Secondary {
            return self.settle_secondary(now, None);
        }
        let since = *self.silent_since.get_or_insert(now);
        if self.address.is_some() {
            if since == now {
                self.put(Output::Event(Event::ServerSilent));
            }
            let other = self.config.servers.len() > 1;
            if !other && now.since(since) < self.config.grace {
                // What is established works on; the questions keep our NAT open meanwhile.
                self.retry_at = Some(now);
                return self.retry(now);
            }
        }
        self.next_server(now);
    }

    /// The next server in turn; off-line when all have been asked.
    fn next_server(&mut self, now: Time) {
        self.turn = self.turn.saturating_add(1);
        if self.server().is_some() && self.silent_since.is_some() {
            return self.ask_anew(now);
        }
        self.turn = 0;
        let why = if self.bad_authentication {
            Why::BadAuthentication
        } else {
            Why::PrimarySilent
        };
        self.put(Output::Event(Event::Resolve));
        self.offline(now, why);
    }

    pub(super) fn offline(&mut self, now: Time, why: Why) {
        self.rest(State::Offline(why));
        // A key that the server refuses is refused again.
        if why != Why::KeyExpired {
            let (least, most) = OFFLINE;
            self.retry_at = Some(now + self.chance.between(least, most));
        }
    }

    /// Once more, quietly. One question, so that a server that is back is found within seconds.
    fn retry(&mut self, now: Time) {
        self.retry_at = None;
        self.ask_anew(now);
        if self.address.is_some() {
            self.secondary = None;
        }
        let last = self.config.tries;
        for probe in [&mut self.primary, &mut self.secondary]
            .into_iter()
            .flatten()
        {
            probe.tries = last;
        }
    }

    /// No address, no questions.
    pub(super) fn rest(&mut self, state: State) {
        (self.primary, self.secondary) = (None, None);
        (self.refresh_at, self.retry_at, self.announce_at) = (None, None, None);
        self.lose_address();
        self.become_state(state);
    }

    pub(super) fn become_state(&mut self, state: State) {
        if self.state != state {
            self.state = state;
            self.put(Output::Event(Event::State(state)));
        }
    }
}
