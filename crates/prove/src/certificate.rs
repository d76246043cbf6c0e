//! A certificate: every table that a proof rests on, for each state of a plan, to be checked by
//! somebody who does not trust this crate. `docs/formats/certificate.md` describes it.
//!
//! The first state is written whole, the others by what differs. Each table has a digest and each
//! family one over all of its tables, so that "IPv4 is as it was" is that two digests are equal.

mod dictionary;
mod facts;
mod line;
mod sheet;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;
use sixward_net::Family;

use self::dictionary::Dictionary;
use self::facts::Members;
use self::line::{Key, Line};
use self::sheet::Sheets;
use crate::symbolic::Analysis;
use crate::symbolic::tables::{Change, Tables};

const FORMAT: &str = "sixward-certificate";
const VERSION: u32 = 1;

/// The tables of all states so far.
#[derive(Debug, Default)]
pub struct Certificate {
    /// What the proof says of the promises. These are the maker's words, which who checks the tables
    /// only passes on.
    pub verdicts: Vec<Verdict>,
    states: Vec<State>,
    dictionary: Dictionary,
    /// The latest digests, by family.
    sheets: [Sheets; 2],
    members: Members,
    before: Option<Tables>,
}

/// What became of a promise after a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The step; 0 for the state before all of them.
    pub step: u32,
    /// The promise.
    pub promise: String,
    /// Whether it is kept, and what that rests on.
    pub verdict: String,
}

/// What differs from the state before, in either family.
#[derive(Debug)]
struct State {
    step: u32,
    halves: Vec<(&'static str, Half)>,
}

#[derive(Debug, Default)]
struct Half {
    /// Over the tables of this family, whether they differ or not.
    digest: String,
    gone: BTreeSet<Key>,
    tables: BTreeMap<Key, Line>,
}

impl Certificate {
    /// The certificate of the state before all steps.
    pub fn begin(analysis: &Analysis) -> io::Result<Self> {
        let mut certificate = Self::default();
        certificate.add(0, analysis)?;
        Ok(certificate)
    }

    /// Adds the state after a step; steps ascend. A state that differs in nothing costs nothing.
    pub fn add(&mut self, step: u32, analysis: &Analysis) -> io::Result<()> {
        let estate = analysis.estate();
        let before = self.before.take();
        let was = before.as_ref().map(|before| &before.estate);
        let subnets = self.members.follow(was, estate);
        let fresh = before.as_ref().is_none_or(|before| !before.are_of(estate));
        let now = fresh.then(|| analysis.tables());
        let mut halves = Vec::new();
        let families = [("ipv4", Family::V4), ("ipv6", Family::V6)];
        for ((name, family), sheets) in families.into_iter().zip(&mut self.sheets) {
            let mut changes = match &now {
                Some(now) => now.changes(before.as_ref(), family),
                None => Vec::new(),
            };
            changes.extend(facts::rest(was, estate, family)?);
            self.members
                .changes(&subnets, estate, family, &mut changes)?;
            let half = half(changes, sheets, &mut self.dictionary, analysis)?;
            if !half.gone.is_empty() || !half.tables.is_empty() {
                halves.push((name, half));
            }
        }
        if !halves.is_empty() {
            self.states.push(State { step, halves });
        }
        let same = before.map(|mut before| {
            before.estate = estate.clone();
            before
        });
        self.before = now.or(same);
        Ok(())
    }

    /// Writes it. The same states give the same bytes.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        write!(
            to,
            r#"{{"format":"{FORMAT}","version":{VERSION},"states":["#
        )?;
        let mut comma = "\n";
        for state in &self.states {
            write!(to, r#"{comma}{{"step":{}"#, state.step)?;
            for (family, half) in &state.halves {
                half.write(family, &mut to)?;
            }
            write!(to, "}}")?;
            comma = ",\n";
        }
        write!(to, "],\n\"traffic\":[")?;
        lines(&mut to, self.dictionary.sets())?;
        write!(to, "],\n\"verdicts\":")?;
        serde_json::to_writer(&mut to, &self.verdicts)?;
        writeln!(to, "}}")
    }
}

impl Half {
    fn write(&self, family: &str, to: &mut impl Write) -> io::Result<()> {
        let gone = serde_json::to_string(&self.gone)?;
        let digest = &self.digest;
        write!(
            to,
            r#","{family}":{{"digest":"{digest}","gone":{gone},"tables":["#
        )?;
        lines(to, self.tables.values().map(|line| line.text.as_str()))?;
        write!(to, "]}}")
    }
}

/// What changes come to. Things are gone before others of their name are there.
fn half(
    changes: Vec<Change>,
    sheets: &mut Sheets,
    dictionary: &mut Dictionary,
    analysis: &Analysis,
) -> io::Result<Half> {
    let mut half = Half::default();
    let mut fresh = Vec::new();
    for change in changes {
        match change {
            Change::Is(factor) => fresh.push(factor),
            Change::Gone(kind, id) => {
                let key = (kind, id);
                if sheets.remove(&key)? {
                    half.gone.insert(key);
                }
            }
        }
    }
    for factor in fresh {
        let line = Line::new(&factor, dictionary, analysis)?;
        let key = (factor.kind, factor.id);
        if sheets.insert(&key, &line.digest)? {
            half.tables.insert(key, line);
        }
    }
    if !half.gone.is_empty() || !half.tables.is_empty() {
        half.digest = sheets.digest()?;
    }
    Ok(half)
}

/// Values in lines of their own.
fn lines<'a>(to: &mut impl Write, all: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let mut comma = "\n";
    for line in all {
        write!(to, "{comma}{line}")?;
        comma = ",\n";
    }
    Ok(())
}
