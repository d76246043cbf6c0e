//! The tracer: one test for each rule of the provider, then the estates of others.
//!
//! `given.rs` holds the small estate that the rules are shown on; `route.rs` and `filter.rs` have a
//! test for each of R1-R14 and F1-F7 of `../shared/research/reach.md` section 3a; `place.rs` what has no number there; `batfish.rs` the
//! verdicts that Batfish asserts on its own estates; `twin.rs` random estates in both families.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests panic and read files"
)]

mod batfish;
mod filter;
mod given;
mod place;
mod route;
mod text;
mod twin;
