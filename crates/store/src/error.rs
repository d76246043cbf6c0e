//! What can be wrong with a place, and the way out of it.

use std::io;
use std::path::{Path, PathBuf};

use sixward_apply::journal::JournalError;
use sixward_drivers::DiscoverError;

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
    #[error("nothing more is written to the journal `{0}`: an earlier write failed")]
    Broken(Place),
    /// There is no way into the account of the bucket.
    #[error(transparent)]
    Login(#[from] DiscoverError),
    /// A bucket refused, or did not answer.
    #[error("cannot {doing} `{place}`: {why}")]
    Bucket {
        /// The journal.
        place: Place,
        /// What was tried.
        doing: &'static str,
        /// The service's code; empty when there was no answer.
        code: String,
        /// The code and the message, or what broke.
        why: String,
    },
    /// Somebody else wrote what was to be written.
    #[error("somebody else wrote entry {n} of the journal `{place}`")]
    Fenced {
        /// The journal.
        place: Place,
        /// The entry.
        n: u64,
    },
    /// The lock was not renewed in time, and is another's now.
    #[error("the lock of the journal `{place}` was taken over by {}", said(holder.as_deref()))]
    Lost {
        /// The journal.
        place: Place,
        /// By whom, where it can be read.
        holder: Option<Box<Holder>>,
    },
    /// This program could not get as far as calling.
    #[error("cannot prepare calls to a bucket")]
    Setup(#[source] io::Error),
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
            Self::Login(error) => error.hint(),
            Self::Bucket { place, code, .. } => bucket_hint(place, code),
            Self::Fenced { .. } | Self::Lost { .. } => {
                "nothing more was done here: `sixward journal` shows what the other does".to_owned()
            }
            Self::Setup(_) => "check the CA bundle and the limits of this process".to_owned(),
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

fn bucket_hint(place: &Place, code: &str) -> String {
    match code {
        "NoSuchBucket" => {
            "make the bucket first, or name another place with `--journal PLACE`".to_owned()
        }
        "AccessDenied" => {
            format!("allow s3:GetObject, s3:PutObject and s3:ListBucket for `{place}`")
        }
        "PermanentRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException" => {
            "set AWS_REGION to the region of the bucket".to_owned()
        }
        "ExpiredToken" | "InvalidToken" | "InvalidAccessKeyId" | "SignatureDoesNotMatch" => {
            "renew the credentials: `aws sts get-caller-identity` tells whether they are good"
                .to_owned()
        }
        "" => "check the network, HTTPS_PROXY, SSL_CERT_FILE and AWS_ENDPOINT_URL".to_owned(),
        _ => "run the same command again: it goes on from what is there".to_owned(),
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
