//! What other programs say, against the tracer and the analysis alike.
//!
//! The estates and the verdicts are theirs (`crates/ingest/tests/estates/ORIGIN.md`,
//! `npguard/ORIGIN.md`). Where a peer is wrong or silent, `docs/concepts/peers.md` says so and why.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a panic is the report of a test, which reads files"
)]

mod balancer;
mod given;
mod group;
mod matrix;
mod npguard;
