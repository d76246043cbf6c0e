//! A journal in memory that knows what is on disk and what is not yet.

use sixward_apply::journal::{Entry, Fact, Journal, JournalError, write_line};
use sixward_sim::Life;

/// The journal of one process.
pub(crate) struct Paper {
    on_disk: Vec<u8>,
    not_yet: Vec<u8>,
    next: u64,
    life: Life,
    /// The process is killed at this append or sync, counted from 1, before it does anything.
    pub(crate) killed_at: Option<u64>,
    /// How many appends and syncs there were.
    pub(crate) touched: u64,
}

/// What of the entries that were not synced outlives a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Nothing,
    /// A part, cut off anywhere.
    Torn,
    /// All: the process died, not the machine.
    All,
}

impl Paper {
    /// `last` is the number of the last entry that is whole.
    pub(crate) fn open(bytes: Vec<u8>, last: u64, life: Life) -> Self {
        let mut on_disk = bytes;
        // What was cut off must not swallow the next entry.
        if on_disk.last().is_some_and(|byte| *byte != b'\n') {
            on_disk.push(b'\n');
        }
        Self {
            on_disk,
            not_yet: Vec::new(),
            next: last + 1,
            life,
            killed_at: None,
            touched: 0,
        }
    }

    /// What the next process finds.
    pub(crate) fn close(mut self, keep: Keep) -> Vec<u8> {
        let kept = match keep {
            Keep::Nothing => 0,
            Keep::Torn => self.not_yet.len() / 2,
            Keep::All => self.not_yet.len(),
        };
        self.on_disk.extend(&self.not_yet[..kept]);
        self.on_disk
    }

    fn touch(&mut self) -> Result<(), JournalError> {
        self.touched += 1;
        if self.killed_at == Some(self.touched) {
            self.life.end();
        }
        if self.life.is_over() {
            return Err(JournalError("the process is dead".into()));
        }
        Ok(())
    }
}

impl Journal for Paper {
    fn append(&mut self, fact: &Fact) -> Result<u64, JournalError> {
        self.touch()?;
        let n = self.next;
        self.next += 1;
        let entry = Entry {
            n,
            at: "2026-11-21T06:00:00Z".into(),
            fact: fact.clone(),
        };
        self.not_yet.extend(write_line(&entry).unwrap());
        Ok(n)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.touch()?;
        self.on_disk.append(&mut self.not_yet);
        Ok(())
    }
}
