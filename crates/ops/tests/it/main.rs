//! The verbs as functions, on the estates in `scenarios/`.

#![expect(clippy::unwrap_used, reason = "a panic is the test's report")]

mod hazard;
mod journal;
mod naive;
mod proof;
mod scenarios;
mod tunnel;
