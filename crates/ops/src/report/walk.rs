//! A walk over a plan's steps, forward or back: how it ended and what is left.

use serde::Serialize;
use sixward_apply::journal::{Part, Way};
use sixward_apply::{Left, Outcome};
use sixward_emit::title;
use sixward_plan::{Bindings, Plan};

/// How a walk ended.
#[derive(Debug, Clone, Serialize)]
pub struct Walked {
    /// The plan's file.
    pub plan: String,
    /// Where the journal is.
    pub journal: String,
    /// In which world: `aws:us-east-1`, `simulation`.
    pub world: String,
    /// Which way.
    pub way: Way,
    /// How many steps the plan has.
    pub steps: usize,
    /// How many of them are done now.
    pub done: usize,
    /// How it ended: `done`, `by-hand`, `stopped`, `failed` or `broken`.
    pub outcome: &'static str,
    /// There was nothing to do.
    pub already: bool,
    /// The promise that broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// What is left, and why.
    pub left: Vec<LeftRow>,
    /// What the provider chose.
    #[serde(skip_serializing_if = "Bindings::is_empty")]
    pub bound: Bindings,
    /// What is wrong with the journal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damage: Vec<String>,
}

/// A step that is left.
#[derive(Debug, Clone, Serialize)]
pub struct LeftRow {
    /// Its number.
    pub step: u32,
    /// What is to be done.
    pub title: String,
    /// Why it is left.
    pub why: String,
}

impl Walked {
    /// Whether everything that was asked for is done.
    pub fn is_done(&self) -> bool {
        self.outcome == "done"
    }
}

pub(crate) fn left(plan: &Plan, bound: &Bindings, outcome: &Outcome) -> Vec<LeftRow> {
    let row = |left: &Left| LeftRow {
        step: left.part.step,
        title: part_title(plan, bound, left.part),
        why: left.why.to_string(),
    };
    outcome.left().iter().map(row).collect()
}

/// What a part of a step does, with what is known by now.
pub(crate) fn part_title(plan: &Plan, bound: &Bindings, part: Part) -> String {
    let Some(step) = plan.steps.get((part.step as usize).wrapping_sub(1)) else {
        return format!("step {}", part.step);
    };
    let change = match part.way {
        Way::Forward => Some(&step.change),
        Way::Back => step.undo.get(usize::from(part.part)),
    };
    match change {
        Some(change) => title(&change.bound(bound), plan),
        None => "what the provider did by itself is taken back".to_owned(),
    }
}
