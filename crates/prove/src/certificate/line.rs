//! A table as a line of text, and its digest.
//!
//! The digest is SHA-256 (FIPS 180-4) over compact JSON in which a traffic set is named by its own
//! digest and not by its number, so that equal tables have equal digests in every certificate.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::dictionary::Dictionary;
use crate::symbolic::Analysis;
use crate::symbolic::tables::{Cell, Factor};

/// What a table is called: its kind and the id of what it is made of.
pub(super) type Key = (&'static str, String);

/// A table as it is written.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) digest: String,
}

#[derive(Serialize)]
struct Written<'a> {
    kind: &'a str,
    id: &'a str,
    columns: Columns<'a>,
    digest: &'a str,
}

type Columns<'a> = BTreeMap<&'a str, Vec<(IpAddr, Value<'a>)>>;

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Number(usize),
    Text(&'a str),
}

impl Line {
    pub(super) fn new(
        factor: &Factor,
        dictionary: &mut Dictionary,
        analysis: &Analysis,
    ) -> io::Result<Self> {
        let cells = factor.columns.values().flatten().map(|(_, cell)| cell);
        for cell in cells {
            if let Cell::Traffic(id) = cell {
                dictionary.add(*id, analysis.arena())?;
            }
        }
        let named = all(factor, |cell| match cell {
            Cell::Traffic(id) => Value::Text(dictionary.digest(*id)),
            Cell::Text(text) => Value::Text(text),
        });
        let named = (factor.kind, &factor.id, named);
        let digest = sha256(&serde_json::to_vec(&named)?);
        let columns = all(factor, |cell| match cell {
            Cell::Traffic(id) => Value::Number(dictionary.number(*id)),
            Cell::Text(text) => Value::Text(text),
        });
        let text = serde_json::to_string(&Written {
            kind: factor.kind,
            id: &factor.id,
            columns,
            digest: &digest,
        })?;
        Ok(Self { text, digest })
    }
}

fn all<'a>(factor: &'a Factor, value: impl Fn(&'a Cell) -> Value<'a>) -> Columns<'a> {
    let columns = factor.columns.iter().map(|(name, runs)| {
        let runs = runs.iter().map(|(first, cell)| (*first, value(cell)));
        (name.as_str(), runs.collect())
    });
    columns.collect()
}

/// SHA-256 in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
