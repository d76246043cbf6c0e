//! A plan as text: scripts that carry it out and take it back, and a runbook for its reviewers.
//!
//! Pure: a plan goes in, strings come out; the same plan is the same bytes. What is done inside hosts
//! and zones, or by a provider that has no scripts here yet, stands in the scripts as a line for a
//! person. `docs/formats/emitted.md` describes the files.

pub mod aws;
mod markdown;
mod place;
mod runbook;
mod title;
pub mod words;

pub use aws::{Scripts, aws_scripts};
pub use runbook::runbook;
pub use title::title;

use sixward_plan::Plan;

/// The files of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emitted {
    /// They lie side by side in one folder.
    pub files: Vec<File>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder.
    pub name: &'static str,
    /// What is in it.
    pub text: String,
    /// It is a program.
    pub executable: bool,
}

/// Everything that a plan is written as.
pub fn emit(plan: &Plan) -> Emitted {
    let Scripts { apply, undo } = aws_scripts(plan);
    let file = |name, text, executable| File {
        name,
        text,
        executable,
    };
    Emitted {
        files: vec![
            file("runbook.md", runbook(plan), false),
            file("apply.sh", apply, true),
            file("undo.sh", undo, true),
        ],
    }
}
