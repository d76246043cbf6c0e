//! Journals in folders: what is written is read back, what is damaged is named, one hand at a time.
#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod folder;
