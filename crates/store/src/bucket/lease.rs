//! The lock of a bucket: an object that says who has it and for how long, written only over what its
//! writer has read. Its holder renews it; what is not renewed is over, and may be taken.
//!
//! Its age is measured with the bucket's clock alone. Should it be misjudged, two may believe that they
//! hold it; then the numbers of the entries decide (`hand`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use object_store::{PutMode, UpdateVersion};
use tokio::sync::Mutex;

use super::lock::{Read, Said, Written};
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

    async fn renew(&self, state: &mut State) -> Result<(), StoreError> {
        let mut said = state.said.clone();
        said.beat += 1;
        let before = Instant::now();
        match self.write(state, &said).await? {
            Written::Done(version) => {
                state.said = said;
                state.version = version;
                state.renewed = before;
            }
            // Ours, written by a try that nobody heard of: it counts from the next one on.
            Written::Not(there) if is_by(&there, &said.token) => {
                state.said.beat = said.beat;
                state.version = there.version;
            }
            Written::Not(there) => state.end = End::Lost(holder(*there)),
        }
        Ok(())
    }

    async fn write(&self, state: &State, said: &Said) -> Result<Written, StoreError> {
        let mode = PutMode::Update(state.version.clone());
        let written = self.bucket.write_lock(said, mode).await;
        written.map_err(|error| error::bucket(&self.bucket.place, "renew the lock of", &error))
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

    fn lost(&self, holder: Option<Holder>) -> StoreError {
        StoreError::Lost {
            place: self.bucket.place.clone(),
            holder: holder.map(Box::new),
        }
    }
}

/// Takes the lock where there is none, where it was given back, and where it is over.
async fn take(bucket: &Bucket, said: Said) -> Result<(State, Option<Holder>), StoreError> {
    let renewed = Instant::now();
    let mut over = None;
    let mut mode = PutMode::Create;
    // The second time over what was there the first time.
    for _ in 0..2 {
        let written = bucket.write_lock(&said, mode).await;
        match written.map_err(|error| error::bucket(&bucket.place, "lock", &error))? {
            Written::Done(version) => {
                let state = State {
                    said,
                    version,
                    renewed,
                    end: End::Not,
                };
                return Ok((state, over));
            }
            Written::Not(there) if is_over(&there, said.seconds) => {
                mode = PutMode::Update(there.version.clone());
                over = holder(*there);
            }
            Written::Not(there) => {
                over = holder(*there);
                break;
            }
        }
    }
    Err(StoreError::Held {
        place: bucket.place.clone(),
        holder: over.map(Box::new),
    })
}

/// Whether nobody holds it: it was given back, or was not renewed for too long.
fn is_over(there: &Read, seconds: u32) -> bool {
    match &there.said {
        Some(said) => said.holder.is_none() || there.age > i64::from(said.seconds),
        // Not a lock at all; nobody renews what cannot be read.
        None => there.age > i64::from(seconds),
    }
}

fn is_by(there: &Read, token: &str) -> bool {
    there.said.as_ref().is_some_and(|said| said.token == token)
}

fn holder(there: Read) -> Option<Holder> {
    there.said.and_then(|said| said.holder)
}
