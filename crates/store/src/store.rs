//! A place of a journal, and the hand that may write there.

use sixward_apply::journal::{Damage, Entry, Fact, Journal, JournalError, read_journal};

use crate::{Holder, Place, StoreError, folder};

/// A place where a journal is, or will be.
#[derive(Debug, Clone)]
pub struct Store {
    place: Place,
    at: At,
}

#[derive(Debug, Clone)]
enum At {
    Folder(folder::Folder),
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
}

impl Store {
    /// Names a place. Nothing is made or locked there yet.
    pub fn open(place: Place) -> Result<Self, StoreError> {
        let at = match &place {
            Place::Folder(path) => At::Folder(folder::Folder::new(path)),
            Place::Bucket { .. } => return Err(StoreError::Place(place.to_string())),
        };
        Ok(Self { place, at })
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What is there now; nothing where nobody has begun. Needs no lock, so it may be outdated at once.
    pub fn read(&self) -> Result<Kept, StoreError> {
        match &self.at {
            At::Folder(folder) => Kept::of(&folder.entries()?, |plan| folder.plan(plan)),
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
        }
    }
}

impl Held {
    /// Keeps a copy of a plan under its digest, for good.
    pub fn keep_plan(&self, digest: &str, plan: &[u8]) -> Result<(), StoreError> {
        match &self.hand {
            Hand::Folder(hand) => hand.keep_plan(digest, plan),
        }
    }
}

impl Journal for Held {
    fn append(&mut self, fact: &Fact) -> Result<u64, JournalError> {
        match &mut self.hand {
            Hand::Folder(hand) => Ok(hand.append(fact)?),
        }
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        match &mut self.hand {
            Hand::Folder(hand) => Ok(hand.sync()?),
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
