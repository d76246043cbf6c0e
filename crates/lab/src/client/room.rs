//! A room for programs of this machine: their resolver is the lab's, whatever this machine's is.
//!
//! A thread with a mount namespace of its own, in which `/etc` holds what a resolver reads and nothing else, and
//! `/run` holds no other resolver's socket (nsswitch.conf(5), nscd(8), systemd-resolved(8)).

use std::io;
use std::path::Path;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use crate::name::SERVERS;

/// Does something in such a room. What it begins there is in the room too.
pub(crate) fn within<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    std::thread::scope(|scope| {
        let inside = scope.spawn(|| {
            furnish()?;
            work()
        });
        let broken = |_| Err(io::Error::other("the room broke off"));
        inside.join().unwrap_or_else(broken)
    })
}

fn furnish() -> io::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS)?;
    let none: Option<&str> = None;
    // What is mounted here is nobody else's business.
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(none, "/", none, private, none)?;
    for folder in ["/etc", "/run"] {
        let tmpfs = Some("tmpfs");
        mount(tmpfs, folder, tmpfs, MsFlags::MS_NOSUID, Some("size=1m"))?;
    }
    let servers = SERVERS.map(|server| format!("nameserver {server}\n"));
    for (file, text) in [
        ("resolv.conf", servers.concat()),
        ("nsswitch.conf", "hosts: files dns\n".to_owned()),
        ("hosts", "127.0.0.1 localhost\n::1 localhost\n".to_owned()),
    ] {
        std::fs::write(Path::new("/etc").join(file), text)?;
    }
    Ok(())
}
