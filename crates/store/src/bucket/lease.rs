//! The lock of a bucket: an object that says who has it and for how long, written only over what its
//! writer has read. Its holder renews it; what is not renewed is over, and may be taken.
//!
//! Its age is measured with the bucket's clock alone. Should it be misjudged, two may believe that they
//! hold it; then the numbers of the entries decide (`hand`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use object_store::{
    Error, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion,
};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, MutexGuard};

use super::{Bucket, error};
use crate::{Holder, StoreError};

/// How long giving it back may take.
const A_WHILE: Duration = Duration::from_secs(5);

/// The lock, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Lease {
    term: Arc<Term>,
    taken_over: Option<Holder>,
}

/// How it stands: for the one that writes, and for the one that renews.
#[derive(Debug)]
pub(super) struct Term {
    bucket: Bucket,
    token: String,
    length: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    said: Said,
    version: UpdateVersion,
    renewed: Instant,
    end: End,
}

#[derive(Debug, Clone, PartialEq)]
enum End {
    Not,
    Released,
    Lost(Option<Holder>),
}

/// What the object says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Said {
    /// Nobody once it was given back.
    holder: Option<Holder>,
    /// How long it lasts after it was written.
    seconds: u32,
    /// Which hand wrote it.
    token: String,
    /// How often: no two writings are alike, or the bucket could not tell them apart.
    beat: u64,
}

/// What was read.
struct Read {
    said: Option<Said>,
    version: UpdateVersion,
    age: i64,
}

impl Lease {
    pub(super) fn take(bucket: &Bucket, holder: Holder, seconds: u32) -> Result<Self, StoreError> {
        let said = Said {
            holder: Some(holder),
            seconds,
            token: format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)),
            beat: 0,
        };
        let own = bucket.clone();
        let taken = bucket.runtime.wait(async move { take(&own, said).await });
        let (state, taken_over) = taken.and_then(|it| it)?;
        let term = Arc::new(Term {
            bucket: bucket.clone(),
            token: state.said.token.clone(),
            length: Duration::from_secs(seconds.into()),
            state: Mutex::new(state),
        });
        let keeper = Arc::clone(&term);
        bucket.runtime.spawn(async move { keeper.keep().await });
        Ok(Self { term, taken_over })
    }

    pub(super) fn taken_over(&self) -> Option<&Holder> {
        self.taken_over.as_ref()
    }

    pub(super) fn term(&self) -> Arc<Term> {
        Arc::clone(&self.term)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let term = self.term();
        let release = async move { tokio::time::timeout(A_WHILE, term.release()).await.is_ok() };
        let _ = self.term.bucket.runtime.wait(release);
    }
}

impl Term {
    /// Whose hand it is.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Fails when it is another's by now; renews it when it was not for too long.
    pub(super) async fn check(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        if state.end == End::Not && state.renewed.elapsed() > self.length {
            self.renew(&mut state).await?;
        }
        match &state.end {
            End::Not => Ok(()),
            End::Released => Err(self.lost(None)),
            End::Lost(by) => Err(self.lost(by.clone())),
        }
    }

    async fn keep(&self) {
        loop {
            tokio::time::sleep(self.length / 3).await;
            let mut state = self.state.lock().await;
            if state.end != End::Not {
                return;
            }
            // What cannot be renewed now is tried again; `check` says when it is too late.
            let _ = self.renew(&mut state).await;
        }
    }

    async fn renew(&self, state: &mut MutexGuard<'_, State>) -> Result<(), StoreError> {
        let mut said = state.said.clone();
        said.beat += 1;
        let before = Instant::now();
        let version = match self.write(state, &said).await {
            Ok(version) => version,
            Err(Error::Precondition { .. }) => {
                let read = read(&self.bucket).await;
                let read = read.map_err(|error| self.failed(&error))?;
                match read.said {
                    // Ours, by an answer that was lost.
                    Some(now) if now.token == said.token => read.version,
                    now => {
                        state.end = End::Lost(now.and_then(|it| it.holder));
                        return Ok(());
                    }
                }
            }
            Err(error) => return Err(self.failed(&error)),
        };
        state.said = said;
        state.version = version;
        state.renewed = before;
        Ok(())
    }

    async fn write(&self, state: &State, said: &Said) -> Result<UpdateVersion, Error> {
        let mode = PutMode::Update(state.version.clone());
        write(&self.bucket, said, mode).await
    }

    async fn release(&self) {
        let mut state = self.state.lock().await;
        if state.end != End::Not {
            return;
        }
        let mut said = state.said.clone();
        said.holder = None;
        said.beat += 1;
        // If it fails, the lock is over after its time.
        let _ = self.write(&state, &said).await;
        state.end = End::Released;
    }

    fn failed(&self, error: &Error) -> StoreError {
        error::bucket(&self.bucket.place, "renew the lock of", error)
    }

    fn lost(&self, holder: Option<Holder>) -> StoreError {
        StoreError::Lost {
            place: self.bucket.place.clone(),
            holder: holder.map(Box::new),
        }
    }
}

/// Takes the lock where there is none, where it was given back, and where it is over.
async fn take(bucket: &Bucket, said: Said) -> Result<(State, Option<Holder>), StoreError> {
    let failed = |error| error::bucket(&bucket.place, "lock", &error);
    let renewed = Instant::now();
    let state = |said, version| State {
        said,
        version,
        renewed,
        end: End::Not,
    };
    match write(bucket, &said, PutMode::Create).await {
        Ok(version) => return Ok((state(said, version), None)),
        Err(Error::AlreadyExists { .. }) => {}
        Err(error) => return Err(failed(error)),
    }
    let there = read(bucket).await.map_err(failed)?;
    let over = match &there.said {
        // Ours, by an answer that was lost.
        Some(ours) if ours.token == said.token => return Ok((state(said, there.version), None)),
        Some(other) if other.holder.is_some() => there.age > i64::from(other.seconds),
        // Given back; or not a lock at all, and nobody renews what cannot be read.
        Some(_) => true,
        None => there.age > i64::from(said.seconds),
    };
    let other = there.said.and_then(|other| other.holder);
    let held = |holder: Option<Holder>| StoreError::Held {
        place: bucket.place.clone(),
        holder: holder.map(Box::new),
    };
    if !over {
        return Err(held(other));
    }
    match write(bucket, &said, PutMode::Update(there.version)).await {
        Ok(version) => Ok((state(said, version), other)),
        Err(Error::Precondition { .. }) => {
            let there = read(bucket).await.map_err(failed)?;
            match there.said {
                Some(ours) if ours.token == said.token => Ok((state(said, there.version), other)),
                now => Err(held(now.and_then(|it| it.holder))),
            }
        }
        Err(error) => Err(failed(error)),
    }
}

async fn write(bucket: &Bucket, said: &Said, mode: PutMode) -> Result<UpdateVersion, Error> {
    let text = serde_json::to_vec(said).map_err(|error| Error::Generic {
        store: "lock",
        source: error.into(),
    })?;
    let options = PutOptions::from(mode);
    let path = bucket.path("lock");
    let put = bucket.s3.put_opts(&path, text.into(), options);
    Ok(put.await?.into())
}

async fn read(bucket: &Bucket) -> Result<Read, Error> {
    let got = bucket.s3.get(&bucket.path("lock")).await?;
    let written = got.meta.last_modified.timestamp();
    let version = UpdateVersion {
        e_tag: got.meta.e_tag.clone(),
        version: got.meta.version.clone(),
    };
    let bytes = got.bytes().await?;
    Ok(Read {
        said: serde_json::from_slice(&bytes).ok(),
        version,
        age: bucket.wire.date() - written,
    })
}
