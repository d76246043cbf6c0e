//! Large estates for benches and tests, written as the `aws` command prints them. Nobody
//! hands out dumps of a hundred thousand interfaces, and a bench needs the same one
//! tomorrow: everything follows from the scale and a seed, byte for byte.
//!
//! An estate is first decided (`model`, small and in memory), then printed (`aws`, one
//! file after the other, never as a whole).

mod address;
mod aws;
mod id;
mod model;
mod random;
mod scale;

pub use aws::{Written, write_aws};
pub use scale::Scale;

/// Changes with every change of the output, so that kept estates are known to be stale.
pub const VERSION: u32 = 2;
