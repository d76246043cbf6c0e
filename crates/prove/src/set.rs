//! Exact sets in canonical form: equal sets are equal values.
//!
//! Everything is a [`Steps`]: a total function of a point on a line (an address, a port, an ICMP
//! type) that is constant on intervals. A set of addresses is one that says yes or no, a set of port
//! pairs one whose values are sets of ports, a table one whose values are names of traffic sets. So
//! there is one algorithm, a linear merge, and one canonical form: neighbours differ.

mod arena;
mod image;
mod intervals;
mod point;
mod reduce;
mod show;
mod steps;
mod traffic;

pub use arena::{Arena, TrafficId};
pub use intervals::Intervals;
pub use point::Point;
pub use reduce::reduce;
pub use steps::Steps;
pub use traffic::TrafficSet;

#[cfg(test)]
mod laws;
