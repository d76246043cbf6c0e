//! A place of a journal, and the hand that may write there.

use sixward_apply::journal::{Damage, Entry, Fact, Journal, JournalError, read_journal};

use crate::{Holder, Place, StoreError, bucket, folder};

/// In seconds. Three renewals fit in.
const LEASE: u32 = 60;

/// A place where a journal is, or will be.
#[derive(Debug, Clone)]
pub struct Store {
    place: Place,
    at: At,
    lease: u32,
}

#[derive(Debug, Clone)]
enum At {
    Folder(folder::Folder),
    Bucket(bucket::Bucket),
}

/// What a journal holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// All entries that are whole.
    pub entries: Vec<Entry>,
    /// What is wrong with the others.
    pub damage: Vec<Damage>,
    /// The plan that was begun last, as it was then: `plan.json` may have been made again since.
    pub plan: Option<Vec<u8>>,
}

/// A journal that this process alone writes to, until it is dropped.
#[derive(Debug)]
pub struct Held {
    hand: Hand,
}

#[derive(Debug)]
enum Hand {
    Folder(folder::Hand),
    Bucket(bucket::Hand),
}

impl Store {
    /// Names a place. Nothing is made or locked there yet.
    pub fn open(place: Place) -> Result<Self, StoreError> {
        let at = match &place {
            Place::Folder(path) => At::Folder(folder::Folder::new(path)),
            Place::Bucket { bucket, prefix } => {
                At::Bucket(bucket::Bucket::open(&place, bucket, prefix)?)
            }
        };
        Ok(Self {
            place,
            at,
            lease: LEASE,
        })
    }

    /// How many seconds the lock of a bucket lasts when its holder dies; one minute without a word. A
    /// folder's is given back at once.
    #[must_use]
    pub fn lease(self, seconds: u32) -> Self {
        Self {
            lease: seconds,
            ..self
        }
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What is there now; nothing where nobody has begun. Needs no lock, so it may be outdated at once.
    pub fn read(&self) -> Result<Kept, StoreError> {
        match &self.at {
            At::Folder(folder) => Kept::of(&folder.entries()?, |plan| folder.plan(plan)),
            At::Bucket(bucket) => Kept::of(&bucket.entries()?, |plan| bucket.plan(plan)),
        }
    }

    /// Takes the lock and gives what is there. `verb` is what others are told that it is held for.
    pub fn hold(&self, verb: &str) -> Result<(Held, Kept), StoreError> {
        let holder = Holder::here(verb);
        match &self.at {
            At::Folder(folder) => {
                let mut hand = folder.hold(&holder)?;
                let kept = Kept::of(&folder.entries()?, |plan| folder.plan(plan))?;
                hand.follow(kept.last());
                let hand = Hand::Folder(hand);
                Ok((Held { hand }, kept))
            }
            At::Bucket(bucket) => {
                let hand = bucket::Hand::hold(bucket, holder, self.lease)?;
                let kept = Kept::of(&bucket.entries()?, |plan| bucket.plan(plan))?;
                let hand = Hand::Bucket(hand);
                Ok((Held { hand }, kept))
            }
        }
    }
}

impl Held {
    /// Keeps a copy of a plan under its digest, for good.
    pub fn keep_plan(&self, digest: &str, plan: &[u8]) -> Result<(), StoreError> {
        match &self.hand {
            Hand::Folder(hand) => hand.keep_plan(digest, plan),
            Hand::Bucket(hand) => hand.keep_plan(digest, plan),
        }
    }

    /// Whose lock this one took over, because it was not renewed in time: that one died, or its machine
    /// sleeps. Worth a word to whoever works now.
    pub fn taken_over(&self) -> Option<&Holder> {
        match &self.hand {
            Hand::Folder(_) => None,
            Hand::Bucket(hand) => hand.taken_over(),
        }
    }
}

impl Journal for Held {
    fn append(&mut self, fact: &Fact) -> Result<u64, JournalError> {
        match &mut self.hand {
            Hand::Folder(hand) => Ok(hand.append(fact)?),
            Hand::Bucket(hand) => Ok(hand.append(fact)?),
        }
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        match &mut self.hand {
            Hand::Folder(hand) => Ok(hand.sync()?),
            Hand::Bucket(hand) => Ok(hand.sync()?),
        }
    }
}

impl Kept {
    fn of(
        bytes: &[u8],
        plan: impl FnOnce(&str) -> Result<Option<Vec<u8>>, StoreError>,
    ) -> Result<Self, StoreError> {
        let (entries, damage) = read_journal(bytes);
        let begun = entries.iter().rev().find_map(|entry| match &entry.fact {
            Fact::Began { plan, .. } => Some(plan),
            _ => None,
        });
        let plan = match begun {
            Some(digest) => plan(digest)?,
            None => None,
        };
        Ok(Self {
            entries,
            damage,
            plan,
        })
    }

    /// The number of the last entry.
    fn last(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.n)
    }
}
