//! What was seen, as data and in words.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;
use sixward_net::Family;

/// What was seen of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The target's host.
    pub host: String,
    /// The target's port.
    pub port: u16,
    /// What it is, by family; a family that was not asked for, or has no address given, is not there.
    pub names: Vec<Name>,
    /// A connection to each of its addresses, all at once.
    pub attempts: Vec<Attempt>,
    /// What clients live through, where it has addresses of both families.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clients: Option<Clients>,
}

/// What the resolver says of a name in one family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    /// Whether A or AAAA was asked for.
    pub family: Family,
    /// The addresses.
    pub addresses: Vec<IpAddr>,
    /// How long the answer took, in microseconds; none when nobody was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub micros: Option<u64>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// To where.
    pub address: IpAddr,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long that took, in microseconds.
    pub micros: u64,
}

/// What came of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// It came about.
    Open {
        /// The path's MTU as the kernel knows it, in bytes.
        #[serde(skip_serializing_if = "Option::is_none")]
        mtu: Option<u32>,
    },
    /// Somebody is there, and not at this port.
    Refused,
    /// There was no answer in time.
    Silent,
    /// There is no way there from here.
    Unreachable,
    /// It could not be tried, or broke.
    Failed {
        /// Why.
        why: String,
    },
}

/// What two kinds of client live through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clients {
    /// One that tries an address after the other.
    pub in_order: Reached,
    /// One that races them, as RFC 8305 says.
    pub racing: Reached,
}

/// How a client got there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// By which address; none when by none.
    pub by: Option<IpAddr>,
    /// After how many microseconds.
    pub micros: u64,
    /// Whether a real client waits longer: it has more patience with an address that is silent.
    pub at_least: bool,
}

impl Row {
    /// Whether a connection to some address of a family came about; none when there was no address.
    pub fn open(&self, family: Family) -> Option<bool> {
        let mut attempts = self
            .attempts
            .iter()
            .filter(|it| it.address.is_ipv4() == (family == Family::V4))
            .peekable();
        attempts.peek()?;
        Some(attempts.any(|it| matches!(it.outcome, Outcome::Open { .. })))
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Time(self.micros);
        match &self.outcome {
            Outcome::Open { mtu: Some(mtu) } => write!(f, "open in {time}, path MTU {mtu}"),
            Outcome::Open { mtu: None } => write!(f, "open in {time}"),
            Outcome::Refused => write!(f, "refused in {time}"),
            Outcome::Silent => write!(f, "no answer in {time}"),
            Outcome::Unreachable => f.pad("no route from here"),
            Outcome::Failed { why } => f.pad(why),
        }
    }
}

impl fmt::Display for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { in_order, racing } = self;
        write!(f, "without fallback {in_order}; racing {racing}")
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = if self.at_least { "at least " } else { "" };
        let time = Time(self.micros);
        match self.by {
            Some(by) => write!(f, "{least}{time}, by {by}"),
            None => write!(f, "not at all, after {least}{time}"),
        }
    }
}

/// Microseconds as people say them.
struct Time(u64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            micros @ ..10_000 => write!(f, "{}.{} ms", micros / 1000, micros % 1000 / 100),
            micros @ ..1_000_000 => write!(f, "{} ms", micros / 1000),
            micros => write!(
                f,
                "{}.{} s",
                micros / 1_000_000,
                micros % 1_000_000 / 100_000
            ),
        }
    }
}

pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
