//! `prove`: the promises on every state that a plan passes through.

mod accepted;
pub(crate) mod certificate;
pub(crate) mod course;
mod names;

use std::path::Path;

use crate::report::Report;
use crate::report::proof;
use crate::states::States;
use crate::{Error, Job, Phase, Timings, WhichPlan};
use course::Course;

/// A proof, or why there is none.
#[derive(Debug)]
pub struct Proved {
    /// The report.
    pub report: Report,
    /// The intent has changed since the plan was made.
    pub outdated: bool,
    /// How long it took.
    pub timings: Timings,
}

/// Whether a certificate fits a plan's states.
#[derive(Debug)]
pub struct Checked {
    /// The report.
    pub report: Report,
    /// The intent has changed since the plan was made.
    pub outdated: bool,
    /// How long it took.
    pub timings: Timings,
}

/// Proves the plan of a source, state by state.
pub fn prove(job: &Job<'_>, which: &WhichPlan) -> Result<Proved, Error> {
    proved(job, which, None)
}

/// The same, and writes what the proof rests on into a file.
pub fn certify(job: &Job<'_>, which: &WhichPlan, certificate: &Path) -> Result<Proved, Error> {
    proved(job, which, Some(certificate))
}

fn proved(job: &Job<'_>, which: &WhichPlan, certificate: Option<&Path>) -> Result<Proved, Error> {
    let mut states = States::of(job, which)?;
    let mut timings = std::mem::take(&mut states.timings);
    let mut course = Course::new(&states.plan);
    course.certify = certificate.is_some();
    let done = timings.take(Phase::Prove, || course.run(job.progress))?;
    let mut report = Report::of_estate("prove", &states.facts, &states.plan.before, Vec::new());
    report.profile = states.plan.intent.profile;
    report.decisions = states.plan.assessment.decisions.clone();
    if let (Some(path), Some(bytes)) = (certificate, done.certificate) {
        let written = timings.take(Phase::Write, || certificate::write(path, &bytes));
        written.map_err(Error::CertificateFile)?;
        report.files.push(path.to_string_lossy().into_owned());
    }
    report.proof = Some(proof::Proved {
        plan: states.file_name(),
        ..done.proved
    });
    Ok(Proved {
        report,
        outdated: states.outdated,
        timings,
    })
}

/// Checks a certificate against the states of the plan of a source: every table is derived again, by
/// rules that share nothing with what made it.
pub fn check(job: &Job<'_>, which: &WhichPlan, certificate: &Path) -> Result<Checked, Error> {
    let bytes = certificate::read(certificate)?;
    let mut states = States::of(job, which)?;
    let mut timings = std::mem::take(&mut states.timings);
    let row = timings.take(Phase::Prove, || certificate::check(&bytes, &states))?;
    let mut report = Report::of_estate("prove", &states.facts, &states.plan.before, Vec::new());
    report.profile = states.plan.intent.profile;
    report.certificate = Some(proof::CertificateRow {
        file: certificate.to_string_lossy().into_owned(),
        plan: states.file_name(),
        ..row
    });
    Ok(Checked {
        report,
        outdated: states.outdated,
        timings,
    })
}

impl Proved {
    /// Whether every promise is kept for sure.
    pub fn holds(&self) -> bool {
        self.report.proof.as_ref().is_some_and(proof::Proved::holds)
    }
}

impl Checked {
    /// Whether the certificate is believed.
    pub fn holds(&self) -> bool {
        let row = self.report.certificate.as_ref();
        row.is_some_and(|row| row.refusal.is_none())
    }
}
