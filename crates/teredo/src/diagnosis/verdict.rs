//! What a diagnosis has found out.

use std::fmt;
use std::net::SocketAddrV4;
use std::time::Duration;

use super::{CALLED, COMPARED, Diagnosis, OPEN};
use crate::client::{Server, Why};
use crate::nat::Nat;
use crate::server::Side;

/// How the NAT chooses ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// The port inside is the port outside.
    Kept,
    /// One port for all partners, not the one inside.
    Mapped,
    /// Each new partner gets a port this much higher (RFC 6081 section 5.5).
    Sequential(u16),
    /// Nobody can know the next one.
    Unpredictable,
}

/// How long a mapping lives in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// It was there after this long.
    pub at_least: Duration,
    /// It was gone after this long; none if it was never seen gone.
    pub below: Option<Duration>,
}

/// The findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Why a client here would have no address.
    pub error: Option<Why>,
    /// Who was asked.
    pub server: Server,
    /// How long the server took to answer.
    pub rtt: Option<Duration>,
    /// The kind of NAT.
    pub nat: Nat,
    /// Where the first socket is.
    pub local: Option<SocketAddrV4>,
    /// Where the server saw it.
    pub external: Option<SocketAddrV4>,
    /// Where the server's other address saw it.
    pub other: Option<SocketAddrV4>,
    /// Q8.
    pub port_preserving: Option<bool>,
    /// How ports are chosen.
    pub ports: Option<Ports>,
    /// Whether packets to our own place outside come back in.
    pub hairpin: Option<bool>,
    /// Whether an uninvited packet makes the router choose another port for what follows: plain Linux
    /// masquerading does, and needs the opener (P12).
    pub spoilt: Option<bool>,
    /// How long a mapping lives.
    pub lifetime: Option<Lifetime>,
}

impl Diagnosis {
    /// What is found out so far.
    pub fn verdict(&self) -> Verdict {
        let local = self.doors.get(COMPARED).copied();
        let external = self.seen(COMPARED, Side::Primary);
        Verdict {
            error: self.error(),
            server: self.ask.server,
            rtt: self.rtt,
            nat: self.nat(),
            local,
            external,
            other: self.seen(COMPARED, Side::Secondary),
            port_preserving: external
                .zip(local)
                .map(|(external, local)| external.port() == local.port()),
            ports: self.ports(),
            hairpin: self.hairpin,
            spoilt: self.spoilt(),
            lifetime: self.lifetime,
        }
    }

    fn error(&self) -> Option<Why> {
        let missing = match (self.seen(COMPARED, Side::Primary), self.nat()) {
            (None, _) => Some(Why::PrimarySilent),
            // Of all that was found out, only this needs the other address.
            (_, Nat::Unknown) if self.is_done() => Some(Why::SecondarySilent),
            _ => None,
        };
        self.refused.or(missing)
    }

    /// Q4, Q14, and whether strangers get in.
    pub(super) fn nat(&self) -> Nat {
        let one = self.seen(COMPARED, Side::Primary);
        let other = self.seen(COMPARED, Side::Secondary);
        match (one, other) {
            (Some(one), _) if self.doors.get(COMPARED) == Some(&one) => Nat::None,
            (Some(one), Some(other)) if one == other && self.strangers => Nat::Cone,
            (Some(one), Some(other)) => Nat::of(one, other),
            _ => Nat::Unknown,
        }
    }

    /// Whether the stranger's packet, which did not get in, has changed what came after it.
    fn spoilt(&self) -> Option<bool> {
        let before = self.seen(OPEN, Side::Primary)?;
        let after = self.seen(OPEN, Side::Secondary)?;
        let asked = !self.strangers && self.nat() == Nat::Restricted;
        asked.then_some(after != before)
    }

    fn ports(&self) -> Option<Ports> {
        // In the order in which the mappings were made.
        let doors = [COMPARED, CALLED, OPEN];
        let seen = doors.map(|door| self.seen(door, Side::Primary));
        let [Some(a), Some(b), Some(c)] = seen.map(|place| place.map(|place| place.port())) else {
            return None;
        };
        let locals = self.doors.iter().map(SocketAddrV4::port);
        if locals.take(doors.len()).eq([a, b, c]) {
            return Some(Ports::Kept);
        }
        if !self.nat().symmetric() {
            return Some(Ports::Mapped);
        }
        let step = b.wrapping_sub(a);
        let even = c.wrapping_sub(b) == step;
        Some(if even && (1..=MOST_STEP).contains(&step) {
            Ports::Sequential(step)
        } else {
            Ports::Unpredictable
        })
    }

    fn seen(&self, door: usize, side: Side) -> Option<SocketAddrV4> {
        self.origins.get(&(door, side)).copied()
    }
}

/// Larger steps are chance.
const MOST_STEP: u16 = 16;

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept => f.write_str("kept"),
            Self::Mapped => f.write_str("one for all partners"),
            Self::Sequential(step) => write!(f, "sequential (+{step})"),
            Self::Unpredictable => f.write_str("unpredictable"),
        }
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at_least > Duration::ZERO {
            write!(f, "more than {} seconds", self.at_least.as_secs())?;
        }
        let comma = if self.at_least > Duration::ZERO {
            ", "
        } else {
            ""
        };
        match self.below {
            Some(below) => write!(f, "{comma}less than {} seconds", below.as_secs_f64().ceil()),
            None => Ok(()),
        }
    }
}
