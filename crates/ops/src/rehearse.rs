//! `rehearse`: the plan through the engine of `apply`, in a lab of network namespaces, with real packets
//! before, between and after its steps, and all the way back.

mod court;
mod flow;
mod paper;
mod sample;
mod stage;

use std::sync::{Arc, Mutex, PoisonError};

use sixward_apply::journal::History;
use sixward_apply::{ApplyError, Limits, Outcome, Walk, apply, rollback};
use sixward_lab::{Lab, Layout, Prober, Rehearsal};
use sixward_plan::Plan;
use sixward_sim::Sim;

use crate::report::Report;
use crate::report::rehearsal::{End, Rehearsed as Row};
use crate::{Error, Job, Kind, Phase, Progress, RehearseError, States, Timings, WhichPlan};
use court::Court;
use paper::Paper;
use stage::Stage;

pub use sixward_lab::Entered;

/// The cloud in memory behind the lab gives the same blocks each time.
const SEED: u64 = 6;

/// A plan that was rehearsed.
#[derive(Debug)]
pub struct Rehearsed {
    /// The report.
    pub report: Report,
    /// The intent has changed since the plan was made.
    pub outdated: bool,
    /// How long it took.
    pub timings: Timings,
}

/// Puts this process into namespaces of its own, where a lab can be built. To be called before any thread
/// begins; afterwards there is no network but the lab's.
pub fn enter() -> Result<Entered, Error> {
    let entered = sixward_lab::enter().map_err(RehearseError::Enter);
    Ok(entered?)
}

/// Rehearses the plan of a source. The process must be in namespaces of its own: [`enter`].
pub fn rehearse(job: &Job<'_>, which: &WhichPlan) -> Result<Rehearsed, Error> {
    if let Kind::Live(_) = job.source.kind {
        return Err(RehearseError::Live(job.source.given.clone()).into());
    }
    let mut states = States::of(job, which)?;
    let mut timings = std::mem::take(&mut states.timings);
    let (plan, sample) = sample::of(&states.plan);
    let row = timings.take(Phase::Rehearse, || walked(&plan, job.progress))?;
    let mut report = Report::of_estate("rehearse", &states.facts, &states.plan.before, Vec::new());
    report.profile = states.plan.intent.profile;
    report.rehearsal = Some(Row {
        plan: states.file_name(),
        sample,
        ..row
    });
    Ok(Rehearsed {
        report,
        outdated: states.outdated,
        timings,
    })
}

impl Rehearsed {
    /// Whether everything went as planned, and every packet as proved.
    pub fn holds(&self) -> bool {
        self.report.rehearsal.as_ref().is_some_and(Row::holds)
    }
}

/// There and back.
fn walked(plan: &Plan, progress: &dyn Progress) -> Result<Row, Error> {
    let start = Layout::of(&plan.before);
    let lab = Lab::make(Layout::default()).map_err(RehearseError::Lab)?;
    let prober = Prober::new(&lab).map_err(RehearseError::Probe)?;
    let lab = Arc::new(Mutex::new(lab));
    let sim = Sim::new(plan.before.clone(), SEED);
    let world = Rehearsal::new(sim, Arc::clone(&lab)).map_err(ApplyError::Unreadable)?;
    let court = Court::new(plan, prober, Arc::clone(&lab));
    let mut stage = Stage::new(world, court, progress);
    progress.begin("rehearsing", 2 * plan.steps.len() + 1);
    let mut paper = Paper::default();
    stage.look(None)?;
    let forth = walk(plan, &mut stage, &mut paper, apply)?;
    stage.end()?;
    let back = walk(plan, &mut stage, &mut paper, rollback)?;
    progress.end();
    let mut row = stage.finish();
    let lab = lab.lock().unwrap_or_else(PoisonError::into_inner);
    row.steps = plan.steps.len();
    row.nodes = start.nodes.len();
    row.forth = End::of(&forth, plan);
    row.back = End::of(&back, plan);
    row.as_before = *lab.layout() == start;
    Ok(row)
}

fn walk(
    plan: &Plan,
    stage: &mut Stage<'_>,
    paper: &mut Paper,
    way: impl FnOnce(&mut Walk<'_>) -> Result<Outcome, ApplyError>,
) -> Result<Outcome, Error> {
    let outcome = way(&mut Walk {
        plan,
        history: History::of(paper.entries()),
        damaged: false,
        driver: stage,
        journal: paper,
        watcher: &mut (),
        guard: None,
        by: "rehearse".into(),
        limits: Limits::default(),
    })?;
    stage.fault()?;
    Ok(outcome)
}
