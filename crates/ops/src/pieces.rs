//! One big listing, read by all cores at once and never in memory whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use sixward_ingest::aws::{Parsed, Pieces, parse};

/// From this size on a file is worth it.
pub(crate) const BIG: u64 = 32 << 20;

/// More cores would wait for the disk.
const WORKERS: usize = 4;

/// A piece by its number; nothing when it could not be read.
type Numbered = (usize, Option<Parsed>);

/// Reads a file; nothing when it is not laid out in pieces or when anything is amiss, which is seen
/// and told best when the file is read whole.
pub(crate) fn read(path: &Path, shown: &str) -> Option<Parsed> {
    let pieces = Pieces::new(File::open(path).ok()?).ok()??;
    let key = pieces.key().to_owned();
    let input = Mutex::new((0, pieces));
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (sender, receiver) = sync_channel(WORKERS);
    thread::scope(|scope| {
        for _ in 0..workers.min(WORKERS) {
            let (sender, input) = (sender.clone(), &input);
            scope.spawn(move || work(input, shown, &sender));
        }
        drop(sender);
        join(&key, receiver)
    })
}

/// Reads piece after piece until there is none, or nobody who takes them.
fn work(input: &Mutex<(usize, Pieces<File>)>, shown: &str, sender: &SyncSender<Numbered>) {
    let mut bytes = Vec::new();
    while let Some((number, read)) = next(input, &mut bytes) {
        let parsed = read.and_then(|()| parse(shown, &bytes).ok());
        let failed = parsed.is_none();
        if sender.send((number, parsed)).is_err() || failed {
            return;
        }
    }
}

fn next(input: &Mutex<(usize, Pieces<File>)>, bytes: &mut Vec<u8>) -> Option<(usize, Option<()>)> {
    let mut input = input.lock().unwrap_or_else(PoisonError::into_inner);
    let (number, pieces) = &mut *input;
    let read = match pieces.next(bytes) {
        Ok(false) => return None,
        Ok(true) => Some(()),
        Err(_) => None,
    };
    *number += 1;
    Some((*number - 1, read))
}

/// Puts the pieces together in their order.
fn join(key: &str, receiver: Receiver<Numbered>) -> Option<Parsed> {
    let mut whole: Option<Parsed> = None;
    let mut early = BTreeMap::new();
    let mut wanted = 0;
    for (number, parsed) in receiver {
        early.insert(number, parsed?);
        while let Some(next) = early.remove(&wanted) {
            whole = Some(match whole {
                Some(before) => before.join(key, next)?,
                None => next,
            });
            wanted += 1;
        }
    }
    whole
}
