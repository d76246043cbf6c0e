//! What can be reached from here: names, TCP in each family, the path's MTU, and what a broken family
//! costs a client.
//!
//! An edge crate: it has sockets and a clock. It says what it saw; what was to be seen is another's matter.

mod client;
mod connect;
mod name;
mod probe;
mod row;

pub use probe::{Limits, Target, probe};
pub use row::{Attempt, Clients, Name, Outcome, Reached, Row};
