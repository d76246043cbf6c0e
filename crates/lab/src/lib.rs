//! An estate built of Linux network namespaces, with real packets.
//!
//! Two halves: [`Layout`] is what the lab is made of, as a value, computed from an estate by the provider's
//! rules; [`Lab`] makes one of the kernel's namespaces, wires, tables and filters, and makes another of it by
//! the difference. A step of a plan is then its own effect on the estate, and the difference of two layouts.

mod capture;
mod client;
mod guest;
mod kernel;
mod layout;
mod name;
mod place;
mod probe;
mod rehearsal;

pub use capture::{Capture, CaptureError};
pub use client::{Cost, Habit, LIMIT, Services, Visit, Visited, has_curl, visit};
pub use guest::{Lease, Lease4, Leases, Responder, leases};
pub use kernel::{EnterError, Entered, Lab, LabError, Outside, enter};
pub use layout::{
    Chain, ChainName, Drop, End, Filter, Hook, Hop, Key, LEAST, Layout, Listen, Match, Node,
    NodeId, Onward, Point, Policy, Port, Reach, Route, Rule, Service, Set, SetName, TABLE_LOCAL,
    TABLE_MAIN, Translation, Verdict, Wire, node_of,
};
pub use name::{Answerer, Named, Names, Record, SERVERS};
pub use place::Place;
pub use probe::{Carries, Flow, Held, ProbeError, Prober, Seen};
pub use rehearsal::Rehearsal;
