//! Where journals are kept, by one writer at a time.
//!
//! An edge crate: it has files, sockets, a clock and the user's name. A [`Store`] is a place; who wants to
//! write there must hold it ([`Store::hold`]), and only a [`Held`] store is a
//! [`Journal`](sixward_apply::journal::Journal). So two appliers cannot write at once: the second is told
//! who holds the lock.

mod bucket;
mod error;
mod folder;
mod holder;
mod place;
mod store;

pub use error::{StoreError, hint};
pub use holder::{Holder, who};
pub use place::Place;
pub use store::{Held, Kept, Store};
