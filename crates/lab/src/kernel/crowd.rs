//! Many nodes at a time: the kernel makes a namespace, or its routes, while it makes another one.

use std::num::NonZero;
use std::thread;

use nix::errno::Errno;

use super::{LabError, refused};

/// Fewer are not worth a thread.
const FEW: usize = 64;

/// Does something for each, on as many threads as there are processors; in the order that they have.
pub(super) fn each<T: Sync, R: Send>(
    all: &[T],
    work: impl Fn(&T) -> Result<R, LabError> + Sync,
) -> Result<Vec<R>, LabError> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = processors.min(all.len() / FEW);
    if threads < 2 {
        return all.iter().map(work).collect();
    }
    let part = all.len().div_ceil(threads);
    let parts: Vec<Result<Vec<R>, LabError>> = thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = all
            .chunks(part)
            .map(|part| scope.spawn(move || part.iter().map(work).collect()))
            .collect();
        let broken = |_| Err(refused("this process", "a thread", Errno::EIO));
        let ended = running
            .into_iter()
            .map(|it| it.join().unwrap_or_else(broken));
        ended.collect()
    });
    let parts: Result<Vec<Vec<R>>, LabError> = parts.into_iter().collect();
    Ok(parts?.into_iter().flatten().collect())
}
