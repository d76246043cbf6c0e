//! The digest of all tables of a family. They lie on 256 sheets with digests of their own, so that a
//! change of one table costs one sheet.

use std::collections::BTreeMap;
use std::io;

use super::line::{Key, sha256};

const COUNT: usize = 256;

/// The digests of tables, by sheet.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    tables: BTreeMap<usize, BTreeMap<Key, String>>,
    /// Digests of the sheets; those that changed since they were asked for are left out.
    digests: BTreeMap<usize, String>,
}

impl Sheets {
    /// Puts a table in; whether that is a change.
    pub(super) fn insert(&mut self, key: &Key, digest: &str) -> io::Result<bool> {
        let at = sheet(key)?;
        let tables = self.tables.entry(at).or_default();
        let changed = tables.get(key).is_none_or(|known| known != digest);
        if changed {
            tables.insert(key.clone(), digest.to_owned());
            self.digests.remove(&at);
        }
        Ok(changed)
    }

    /// Takes a table out; whether it was there.
    pub(super) fn remove(&mut self, key: &Key) -> io::Result<bool> {
        let at = sheet(key)?;
        self.digests.remove(&at);
        let tables = self.tables.entry(at).or_default();
        Ok(tables.remove(key).is_some())
    }

    /// The digest over all sheets.
    pub(super) fn digest(&mut self) -> io::Result<String> {
        for at in 0..COUNT {
            if !self.digests.contains_key(&at) {
                let tables = self.tables.get(&at).into_iter().flatten();
                let tables = tables.map(|((kind, id), digest)| (kind, id, digest));
                let text = serde_json::to_vec(&tables.collect::<Vec<_>>())?;
                self.digests.insert(at, sha256(&text));
            }
        }
        let digests: Vec<_> = self.digests.values().collect();
        Ok(sha256(&serde_json::to_vec(&digests)?))
    }
}

/// The number of a table's sheet: the first byte of its key's digest.
fn sheet(key: &Key) -> io::Result<usize> {
    let digest = sha256(&serde_json::to_vec(key)?);
    Ok(usize::from_str_radix(&digest[..2], 16).unwrap_or_default())
}
