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

use crate::{Ingested, ReadDumpError};

/// Reads a dump file by file, so that no more than one file's bytes need be in memory.
#[derive(Debug, Default)]
pub struct Reader {
    stock: stock::Stock,
}

impl Reader {
    /// A reader that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one file. `path` is relative to the dump, as its owner sees it; it serves messages, and
    /// says account and region where nothing else does.
    pub fn read(&mut self, path: &str, bytes: &[u8]) -> Result<(), ReadDumpError> {
        self.stock.take(read::read(path, bytes)?);
        Ok(())
    }

    /// Puts the estate together.
    pub fn finish(self) -> Ingested {
        build::build(self.stock)
    }
}
