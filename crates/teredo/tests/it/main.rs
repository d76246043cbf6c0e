//! The conformance list as tests: a number of the list stands in each name. Machines run by a clock
//! that the test turns, alone or in a world with NATs (`world.rs`).
#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]
#![expect(clippy::panic, reason = "a panic is the report of a test")]
#![expect(clippy::expect_used, reason = "a panic is the report of a test")]

mod address;
mod advertisement;
mod chance;
mod diagnosis;
mod extension;
mod format;
mod lengthen;
mod lone;
mod matrix;
mod peers;
mod port;
mod qualification;
mod reception;
mod relay;
mod server;
mod storm;
mod wire;
mod world;
