//! `rehearse`: the plan through the engine of `apply`, in a lab of network namespaces, with real packets
//! before, between and after its steps, and all the way back.

mod court;
mod flow;
mod held;
mod large;
mod onward;
mod people;
mod sample;
mod stage;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use sixward_apply::journal::{History, InMemory};
use sixward_apply::{ApplyError, Limits, Outcome, Walk, apply, rollback};
use sixward_lab::{Answerer, Capture, Lab, Layout, Names, NodeId, Prober, Rehearsal};
use sixward_net::Family;
use sixward_plan::Plan;
use sixward_sim::Sim;

use crate::end::{View, find};
use crate::report::Report;
use crate::report::rehearsal::{End, Rehearsed as Row};
use crate::{Error, Job, Kind, Phase, Progress, RehearseError, States, Timings, WhichPlan};
use court::Court;
use people::People;
use stage::Stage;

pub use sixward_lab::{Entered, Place};

/// The cloud in memory behind the lab gives the same blocks each time.
const SEED: u64 = 6;

/// Whoever is shown round.
pub type Shown<'a> = &'a mut dyn FnMut(&[Place]);

/// What is wanted of a rehearsal beside its report.
#[derive(Default)]
#[expect(
    missing_debug_implementations,
    reason = "whoever is shown round is anybody"
)]
pub struct Wanted<'a> {
    /// What passes the interfaces of hosts and services is written into this folder.
    pub pcap: Option<PathBuf>,
    /// At the end of the plan a shell is begun on this host.
    pub shell: Option<String>,
    /// At the end of the plan somebody is told where everything is; the lab stands until that returns.
    pub keep: Option<Shown<'a>>,
}

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
pub fn rehearse(job: &Job<'_>, which: &WhichPlan, wanted: Wanted<'_>) -> Result<Rehearsed, Error> {
    if let Kind::Live(_) = job.source.kind {
        return Err(RehearseError::Live(job.source.given.clone()).into());
    }
    let mut states = States::of(job, which)?;
    let mut timings = std::mem::take(&mut states.timings);
    let (plan, sample) = sample::of(&states.plan);
    let (row, files) = timings.take(Phase::Rehearse, || walked(&plan, job.progress, wanted))?;
    let mut report = Report::of_estate("rehearse", &states.facts, &states.plan.before, Vec::new());
    report.profile = states.plan.intent.profile;
    report.files = files;
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

/// There and back, and the files that were written.
fn walked(
    plan: &Plan,
    progress: &dyn Progress,
    mut wanted: Wanted<'_>,
) -> Result<(Row, Vec<String>), Error> {
    let guest = wanted.shell.as_deref().map(|name| guest(name, plan));
    let guest = guest.transpose()?;
    let mut start = Layout::rehearsed(&plan.before);
    start.clients();
    let lab = Lab::make(start.clone()).map_err(RehearseError::Lab)?;
    let prober = Prober::new(&lab).map_err(RehearseError::Probe)?;
    let names = Answerer::start(&lab, Names::before(plan)).map_err(RehearseError::Lab)?;
    let names = Arc::new(names);
    let lab = Arc::new(Mutex::new(lab));
    let sim = Sim::new(plan.before.clone(), SEED);
    let world = Rehearsal::named(sim, Arc::clone(&lab), Arc::clone(&names));
    let world = world.map_err(ApplyError::Unreadable)?;
    let capture = match &wanted.pcap {
        Some(folder) => Some(captured(&lab, folder)?),
        None => None,
    };
    let court = Court::new(plan, prober, Arc::clone(&lab));
    let people = People::new(plan, names, Arc::clone(&lab));
    let mut stage = Stage::new(world, court, people, progress);
    progress.begin("rehearsing", 2 * plan.steps.len() + 1);
    let mut journal = InMemory::default();
    stage.look(None)?;
    let forth = walk(plan, &mut stage, &mut journal, apply)?;
    stage.end()?;
    look_round(&lab, guest.as_ref(), &mut wanted)?;
    let back = walk(plan, &mut stage, &mut journal, rollback)?;
    progress.end();
    let files = match capture {
        Some(capture) => capture.end().map_err(RehearseError::Captured)?,
        None => Vec::new(),
    };
    let mut row = stage.finish();
    let lab = lab.lock().unwrap_or_else(PoisonError::into_inner);
    row.steps = plan.steps.len();
    row.nodes = start.nodes.len();
    row.forth = End::of(&forth, plan);
    row.back = End::of(&back, plan);
    row.as_before = *lab.layout() == start;
    let files = files.iter().map(|file| file.to_string_lossy().into_owned());
    Ok((row, files.collect()))
}

fn captured(lab: &Mutex<Lab>, folder: &Path) -> Result<Capture, RehearseError> {
    let lab = lab.lock().unwrap_or_else(PoisonError::into_inner);
    Capture::start(&lab, folder).map_err(RehearseError::Capture)
}

/// The node of a host, by whatever names it.
fn guest(name: &str, plan: &Plan) -> Result<NodeId, Error> {
    let party = find(name.parse()?, &[&plan.before])?;
    let seats = party.seats(&plan.before, Family::V4, View::Inside);
    let node = seats
        .ok()
        .and_then(|seats| court::node(&plan.before, &seats.first()?.end));
    Ok(node.ok_or_else(|| RehearseError::NoHost(name.to_owned()))?)
}

/// The lab as the plan leaves it, for those who want to see it.
fn look_round(
    lab: &Mutex<Lab>,
    guest: Option<&NodeId>,
    wanted: &mut Wanted<'_>,
) -> Result<(), RehearseError> {
    let lab = lab.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(node) = guest {
        let shell = std::env::var_os("SHELL").unwrap_or_else(|| "/bin/sh".into());
        let mut command = Command::new(shell);
        command.env("SIXWARD_HOST", node.to_string());
        lab.run(node, &mut command).map_err(RehearseError::Lab)?;
    }
    if let Some(keep) = &mut wanted.keep {
        keep(&lab.places());
    }
    Ok(())
}

fn walk(
    plan: &Plan,
    stage: &mut Stage<'_>,
    journal: &mut InMemory,
    way: impl FnOnce(&mut Walk<'_>) -> Result<Outcome, ApplyError>,
) -> Result<Outcome, Error> {
    let outcome = way(&mut Walk {
        plan,
        history: History::of(&journal.entries),
        damaged: false,
        driver: stage,
        journal,
        watcher: &mut (),
        guard: None,
        by: "rehearse".into(),
        limits: Limits::default(),
    })?;
    stage.fault()?;
    Ok(outcome)
}
