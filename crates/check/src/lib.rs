//! Checks a certificate of reachability, for somebody who does not trust the analysis that made it.
//!
//! Every table is derived again, rule by rule, at one address of each interval on which the rules and
//! the claim are constant, and every traffic set at one packet of each such box. So the test is finite
//! and exact. It is meant to be read whole: `certificate` is what is claimed, `check` the walk from state
//! to state, `firewall` and `route` what rules say of an address, `traffic` what they say of a packet.

mod certificate;
mod check;
mod firewall;
mod route;
mod table;
mod traffic;

pub use certificate::Verdict;
pub use check::{Refusal, Report, check};
