//! What stands in the way of IPv6, what a person must decide, and what each IPv4 thing becomes.
//!
//! The questions that the planner needs answered are answered here once: who gets IPv6
//! ([`Selection`]), what a rule's IPv4 remote is in IPv6 ([`firewall`]), what a route's twin is
//! ([`route`]), whether a host can have addresses ([`host`]). The assessment is the same answers as
//! findings and decisions.

mod assessment;
pub mod balancer;
pub mod catalogue;
mod decision;
pub mod endpoint;
pub mod firewall;
pub mod gap;
pub mod gateway;
pub mod host;
pub mod intent;
pub mod interface;
pub mod link;
mod mirror;
pub mod network;
mod question;
mod report;
pub mod route;
mod selection;
pub mod service;
pub mod subnet;
mod survey;
pub mod tunnel;
pub mod twin;
pub mod zone;

pub use assessment::{Assessment, assess};
pub use decision::{Choice, Decision, Decisions, PREFIX_LIST, PREFIXES};
pub use mirror::{Mirror, mirror};
pub use selection::{Selection, Tier};
pub use survey::Survey;
pub use twin::{ALLOW, EGRESS_ONLY, KNOWN, LEAVE_OUT, MIRROR, SAME_TARGET, Span, Twin, Wait, Why};
