//! A cloud to test against.
//!
//! Tests of drivers, of discovery and of emitted scripts need a provider that keeps state
//! and says no where the real one does. This crate starts one on this machine: moto with the
//! provider's IPv6 rules laid over it (`cloud/strict_moto`), driven by the real aws CLI.
//!
//! - [`Cloud`]: a running cloud; its endpoint, the CLI against it, scripts, a dump of it
//! - [`Proxy`]: stands before it, and lets calls go wrong
//! - [`TwoTier`]: the ids of the provider's worked example, built by [`Cloud::two_tier`]
//! - [`tools`]: where `cargo xtask tools` put moto and the CLI
//!
//! Only tests depend on it. What goes wrong here is a broken test set-up, so it panics with
//! what to do about it and returns no errors.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a failed set-up ends the test with its reason"
)]

pub mod cloud;
pub mod proxy;
pub mod tools;

pub use cloud::{Cloud, TwoTier};
pub use proxy::{Proxy, Trouble};
