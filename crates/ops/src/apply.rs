//! `apply` and `rollback`: a plan is carried out or taken back, in the world that was named.

mod guard;
mod next;
mod world;

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sixward_apply::journal::{History, Way};
use sixward_apply::{Driver, Guard, Limits, Outcome, Walk, Watcher, apply, digest, rollback, told};
use sixward_estate::Estate;
use sixward_plan::{Plan, write_plan};
use sixward_store::{Held, Kept, Place, Store, who};

use crate::input::Facts;
use crate::report::Report;
use crate::report::walk::{self, Walked};
use crate::text::Look;
use crate::text::Telling;
use crate::{Error, Progress, StatesError, read};
pub(crate) use guard::{Promises, told as breach};

pub use world::World;

/// A plan, where it is carried out, and how.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "whoever is told is anybody")]
pub struct Target<'a> {
    /// `plan.json`, or the folder it lies in.
    pub plan: PathBuf,
    /// Where.
    pub world: World,
    /// Where the journal is kept; beside the plan unless said.
    pub journal: Option<String>,
    /// How many changes are made at once.
    pub at_once: Option<usize>,
    /// The journal may have lost entries without a trace: every step is looked for.
    pub distrusted: bool,
    /// Told how reading goes.
    pub progress: &'a dyn Progress,
}

/// A plan, what was done of it, and the world it is about. Nothing is locked.
#[expect(missing_debug_implementations, reason = "its world is whoever's")]
pub struct Known {
    /// The plan, as the user named it.
    pub(crate) given: String,
    pub(crate) plan: Rc<Plan>,
    pub(crate) history: History,
    pub(crate) driver: Box<dyn Driver>,
    pub(crate) world: String,
    damage: Vec<String>,
    journal: Place,
    /// What commands to come must say again.
    again: String,
}

/// The same, and the journal is ours alone: steps can be done.
#[expect(missing_debug_implementations, reason = "its world is whoever's")]
pub struct Ready {
    known: Known,
    held: Held,
    distrusted: bool,
    limits: Limits,
}

/// A walk that ended.
#[derive(Debug)]
pub struct Done {
    /// The report.
    pub report: Report,
}

impl Known {
    /// Reads the plan and the journal, and opens the way to the world.
    pub fn open(target: &Target<'_>) -> Result<Self, Error> {
        let store = target.store()?;
        let kept = store.read()?;
        Self::of(target, &store, kept, Way::Forward)
    }

    /// A plan that was begun and is to be taken back is the one that the journal keeps.
    fn of(target: &Target<'_>, store: &Store, kept: Kept, way: Way) -> Result<Self, Error> {
        let history = History::of(&kept.entries);
        let begun = history.begun().next().is_some();
        let plan = match kept.plan {
            Some(bytes) if way == Way::Back && begun => {
                read::kept_plan(&bytes, &store.place().to_string())?
            }
            _ => target.plan()?,
        };
        let (driver, world) = target.world.open(&plan, &target.folder())?;
        Ok(Self {
            given: target.plan.to_string_lossy().into_owned(),
            plan: Rc::new(plan),
            history,
            driver,
            world,
            damage: kept.damage.iter().map(ToString::to_string).collect(),
            journal: store.place().clone(),
            again: again(target),
        })
    }

    /// How many of the plan's steps are done.
    fn done(&self) -> usize {
        let steps = self.plan.steps.iter();
        steps
            .filter(|step| self.history.is_done(step.number))
            .count()
    }

    fn report(&self, way: Way, outcome: &Outcome) -> Report {
        let bound = self.history.bindings.clone();
        let walked = Walked {
            plan: self.given.clone(),
            journal: self.journal.to_string(),
            world: self.world.clone(),
            way,
            steps: self.plan.steps.len(),
            done: self.done(),
            outcome: outcome.word(),
            already: matches!(outcome, Outcome::Done { already: true }),
            broken: match outcome {
                Outcome::Broken { why, .. } => Some(why.to_string()),
                _ => None,
            },
            left: walk::left(&self.plan, &bound, outcome),
            bound,
            damage: self.damage.clone(),
        };
        let mut report = self.of_estate(verb(way), &self.plan.before);
        report.next = next::actions(&walked, &self.again);
        report.walk = Some(walked);
        report
    }

    /// The report on an estate of this plan.
    pub(crate) fn of_estate(&self, verb: &'static str, estate: &Estate) -> Report {
        let facts = Facts {
            given: self.given.clone(),
            kind: "plan",
            files: 1,
            ..Facts::default()
        };
        let mut report = Report::of_estate(verb, &facts, estate, Vec::new());
        report.profile = self.plan.intent.profile;
        report
    }
}

impl Ready {
    /// Takes the lock, reads the plan and the journal, and opens the way to the world.
    pub fn open(target: &Target<'_>, way: Way) -> Result<Self, Error> {
        let store = target.store()?;
        let (held, kept) = store.hold(verb(way))?;
        let limits = Limits::default();
        Ok(Self {
            known: Known::of(target, &store, kept, way)?,
            held,
            distrusted: target.distrusted,
            limits: Limits {
                at_once: target.at_once.unwrap_or(limits.at_once),
                ..limits
            },
        })
    }

    /// Makes lines of what will happen.
    pub fn telling(&self, look: Look) -> Telling {
        let known = &self.known;
        let about = format!("{}, {}", known.given, known.world);
        let bound = known.history.bindings.clone();
        Telling::new(Rc::clone(&known.plan), bound, about, look)
    }

    /// Carries the plan out; the steps `by_hand` a person did. With `guarded` each wave is looked at before
    /// the next one begins.
    pub fn apply(
        self,
        by_hand: &[u32],
        guarded: bool,
        watcher: &mut dyn Watcher,
    ) -> Result<Done, Error> {
        let plan = &self.known.plan;
        let bytes = write_plan(plan).map_err(Error::plan_copy)?;
        self.held.keep_plan(&digest(plan), &bytes)?;
        self.walk(Way::Forward, by_hand, guarded, watcher)
    }

    /// Takes back what was done of it, but for what a person took back by hand.
    pub fn rollback(self, by_hand: &[u32], watcher: &mut dyn Watcher) -> Result<Done, Error> {
        self.walk(Way::Back, by_hand, false, watcher)
    }

    fn walk(
        mut self,
        way: Way,
        by_hand: &[u32],
        guarded: bool,
        watcher: &mut dyn Watcher,
    ) -> Result<Done, Error> {
        let plan = Rc::clone(&self.known.plan);
        let mut guard = Promises::of(&plan);
        let mut walk = Walk {
            plan: &plan,
            history: std::mem::take(&mut self.known.history),
            damaged: self.distrusted || !self.known.damage.is_empty(),
            driver: &mut *self.known.driver,
            journal: &mut self.held,
            watcher,
            guard: guarded.then_some(&mut guard as &mut dyn Guard),
            by: who().into(),
            limits: self.limits,
        };
        told(&mut walk, by_hand, way)?;
        let outcome = match way {
            Way::Forward => apply(&mut walk)?,
            Way::Back => rollback(&mut walk)?,
        };
        self.known.history = walk.history;
        Ok(Done {
            report: self.known.report(way, &outcome),
        })
    }
}

fn verb(way: Way) -> &'static str {
    match way {
        Way::Forward => "apply",
        Way::Back => "rollback",
    }
}

impl Target<'_> {
    fn folder(&self) -> PathBuf {
        let file = plan_file(&self.plan);
        file.parent().map(Path::to_owned).unwrap_or_default()
    }

    fn plan(&self) -> Result<Plan, Error> {
        let file = plan_file(&self.plan);
        fs::metadata(&file).map_err(|source| StatesError::Absent {
            path: file.clone(),
            source,
        })?;
        Ok(read::plan(&file)?)
    }

    pub(crate) fn store(&self) -> Result<Store, Error> {
        let place = match &self.journal {
            Some(place) => place.parse()?,
            None => Place::Folder(self.folder().join(self.world.journal_folder())),
        };
        Ok(Store::open(place)?)
    }
}

impl Done {
    /// Whether everything that was asked for is done.
    pub fn is_done(&self) -> bool {
        self.report.walk.as_ref().is_some_and(Walked::is_done)
    }
}

/// The plan's file, where a folder is named.
pub(crate) fn plan_file(named: &Path) -> PathBuf {
    if named.is_dir() {
        named.join("plan.json")
    } else {
        named.to_owned()
    }
}

/// The words of a command that mean the same plan in the same world.
fn again(target: &Target<'_>) -> String {
    let mut words = vec![crate::migrate::quoted(&target.plan.to_string_lossy())];
    words.extend(target.world.words());
    if let Some(journal) = &target.journal {
        words.extend(["--journal".to_owned(), crate::migrate::quoted(journal)]);
    }
    words.join(" ")
}
