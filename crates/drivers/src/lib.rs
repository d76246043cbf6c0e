//! Real clouds: fetching what they hold, as the dumps that the parsers read, and changing it.
//!
//! An edge crate: it has sockets, a clock, threads and the user's environment. What it fetches is the very
//! JSON that the provider's own command line prints, so that a live account and a folder of dumps go
//! through one parser. A [`sixward_apply::Driver`] of this crate makes changes; whether they were made the
//! engine sees by reading them back the same way.

pub mod aws;

pub use aws::{
    Account, Answer, DiscoverError, Discovery, Dump, ErrorClass, Keys, Login, Progress, Unread,
    Unsent, discover,
};
