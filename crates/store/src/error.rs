//! What can be wrong with a place, and the way out of it.

use std::io;
use std::path::{Path, PathBuf};

use sixward_apply::journal::JournalError;

use crate::{Holder, Place};

/// A journal could not be opened, read, held or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// What was named is no place.
    #[error("`{0}` is no place for a journal")]
    Place(String),
    /// A file could not be read.
    #[error("cannot read `{path}`", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{path}`", path = path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The place of the journal cannot be locked.
    #[error("cannot lock `{path}`", path = path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Somebody else is at work.
    #[error("the journal `{place}` is held by {}", said(holder.as_deref()))]
    Held {
        /// The journal.
        place: Place,
        /// By whom, where it can be read.
        holder: Option<Box<Holder>>,
    },
    /// An entry could not be put into bytes.
    #[error("an entry of the journal cannot be written down")]
    Entry(#[source] serde_json::Error),
    /// What was written before may not have arrived.
    #[error("nothing more is written to `{path}`: an earlier write failed", path = .0.display())]
    Broken(PathBuf),
}

impl StoreError {
    /// The way out.
    pub fn hint(&self) -> String {
        match self {
            Self::Place(_) => {
                "name a folder, or a part of a bucket: `s3://BUCKET/PREFIX`".to_owned()
            }
            Self::Read { path, .. } => look(path),
            Self::Lock { path, source } if source.kind() == io::ErrorKind::Unsupported => format!(
                "the file system of `{}` has no locks: put the journal on another one",
                path.display()
            ),
            Self::Write { path, source } | Self::Lock { path, source } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => format!(
                    "make room for `{}`, then run the same command again: it goes on from here",
                    path.display()
                ),
                _ => look(path),
            },
            Self::Held {
                holder: Some(holder),
                ..
            } => format!(
                "wait until it ends, or end it on {} with `kill -INT {}`: it stops after the call in flight",
                holder.machine, holder.pid
            ),
            Self::Held { holder: None, .. } => "wait until it ends".to_owned(),
            Self::Entry(_) => "this is a fault of sixward: please report it".to_owned(),
            Self::Broken(_) => {
                "run the same command again: it goes on from what is there".to_owned()
            }
        }
    }

    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Write { path, source }
    }
}

/// The way out of a journal's failure.
pub fn hint(error: &JournalError) -> Option<String> {
    error.0.downcast_ref::<StoreError>().map(StoreError::hint)
}

impl From<StoreError> for JournalError {
    fn from(error: StoreError) -> Self {
        Self(Box::new(error))
    }
}

fn look(path: &Path) -> String {
    let path = path.display();
    format!(
        "look at who may read and write it: `ls -ld '{path}'`; or name another place with `--journal PLACE`"
    )
}

fn said(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "somebody else".to_owned(), Holder::to_string)
}
