//! What the cloud in memory refuses, chooses and does by itself: AWS's rules.

#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]

#[path = "../../../plan/tests/it/estates.rs"]
#[expect(dead_code, reason = "the planner's tests ask for more of it")]
mod estates;
mod file;
mod rules;
mod world;
