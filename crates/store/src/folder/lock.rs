//! The lock of a folder: the operating system's, on a file that says who has it. However its holder
//! dies, the kernel gives it back.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::{Holder, Place, StoreError};

/// Between a holder's locking and its saying who it is.
const A_MOMENT: Duration = Duration::from_millis(20);
const MOMENTS: u32 = 10;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    pub(super) fn take(folder: &Path, holder: &Holder) -> Result<Self, StoreError> {
        let path = folder.join("lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(StoreError::write(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Held {
                    place: Place::Folder(folder.to_owned()),
                    holder: name(&path),
                });
            }
            Err(TryLockError::Error(source)) => return Err(StoreError::Lock { path, source }),
        }
        let mut lock = Self { file };
        lock.say(holder).map_err(StoreError::write(&path))?;
        Ok(lock)
    }

    fn say(&mut self, holder: &Holder) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        let mut text = serde_json::to_vec(holder)?;
        text.push(b'\n');
        self.file.write_all(&text)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Whoever reads it later is not to think that somebody is at work. The lock goes with the file.
        let _ = self.file.set_len(0);
    }
}

/// Who has it. What a dead holder left is written over in a moment.
fn name(path: &Path) -> Option<Box<Holder>> {
    (0..MOMENTS).find_map(|_| {
        thread::sleep(A_MOMENT);
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    })
}
