//! The product's verbs as functions: a source goes in, a result and its report come out.
//!
//! An edge crate: it reads and writes files and calls the provider. It prints nothing; [`text`] makes
//! text of a report, and whoever has a terminal shows it.

mod apply;
mod assess;
mod diff;
mod discover;
mod emit;
mod end;
mod error;
mod explain;
mod fault;
mod folder;
mod input;
mod intent;
mod journal;
mod live;
mod matrix;
mod migrate;
mod near;
mod pieces;
mod plan;
mod probe;
mod progress;
mod project;
mod prove;
mod question;
mod read;
mod rehearse;
pub mod report;
mod skeleton;
mod snippet;
mod source;
mod states;
pub mod text;
mod timings;
mod verify;

pub use apply::{Done, Known, Ready, Target, World};
pub use assess::{Assessed, assess};
pub use diff::{Diffed, Side, at_step, diff};
pub use discover::{Discovered, discover};
pub use emit::{Emitted, Part, emit};
pub use error::{
    Error, IntentError, IntentMistake, ReadError, RehearseError, SourceError, VerifyError,
    WorldError, WriteError,
};
pub use explain::{Explained, explain};
pub use fault::{Fault, fault};
pub use input::Job;
pub use journal::{Journaled, NoEntry, journal};
pub use matrix::{Tabled, matrix, step_of};
pub use migrate::{Migrated, migrate};
pub use plan::{Planned, plan};
pub use progress::Progress;
pub use project::Project;
pub use prove::{Checked, Proved, certify, check, prove};
pub use question::{After, Families, Question, QuestionError};
pub use rehearse::{Entered, Place, Rehearsed, Shown, Wanted, enter, rehearse};
pub use source::{Kind, Source, account};
pub use states::{States, StatesError, Walk, WhichPlan};
pub use timings::{Phase, Timings};
pub use verify::{Verified, verify};

pub use snippet::Snippet;

pub use sixward_apply::journal::Way;
pub use sixward_apply::{Event, Flow, Watcher};
pub use sixward_estate::intent::Profile;
