//! `diff`: what one estate lets begin that another does not.

use std::path::Path;

use sixward_estate::Estate;

use crate::report::Report;
use crate::report::diff::Differences;
use crate::{After, Error, Job, Phase, States, Timings, WhichPlan};

/// One of two estates.
#[derive(Debug)]
pub struct Side<'a> {
    /// Where it is read from.
    pub job: Job<'a>,
    /// After which step of its plan; as it was read without.
    pub after: Option<After>,
}

/// What differs.
#[derive(Debug)]
pub struct Diffed {
    /// The report.
    pub report: Report,
    /// How long it took.
    pub timings: Timings,
}

/// An estate as it is meant, and how it is called.
struct Meant {
    given: String,
    report: Report,
    estate: Estate,
}

/// Compares what two estates allow.
pub fn diff(before: &Side<'_>, after: &Side<'_>) -> Result<Diffed, Error> {
    let mut timings = Timings::default();
    let old = timings.take(Phase::Read, || before.read())?;
    let new = timings.take(Phase::Read, || after.read())?;
    let found = timings.take(Phase::Prove, || {
        sixward_prove::diff::diff(&old.estate, &new.estate)
    });
    let ends = [old.given, new.given];
    let differences = Differences::new(ends, found, &old.estate, &new.estate);
    let report = Report {
        diff: Some(differences),
        ..new.report
    };
    Ok(Diffed { report, timings })
}

/// A source's name without `@STEP`, and the step. What is there under the whole name is meant by it.
pub fn at_step(text: &str) -> (&str, Option<After>) {
    let parts = text.rsplit_once('@').filter(|_| !Path::new(text).exists());
    let step = parts.and_then(|(source, step)| Some((source, step.parse().ok()?)));
    step.map_or((text, None), |(source, step)| (source, Some(step)))
}

impl Side<'_> {
    fn read(&self) -> Result<Meant, Error> {
        let given = self.job.source.given.clone();
        let Some(after) = self.after else {
            let input = self.job.read()?;
            let report = Report::of_estate("diff", &input.facts, &input.estate, Vec::new());
            let estate = input.estate;
            return Ok(Meant {
                given,
                report,
                estate,
            });
        };
        let states = States::of(&self.job, &WhichPlan::Found)?;
        let (step, word) = match after {
            After::Step(step) => (step, step.to_string()),
            After::End | After::BeforeAndEnd => (states.last(), "end".to_owned()),
        };
        let (_, estate) = states.after(step)?;
        Ok(Meant {
            given: format!("{given}@{word}"),
            report: Report::of_estate("diff", &states.facts, &estate, Vec::new()),
            estate,
        })
    }
}

impl Diffed {
    /// Whether both surely allow the same.
    pub fn is_same(&self) -> bool {
        let found = self.report.diff.as_ref();
        found.is_some_and(|it| it.found.is_empty())
    }
}
