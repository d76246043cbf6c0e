//! One process after another walks a plan, in one cloud, with one journal.

use sixward_apply::journal::{History, read_journal};
use sixward_apply::{ApplyError, Limits, Outcome, Walk, apply, rollback};
use sixward_estate::{Estate, Interface};
use sixward_plan::Plan;
use sixward_sim::{Faulty, Life, Sim, Trouble};

use crate::paper::{Keep, Paper};

/// What outlives a process: the cloud and what is on disk.
#[derive(Clone)]
pub(crate) struct Course {
    pub(crate) sim: Sim,
    pub(crate) journal: Vec<u8>,
    /// The journal is not to be relied on, even where it looks whole.
    pub(crate) distrusted: bool,
}

/// What befalls a process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fate {
    pub(crate) on_calls: Vec<(u64, Trouble)>,
    pub(crate) on_reads: Vec<(u64, Trouble)>,
    pub(crate) killed_at_entry: Option<u64>,
    pub(crate) keep: Option<Keep>,
}

/// How it went.
#[derive(Debug)]
pub(crate) struct Went {
    pub(crate) result: Result<Outcome, ApplyError>,
    pub(crate) calls: u64,
    pub(crate) reads: u64,
    pub(crate) entries: u64,
    /// Codes of what the cloud itself refused.
    pub(crate) refusals: Vec<String>,
}

impl Went {
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.result, Ok(Outcome::Done { .. }))
    }
}

impl Course {
    pub(crate) fn new(sim: Sim) -> Self {
        Self {
            sim,
            journal: Vec::new(),
            distrusted: false,
        }
    }

    pub(crate) fn of(plan: &Plan) -> Self {
        Self::new(Sim::new(plan.before.clone(), 6))
    }

    pub(crate) fn apply(&mut self, plan: &Plan) -> Went {
        self.walk(plan, apply, &Fate::default())
    }

    pub(crate) fn rollback(&mut self, plan: &Plan) -> Went {
        self.walk(plan, rollback, &Fate::default())
    }

    pub(crate) fn apply_with(&mut self, plan: &Plan, fate: &Fate) -> Went {
        self.walk(plan, apply, fate)
    }

    pub(crate) fn rollback_with(&mut self, plan: &Plan, fate: &Fate) -> Went {
        self.walk(plan, rollback, fate)
    }

    fn walk(
        &mut self,
        plan: &Plan,
        way: impl FnOnce(&mut Walk<'_>) -> Result<Outcome, ApplyError>,
        fate: &Fate,
    ) -> Went {
        let life = Life::default();
        let mut driver = Faulty::new(self.sim.clone(), life.clone());
        driver.on_calls.extend(fate.on_calls.iter().copied());
        driver.on_reads.extend(fate.on_reads.iter().copied());
        let (entries, damage) = read_journal(&self.journal);
        let history = History::of(&entries);
        let bytes = std::mem::take(&mut self.journal);
        let mut paper = Paper::open(bytes, history.last(), life);
        paper.killed_at = fate.killed_at_entry;
        let result = way(&mut Walk {
            plan,
            history,
            damaged: self.distrusted || !damage.is_empty(),
            driver: &mut driver,
            journal: &mut paper,
            watcher: &mut (),
            guard: None,
            by: "a test".into(),
            limits: Limits::default(),
        });
        let entries = paper.touched;
        self.journal = paper.close(fate.keep.unwrap_or(Keep::Nothing));
        let refusals = driver.refusals.iter().map(|it| it.code.to_string());
        let went = Went {
            result,
            calls: driver.calls,
            reads: driver.reads,
            entries,
            refusals: refusals.collect(),
        };
        self.sim = driver.sim;
        went
    }

    /// The end of the plan with what the provider chose in this course.
    pub(crate) fn end(&self, plan: &Plan) -> Estate {
        let (entries, _) = read_journal(&self.journal);
        let bindings = History::of(&entries).bindings;
        let mut estate = plan.before.clone();
        for step in &plan.steps {
            step.change.bound(&bindings).effect(&mut estate).unwrap();
        }
        estate
    }

    /// The cloud is where the plan leads.
    #[track_caller]
    pub(crate) fn is_at_end(&self, plan: &Plan, what: &dyn std::fmt::Debug) {
        self.is(&self.end(plan), what);
    }

    /// The cloud is where it was before the plan.
    #[track_caller]
    pub(crate) fn is_at_start(&self, plan: &Plan, what: &dyn std::fmt::Debug) {
        self.is(&plan.before, what);
    }

    #[track_caller]
    fn is(&self, wanted: &Estate, what: &dyn std::fmt::Debug) {
        let mut sim = self.sim.clone();
        sim.settle();
        let (seen, wanted) = (but_lent(sim.estate()), but_lent(wanted));
        let differences = sixward_apply::drift(&wanted, &seen);
        assert!(differences.is_empty(), "{what:?}: {differences:#?}");
    }
}

/// Without public addresses that nobody holds: a restart loses them, as the plan says.
fn but_lent(estate: &Estate) -> Estate {
    let mut estate = estate.clone();
    estate.interfaces.for_each_mut(|interface: &mut Interface| {
        for address in interface.addresses4.iter_mut().filter(|it| !it.held) {
            address.public = None;
        }
    });
    estate
}
