//! What was proved: each promise on every state, and what breaks it.

use serde::Serialize;
use sixward_emit::title;
use sixward_plan::{Plan, Step};
use sixward_prove::proof::{Breach, Outcome, Promise, Verdict};

/// A proof of a plan.
#[derive(Debug, Clone, Serialize)]
pub struct Proved {
    /// The plan's file; none when it was made for this proof.
    pub plan: Option<String>,
    /// How many steps the plan has.
    pub steps: usize,
    /// The promises in order.
    pub promises: Vec<PromiseRow>,
    /// What breaks them, or may, in the order of the steps.
    pub breaches: Vec<BreachRow>,
}

/// A promise over all states.
#[derive(Debug, Clone, Serialize)]
pub struct PromiseRow {
    /// The promise.
    pub promise: Promise,
    /// It in words.
    pub title: &'static str,
    /// The worst that was said of it.
    pub outcome: Outcome,
    /// In how many states it was looked at.
    pub states: usize,
    /// After which steps it does not hold; 0 is before the first.
    pub after: Vec<u32>,
}

/// What breaks a promise.
#[derive(Debug, Clone, Serialize)]
pub struct BreachRow {
    /// After which step; 0 is before the first.
    pub after: u32,
    /// What that step does.
    pub step: Option<String>,
    /// The promise.
    pub promise: Promise,
    /// More of the kind were left out.
    pub more: bool,
    /// What breaks it.
    #[serde(flatten)]
    pub breach: Breach,
}

/// What is said of one state.
#[derive(Debug)]
pub(crate) struct StateProof<'a> {
    pub(crate) after: u32,
    pub(crate) step: Option<&'a Step>,
    pub(crate) verdicts: Vec<Verdict>,
}

impl Proved {
    pub(crate) fn new(file: Option<String>, plan: &Plan, states: Vec<StateProof<'_>>) -> Self {
        let promises = Promise::ALL.into_iter();
        let promises = promises.map(|promise| PromiseRow::new(promise, &states));
        Self {
            plan: file,
            steps: plan.steps.len(),
            promises: promises.collect(),
            breaches: states
                .into_iter()
                .flat_map(|state| breaches(plan, state))
                .collect(),
        }
    }

    /// Whether every promise is kept for sure.
    pub fn holds(&self) -> bool {
        let mut promises = self.promises.iter();
        promises.all(|row| row.outcome == Outcome::Held)
    }
}

impl PromiseRow {
    fn new(promise: Promise, states: &[StateProof<'_>]) -> Self {
        let said = states.iter().flat_map(|state| {
            let verdicts = state.verdicts.iter();
            verdicts.map(|verdict| (state.after, verdict))
        });
        let said: Vec<_> = said.filter(|(_, it)| it.promise == promise).collect();
        let worst = said.iter().map(|(_, verdict)| verdict.outcome).max();
        let open = said.iter().filter(|(_, it)| it.outcome != Outcome::Held);
        Self {
            promise,
            title: promise.title(),
            outcome: worst.unwrap_or(Outcome::Held),
            states: said.len(),
            after: open.map(|(after, _)| *after).collect(),
        }
    }
}

fn breaches(plan: &Plan, state: StateProof<'_>) -> impl Iterator<Item = BreachRow> {
    let step = state.step.map(|step| title(&step.change, plan));
    let after = state.after;
    let verdicts = state.verdicts.into_iter();
    verdicts.flat_map(move |verdict| {
        let step = step.clone();
        let (promise, more) = (verdict.promise, verdict.more);
        verdict.breaches.into_iter().map(move |breach| BreachRow {
            after,
            step: step.clone(),
            promise,
            more,
            breach,
        })
    })
}
