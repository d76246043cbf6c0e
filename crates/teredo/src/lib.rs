//! Teredo (RFC 4380, RFC 5991, RFC 6081, the congestion rules of RFC 9601): client, server and relay as
//! state machines. They have no clock, no sockets and no randomness of their own; time, packets and
//! random bytes are arguments, so that every rule is a test (`docs/reference/teredo.md`).
//!
//! - [`Client`]: an address for a host behind a NAT, and a direct way to each peer.
//! - [`diagnosis`]: what NAT there is, without an address.
//! - [`Server`]: tells clients where they are, and forwards bubbles.
//! - [`Relay`]: joins clients to native IPv6.
//! - [`packet`]: what stands in a datagram.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, reason = "packets come from strangers")
)]

mod arrival;
mod bucket;
pub mod client;
pub mod diagnosis;
mod nat;
mod output;
pub mod packet;
mod peer;
mod random;
mod reject;
mod relay;
mod secret;
pub mod server;
mod surroundings;
mod time;

pub use arrival::{Arrival, Inbound, Outbound, PORT};
pub use bucket::Rate;
pub use client::Client;
pub use nat::Nat;
pub use output::{Datagram, Event, Output};
pub use peer::{Limits, Trust};
pub use random::Random;
pub use reject::{Counters, Reject};
pub use relay::{Relay, RelayConfig};
pub use secret::{Secret, SecretError};
pub use server::Server;
pub use surroundings::Surroundings;
pub use time::Time;
