//! Tests of the planner: what must hold for every estate, and small cases as text.

#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod address;
mod estates;
mod order;
mod props;
mod text;
