//! How a walk ended, and why one did not begin.

use serde::Serialize;
use sixward_estate::SmolStr;

use crate::consent::{NoConsent, NoWayBack};
use crate::drift::Difference;
use crate::journal::{JournalError, Part};
use crate::{Fault, Outcome::Done};

/// How a walk ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// All is done, or all is undone. `already`: there was nothing left to do.
    Done {
        /// That.
        already: bool,
    },
    /// A person must do these before it can go on.
    ByHand {
        /// Them.
        left: Vec<Left>,
    },
    /// It was asked to stop, and stopped after the calls in flight.
    Stopped,
    /// These could not be done; what does not depend on them was.
    Failed {
        /// Them.
        left: Vec<Left>,
    },
    /// A promise broke after a wave, and the wave was taken back.
    Broken {
        /// The wave.
        wave: u32,
        /// What broke.
        why: SmolStr,
        /// What could not be taken back.
        left: Vec<Left>,
    },
}

/// A change that is left, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Which.
    #[serde(flatten)]
    pub part: Part,
    /// Why.
    pub why: SmolStr,
}

/// A walk did not begin, or had to break off.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The journal is about another plan, some of whose steps are done.
    #[error("the journal is about another plan, of which {steps} steps are done")]
    OtherPlan {
        /// How many.
        steps: usize,
    },
    /// A rollback was begun and did not end.
    #[error("a rollback is under way")]
    GoesBack,
    /// The estate is not what the plan was made for.
    #[error("the estate is not what it was: {} things differ", .0.len())]
    Drifted(Vec<Difference>),
    /// There is no way back.
    #[error(transparent)]
    NoWayBack(#[from] NoWayBack),
    /// Nobody agreed to a loss.
    #[error(transparent)]
    NoConsent(#[from] NoConsent),
    /// What is there, or what the steps that are left would make of it, breaks a promise.
    #[error("the rest of the plan does not keep its promises: {0}")]
    WouldBreak(SmolStr),
    /// The estate cannot be read.
    #[error("the estate cannot be read: {0}")]
    Unreadable(Fault),
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A step that a person is to have done is not one that waits for her.
    #[error("step {step} does not wait for anybody: {why}")]
    NotWaiting {
        /// The step.
        step: u32,
        /// Why.
        why: &'static str,
    },
}

impl Outcome {
    /// In one word, as the journal has it.
    pub fn word(&self) -> &'static str {
        match self {
            Done { .. } => "done",
            Self::ByHand { .. } => "by-hand",
            Self::Stopped => "stopped",
            Self::Failed { .. } => "failed",
            Self::Broken { .. } => "broken",
        }
    }

    /// What is left.
    pub fn left(&self) -> &[Left] {
        match self {
            Self::ByHand { left } | Self::Failed { left } | Self::Broken { left, .. } => left,
            Done { .. } | Self::Stopped => &[],
        }
    }
}
