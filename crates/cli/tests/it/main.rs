//! The real binary, run as a user runs it.

#![expect(clippy::unwrap_used, reason = "a panic is the test's report")]

mod account;
mod compare;
mod explain;
mod here;
mod journal;
mod mistake;
mod plain;
mod proof;
mod rehearse;
mod round_trip;
mod verb;
mod walk;
