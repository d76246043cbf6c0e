//! The scripts and the runbook: their text, what bash makes of them, and what a cloud makes of them.

#![expect(clippy::unwrap_used, reason = "a panic in a test is its report")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests read and write files; the crate does not"
)]

mod block;
mod cli;
mod cloud;
mod every;
mod fixture;
mod golden;
mod prefix;
mod shell;
mod world;
