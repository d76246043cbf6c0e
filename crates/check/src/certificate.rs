//! A certificate as it is read. `docs/formats/certificate.md` describes it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;
use sixward_net::Family;
use smol_str::SmolStr;

use crate::traffic::Set;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Certificate {
    pub(crate) format: String,
    pub(crate) version: u32,
    pub(crate) states: Vec<State>,
    pub(crate) traffic: Vec<Set>,
    pub(crate) verdicts: Vec<Verdict>,
}

/// What the proof says of a promise after a step. Nothing here is checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The step; 0 for the state before all of them.
    pub step: u32,
    /// The promise.
    pub promise: String,
    /// What became of it.
    pub verdict: String,
}

/// A state, by what differs from the one before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) step: u32,
    /// A digest of what differs in the estate.
    pub(crate) estate: SmolStr,
    pub(crate) tables: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) family: Family,
    pub(crate) kind: SmolStr,
    pub(crate) id: SmolStr,
    /// None when it is no more.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) columns: Option<Columns>,
}

/// Functions of an address: where each value begins.
pub(crate) type Columns = BTreeMap<SmolStr, Vec<(IpAddr, Value)>>;

/// A traffic set by its number, or words.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Traffic(usize),
    Text(SmolStr),
}
