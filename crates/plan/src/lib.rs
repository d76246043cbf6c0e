//! Estate and intent become addresses and ordered steps.
//!
//! A step is a pure function on the estate, with its undo beside it ([`Change`]). What the provider
//! does by itself is part of the effect: a block on a network opens untouched firewalls. The planner,
//! the prover, the in-memory cloud, the lab and the rollback tests all use this one definition.
//!
//! The order is safe at every point: blocks, routes, filters, machine types, and only then addresses,
//! guests, services and last of all names. Steps of one wave do not depend on one another.

mod address;
mod balancer;
mod bind;
mod change;
mod draft;
mod endpoint;
mod firewall;
mod gateway;
mod host;
mod interface;
mod link;
mod network;
mod plan;
mod route;
mod service;
mod step;
mod subnet;
mod symbol;
mod tunnel;
mod zone;

pub use address::{AddressPlan, NetworkRow, SubnetRow};
pub use bind::Bindings;
pub use change::{Change, ChangeError};
pub use plan::{Plan, PlanFileError, plan, read_plan, write_plan, write_plan_to};
pub use step::{Cost, Downtime, Risk, Stage, Step};
pub use symbol::{Symbol, Symbols};
