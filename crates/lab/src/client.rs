//! Clients as people have them: each asks for a name as its machine does, and then does what it does.
//!
//! `curl` is the real one with its Happy Eyeballs (RFC 8305). The other two are what many programs do: they ask the
//! machine's own `getaddrinfo`, which sorts by RFC 6724, and try what it says one after the other with a time limit,
//! or the first alone. What they come for is a page, which may take many packets. All are in rooms of their own, where `/etc` names the lab's server for names and nothing else
//! of this machine is asked.

mod curl;
pub(crate) mod room;
mod service;
mod socket;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::kernel::{Lab, LabError, Namespace};
use crate::layout::{NodeId, Reach};
pub use service::Services;

/// How long a client waits for an address before it gives it up, and for a page that does not come.
pub const LIMIT: Duration = Duration::from_secs(5);

/// What a client does with the addresses of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Habit {
    /// The real `curl`: IPv6 first, and IPv4 beside it when that takes long.
    Curl,
    /// One after the other, each until the time limit.
    InOrder,
    /// The first one and no other.
    FirstOnly,
}

/// Somebody who goes to a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Visit {
    /// What it is connected by.
    pub reach: Reach,
    /// What it does.
    pub habit: Habit,
    /// The name.
    pub name: String,
    /// The TCP port.
    pub port: u16,
    /// Whether it comes for a page that takes large packets; else a line will do.
    pub large: bool,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visited {
    /// It has its page from this address; what it cost to connect.
    Reached(IpAddr, Cost),
    /// It has a connection to this address, and no page: what is large does not get through, or the connection
    /// breaks.
    Stalled(IpAddr, Cost),
    /// It has none: the name has no address that it can use, or none that lets it in.
    Lost(Cost),
    /// The name has no address for it.
    NoAddress,
}

/// What it cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// The first address it was told was right, or it was told no at once.
    Nothing,
    /// Other addresses were tried before, and it did not take a second to know.
    Tries,
    /// So many whole seconds.
    Seconds(u64),
}

impl Visit {
    /// What it asks for.
    fn path(&self) -> &'static str {
        if self.large { service::LARGE } else { "/" }
    }
}

impl Habit {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Curl, Self::InOrder, Self::FirstOnly];
}

/// Whether the real `curl` is here.
pub fn has_curl() -> bool {
    curl::is_here()
}

/// Lets clients go to their names, all at the same time.
pub fn visit(lab: &Lab, visits: &[Visit]) -> Result<Vec<Visited>, LabError> {
    let spaces = lab.spaces();
    let space = |visit: &Visit| -> Result<Arc<Namespace>, LabError> {
        let id = NodeId::Client(visit.reach);
        let space = spaces.get(&id).map(Arc::clone);
        space.ok_or_else(|| LabError::NoPort(id.to_string()))
    };
    let spaces = visits.iter().map(space).collect::<Result<Vec<_>, _>>()?;
    let all = spaces.into_iter().zip(visits);
    let gone = room::within(|| {
        std::thread::scope(|scope| {
            let all = all.map(|(space, visit)| scope.spawn(move || go(&space, visit)));
            let all: Vec<_> = all.collect();
            let ended = all.into_iter().map(|one| {
                let broken = |_| Err(io::Error::other("a client broke off"));
                one.join().unwrap_or_else(broken)
            });
            ended.collect::<io::Result<Vec<_>>>()
        })
    });
    gone.map_err(|source| LabError::Space {
        at: "the clients of the internet".into(),
        source,
    })
}

fn go(space: &Namespace, visit: &Visit) -> io::Result<Visited> {
    space.enter()?;
    let told = socket::told(&visit.name);
    if told.is_empty() {
        return Ok(Visited::NoAddress);
    }
    match visit.habit {
        Habit::Curl => curl::visit(visit, &told),
        Habit::InOrder => Ok(socket::visit(visit, &told)),
        Habit::FirstOnly => Ok(socket::visit(visit, &told[..1])),
    }
}

impl fmt::Display for Habit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Curl => "curl",
            Self::InOrder => "in order",
            Self::FirstOnly => "first only",
        })
    }
}
