//! `discover`: a source becomes an estate.

use sixward_estate::intent::Intent;
use sixward_estate::{Estate, Finding, write_snapshot};

use crate::report::Report;
use crate::{Error, Job, Phase, Timings, WriteError, write_file};

/// An estate, and what is amiss in what it was read from.
#[derive(Debug)]
pub struct Discovered {
    /// The estate.
    pub estate: Estate,
    /// What is amiss, the gravest first.
    pub findings: Vec<Finding>,
    /// What is wanted.
    pub intent: Intent,
    /// The report.
    pub report: Report,
    /// How long it took.
    pub timings: Timings,
}

/// Reads a source.
pub fn discover(job: &Job<'_>) -> Result<Discovered, Error> {
    let input = job.read()?;
    let report = Report::of_estate(
        "discover",
        &input.facts,
        &input.estate,
        input.findings.clone(),
    );
    Ok(Discovered {
        estate: input.estate,
        findings: input.findings,
        intent: input.wanted.intent,
        report,
        timings: input.timings,
    })
}

impl Discovered {
    /// The estate as `estate.json`.
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        snapshot(&self.estate)
    }

    /// Writes `estate.json` into a folder, or to a path that ends in `.json`.
    pub fn write(&mut self, out: &std::path::Path) -> Result<(), Error> {
        let path = file_in(out, "estate.json");
        let bytes = self.snapshot()?;
        self.timings
            .take(Phase::Write, || write_file(&path, &bytes))?;
        self.report.files.push(path.to_string_lossy().into_owned());
        Ok(())
    }
}

pub(crate) fn snapshot(estate: &Estate) -> Result<Vec<u8>, Error> {
    let unwritable = |error| WriteError::new("estate.json".as_ref(), std::io::Error::other(error));
    Ok(write_snapshot(estate).map_err(unwritable)?)
}

/// `out` itself when it names a JSON file, else the file `name` in it.
pub(crate) fn file_in(out: &std::path::Path, name: &str) -> std::path::PathBuf {
    if out.extension().is_some_and(|extension| extension == "json") && !out.is_dir() {
        out.to_owned()
    } else {
        out.join(name)
    }
}
