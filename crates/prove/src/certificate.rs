//! A certificate: every table that a proof rests on, for each state of a plan, to be checked by
//! somebody who does not trust this crate. `docs/formats/certificate.md` describes it.
//!
//! The first state is written whole, the others by what differs. Each table has a digest and each
//! family one over all of its tables, so that "IPv4 is as it was" is that two digests are equal.

mod dictionary;
mod facts;
mod line;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;
use sixward_net::Family;

use self::dictionary::Dictionary;
use self::facts::Members;
use self::line::{Key, Line, sha256};
use crate::symbolic::Analysis;
use crate::symbolic::tables::{Change, Tables};

const FORMAT: &str = "sixward-certificate";
const VERSION: u32 = 1;
const FAMILIES: [Family; 2] = [Family::V4, Family::V6];

/// The tables of all states so far.
#[derive(Debug, Default)]
pub struct Certificate {
    /// What the proof says of the promises. These are the maker's words, which who checks the tables
    /// only passes on.
    pub verdicts: Vec<Verdict>,
    states: Vec<State>,
    dictionary: Dictionary,
    /// The digests of the latest state's tables, by family.
    digests: [BTreeMap<Key, String>; 2],
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
    halves: [Half; 2],
}

#[derive(Debug)]
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

    /// Adds the state after a step.
    pub fn add(&mut self, step: u32, analysis: &Analysis) -> io::Result<()> {
        let now = analysis.tables();
        let before = self.before.take();
        let estate = before.as_ref().map(|before| &before.estate);
        let subnets = self.members.follow(estate, &now.estate);
        let mut halves = Vec::new();
        for (family, digests) in FAMILIES.into_iter().zip(&mut self.digests) {
            let mut changes = now.changes(before.as_ref(), family);
            facts::changes(estate, &now.estate, family, &mut changes)?;
            self.members
                .changes(&subnets, &now.estate, family, &mut changes)?;
            halves.push(half(changes, digests, &mut self.dictionary, &now)?);
        }
        if let Ok(halves) = halves.try_into() {
            self.states.push(State { step, halves });
        }
        self.before = Some(now);
        Ok(())
    }

    /// Writes it. The same states give the same bytes.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        writeln!(
            to,
            r#"{{"format":"{FORMAT}","version":{VERSION},"states":["#
        )?;
        let mut comma = "";
        for state in &self.states {
            let [v4, v6] = &state.halves;
            write!(to, r#"{comma}{{"step":{},"ipv4":"#, state.step)?;
            v4.write(&mut to)?;
            write!(to, r#","ipv6":"#)?;
            v6.write(&mut to)?;
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
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let gone = serde_json::to_string(&self.gone)?;
        write!(
            to,
            r#"{{"digest":"{}","gone":{gone},"tables":["#,
            self.digest
        )?;
        lines(to, self.tables.values().map(|line| line.text.as_str()))?;
        write!(to, "]}}")
    }
}

/// Puts changes where they belong.
fn half(
    changes: Vec<Change>,
    digests: &mut BTreeMap<Key, String>,
    dictionary: &mut Dictionary,
    now: &Tables,
) -> io::Result<Half> {
    let arena = &now.arena;
    let mut half = Half {
        digest: String::new(),
        gone: BTreeSet::new(),
        tables: BTreeMap::new(),
    };
    for change in changes {
        match change {
            Change::Is(factor) => {
                let line = Line::new(&factor, dictionary, arena)?;
                let key = (factor.kind, factor.id);
                if digests.get(&key) != Some(&line.digest) {
                    digests.insert(key.clone(), line.digest.clone());
                    half.tables.insert(key, line);
                }
            }
            Change::Gone(kind, id) => {
                digests.remove(&(kind, id.clone()));
                half.gone.insert((kind, id));
            }
        }
    }
    let all = digests
        .iter()
        .map(|((kind, id), digest)| (kind, id, digest));
    half.digest = sha256(&serde_json::to_vec(&all.collect::<Vec<_>>())?);
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
