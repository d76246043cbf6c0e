//! A journal in a bucket: an object an entry, a copy of each plan that was begun, and `lock`.
//!
//! An entry is put only where none is. So even a hand that lost its lock without noticing it cannot
//! write between another's entries: its next one is refused, and it stops.

mod error;
mod hand;
mod lease;
mod lock;
mod wire;

use std::sync::{Arc, mpsc};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _, RetryConfig};
use sixward_drivers::Login;

use crate::{Place, StoreError};
pub(crate) use hand::Hand;
use wire::Wire;

/// How many entries are fetched or put at once.
const AT_ONCE: usize = 32;
const TRIES: usize = 4;
const PATIENCE: Duration = Duration::from_mins(1);

/// A part of a bucket.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    s3: AmazonS3,
    wire: Wire,
    place: Place,
    prefix: String,
    runtime: Arc<Runtime>,
}

/// Where calls are made: a thread of its own, so that it does not matter who waits for them.
#[derive(Debug)]
struct Runtime(Option<tokio::runtime::Runtime>);

impl Bucket {
    pub(crate) fn open(place: &Place, bucket: &str, prefix: &str) -> Result<Self, StoreError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = Arc::new(Runtime(Some(runtime.map_err(StoreError::Setup)?)));
        let login = runtime.wait(Login::open(None))??;
        let wire = Wire::new(login);
        let s3 = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(wire.region())
            .with_endpoint(wire.buckets())
            .with_allow_http(wire.buckets().starts_with("http://"))
            .with_credentials(Arc::new(wire.clone()))
            .with_http_connector(wire.clone())
            .with_retry(RetryConfig {
                max_retries: TRIES,
                retry_timeout: PATIENCE,
                ..RetryConfig::default()
            })
            .build();
        let s3 = s3.map_err(|error| error::bucket(place, "open", &error))?;
        Ok(Self {
            s3,
            wire,
            place: place.clone(),
            prefix: prefix.to_owned(),
            runtime,
        })
    }

    /// All bytes of the journal, an object after the other.
    pub(crate) fn entries(&self) -> Result<Vec<u8>, StoreError> {
        let bucket = self.clone();
        self.runtime.wait(async move { bucket.fetch().await })?
    }

    async fn fetch(&self) -> Result<Vec<u8>, StoreError> {
        let failed = |error| error::bucket(&self.place, "read", &error);
        let numbers = self.numbers().await?;
        let pieces = stream::iter(numbers).map(|n| async move {
            let got = self.s3.get(&self.entry(n)).await?;
            got.bytes().await
        });
        let pieces: Vec<_> = pieces
            .buffered(AT_ONCE)
            .try_collect()
            .await
            .map_err(failed)?;
        let mut bytes = Vec::new();
        for piece in pieces {
            bytes.extend_from_slice(&piece);
            // A piece that somebody cut is not to take the next one with it.
            if !piece.ends_with(b"\n") {
                bytes.push(b'\n');
            }
        }
        Ok(bytes)
    }

    /// The numbers of all entries, damaged ones too, in order.
    async fn numbers(&self) -> Result<Vec<u64>, StoreError> {
        let folder = self.path("entries");
        let listed = self.s3.list(Some(&folder)).try_collect::<Vec<_>>().await;
        let listed = listed.map_err(|error| error::bucket(&self.place, "read", &error))?;
        let numbers = listed.iter().filter_map(|object| {
            let name = object.location.filename()?.strip_suffix(".json")?;
            (name.len() == 10).then(|| name.parse().ok())?
        });
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The number of the last object, whatever it holds.
    pub(crate) fn last(&self) -> Result<u64, StoreError> {
        let bucket = self.clone();
        let numbers = self.runtime.wait(async move { bucket.numbers().await })??;
        Ok(numbers.last().copied().unwrap_or(0))
    }

    /// The copy of a plan.
    pub(crate) fn plan(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let bucket = self.clone();
        let path = self.path(&format!("plan-{digest}.json"));
        let read = self.runtime.wait(async move {
            let got = bucket.s3.get(&path).await?;
            got.bytes().await
        })?;
        match read {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error::bucket(&self.place, "read the plan of", &error)),
        }
    }

    fn keep_plan(&self, digest: &str, plan: &[u8]) -> Result<(), StoreError> {
        let bucket = self.clone();
        let path = self.path(&format!("plan-{digest}.json"));
        let plan = Bytes::copy_from_slice(plan);
        let put = self
            .runtime
            .wait(async move { bucket.s3.put(&path, plan.into()).await })?;
        put.map_err(|error| error::bucket(&self.place, "keep the plan in", &error))?;
        Ok(())
    }

    fn entry(&self, n: u64) -> Path {
        self.path(&format!("entries/{n:010}.json"))
    }

    fn path(&self, name: &str) -> Path {
        match self.prefix.as_str() {
            "" => Path::from(name),
            prefix => Path::from(format!("{prefix}/{name}")),
        }
    }
}

/// Whether what was asked for may have been done all the same, or may be later.
fn unsure(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::Generic { .. })
}

impl Runtime {
    /// What a future comes to. Others wait for it than make it: it may be called from within another
    /// runtime.
    fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = mpsc::sync_channel(1);
        if let Some(runtime) = &self.0 {
            runtime.spawn(async move { tell.send(work.await) });
        }
        let gone = |_| StoreError::Setup(std::io::Error::other("its thread is gone"));
        told.recv().map_err(gone)
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0 {
            runtime.spawn(work);
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
