//! A certificate: every table that a proof rests on, for each state of a plan, to be checked by
//! somebody who does not trust this crate. `docs/formats/certificate.md` describes it.
//!
//! The first state is written whole, the others by what differs.

mod dictionary;
mod line;

use std::io::{self, Write};

use serde::Serialize;
use sixward_estate::{Estate, SmolStr};
use sixward_net::Family;

use self::dictionary::Dictionary;
use self::line::line;
use crate::symbolic::Analysis;
use crate::symbolic::tables::Tables;

const FORMAT: &str = "sixward-certificate";
const VERSION: u32 = 2;

/// The tables of all states so far.
#[derive(Debug, Default)]
pub struct Certificate {
    /// What the proof says of the promises. These are the maker's words, which who checks the tables
    /// only passes on.
    pub verdicts: Vec<Verdict>,
    states: Vec<State>,
    dictionary: Dictionary,
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

/// What differs from the state before.
#[derive(Debug)]
struct State {
    step: u32,
    estate: SmolStr,
    tables: Vec<String>,
}

impl Certificate {
    /// The certificate of the state before all steps.
    pub fn begin(analysis: &Analysis) -> io::Result<Self> {
        let mut certificate = Self::default();
        certificate.add(0, analysis)?;
        Ok(certificate)
    }

    /// Adds the state after a step; steps ascend.
    pub fn add(&mut self, step: u32, analysis: &Analysis) -> io::Result<()> {
        let now = analysis.estate();
        let nothing = Estate::default();
        let was = self
            .before
            .as_ref()
            .map_or(&nothing, |before| &before.estate);
        let mut state = State {
            step,
            estate: was.change_digest(now),
            tables: Vec::new(),
        };
        match &mut self.before {
            Some(before) if before.are_of(now) => before.estate = now.clone(),
            _ => {
                let tables = analysis.tables();
                for family in [Family::V4, Family::V6] {
                    for change in tables.changes(self.before.as_ref(), family) {
                        let line = line(family, &change, &mut self.dictionary, analysis)?;
                        state.tables.push(line);
                    }
                }
                self.before = Some(tables);
            }
        }
        self.states.push(state);
        Ok(())
    }

    /// Writes it. The same states give the same bytes.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        write!(
            to,
            r#"{{"format":"{FORMAT}","version":{VERSION},"states":["#
        )?;
        let mut comma = "\n";
        for State {
            step,
            estate,
            tables,
        } in &self.states
        {
            write!(
                to,
                r#"{comma}{{"step":{step},"estate":"{estate}","tables":["#
            )?;
            lines(&mut to, tables)?;
            write!(to, "]}}")?;
            comma = ",\n";
        }
        write!(to, "],\n\"traffic\":[")?;
        lines(&mut to, self.dictionary.sets())?;
        write!(to, "],\n\"verdicts\":")?;
        serde_json::to_writer(&mut to, &self.verdicts)?;
        writeln!(to, "}}")
    }
}

/// Values in lines of their own.
fn lines(to: &mut impl Write, all: &[String]) -> io::Result<()> {
    let mut comma = "\n";
    for line in all {
        write!(to, "{comma}{line}")?;
        comma = ",\n";
    }
    Ok(())
}
