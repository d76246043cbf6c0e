//! The factored analysis against the rules, packet by packet, on random small estates.

#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod bdd;
mod compare;
mod equal;
mod estates;
mod exposed;
mod far;
#[path = "../../examples/compare/judge.rs"]
mod judge;
mod kept;
mod matrix;
mod naive;
mod palette;
mod spec;
mod twin;
mod view;
