//! The cloud as a file, so that it outlives the program: `{"format": "sixward-sim", "version": 1, ..}`.

use std::io;

use serde::{Deserialize, Serialize};

use crate::Sim;

const FORMAT: &str = "sixward-sim";
const VERSION: u32 = 1;

/// The file of a cloud could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimFileError {
    /// It is not one at all, or a broken one.
    #[error("not a readable cloud in memory")]
    Parse(#[source] serde_json::Error),
    /// It is of another kind.
    #[error("the file says it is `{0}`, not `{FORMAT}`")]
    Format(String),
    /// It is of a version that is not known.
    #[error("version {0} of a cloud in memory is not known; this sixward reads version {VERSION}")]
    Version(u32),
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    sim: &'a Sim,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: String,
    #[serde(default)]
    version: u32,
}

/// The file of a cloud.
pub fn write_sim(sim: &Sim) -> io::Result<Vec<u8>> {
    let written = Written {
        format: FORMAT,
        version: VERSION,
        sim,
    };
    let mut bytes = serde_json::to_vec_pretty(&written)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The cloud of a file.
pub fn read_sim(bytes: &[u8]) -> Result<Sim, SimFileError> {
    let head: Head = serde_json::from_slice(bytes).map_err(SimFileError::Parse)?;
    if head.format != FORMAT {
        return Err(SimFileError::Format(head.format));
    }
    if head.version != VERSION {
        return Err(SimFileError::Version(head.version));
    }
    serde_json::from_slice(bytes).map_err(SimFileError::Parse)
}
