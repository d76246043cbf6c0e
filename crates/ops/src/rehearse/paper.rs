//! A journal in memory: a rehearsal leaves nothing behind.

use sixward_apply::journal::{Entry, Fact, Journal, JournalError};
use sixward_estate::SmolStr;

/// What was written down.
#[derive(Default)]
pub(super) struct Paper(Vec<Entry>);

impl Paper {
    pub(super) fn entries(&self) -> &[Entry] {
        &self.0
    }
}

impl Journal for Paper {
    fn append(&mut self, fact: &Fact) -> Result<u64, JournalError> {
        let n = self.0.len() as u64 + 1;
        let (at, fact) = (SmolStr::default(), fact.clone());
        self.0.push(Entry { n, at, fact });
        Ok(n)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        Ok(())
    }
}
