//! The journal: what was meant, what was answered, what was seen, in that order and one fact an entry.
//!
//! It is written ahead: no call is made before its intent is on disk. So after any crash the journal
//! says what may have been done, and the world says what was. `docs/formats/journal.md` describes it.

mod history;
mod line;
mod memory;

use serde::{Deserialize, Serialize};
use sixward_estate::{Estate, SmolStr};
use sixward_plan::{Bindings, Change};

use crate::Fault;

pub use history::{History, Open, Status};
pub use line::{Damage, read_journal, write_line};
pub use memory::InMemory;

/// Where facts are kept, in order.
pub trait Journal {
    /// Adds a fact and returns its entry's number. It may be lost until [`Journal::sync`].
    fn append(&mut self, fact: &Fact) -> Result<u64, JournalError>;

    /// Returns when all facts are where no crash takes them from.
    fn sync(&mut self) -> Result<(), JournalError>;
}

/// The journal could not be written. Nothing more is done then.
#[derive(Debug, thiserror::Error)]
#[error("the journal cannot be written")]
pub struct JournalError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// A fact with its place in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1 without a gap.
    pub n: u64,
    /// When it was written: RFC 3339, UTC.
    pub at: SmolStr,
    /// What it says.
    #[serde(flatten)]
    pub fact: Fact,
}

/// Which way a plan is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// Steps are done.
    Forward,
    /// Steps are undone.
    Back,
}

/// One change of a step: the step's own, or one of its way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Part {
    /// The step's number.
    pub step: u32,
    /// Forward or back.
    pub way: Way,
    /// Which change of the way back, from 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub part: u16,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum Fact {
    /// Somebody begins to walk a plan.
    Began {
        /// Which way.
        way: Way,
        /// The plan's digest.
        plan: SmolStr,
        /// Who: user and machine.
        by: SmolStr,
        /// The tool's version.
        version: SmolStr,
    },
    /// A call is about to be made.
    Intent {
        /// For what.
        #[serde(flatten)]
        part: Part,
        /// The order's token.
        token: SmolStr,
        /// What is to be done, bound.
        change: Change,
        /// What it is about, as it was read before.
        before: Estate,
    },
    /// The call was answered, or will not be.
    Answer {
        /// For what.
        #[serde(flatten)]
        part: Part,
        /// Why it was not taken on; none when it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<Fault>,
    },
    /// It was read back and is done.
    Done {
        /// For what.
        #[serde(flatten)]
        part: Part,
        /// What the provider chose.
        #[serde(default, skip_serializing_if = "Bindings::is_empty")]
        bound: Bindings,
        /// What the provider did by itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        by_itself: Vec<Change>,
        /// What it is about, as it was read after; none when no call was needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Estate>,
    },
    /// It was read back and is not done, and will not be tried again now.
    Failed {
        /// For what.
        #[serde(flatten)]
        part: Part,
        /// Why.
        why: SmolStr,
    },
    /// A person says that it was done by hand.
    Told {
        /// For what.
        #[serde(flatten)]
        part: Part,
        /// Who says so.
        by: SmolStr,
    },
    /// All changes of a step's way back are done: it is as if it never was.
    Undone {
        /// The step's number.
        step: u32,
    },
    /// A wave was looked at as a whole.
    Guarded {
        /// The wave's number.
        wave: u32,
        /// What broke; none when every promise is kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        broken: Option<SmolStr>,
    },
    /// The walk ended.
    Ended {
        /// Which way.
        way: Way,
        /// How.
        outcome: SmolStr,
    },
}

impl Part {
    /// A step's own change.
    pub fn forward(step: u32) -> Self {
        Self {
            step,
            way: Way::Forward,
            part: 0,
        }
    }

    /// A change of a step's way back.
    pub fn back(step: u32, part: u16) -> Self {
        Self {
            step,
            way: Way::Back,
            part,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_zero(part: &u16) -> bool {
    *part == 0
}
