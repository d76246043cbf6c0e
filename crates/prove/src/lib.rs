//! Reachability: what can talk to what, exactly, in both families by one code path, and why.
//!
//! It knows estates, never plans: it is fed every state that a plan passes through. What is not
//! modelled makes the flows that touch it undetermined; it is never guessed.
//!
//! Two ways lead to the same answer and share no code but these words: the concrete [`trace`], one
//! packet at a time, and the symbolic analysis of whole sets.

pub mod behind;
pub mod certificate;
pub mod diff;
mod end;
pub mod hazard;
mod packet;
pub mod proof;
pub mod set;
pub mod symbolic;
pub mod trace;

pub use end::End;
pub use packet::{L4, Packet};
pub use proof::twin::name as interface_name;
