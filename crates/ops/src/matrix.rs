//! `matrix`: who can talk to whom, by groups, over IPv4 before a plan and over IPv6 after it.

mod group;

use sixward_assess::Survey;
use sixward_net::Family;
use sixward_prove::symbolic::Analysis;
use sixward_prove::symbolic::matrix::Side;

use crate::report::Report;
use crate::report::matrix::Matrix;
use crate::{After, Error, Job, Phase, States, Timings, WhichPlan};

pub(crate) use group::Group;

/// The table, or why there is none.
#[derive(Debug)]
pub struct Tabled {
    /// The report.
    pub report: Report,
    /// The intent has changed since the plan was made.
    pub outdated: bool,
    /// How long it took.
    pub timings: Timings,
}

/// Who can talk to whom before the plan of a source, and after a step of it; without one after the last.
pub fn matrix(job: &Job<'_>, which: &WhichPlan, after: Option<u32>) -> Result<Tabled, Error> {
    let mut states = States::of(job, which)?;
    let mut timings = std::mem::take(&mut states.timings);
    let step = after.unwrap_or_else(|| states.last());
    let (_, state) = states.after(step)?;
    let before = &states.plan.before;
    let table = timings.take(Phase::Prove, || {
        let survey = Survey::new(before, &states.plan.intent);
        let groups = group::groups(before, &survey.selection);
        let sides = groups.iter().map(|group| {
            if group.is_internet() {
                Side::Internet
            } else if !group.far.is_empty() {
                Side::Far(group.far.clone())
            } else {
                Side::Interfaces(group.interfaces.clone())
            }
        });
        let sides: Vec<_> = sides.collect();
        let first = Analysis::new(before);
        let last = first.next(&state);
        let old = first.matrix(&sides, Family::V4);
        let new = last.matrix(&sides, Family::V6);
        Matrix::new(step, &groups, [old, new])
    });
    let file = states.file.as_ref();
    let mut report = Report::of_estate("matrix", &states.facts, before, Vec::new());
    report.profile = states.plan.intent.profile;
    report.matrix = Some(Matrix {
        plan: file.map(|file| file.to_string_lossy().into_owned()),
        steps: states.plan.steps.len(),
        ..table
    });
    Ok(Tabled {
        report,
        outdated: states.outdated,
        timings,
    })
}

/// The step that is meant by a word of the command line.
pub fn step_of(after: After) -> Option<u32> {
    match after {
        After::Step(step) => Some(step),
        After::End | After::BeforeAndEnd => None,
    }
}
