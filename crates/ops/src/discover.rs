//! `discover`: a source becomes an estate.

use sixward_estate::intent::Intent;
use sixward_estate::{Estate, Finding, write_snapshot, write_snapshot_to};

use crate::project::write_file;
use crate::report::Report;
use crate::{Error, Job, Phase, Timings, WriteError};

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
        let unwritable = |source| WriteError::new("estate.json".as_ref(), source);
        Ok(write_snapshot(&self.estate, &self.findings).map_err(unwritable)?)
    }

    /// Writes `estate.json` into a folder, or to a path that ends in `.json`.
    pub fn write(&mut self, out: &std::path::Path) -> Result<(), Error> {
        let path = file_in(out, "estate.json");
        self.timings.take(Phase::Write, || {
            write_file(&path, |out| {
                write_snapshot_to(&self.estate, &self.findings, out)
            })
        })?;
        self.report.files.push(path.to_string_lossy().into_owned());
        Ok(())
    }
}

/// `out` itself when it names a JSON file, else the file `name` in it.
pub(crate) fn file_in(out: &std::path::Path, name: &str) -> std::path::PathBuf {
    if out.extension().is_some_and(|extension| extension == "json") && !out.is_dir() {
        out.to_owned()
    } else {
        out.join(name)
    }
}
