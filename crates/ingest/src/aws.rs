//! What the `aws` CLI prints, or any tool that keeps the API's answers: a folder of JSON files.
//!
//! Every file is read by what it holds, not by its name, in one pass; then everything is put together
//! at once, since an answer may name what another one describes. Provider words end here.

mod balancer;
mod build;
mod cache;
mod classic;
mod database;
mod endpoint;
mod file;
mod firewall;
mod gateway;
mod host;
mod interface;
mod json_path;
mod link;
mod listing;
mod merge;
mod network;
mod owner;
mod page;
mod pieces;
mod place;
mod prefix_list;
mod read;
mod route;
mod rule;
mod service;
mod stock;
mod subnet;
mod transit;
mod unmodelled;
mod value;

pub use pieces::Pieces;

use crate::{Ingested, ReadDumpError};

/// Reads a dump file by file, so that no more than one file's bytes need be in memory.
#[derive(Debug, Default)]
pub struct Reader {
    stock: stock::Stock,
}

/// What one file says, or some pieces of one.
#[derive(Debug)]
pub struct Parsed {
    intake: stock::Intake,
}

/// Reads one file. `path` is relative to the dump, as its owner sees it; it serves messages, and says
/// account and region where nothing else does.
pub fn parse(path: &str, bytes: &[u8]) -> Result<Parsed, ReadDumpError> {
    read::read(path, bytes).map(|intake| Parsed { intake })
}

impl Reader {
    /// A reader that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one file.
    pub fn read(&mut self, path: &str, bytes: &[u8]) -> Result<(), ReadDumpError> {
        self.take(parse(path, bytes)?);
        Ok(())
    }

    /// Takes in a file that was read already.
    pub fn take(&mut self, file: Parsed) {
        self.stock.take(file.intake);
    }

    /// Puts the estate together.
    pub fn finish(self) -> Ingested {
        build::build(self.stock)
    }
}

impl Parsed {
    /// Adds the next piece of the same file. Nothing when what is here says more than the listing of
    /// `key`: then the file was not cut where it seemed to be (see [`Pieces`]).
    #[must_use]
    pub fn join(mut self, key: &str, next: Self) -> Option<Self> {
        let facts = &self.intake.facts;
        let mut others = facts
            .known
            .iter()
            .copied()
            .chain(facts.unknown.iter().map(AsRef::as_ref));
        if others.any(|other| other != key) {
            return None;
        }
        self.intake.join(next.intake);
        Some(self)
    }
}
