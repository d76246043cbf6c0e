//! The snapshot: an estate as a file. `docs/formats/estate.md` describes it.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::{Estate, Finding};

const FORMAT: &str = "sixward-estate";
const VERSION: u32 = 1;

/// A snapshot could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It is not a snapshot at all, or a broken one.
    #[error("not a readable estate snapshot")]
    Parse(#[source] serde_json::Error),
    /// It is of another kind.
    #[error("the file says it is `{0}`, not `{FORMAT}`")]
    Format(String),
    /// It is of a version that is not known.
    #[error("snapshot version {0} is not known; this sixward reads version {VERSION}")]
    Version(u32),
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u32,
    estate: &'a Estate,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    findings: &'a [Finding],
}

#[derive(Deserialize)]
struct Read {
    format: String,
    version: u32,
    #[serde(default)]
    estate: Estate,
    #[serde(default)]
    findings: Vec<Finding>,
}

/// What a snapshot holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The estate.
    pub estate: Estate,
    /// What was amiss in the input that it was read from: nobody can find that again in the estate.
    pub findings: Vec<Finding>,
}

/// The snapshot of an estate. The same estate and findings give the same bytes.
pub fn write_snapshot(estate: &Estate, findings: &[Finding]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_snapshot_to(estate, findings, &mut bytes)?;
    Ok(bytes)
}

/// Writes the snapshot of an estate; a big one need not be in memory as text too.
pub fn write_snapshot_to(
    estate: &Estate,
    findings: &[Finding],
    mut to: impl Write,
) -> io::Result<()> {
    let written = Written {
        format: FORMAT,
        version: VERSION,
        estate,
        findings,
    };
    serde_json::to_writer_pretty(&mut to, &written)?;
    to.write_all(b"\n")
}

/// Reads a snapshot.
pub fn read_snapshot(bytes: &[u8]) -> Result<Snapshot, SnapshotError> {
    let read: Read = serde_json::from_slice(bytes).map_err(SnapshotError::Parse)?;
    if read.format != FORMAT {
        return Err(SnapshotError::Format(read.format));
    }
    if read.version != VERSION {
        return Err(SnapshotError::Version(read.version));
    }
    Ok(Snapshot {
        estate: read.estate,
        findings: read.findings,
    })
}
