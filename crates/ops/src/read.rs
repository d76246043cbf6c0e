//! Reading: files and folders become an estate.

use std::fs;
use std::path::Path;

use sixward_estate::{Estate, Finding, Snapshot, read_snapshot};
use sixward_ingest::aws::{Parsed, Reader};
use sixward_ingest::{Ingested, ReadDumpError, byhand};
use sixward_plan::{Plan, read_plan};

use crate::snippet::Snippet;
use crate::{Progress, ReadError, folder, pieces};

/// From so many files on a person wants to see that something goes on.
const MANY: usize = 50;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The estate.
    pub(crate) estate: Estate,
    /// What is amiss in the input.
    pub(crate) findings: Vec<Finding>,
    /// How many files it was made of.
    pub(crate) files: usize,
    /// Files that were left alone.
    pub(crate) ignored: Vec<String>,
}

/// Reads a folder of dumps, file by file.
pub(crate) fn dumps(path: &Path, progress: &dyn Progress) -> Result<Reading, ReadError> {
    let folder = folder::list(path)?;
    if folder.dumps.is_empty() {
        return Err(ReadError::NoDumps(path.to_owned()));
    }
    if folder.dumps.len() >= MANY {
        progress.begin("reading dumps", folder.dumps.len());
    }
    let mut reader = Reader::new();
    for dump in &folder.dumps {
        let shown = path.join(&dump.shown).to_string_lossy().into_owned();
        if let Some(parsed) = big(&dump.path, &shown) {
            reader.take(parsed);
        } else {
            take(&mut reader, &shown, &bytes(&dump.path)?)?;
        }
        progress.done(&dump.shown);
    }
    progress.end();
    let files = folder.dumps.len();
    Ok(Reading {
        ignored: folder.ignored,
        ..Reading::new(reader.finish(), files)
    })
}

fn big(path: &Path, shown: &str) -> Option<Parsed> {
    let size = fs::metadata(path).map_or(0, |file| file.len());
    (size >= pieces::BIG).then(|| pieces::read(path, shown))?
}

/// Gives one dump to the reader.
pub(crate) fn take(reader: &mut Reader, shown: &str, bytes: &[u8]) -> Result<(), ReadError> {
    reader.read(shown, bytes).map_err(|error| {
        let snippet = match &error {
            ReadDumpError::Syntax { line, column, .. }
            | ReadDumpError::Shape { line, column, .. } => place(bytes, *line, *column),
            _ => None,
        };
        ReadError::Dump { error, snippet }
    })
}

/// Reads an `estate.toml`.
pub(crate) fn by_hand(path: &Path) -> Result<Reading, ReadError> {
    let text = fs::read_to_string(path).map_err(|source| ReadError::file(path, source))?;
    let ingested = byhand::read(&path.to_string_lossy(), &text).map_err(|error| {
        let snippet = Snippet::at(&text, error.line(), 1, usize::MAX).map(Box::new);
        ReadError::ByHand { error, snippet }
    })?;
    Ok(Reading::new(ingested, 1))
}

/// Reads an `estate.json`.
pub(crate) fn snapshot(path: &Path) -> Result<Reading, ReadError> {
    let bytes = bytes(path)?;
    let Snapshot { estate, findings } = read_snapshot(&bytes).map_err(|source| {
        let snippet = json_place(&bytes, &source);
        ReadError::Snapshot {
            path: path.to_owned(),
            source,
            snippet,
        }
    })?;
    Ok(Reading {
        estate,
        findings,
        files: 1,
        ..Reading::default()
    })
}

/// Reads a `plan.json`.
pub(crate) fn plan(path: &Path) -> Result<Plan, ReadError> {
    let bytes = bytes(path)?;
    read_plan(&bytes).map_err(|source| {
        let snippet = json_place(&bytes, &source);
        ReadError::Plan {
            path: path.to_owned(),
            source,
            snippet,
        }
    })
}

/// The plan that a journal keeps a copy of.
pub(crate) fn kept_plan(bytes: &[u8], place: &str) -> Result<Plan, ReadError> {
    read_plan(bytes).map_err(|source| ReadError::Plan {
        path: place.into(),
        source,
        snippet: None,
    })
}

/// Whether a file says of itself that it is a plan; it says so in its first bytes.
pub(crate) fn is_plan(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = [0; 64];
    let read = fs::File::open(path).and_then(|mut file| file.read(&mut head));
    let head = head.get(..read.unwrap_or(0)).unwrap_or_default();
    String::from_utf8_lossy(head).contains("sixward-plan")
}

fn bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    fs::read(path).map_err(|source| ReadError::file(path, source))
}

/// The place that the JSON error at the end of a chain speaks of.
fn json_place(bytes: &[u8], error: &(dyn std::error::Error + 'static)) -> Option<Box<Snippet>> {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let json = causes
        .filter_map(|cause| cause.downcast_ref::<serde_json::Error>())
        .last()?;
    place(bytes, json.line(), json.column())
}

fn place(bytes: &[u8], line: usize, column: usize) -> Option<Box<Snippet>> {
    Snippet::at(&String::from_utf8_lossy(bytes), line, column, 1).map(Box::new)
}

impl Reading {
    pub(crate) fn new(ingested: Ingested, files: usize) -> Self {
        let Ingested { estate, findings } = ingested;
        Self {
            estate,
            findings,
            files,
            ignored: Vec::new(),
        }
    }
}
