//! What is known of one peer (RFC 4380 section 5.2, RFC 6081 section 5.2.1): where it is, why that is
//! believed, what is being done to reach it.

mod attempt;
mod port;
mod table;
mod waiting;

pub(crate) use attempt::{Attempts, Permit};
pub(crate) use port::Ports;
pub(crate) use table::{Peers, Wish};
pub use waiting::Limits;
pub(crate) use waiting::{Held, Way};

use std::collections::VecDeque;
use std::net::SocketAddrV4;
use std::time::Duration;

use crate::packet::{Alternates, Echo};
use crate::time::Time;

/// How long a peer counts as reachable after it was heard.
pub(crate) const VALID: Duration = Duration::from_secs(30);
/// From here on it is asked again while packets still go out, so that a flow in one direction only
/// does not stop every half minute.
pub(crate) const STALE: Duration = Duration::from_secs(20);
/// Between two bubbles or tests to one peer.
pub(crate) const RETRY: Duration = Duration::from_secs(2);

/// Why a peer's place is believed. The order is that in which entries make room for others (P8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// It is not: something came in its name.
    Unknown,
    /// It is not, but something wants to go there.
    Wanted,
    /// The place in its address is where its packets come from; UDP sources can be forged.
    Claimed,
    /// It repeated what only the peer could know.
    Proved,
}

impl Trust {
    /// Whether packets are sent there (the RFC's "trusted").
    pub const fn trusted(self) -> bool {
        matches!(self, Self::Claimed | Self::Proved)
    }
}

/// What is being done to reach a peer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Contact {
    /// Nothing.
    Quiet,
    /// Bubbles: once more at `again`, and before that a direct one that goes all the way.
    Bubbling { full: Option<Time>, again: Time },
    /// The test of RFC 4380 section 5.2.9.
    Testing { echo: Echo, tries: u8 },
    /// Direct bubbles that ask whether the peer is still there (RFC 6081 section 5.7).
    Soliciting { tries: u8 },
    /// It was tried in vain.
    Refused { until: Time },
}

/// The last nonce that went out by an indirect bubble. For as long as a peer is valid it proves one
/// place, and besides only places that the peer itself named (Z4).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nonce {
    pub(crate) value: [u8; 4],
    pub(crate) at: Time,
    pub(crate) used: bool,
}

/// One peer.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) trust: Trust,
    pub(crate) mapping: Option<SocketAddrV4>,
    /// Another place that was proved: two clients behind one NAT may come by the link and by the NAT.
    pub(crate) second: Option<SocketAddrV4>,
    /// When a packet last came from its place.
    pub(crate) heard: Option<Time>,
    /// When a packet last went there.
    pub(crate) spoken: Option<Time>,
    pub(crate) attempts: Attempts,
    pub(crate) contact: Contact,
    pub(crate) nonce_sent: Option<Nonce>,
    /// The one before: its answer may cross the next bubble on the way.
    nonce_before: Option<Nonce>,
    pub(crate) nonce_received: Option<[u8; 4]>,
    pub(crate) alternates: Alternates,
    /// Whether it called us by way of a server since the last direct packet.
    pub(crate) asked: bool,
    /// Whether it speaks RFC 6081.
    pub(crate) extended: bool,
    /// Where it is on our own link, and since when it said so (RFC 4380 section 5.2.8).
    pub(crate) local: Option<(SocketAddrV4, Time)>,
    pub(crate) ports: Ports,
    pub(crate) waiting: VecDeque<Held>,
    pub(crate) used: Time,
    wake: Option<Time>,
}

impl Peer {
    fn new(now: Time) -> Self {
        Self {
            trust: Trust::Unknown,
            mapping: None,
            second: None,
            heard: None,
            spoken: None,
            attempts: Attempts::default(),
            contact: Contact::Quiet,
            nonce_sent: None,
            nonce_before: None,
            nonce_received: None,
            alternates: Alternates::default(),
            asked: false,
            extended: false,
            local: None,
            ports: Ports::default(),
            waiting: VecDeque::new(),
            used: now,
            wake: None,
        }
    }

    /// P1: where packets go without any ado.
    pub(crate) fn direct(&self, now: Time) -> Option<SocketAddrV4> {
        self.mapping
            .filter(|_| self.trust.trusted() && self.heard_within(VALID, now))
    }

    /// R3: whether this is the place that the peer is trusted to be at.
    pub(crate) fn is_at(&self, place: SocketAddrV4) -> bool {
        self.trust.trusted() && [self.mapping, self.second].contains(&Some(place))
    }

    pub(crate) fn heard_within(&self, time: Duration, now: Time) -> bool {
        self.heard.is_some_and(|heard| now.since(heard) < time)
    }

    pub(crate) fn hear(&mut self, now: Time) {
        self.heard = Some(now);
        self.used = now;
        self.attempts = Attempts::default();
    }

    /// Whether a nonce of ours is on its way to the peer or back.
    pub(crate) fn awaits_proof(&self, now: Time) -> bool {
        self.nonce_sent
            .is_some_and(|sent| now.since(sent.at) < RETRY)
    }

    /// X4: whether a direct bubble proves itself by the nonce that we sent. `named` says that it comes
    /// from a place that the peer told us of.
    pub(crate) fn proves(&mut self, nonce: Option<[u8; 4]>, named: bool, now: Time) -> bool {
        let Some(nonce) = nonce else { return false };
        let sent = [&mut self.nonce_sent, &mut self.nonce_before];
        sent.into_iter().flatten().any(|sent| {
            let proved = now.since(sent.at) < VALID
                && (named || !sent.used)
                && crate::packet::same(&sent.value, &nonce);
            sent.used |= proved;
            proved
        })
    }

    /// A nonce goes out.
    pub(crate) fn draw(&mut self, value: [u8; 4], at: Time) {
        let nonce = Nonce {
            value,
            at,
            used: false,
        };
        self.nonce_before = self.nonce_sent.replace(nonce);
    }
}
