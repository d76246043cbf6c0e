//! Which plan is meant, and the states of the estate that it passes through.
//!
//! One answer for every verb that looks at a plan from outside: a plan that lies beside the source is
//! the one that will be carried out, so it is the one that is asked about, whoever made it.

use std::path::{Path, PathBuf};
use std::{fs, io, slice};

use sixward_estate::Estate;
use sixward_plan::{ChangeError, Plan, Step};

use crate::input::Facts;
use crate::intent::Wanted;
use crate::plan::{Planned, planned};
use crate::{Error, Job, Kind, Phase, Source, Timings, intent, read};

/// Which plan of a source is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum WhichPlan {
    /// The one that lies beside the source; one made now when there is none.
    #[default]
    Found,
    /// This file.
    File(PathBuf),
    /// One made now, whatever lies beside the source.
    Anew,
}

/// A plan, and the states that the estate passes through.
#[derive(Debug)]
pub struct States {
    /// The plan, with the estate it was made for.
    pub plan: Plan,
    /// The file it was read from; none when it was made now.
    pub file: Option<PathBuf>,
    /// The intent has changed since the plan was made.
    pub outdated: bool,
    pub(crate) facts: Facts,
    pub(crate) timings: Timings,
}

/// The states of a plan, step by step; an iterator that gives each a copy of its own.
///
/// [`Walk::step`] goes on without a copy.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    steps: slice::Iter<'a, Step>,
    estate: Estate,
}

/// A state of a plan is not to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatesError {
    /// The plan that was named is not there.
    #[error("cannot open the plan `{path}`", path = path.display())]
    Absent {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There is no such step.
    #[error("there is no step {step}: the plan has {steps}", steps = count(*steps))]
    Beyond {
        /// The step.
        step: u32,
        /// How many there are.
        steps: usize,
    },
    /// A step of a plan's file cannot be done to the estate in the same file.
    #[error("step {step} of the plan does not fit the state before it")]
    Misfit {
        /// The step.
        step: u32,
        /// Why not.
        source: ChangeError,
    },
}

/// The plan's file that lies beside a source, where there is one.
pub(crate) fn beside(source: &Source) -> Option<PathBuf> {
    match &source.kind {
        Kind::Plan(file) => Some(file.clone()),
        Kind::Project(folder) | Kind::Scenario(folder) => {
            Some(folder.join("plan.json")).filter(|file| file.is_file())
        }
        _ => None,
    }
}

/// Whether something else is wanted now than when the plan was made.
pub(crate) fn outdated(job: &Job<'_>, wanted: &Wanted, plan: &Plan) -> bool {
    let said = job
        .profile
        .is_some_and(|profile| profile != plan.intent.profile);
    said || wanted.path.is_some() && wanted.intent != plan.intent
}

impl States {
    /// Finds the plan that is meant, or makes it. A plan that is read carries its own estate: the
    /// source is then not read again.
    pub(crate) fn of(job: &Job<'_>, which: &WhichPlan) -> Result<Self, Error> {
        if let WhichPlan::File(path) = which {
            fs::metadata(path).map_err(|source| StatesError::Absent {
                path: path.clone(),
                source,
            })?;
        }
        let file = match which {
            WhichPlan::Found => beside(&job.source),
            WhichPlan::File(file) => Some(file.clone()),
            WhichPlan::Anew => None,
        };
        match file {
            Some(file) => Self::read(job, &file),
            None => Self::made(job),
        }
    }

    fn read(job: &Job<'_>, file: &Path) -> Result<Self, Error> {
        let mut timings = Timings::default();
        let wanted = intent::find(job)?;
        let plan = timings.take(Phase::Read, || read::plan(file))?;
        Ok(Self {
            outdated: outdated(job, &wanted, &plan),
            file: Some(file.to_owned()),
            facts: Facts {
                given: job.source.given.clone(),
                kind: "plan",
                files: 1,
                ..Facts::default()
            },
            plan,
            timings,
        })
    }

    fn made(job: &Job<'_>) -> Result<Self, Error> {
        let Planned {
            plan,
            timings,
            facts,
            ..
        } = planned("plan", job.read()?);
        Ok(Self {
            plan,
            file: None,
            outdated: false,
            facts,
            timings,
        })
    }

    /// The state before the first step.
    pub fn before(&self) -> &Estate {
        &self.plan.before
    }

    /// The states, from before the first step on.
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(&self.plan)
    }

    /// The plan's file as text.
    pub(crate) fn file_name(&self) -> Option<String> {
        let file = self.file.as_ref();
        file.map(|file| file.to_string_lossy().into_owned())
    }

    /// The number of the last step; 0 when there is none.
    pub fn last(&self) -> u32 {
        self.plan.steps.last().map_or(0, |step| step.number)
    }

    /// The state after a step, with the step; 0 is before the first.
    pub fn after(&self, number: u32) -> Result<(Option<&Step>, Estate), StatesError> {
        let mut walk = self.walk();
        let mut last = None;
        while last.is_none_or(|step: &Step| step.number < number) && number > 0 {
            let Some(step) = walk.step() else {
                let steps = self.plan.steps.len();
                return Err(StatesError::Beyond {
                    step: number,
                    steps,
                });
            };
            last = Some(step?);
        }
        Ok((last, walk.estate))
    }
}

impl<'a> Walk<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        Self {
            steps: plan.steps.iter(),
            estate: plan.before.clone(),
        }
    }

    /// The state reached so far.
    pub fn estate(&self) -> &Estate {
        &self.estate
    }

    /// Does the next step; nothing when there is none left.
    pub fn step(&mut self) -> Option<Result<&'a Step, StatesError>> {
        let step = self.steps.next()?;
        let done = step.change.effect(&mut self.estate);
        let misfit = |source| StatesError::Misfit {
            step: step.number,
            source,
        };
        Some(done.map(|()| step).map_err(misfit))
    }
}

impl<'a> Iterator for Walk<'a> {
    /// The step's number, the step, and the state after it.
    type Item = Result<(u32, &'a Step, Estate), StatesError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step()?;
        Some(step.map(|step| (step.number, step, self.estate.clone())))
    }
}

impl StatesError {
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Absent { .. } => "make one with `sixward migrate SOURCE -o DIR`".to_owned(),
            Self::Beyond { steps: 0, .. } => "leave the step out".to_owned(),
            Self::Beyond { steps, .. } => {
                format!("say a step from 0 to {steps}, or `end`")
            }
            Self::Misfit { .. } => "plan anew with `--replan`".to_owned(),
        }
    }
}

fn count(steps: usize) -> String {
    match steps {
        0 => "none".to_owned(),
        steps => steps.to_string(),
    }
}
