//! `journal`: what was meant, answered and seen, for people. Nothing is locked: it may be read while
//! somebody works.

use sixward_apply::digest;
use sixward_apply::journal::Entry;
use sixward_estate::Estate;

use crate::input::Facts;
use crate::report::Report;
use crate::report::journal::Journal;
use crate::{Error, Target, read};

/// A journal that was read.
#[derive(Debug)]
pub struct Journaled {
    /// The report.
    pub report: Report,
    entries: Vec<Entry>,
}

/// An entry that was asked for is not there.
#[derive(Debug, thiserror::Error)]
#[error("the journal `{place}` has no entry {n}")]
pub struct NoEntry {
    /// The number.
    pub n: u64,
    /// The journal.
    pub place: String,
    /// The number of its last entry; none when it is empty.
    pub last: Option<u64>,
}

/// Reads the journal of a plan.
pub fn journal(target: &Target<'_>) -> Result<Journaled, Error> {
    let store = target.store()?;
    let kept = store.read()?;
    let place = store.place().to_string();
    // Titles say names, and names are in the plan. Without one there are ids.
    let plan = match &kept.plan {
        Some(bytes) => read::kept_plan(bytes, &place).ok(),
        None => None,
    };
    let known = plan.as_ref().map(|plan| (digest(plan), plan));
    let facts = Facts {
        given: target.plan.to_string_lossy().into_owned(),
        kind: "journal",
        files: 1,
        ..Facts::default()
    };
    let nowhere = Estate::default();
    let estate = plan.as_ref().map_or(&nowhere, |plan| &plan.before);
    let mut report = Report::of_estate("journal", &facts, estate, Vec::new());
    report.journal = Some(Journal::of(place, &kept, known));
    Ok(Journaled {
        report,
        entries: kept.entries,
    })
}

impl Journaled {
    /// One entry, whole, as JSON.
    pub fn entry(&self, n: u64) -> Result<String, Error> {
        let entry = self.entries.iter().find(|entry| entry.n == n);
        let json = entry.and_then(|entry| serde_json::to_string_pretty(entry).ok());
        let absent = || NoEntry {
            n,
            place: self.place().to_owned(),
            last: self.entries.last().map(|entry| entry.n),
        };
        Ok(json.ok_or_else(absent)?)
    }

    fn place(&self) -> &str {
        let journal = self.report.journal.as_ref();
        journal.map_or("", |journal| &journal.place)
    }
}

impl NoEntry {
    pub(crate) fn hint(&self) -> String {
        match self.last {
            Some(last) => format!("its entries go from 1 to {last}: `sixward journal` lists them"),
            None => "it begins with the first `sixward apply`".to_owned(),
        }
    }
}
