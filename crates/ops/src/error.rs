//! What stops a verb: one enum per operation. What is true about an estate is a finding instead.

mod hint;

use std::io;
use std::path::{Path, PathBuf};

use sixward_apply::{ApplyError, Fault};
use sixward_drivers::DiscoverError;
use sixward_estate::{Finding, SnapshotError};
use sixward_ingest::{ReadDumpError, ReadEstateTomlError};
use sixward_lab::{CaptureError, EnterError, LabError, ProbeError};
use sixward_plan::PlanFileError;
use sixward_sim::SimFileError;
use sixward_store::StoreError;

use crate::journal::NoEntry;
use crate::question::QuestionError;
use crate::snippet::Snippet;
use crate::states::StatesError;

/// A verb could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The source is none.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The source could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The intent could not be read.
    #[error(transparent)]
    Intent(#[from] IntentError),
    /// The question could not be asked.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// The state asked about is not to be had.
    #[error(transparent)]
    States(#[from] StatesError),
    /// A result could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The plan could not be carried out.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The world that it is carried out in cannot be reached.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The journal cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal has no such entry.
    #[error(transparent)]
    NoEntry(#[from] NoEntry),
    /// The copy of the plan that the journal keeps could not be made.
    #[error("cannot copy the plan into the journal")]
    PlanCopy(#[source] io::Error),
    /// It could not be rehearsed.
    #[error(transparent)]
    Rehearse(#[from] RehearseError),
    /// It could not be looked from here.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// A certificate could not be written.
    #[error(transparent)]
    CertificateFile(WriteError),
    /// What a proof rests on could not be put into words.
    #[error("cannot write the certificate")]
    Certificate(#[source] io::Error),
}

impl Error {
    pub(crate) fn plan_copy(source: io::Error) -> Self {
        Self::PlanCopy(source)
    }

    pub(crate) fn certificate(source: io::Error) -> Self {
        Self::Certificate(source)
    }
}

/// What the user named is not something to start from.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// It is not there, or cannot be looked at.
    #[error("cannot open `{path}`", path = path.display())]
    Absent {
        /// What was named.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// `aws:` without a region.
    #[error("`{0}` names no region")]
    Region(String),
    /// Azure is not called yet.
    #[error("cannot read `{0}`: live discovery of Azure is not there yet")]
    Azure(String),
    /// A file of another kind.
    #[error("`{path}` is not something to start from", path = .0.display())]
    Unknown(PathBuf),
}

/// The source could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A folder could not be listed.
    #[error("cannot list `{path}`", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file could not be read.
    #[error("cannot read `{path}`", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A dump is not one.
    #[error("{error}")]
    Dump {
        /// What is wrong with it.
        error: ReadDumpError,
        /// Where.
        snippet: Option<Box<Snippet>>,
    },
    /// An `estate.toml` is not one.
    #[error("{error}")]
    ByHand {
        /// What is wrong with it.
        error: ReadEstateTomlError,
        /// Where.
        snippet: Option<Box<Snippet>>,
    },
    /// An `estate.json` is not one.
    #[error("cannot read `{path}`", path = path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SnapshotError,
        /// Where.
        snippet: Option<Box<Snippet>>,
    },
    /// A `plan.json` is not one.
    #[error("cannot read `{path}`", path = path.display())]
    Plan {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: PlanFileError,
        /// Where.
        snippet: Option<Box<Snippet>>,
    },
    /// A certificate could not be read.
    #[error("cannot open the certificate `{path}`", path = path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A folder without a single dump.
    #[error("no dumps in `{path}`: it holds no JSON file", path = .0.display())]
    NoDumps(PathBuf),
    /// Files, and nothing in them that is known.
    #[error("no estate in `{given}`: {what}", what = what_files(*files))]
    Nothing {
        /// What was named.
        given: String,
        /// How many files were read.
        files: usize,
        /// A file that might have been a dump: what is wrong with it, and the way out.
        almost: Option<Box<Finding>>,
    },
    /// The provider could not be asked.
    #[error(transparent)]
    Live(#[from] DiscoverError),
}

/// The intent could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntentError {
    /// The file could not be read.
    #[error("cannot read the intent `{path}`", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It does not say what an intent says.
    #[error("cannot read the intent `{path}`", path = path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong, and at which line.
        source: IntentMistake,
        /// Where.
        snippet: Option<Box<Snippet>>,
    },
}

/// What is wrong in an intent, in a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IntentMistake(pub String);

/// It could not be rehearsed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RehearseError {
    /// No namespaces can be had.
    #[error("no namespaces for a lab")]
    Enter(#[source] EnterError),
    /// A live source: in the lab's namespaces there is no network but the lab's.
    #[error("`{0}` cannot be read from inside the lab")]
    Live(String),
    /// The lab could not be built.
    #[error("the lab cannot be built")]
    Lab(#[source] LabError),
    /// A shell was asked for where no node is.
    #[error("`{0}` has no interface in the lab")]
    NoHost(String),
    /// No packets could be captured.
    #[error("packets cannot be captured")]
    Capture(#[source] CaptureError),
    /// What was captured could not be written.
    #[error("what was captured cannot be written")]
    Captured(#[source] io::Error),
    /// No packets could be sent.
    #[error("no packet can be sent through the lab")]
    Probe(#[source] ProbeError),
    /// The lab could not become what the estate is.
    #[error("the lab does not follow")]
    World(#[source] Fault),
}

/// It could not be looked from here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A name to probe is none.
    #[error("`{0}` is not a name and a port")]
    Name(String),
    /// No probe could be begun.
    #[error("cannot probe from here")]
    Probe(#[source] io::Error),
}

/// The world that a plan is carried out in cannot be reached.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The provider could not be asked.
    #[error(transparent)]
    Live(#[from] DiscoverError),
    /// The estate could not be read.
    #[error("cannot read the live estate: {0}")]
    Unreadable(Fault),
    /// The plan does not say where its networks stand.
    #[error("the plan does not say in which region of AWS it is to be carried out")]
    Nowhere,
    /// The plan is about several regions.
    #[error("the plan is about several regions: {}", .0.join(", "))]
    Regions(Vec<String>),
    /// The file of the cloud in memory is not one.
    #[error("cannot read the simulated cloud `{path}`", path = path.display())]
    Kept {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SimFileError,
    },
}

/// A result could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{path}`", path = path.display())]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    /// Why not.
    pub source: io::Error,
}

impl WriteError {
    pub(crate) fn new(path: &Path, source: io::Error) -> Self {
        Self {
            path: path.to_owned(),
            source,
        }
    }
}

impl ReadError {
    pub(crate) fn folder(path: &Path, source: io::Error) -> Self {
        Self::Folder {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }
}

fn what_files(count: usize) -> String {
    match count {
        1 => "1 file was read, and nothing in it is a dump".to_owned(),
        _ => format!("{count} files were read, and nothing in them is a dump"),
    }
}
