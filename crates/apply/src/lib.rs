//! A plan is carried out, resumed after any crash, and taken back.
//!
//! The engine knows steps, a journal and a [`Driver`]; it reads no clock, opens no file and no socket. The
//! world behind the driver may be a cloud, one in memory, or a lab: the engine is the same.
//!
//! The rule it lives by: *write down what is meant, do it, look, write down what is seen*. An answer is
//! never believed, only what is read back; so a lost answer, a crash and a second try are one case.

mod back;
mod consent;
mod drift;
mod driver;
mod engine;
mod forward;
mod found;
mod guard;
pub mod journal;
mod outcome;
mod round;
mod scope;
mod standing;
mod told;
mod watch;

pub use back::rollback;
pub use consent::{NoConsent, NoWayBack};
pub use drift::{Difference, drift};
pub use driver::{Driver, Fault, FaultClass, Flow, Order};
pub use engine::{Limits, Walk, digest};
pub use forward::apply;
pub use found::lost_by;
pub use guard::Guard;
pub use outcome::{ApplyError, Left, Outcome};
pub use scope::Scope;
pub use standing::{Standing, standing};
pub use told::told;
pub use watch::{Event, Watcher};
