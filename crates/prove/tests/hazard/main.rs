//! Hazards: for each a state that has it and one that is like it and fine.
//!
//! `given.rs` holds a dual-stack estate without any hazard, and takes its IPv6 away to have the estate
//! before the first step. Each test changes as little as it takes.

#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod firewall;
mod given;
mod link;
mod list;
mod live;
mod route;
mod source;
