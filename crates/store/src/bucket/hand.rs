//! The one that writes to a bucket.

use std::mem;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions,
};
use sixward_apply::journal::{Entry, Fact, write_line};

use super::lease::Lease;
use super::lock::pause;
use super::{AT_ONCE, Bucket, TRIES, error, unsure};
use crate::holder::now;
use crate::{Holder, StoreError};

/// What entries are marked with: whose they are.
const MARK: &str = "hand";

/// The one that writes.
#[derive(Debug)]
pub(crate) struct Hand {
    bucket: Bucket,
    lease: Lease,
    /// The number of the next entry.
    next: u64,
    /// What is not put yet.
    waiting: Vec<(u64, Bytes)>,
    broken: bool,
}

impl Hand {
    /// Takes the lock; it lasts `seconds` when its holder dies.
    pub(crate) fn hold(bucket: &Bucket, holder: Holder, seconds: u32) -> Result<Self, StoreError> {
        let lease = Lease::take(bucket, holder, seconds)?;
        Ok(Self {
            next: bucket.last()? + 1,
            bucket: bucket.clone(),
            lease,
            waiting: Vec::new(),
            broken: false,
        })
    }

    /// Whose lock was over, where there was one.
    pub(crate) fn taken_over(&self) -> Option<&Holder> {
        self.lease.taken_over()
    }

    pub(crate) fn keep_plan(&self, digest: &str, plan: &[u8]) -> Result<(), StoreError> {
        self.bucket.keep_plan(digest, plan)
    }

    pub(crate) fn append(&mut self, fact: &Fact) -> Result<u64, StoreError> {
        if self.broken {
            return Err(StoreError::Broken(self.bucket.place.clone()));
        }
        let entry = Entry {
            n: self.next,
            at: now().into(),
            fact: fact.clone(),
        };
        let line = write_line(&entry).map_err(StoreError::Entry)?;
        self.waiting.push((entry.n, line.into()));
        self.next += 1;
        Ok(entry.n)
    }

    pub(crate) fn sync(&mut self) -> Result<(), StoreError> {
        if self.broken {
            return Err(StoreError::Broken(self.bucket.place.clone()));
        }
        let entries = mem::take(&mut self.waiting);
        let (bucket, term) = (self.bucket.clone(), self.lease.term());
        let put = self.bucket.runtime.wait(async move {
            term.check().await?;
            put_all(&bucket, term.token(), entries).await
        });
        let put = put.and_then(|it| it);
        self.broken = put.is_err();
        put
    }
}

/// The first alone: who comes second with the same number has then put nothing at all.
async fn put_all(
    bucket: &Bucket,
    mark: &str,
    mut entries: Vec<(u64, Bytes)>,
) -> Result<(), StoreError> {
    let rest = entries.split_off(entries.len().min(1));
    for (n, line) in entries {
        put(bucket, mark, n, line).await?;
    }
    let rest = stream::iter(rest).map(|(n, line)| put(bucket, mark, n, line));
    rest.buffer_unordered(AT_ONCE).try_collect().await
}

/// Puts an entry where none is.
async fn put(bucket: &Bucket, mark: &str, n: u64, line: Bytes) -> Result<(), StoreError> {
    let path = bucket.entry(n);
    let mut tries = 0;
    loop {
        let options = PutOptions {
            mode: PutMode::Create,
            attributes: marked(mark),
            ..PutOptions::default()
        };
        let put = bucket
            .s3
            .put_opts(&path, line.clone().into(), options)
            .await;
        let Err(failed) = put else { return Ok(()) };
        tries += 1;
        // The answer may have been lost, and the entry be there: what is there decides.
        match whose(bucket, &path).await {
            Ok(Some(whose)) if whose == mark => return Ok(()),
            Ok(Some(_)) => {
                let place = bucket.place.clone();
                return Err(StoreError::Fenced { place, n });
            }
            Ok(None) if tries < TRIES && passes(&failed) => pause(tries).await,
            Ok(None) | Err(_) => return Err(error::bucket(&bucket.place, "write to", &failed)),
        }
    }
}

fn passes(error: &Error) -> bool {
    matches!(error, Error::AlreadyExists { .. }) || unsure(error)
}

fn marked(mark: &str) -> Attributes {
    let mark = (Attribute::Metadata(MARK.into()), mark.to_owned());
    [mark].into_iter().collect()
}

async fn whose(bucket: &Bucket, path: &Path) -> Result<Option<String>, Error> {
    match bucket.s3.get(path).await {
        Ok(got) => {
            let mark = got.attributes.get(&Attribute::Metadata(MARK.into()));
            Ok(Some(mark.map(|mark| mark.to_string()).unwrap_or_default()))
        }
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
