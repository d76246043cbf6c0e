//! Checks a certificate of reachability, for somebody who does not trust the analysis that made it.
//!
//! Every table is derived again, rule by rule, at one address of each interval on which the rules and
//! the claim are constant, and every traffic set at one packet of each such box. So the test is finite
//! and exact. It is meant to be read whole, `walk` last.

mod certificate;
mod facts;
mod firewall;
mod route;
mod table;
mod traffic;
mod walk;

pub use certificate::Verdict;
pub use walk::{Refusal, Report, check};
