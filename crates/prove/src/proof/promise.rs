//! The promises by name, and what is said of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Breach;
use crate::symbolic::compare::Comparison;

/// What is promised of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Promise {
    /// IPv4 is as it was.
    #[serde(rename = "P1")]
    Ipv4AsItWas,
    /// IPv6 does what IPv4 does, in the end.
    #[serde(rename = "P2")]
    Ipv6AsIpv4,
    /// Nothing is newly exposed, at any moment.
    #[serde(rename = "P3")]
    NothingExposed,
    /// No name answers with an address that does not serve.
    #[serde(rename = "P4")]
    NamesServe,
    /// There is a way back from every point.
    #[serde(rename = "P5")]
    WayBack,
    /// Path MTU discovery works.
    #[serde(rename = "P6")]
    PathMtu,
}

impl Promise {
    /// All of them in order.
    pub const ALL: [Self; 6] = [
        Self::Ipv4AsItWas,
        Self::Ipv6AsIpv4,
        Self::NothingExposed,
        Self::NamesServe,
        Self::WayBack,
        Self::PathMtu,
    ];

    /// Its short name, `P1` to `P6`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ipv4AsItWas => "P1",
            Self::Ipv6AsIpv4 => "P2",
            Self::NothingExposed => "P3",
            Self::NamesServe => "P4",
            Self::WayBack => "P5",
            Self::PathMtu => "P6",
        }
    }

    /// It in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ipv4AsItWas => "IPv4 is as it was",
            Self::Ipv6AsIpv4 => "IPv6 does what IPv4 does, in the end",
            Self::NothingExposed => "nothing is newly exposed",
            Self::NamesServe => "no name answers with an address that does not serve",
            Self::WayBack => "there is a way back from every step",
            Self::PathMtu => "path MTU discovery works",
        }
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// Whether a promise is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is, for sure.
    Held,
    /// Something that is not modelled decides.
    Undetermined,
    /// It is not.
    Broken,
}

/// What is said of a promise in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The promise.
    pub promise: Promise,
    /// Whether it is kept.
    pub outcome: Outcome,
    /// What breaks it that did not break it in the state before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<Breach>,
    /// There is more than was listed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub more: bool,
}

impl Verdict {
    /// A promise that is kept.
    pub fn held(promise: Promise) -> Self {
        Self {
            promise,
            outcome: Outcome::Held,
            breaches: Vec::new(),
            more: false,
        }
    }

    pub(super) fn of(promise: Promise, comparisons: &[&Comparison], breaches: Vec<Breach>) -> Self {
        let excess = || comparisons.iter().flat_map(|it| &it.excess);
        let outcome = if excess().any(|it| !it.traffic.is_empty()) {
            Outcome::Broken
        } else if excess().next().is_some() {
            Outcome::Undetermined
        } else {
            Outcome::Held
        };
        Self {
            promise,
            outcome,
            breaches,
            more: comparisons.iter().any(|it| it.more),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}
