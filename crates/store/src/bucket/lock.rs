//! The lock's object: read, and written only over what its writer has read. An answer may be lost and
//! the object be written; what is there decides.

use std::time::Duration;

use object_store::{
    Error, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion,
};
use serde::{Deserialize, Serialize};

use super::{Bucket, TRIES};
use crate::Holder;

/// Before a second try; longer before each.
const PAUSE: Duration = Duration::from_millis(100);

/// What the object says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Said {
    /// Nobody once it was given back.
    pub(super) holder: Option<Holder>,
    /// How long it lasts after it was written.
    pub(super) seconds: u32,
    /// Which hand wrote it.
    pub(super) token: String,
    /// How often: no two writings are alike, or the bucket could not tell them apart.
    pub(super) beat: u64,
}

/// What was read.
#[derive(Debug)]
pub(super) struct Read {
    /// What it says, if that can be read.
    pub(super) said: Option<Said>,
    pub(super) version: UpdateVersion,
    /// How many seconds ago it was written, by the bucket's clock.
    pub(super) age: i64,
}

/// What came of a writing.
#[derive(Debug)]
pub(super) enum Written {
    Done(UpdateVersion),
    /// Not done: this is there.
    Not(Box<Read>),
}

impl Bucket {
    pub(super) async fn write_lock(&self, said: &Said, mode: PutMode) -> Result<Written, Error> {
        let mut tries = 0;
        loop {
            let error = match self.put_lock(said, mode.clone()).await {
                Ok(version) => return Ok(Written::Done(version)),
                Err(error) => error,
            };
            let refused = matches!(
                error,
                Error::AlreadyExists { .. } | Error::Precondition { .. }
            );
            if !refused && !super::unsure(&error) {
                return Err(error);
            }
            tries += 1;
            match self.read_lock().await {
                Ok(there) if there.said.as_ref() == Some(said) => {
                    return Ok(Written::Done(there.version));
                }
                Ok(there) if refused => return Ok(Written::Not(Box::new(there))),
                Ok(_) | Err(Error::NotFound { .. }) if tries < TRIES => pause(tries).await,
                _ => return Err(error),
            }
        }
    }

    async fn put_lock(&self, said: &Said, mode: PutMode) -> Result<UpdateVersion, Error> {
        let text = serde_json::to_vec(said).map_err(|error| Error::Generic {
            store: "lock",
            source: error.into(),
        })?;
        let path = self.path("lock");
        let put = self.s3.put_opts(&path, text.into(), PutOptions::from(mode));
        Ok(put.await?.into())
    }

    async fn read_lock(&self) -> Result<Read, Error> {
        let got = self.s3.get(&self.path("lock")).await?;
        let written = got.meta.last_modified.timestamp();
        let version = UpdateVersion {
            e_tag: got.meta.e_tag.clone(),
            version: got.meta.version.clone(),
        };
        let bytes = got.bytes().await?;
        Ok(Read {
            said: serde_json::from_slice(&bytes).ok(),
            version,
            age: self.wire.date() - written,
        })
    }
}

pub(super) async fn pause(tries: usize) {
    let times = u32::try_from(tries).unwrap_or(u32::MAX);
    tokio::time::sleep(PAUSE.saturating_mul(times)).await;
}
