//! A plan in the making: the state reached so far and the steps that led there.

use sixward_estate::{Estate, SmolStr};

use crate::Change;
use crate::step::{Cost, Downtime, Risk, Stage, Step};

/// Steps so far, and the estate after them.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The estate after the last step.
    pub(crate) state: Estate,
    /// The steps.
    pub(crate) steps: Vec<Step>,
    wave: u32,
    stage: Stage,
}

/// What a reviewer asks about a step.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// Why.
    pub(crate) reason: SmolStr,
    /// What could go wrong.
    pub(crate) risk: Risk,
    /// Who notices.
    pub(crate) downtime: Downtime,
    /// What it costs.
    pub(crate) cost: Cost,
    /// What the way back does not bring back.
    pub(crate) loses: SmolStr,
}

impl Draft {
    /// Nothing done yet.
    pub(crate) fn new(estate: Estate) -> Self {
        Self {
            state: estate,
            steps: Vec::new(),
            wave: 0,
            stage: Stage::Blocks,
        }
    }

    /// Begins a wave. One that stays empty is not counted.
    pub(crate) fn wave(&mut self, stage: Stage) {
        self.stage = stage;
        self.wave = self.steps.last().map_or(1, |step| step.wave + 1);
    }

    /// Adds a step and does it. One that does not fit the state is left out: the estate is broken
    /// there, and the assessment says so.
    pub(crate) fn step(&mut self, change: Change, about: About) {
        let side_effects = change.side_effects(&self.state);
        let undo = change.undo(&self.state);
        if change.effect(&mut self.state).is_err() {
            return;
        }
        let number = u32::try_from(self.steps.len()).map_or(u32::MAX, |count| count + 1);
        let About {
            reason,
            risk,
            downtime,
            cost,
            loses,
        } = about;
        self.steps.push(Step {
            number,
            wave: self.wave,
            stage: self.stage,
            change,
            side_effects,
            undo,
            reason,
            risk,
            downtime,
            cost,
            loses,
        });
    }
}

impl About {
    /// A step that touches nothing that runs and costs nothing.
    pub(crate) fn quiet(reason: impl Into<SmolStr>) -> Self {
        Self {
            reason: reason.into(),
            risk: Risk::None,
            downtime: Downtime::None,
            cost: Cost::None,
            loses: SmolStr::default(),
        }
    }

    /// The same with this risk.
    pub(crate) fn risk(self, risk: Risk) -> Self {
        Self { risk, ..self }
    }

    /// The same with this cost.
    pub(crate) fn cost(self, cost: Cost) -> Self {
        Self { cost, ..self }
    }

    /// The same with this downtime.
    pub(crate) fn downtime(self, downtime: Downtime) -> Self {
        Self { downtime, ..self }
    }

    /// The same with a loss that no undo brings back.
    pub(crate) fn loses(self, loses: impl Into<SmolStr>) -> Self {
        Self {
            loses: loses.into(),
            ..self
        }
    }
}
