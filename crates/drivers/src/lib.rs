//! Real clouds: fetching what they hold, as the dumps that the parsers read.
//!
//! An edge crate: it has sockets, a clock, threads and the user's environment, and it
//! knows nothing of estates. What it fetches is the very JSON that the provider's own
//! command line prints, so that a live account and a folder of dumps go through one parser.

pub mod aws;

pub use aws::{Account, DiscoverError, Discovery, Dump, ErrorClass, Progress, Unread, discover};
