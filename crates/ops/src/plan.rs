//! `plan`: an estate and an intent become ordered steps.

use std::path::Path;

use sixward_estate::Finding;
use sixward_plan::{Plan, write_plan_to};

use crate::discover::file_in;
use crate::input::{Facts, Input};
use crate::project::write_file;
use crate::report::Report;
use crate::{Error, Job, Phase, Timings};

/// A plan.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The report.
    pub report: Report,
    /// How long it took.
    pub timings: Timings,
    /// What was amiss in the input.
    pub(crate) findings: Vec<Finding>,
    pub(crate) facts: Facts,
}

/// Plans the migration of a source.
pub fn plan(job: &Job<'_>) -> Result<Planned, Error> {
    Ok(planned("plan", job.read()?))
}

pub(crate) fn planned(verb: &'static str, input: Input) -> Planned {
    let Input {
        facts,
        estate,
        findings,
        wanted,
        mut timings,
    } = input;
    let mut plan = timings.take(Phase::Plan, || sixward_plan::plan(estate, wanted.intent));
    // A reviewer of the plan must see what was amiss in its input.
    let also = findings.iter().cloned();
    plan.assessment.findings.extend(also);
    plan.assessment.findings.sort();
    let report = Report::of_plan(verb, &facts, &plan);
    Planned {
        plan,
        report,
        timings,
        findings,
        facts,
    }
}

impl Planned {
    /// Writes `plan.json` into a folder, or to a path that ends in `.json`.
    pub fn write(&mut self, out: &Path) -> Result<(), Error> {
        let path = file_in(out, "plan.json");
        self.timings.take(Phase::Write, || {
            write_file(&path, |out| write_plan_to(&self.plan, out))
        })?;
        self.report.files.push(path.to_string_lossy().into_owned());
        Ok(())
    }
}
