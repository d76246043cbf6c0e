//! Reports as text for a terminal, in the provider's words.

mod address;
mod certificate;
mod decision;
mod diff;
mod finding;
mod flow;
mod hazard;
mod headline;
mod journal;
mod matrix;
mod page;
mod plan;
mod proof;
mod rehearsal;
mod step;
mod summary;
mod table;
mod verified;
mod walk;
mod words;

pub use page::Look;
pub use walk::Telling;

pub(crate) use page::{capital, wrap};

use crate::report::Report;

/// What was found: the headline alone.
pub fn headline(report: &Report, look: Look) -> String {
    headline::text(report, look)
}

/// What was found and what is amiss in it, and where it was written.
pub fn discovered(report: &Report, look: Look) -> String {
    finding::discovered(report, look)
}

/// The files that were written; empty when there are none.
pub fn written(report: &Report) -> String {
    let mut text = String::new();
    for file in &report.files {
        text.extend(["wrote ", file, "\n"]);
    }
    text
}

/// Findings and decisions in full.
pub fn findings(report: &Report, look: Look) -> String {
    finding::text(report, look)
}

/// Every step with its way back.
pub fn plan(report: &Report, look: Look) -> String {
    plan::text(report, look)
}

/// A migration on about one screen.
pub fn summary(report: &Report, look: Look) -> String {
    summary::text(report, look)
}

/// What becomes of a flow, state by state and hop by hop.
pub fn flows(report: &Report, look: Look) -> String {
    flow::text(report, look)
}

/// What packets showed, state by state.
pub fn rehearsal(report: &Report, look: Look) -> String {
    rehearsal::text(report, look)
}

/// What two estates differ in, what the internet newly reaches first.
pub fn diff(report: &Report, look: Look) -> String {
    diff::text(report, look)
}

/// Who can talk to whom, by groups.
pub fn matrix(report: &Report, look: Look) -> String {
    matrix::text(report, look)
}

/// What was proved, promise by promise, and what breaks one.
pub fn proof(report: &Report, look: Look) -> String {
    proof::text(report, look)
}

/// A journal, entry by entry.
pub fn journal(report: &Report, look: Look) -> String {
    journal::text(report, look)
}

/// How a walk over a plan's steps ended, and what to do next.
pub fn walk(report: &Report, look: Look) -> String {
    walk::text(report, look)
}

/// What is there against what was planned.
pub fn verified(report: &Report, look: Look) -> String {
    verified::text(report, look)
}

/// Whether a certificate is believed.
pub fn certificate(report: &Report, look: Look) -> String {
    certificate::text(report, look)
}
