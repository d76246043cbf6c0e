//! The files of a folder of dumps.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::ReadError;

/// What a folder holds.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// The dumps, sorted by path.
    pub(crate) dumps: Vec<Dump>,
    /// What was left alone, relative to the folder, sorted.
    pub(crate) ignored: Vec<String>,
}

/// One dump.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Dump {
    /// Relative to the folder, with `/`: what messages and the parser see.
    pub(crate) shown: String,
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// Lists a folder and everything below. Links are followed, each folder is visited once, hidden files
/// are not looked at, and neither are folders that `migrate` wrote.
pub(crate) fn list(root: &Path) -> Result<Folder, ReadError> {
    let mut walk = Walk {
        root,
        visited: BTreeSet::new(),
        folder: Folder::default(),
    };
    walk.enter(root)?;
    walk.folder.dumps.sort();
    walk.folder.ignored.sort();
    Ok(walk.folder)
}

struct Walk<'a> {
    root: &'a Path,
    visited: BTreeSet<PathBuf>,
    folder: Folder,
}

impl Walk<'_> {
    fn enter(&mut self, path: &Path) -> Result<(), ReadError> {
        let unreadable = |source| ReadError::folder(path, source);
        // The real path tells a loop of links from a folder that was not seen yet.
        if !self
            .visited
            .insert(fs::canonicalize(path).map_err(unreadable)?)
        {
            return Ok(());
        }
        for entry in fs::read_dir(path).map_err(unreadable)? {
            self.meet(&entry.map_err(unreadable)?.path())?;
        }
        Ok(())
    }

    fn meet(&mut self, path: &Path) -> Result<(), ReadError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            return Ok(());
        }
        if path.is_dir() {
            if path.join("estate.json").is_file() && path.join("plan.json").is_file() {
                let shown = format!("{}/", self.shown(path));
                self.folder.ignored.push(shown);
                return Ok(());
            }
            return self.enter(path);
        }
        self.file(path);
        Ok(())
    }

    fn file(&mut self, path: &Path) {
        let shown = self.shown(path);
        if path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
        {
            self.folder.dumps.push(Dump {
                shown,
                path: path.to_owned(),
            });
        } else if path.file_name() != Some(OsStr::new("intent.toml")) {
            self.folder.ignored.push(shown);
        }
    }

    fn shown(&self, path: &Path) -> String {
        let relative = path.strip_prefix(self.root).unwrap_or(path);
        let parts = relative.iter().map(|part| part.to_string_lossy());
        parts.collect::<Vec<_>>().join("/")
    }
}
