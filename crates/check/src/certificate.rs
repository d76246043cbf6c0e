//! A certificate as it is read. `docs/formats/certificate.md` describes it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
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

/// What differs from the state before; a family that is left out, and a state, differ in nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) step: u32,
    pub(crate) ipv4: Option<Half>,
    pub(crate) ipv6: Option<Half>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Half {
    pub(crate) digest: String,
    pub(crate) gone: Vec<Key>,
    pub(crate) tables: Vec<Table>,
}

/// The kind of a table and the id of what it is made of.
pub(crate) type Key = (SmolStr, SmolStr);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) kind: SmolStr,
    pub(crate) id: SmolStr,
    /// Functions of an address: where each value begins.
    pub(crate) columns: BTreeMap<SmolStr, Vec<(IpAddr, Value)>>,
    pub(crate) digest: String,
}

/// A traffic set by its number, or words.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Traffic(usize),
    Text(SmolStr),
}

impl Table {
    /// The digest that it must have; `sets` are the digests of the traffic sets.
    pub(crate) fn sha256(&self, sets: &[SmolStr]) -> SmolStr {
        let name = |value| match value {
            &Value::Traffic(number) => sets.get(number),
            Value::Text(text) => Some(text),
        };
        let columns = self.columns.iter().map(|(column, runs)| {
            let runs = runs.iter().map(|(first, value)| (first, name(value)));
            (column, runs.collect::<Vec<_>>())
        });
        sha256(&(&self.kind, &self.id, columns.collect::<BTreeMap<_, _>>()))
    }
}

/// SHA-256 over a value as compact JSON.
pub(crate) fn sha256(value: &impl Serialize) -> SmolStr {
    let digest = Sha256::digest(serde_json::to_vec(value).unwrap_or_default());
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|it| char::from_digit(it.into(), 16))
        .collect()
}
