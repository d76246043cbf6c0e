//! A cloud in memory: an estate that changes are made in as the provider makes them.
//!
//! What a change does is what the plan says it does ([`sixward_plan::Change::effect`]); here stand what a
//! plan does not know beforehand: what the provider chooses, what it refuses, what it takes its time for.
//! [`Faulty`] adds what goes wrong on the way there and back.

mod balancer;
mod call;
mod chance;
mod faulty;
mod file;
mod firewall;
mod gateway;
mod host;
mod interface;
mod network;
mod quota;
mod refusal;
mod route;
mod sim;
mod subnet;

pub use call::Call;
pub use faulty::{Faulty, Life, Trouble};
pub use file::{SimFileError, read_sim, write_sim};
pub use quota::Quotas;
pub use sim::{Habits, Sim};
