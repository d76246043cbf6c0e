//! `assess`: what stands in the way, and what a person must decide.

use sixward_assess::{Assessment, Survey};

use crate::report::Report;
use crate::{Error, Job, Phase, Timings};

/// An assessment.
#[derive(Debug)]
pub struct Assessed {
    /// The assessment.
    pub assessment: Assessment,
    /// The report.
    pub report: Report,
    /// How long it took.
    pub timings: Timings,
}

/// Assesses a source.
pub fn assess(job: &Job<'_>) -> Result<Assessed, Error> {
    let mut input = job.read()?;
    let (estate, intent) = (&input.estate, &input.wanted.intent);
    let mut assessment = input.timings.take(Phase::Assess, || {
        let survey = Survey::new(estate, intent);
        let mut assessment = sixward_assess::assess(&survey);
        // What does not fit the blocks is found when they are laid out.
        let (_, _, misfits) = sixward_plan::AddressPlan::new(&survey);
        assessment.findings.extend(misfits);
        assessment
    });
    assessment.findings.append(&mut input.findings);
    assessment.findings.sort();
    let findings = assessment.findings.clone();
    let mut report = Report::of_estate("assess", &input.facts, &input.estate, findings);
    report.profile = input.wanted.intent.profile;
    report.decisions = assessment.decisions.clone();
    Ok(Assessed {
        assessment,
        report,
        timings: input.timings,
    })
}

impl Assessed {
    /// Whether IPv6 can come without anything being done first.
    pub fn is_clear(&self) -> bool {
        self.report.blockers.is_empty()
    }
}
