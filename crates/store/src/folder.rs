//! A journal in a folder: `entries.jsonl`, a copy of each plan that was begun, and `lock`.
//!
//! An entry is given to the kernel as soon as it is told, so that only a crash of the whole machine can
//! take it before [`Hand::sync`]; `fdatasync` puts it where that cannot either.

mod lock;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sixward_apply::journal::{Entry, Fact, write_line};

use crate::holder::now;
use crate::{Holder, Place, StoreError};
use lock::Lock;

/// A folder of a journal, which need not be there yet.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// The one that writes.
#[derive(Debug)]
pub(crate) struct Hand {
    folder: Folder,
    entries: File,
    /// The number of the next entry.
    next: u64,
    /// How much of the file is whole lines.
    whole: u64,
    broken: bool,
    _lock: Lock,
}

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        let path = path.to_owned();
        Self { path }
    }

    /// All bytes of the journal; none where there is no journal yet.
    pub(crate) fn entries(&self) -> Result<Vec<u8>, StoreError> {
        Ok(read(&self.file())?.unwrap_or_default())
    }

    /// The copy of a plan.
    pub(crate) fn plan(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        read(&self.plan_file(digest))
    }

    pub(crate) fn hold(&self, holder: &Holder) -> Result<Hand, StoreError> {
        make(&self.path)?;
        let lock = Lock::take(&self.path, holder)?;
        let path = self.file();
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let mut entries = options.open(&path).map_err(StoreError::write(&path))?;
        sync_folder(&self.path)?;
        let whole = mend(&mut entries).map_err(StoreError::write(&path))?;
        Ok(Hand {
            folder: self.clone(),
            entries,
            next: 1,
            whole,
            broken: false,
            _lock: lock,
        })
    }

    fn place(&self) -> Place {
        Place::Folder(self.path.clone())
    }

    fn file(&self) -> PathBuf {
        self.path.join("entries.jsonl")
    }

    fn plan_file(&self, digest: &str) -> PathBuf {
        self.path.join(format!("plan-{digest}.json"))
    }
}

impl Hand {
    /// Goes on after entry `last`.
    pub(crate) fn follow(&mut self, last: u64) {
        self.next = last + 1;
    }

    pub(crate) fn append(&mut self, fact: &Fact) -> Result<u64, StoreError> {
        if self.broken {
            return Err(StoreError::Broken(self.folder.place()));
        }
        let entry = Entry {
            n: self.next,
            at: now().into(),
            fact: fact.clone(),
        };
        let line = write_line(&entry).map_err(StoreError::Entry)?;
        if let Err(error) = self.entries.write_all(&line) {
            // A piece of the line may be there. If it cannot be taken away, the next hand mends it.
            self.broken = self.entries.set_len(self.whole).is_err();
            return Err(StoreError::write(&self.folder.file())(error));
        }
        self.whole += line.len() as u64;
        self.next += 1;
        Ok(entry.n)
    }

    pub(crate) fn sync(&mut self) -> Result<(), StoreError> {
        if self.broken {
            return Err(StoreError::Broken(self.folder.place()));
        }
        // After a sync that failed nobody knows what is on disk, and a second one would say that all is.
        let synced = self.entries.sync_data();
        self.broken = synced.is_err();
        synced.map_err(StoreError::write(&self.folder.file()))
    }

    pub(crate) fn keep_plan(&self, digest: &str, plan: &[u8]) -> Result<(), StoreError> {
        let path = self.folder.plan_file(digest);
        let folder = &self.folder.path;
        let written = tempfile::Builder::new()
            .prefix(".sixward-")
            .permissions(permissions())
            .tempfile_in(folder)
            .and_then(|mut file| {
                file.write_all(plan)?;
                file.as_file().sync_all()?;
                file.persist(&path).map_err(|error| error.error)
            });
        written.map_err(StoreError::write(&path))?;
        sync_folder(folder)
    }
}

/// The user's umask takes away what others may not have; a team shares what it leaves.
#[cfg(unix)]
fn permissions() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    fs::Permissions::from_mode(0o666)
}

/// Ends a last line that was cut off by a crash, so that the next entry begins a line of its own; the
/// piece stays, and is named whenever the journal is read. Returns the file's length.
fn mend(entries: &mut File) -> io::Result<u64> {
    let length = entries.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(0);
    }
    let mut last = [0];
    entries.seek(SeekFrom::End(-1))?;
    entries.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(length);
    }
    entries.write_all(b"\n")?;
    Ok(length + 1)
}

/// Makes a folder, and those above it, so that no crash takes them away again.
fn make(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    let above = above(path);
    make(above)?;
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made.map_err(StoreError::write(path)),
    }?;
    sync_folder(above)
}

fn above(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) => Path::new("."),
        None => Path::new("/"),
    }
}

/// A new file is there after a crash only when its folder was synced too.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let synced = File::open(path).and_then(|folder| folder.sync_all());
    synced.map_err(StoreError::write(path))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::read(path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(folder: &Path) -> Hand {
        let holder = Holder::here("apply");
        let mut hand = Folder::new(folder).hold(&holder).unwrap();
        hand.entries = OpenOptions::new().write(true).open("/dev/full").unwrap();
        hand
    }

    #[test]
    fn a_full_disk_is_said_and_ends_the_writing() {
        let folder = tempfile::tempdir().unwrap();
        let mut hand = full(folder.path());
        let fact = Fact::Undone { step: 1 };
        let error = hand.append(&fact).unwrap_err();
        let path = folder.path().join("entries.jsonl");
        let path = path.display();
        assert_eq!(error.to_string(), format!("cannot write `{path}`"));
        assert_eq!(
            error.hint(),
            format!(
                "make room for `{path}`, then run the same command again: it goes on from here"
            )
        );
        // What arrived there cannot be taken away again: nothing may follow it.
        let error = hand.append(&fact).unwrap_err();
        assert!(matches!(error, StoreError::Broken(_)), "{error}");
        assert!(hand.sync().is_err());
    }
}
