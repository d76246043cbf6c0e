//! The real binary, run as a user runs it.

mod here;
mod mistake;
mod round_trip;
mod verb;
