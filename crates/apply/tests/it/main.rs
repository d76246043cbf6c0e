//! The engine against a cloud in memory: whatever fails, wherever.

#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]
#![expect(clippy::disallowed_methods, reason = "tests read scenarios")]
#![expect(clippy::panic, reason = "a panic is the report of a test")]

mod course;
mod damage;
mod drift;
#[path = "../../../plan/tests/it/estates.rs"]
#[expect(dead_code, reason = "the planner's tests ask for more of it")]
mod estates;
mod faults;
mod paper;
mod plans;
mod props;
mod slow;
mod stop;
