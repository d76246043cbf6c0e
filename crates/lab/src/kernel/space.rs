//! Namespaces: a user namespace for the whole process, network namespaces held by descriptors.
//!
//! Nothing has a name in the file system, so nothing is left behind whatever ends the process
//! (user_namespaces(7), network_namespaces(7)).

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{getegid, geteuid};

/// How a process came to be allowed to build a lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It is in a user namespace of its own: it needs no rights and can do nothing outside.
    User,
    /// User namespaces are switched off here, and it is root: it is in a network namespace of its own.
    Root,
}

/// A lab cannot be built here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnterError {
    /// The process has more than one thread already.
    #[error(
        "this process has {0} threads already\n\nhint: the lab must be entered before any thread begins"
    )]
    Threads(usize),
    /// The kernel refuses.
    #[error(
        "this kernel gives no user namespace to an ordinary user\n\nhint: allow it (`sysctl user.max_user_namespaces=10000`, on Ubuntu also `sysctl kernel.apparmor_restrict_unprivileged_userns=0`), or run as root"
    )]
    Refused(#[source] Errno),
    /// The ids could not be mapped.
    #[error("the user namespace cannot be set up\n\nhint: is /proc mounted and writable?")]
    Map(#[source] io::Error),
}

/// A network namespace, which lasts as long as this value or a socket in it.
#[derive(Debug)]
pub(crate) struct Space(File);

/// Puts this process into namespaces of its own. To be called once, before any thread begins.
pub fn enter() -> Result<Entered, EnterError> {
    let threads = fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    if threads > 1 {
        return Err(EnterError::Threads(threads));
    }
    let (user, group) = (geteuid(), getegid());
    let own = CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWUTS;
    let entered = match unshare(own | CloneFlags::CLONE_NEWUSER) {
        Ok(()) => {
            // Without this an ordinary user may not map a group (user_namespaces(7)).
            let map = |file: &str, text: String| fs::write(format!("/proc/self/{file}"), text);
            map("setgroups", "deny".into()).map_err(EnterError::Map)?;
            map("uid_map", format!("0 {user} 1")).map_err(EnterError::Map)?;
            map("gid_map", format!("0 {group} 1")).map_err(EnterError::Map)?;
            Entered::User
        }
        Err(errno) if !user.is_root() => return Err(EnterError::Refused(errno)),
        Err(_) => {
            unshare(own).map_err(EnterError::Refused)?;
            Entered::Root
        }
    };
    raise_descriptors();
    Ok(entered)
}

/// One descriptor a node, and sockets: the soft limit of 1024 is soon reached.
fn raise_descriptors() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

impl Space {
    /// The namespace that this thread is in.
    pub(crate) fn here() -> io::Result<Self> {
        File::open("/proc/thread-self/ns/net").map(Self)
    }

    /// Makes a new one; this thread is in it afterwards.
    pub(crate) fn make() -> io::Result<Self> {
        unshare(CloneFlags::CLONE_NEWNET)?;
        Self::here()
    }

    /// Does something in it; afterwards this thread is at home again.
    pub(crate) fn within<T>(
        &self,
        home: &Self,
        work: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        self.enter()?;
        let done = work();
        home.enter()?;
        done
    }

    /// Takes this thread into it.
    pub(crate) fn enter(&self) -> Result<(), Errno> {
        setns(&self.0, CloneFlags::CLONE_NEWNET)
    }
}

impl AsFd for Space {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
