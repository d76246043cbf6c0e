//! A journal as bytes: a line an entry, `CHECKSUM JSON`. A line that was cut off or changed is named, and
//! the others are used.

use super::{Entry, Fact};

/// What is wrong with a journal, at one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The last line is not whole: what wrote it was interrupted.
    #[error("line {line} is cut off")]
    CutOff {
        /// The line, from 1.
        line: usize,
    },
    /// A line is not what was written.
    #[error("line {line} is not what was written: {why}")]
    Changed {
        /// The line, from 1.
        line: usize,
        /// What does not fit.
        why: &'static str,
    },
    /// Entries are missing.
    #[error("entries {first} to {last} are missing before line {line}")]
    Missing {
        /// The line after the gap.
        line: usize,
        /// The first that is missing.
        first: u64,
        /// The last that is missing.
        last: u64,
    },
}

/// The line of an entry, its end included.
pub fn write_line(entry: &Entry) -> serde_json::Result<Vec<u8>> {
    let json = serde_json::to_vec(entry)?;
    let mut line = format!("{:08x} ", crc32fast::hash(&json)).into_bytes();
    line.extend(json);
    line.push(b'\n');
    Ok(line)
}

/// All entries of a journal that are whole, and what is wrong with it.
pub fn read_journal(bytes: &[u8]) -> (Vec<Entry>, Vec<Damage>) {
    let mut entries: Vec<Entry> = Vec::new();
    let mut damage = Vec::new();
    let mut next = 1;
    for (index, piece) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let line = index + 1;
        let Some(text) = piece.strip_suffix(b"\n") else {
            damage.push(Damage::CutOff { line });
            continue;
        };
        match read_line(text) {
            Ok(entry) if entry.n >= next => {
                if entry.n > next {
                    let (first, last) = (next, entry.n - 1);
                    damage.push(Damage::Missing { line, first, last });
                }
                next = entry.n + 1;
                entries.push(entry);
            }
            Ok(_) => damage.push(Damage::Changed {
                line,
                why: "it repeats an entry",
            }),
            Err(why) => damage.push(Damage::Changed { line, why }),
        }
    }
    (entries, damage)
}

fn read_line(text: &[u8]) -> Result<Entry, &'static str> {
    let (sum, json) = text.split_at_checked(9).ok_or("it is too short")?;
    let sum = sum
        .strip_suffix(b" ")
        .and_then(|it| str::from_utf8(it).ok());
    let sum = sum.and_then(|it| u32::from_str_radix(it, 16).ok());
    let sum = sum.ok_or("it does not begin with a checksum")?;
    if sum != crc32fast::hash(json) {
        return Err("its checksum differs");
    }
    // A later version may know more facts than this one.
    serde_json::from_slice(json).map_err(|_| "this version does not know what it says")
}

impl Fact {
    /// What kind of fact it is, as the journal's file says it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Began { .. } => "began",
            Self::Intent { .. } => "intent",
            Self::Answer { .. } => "answer",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::Told { .. } => "told",
            Self::Undone { .. } => "undone",
            Self::Guarded { .. } => "guarded",
            Self::Ended { .. } => "ended",
        }
    }
}
