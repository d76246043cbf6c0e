//! A journal that lasts as long as its value: for rehearsals, which leave nothing behind, and for tests.

use sixward_estate::SmolStr;

use super::{Entry, Fact, Journal, JournalError};

/// What was written down, without times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InMemory {
    /// In order, numbered from 1.
    pub entries: Vec<Entry>,
}

impl Journal for InMemory {
    fn append(&mut self, fact: &Fact) -> Result<u64, JournalError> {
        let n = self.entries.len() as u64 + 1;
        let (at, fact) = (SmolStr::default(), fact.clone());
        self.entries.push(Entry { n, at, fact });
        Ok(n)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        Ok(())
    }
}
