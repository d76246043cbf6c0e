//! A journal in memory.

use sixward_apply::journal::{Entry, Fact, Journal, JournalError, write_line};

#[derive(Debug, Clone, Default)]
pub(crate) struct Paper {
    pub(crate) entries: Vec<Entry>,
}

impl Paper {
    /// What was done last, in a few words each.
    pub(crate) fn tail(&self) -> String {
        let last = self.entries.iter().rev().take(20).rev();
        let words = last.map(|entry| match &entry.fact {
            Fact::Intent { part, change, .. } => format!("{part:?} {change:?}"),
            Fact::Answer { part, fault } => format!("{part:?} answered {fault:?}"),
            other => format!("{} ..", other.word()),
        });
        words.collect::<Vec<_>>().join("\n")
    }

    /// As a file would have it.
    pub(crate) fn text(&self) -> String {
        let lines = self.entries.iter().map(|entry| write_line(entry).unwrap());
        String::from_utf8(lines.flatten().collect()).unwrap()
    }
}

impl Journal for Paper {
    fn append(&mut self, fact: &Fact) -> Result<u64, JournalError> {
        let n = self.entries.len() as u64 + 1;
        self.entries.push(Entry {
            n,
            at: "2026-11-21T06:00:00Z".into(),
            fact: fact.clone(),
        });
        Ok(n)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        Ok(())
    }
}
