//! Real packets through a lab, and what became of them.
//!
//! A flow passes when its answer comes back. When it does not, the filter that dropped it has said so in its
//! namespace's log; who waits for the time limit waits for a packet that nobody owned up to.

mod held;
mod holders;
mod packet;
mod tcp;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use socket2::{Domain, Protocol, Socket, Type};

use crate::kernel::{Lab, Log, Namespace};
use crate::layout::{Drop, NodeId};
pub use held::Held;
use holders::{Asked, Holders, Onwards};
use packet::Header;

/// Sends flows through a lab, one after the other.
#[derive(Debug)]
pub struct Prober {
    home: Namespace,
    spaces: BTreeMap<NodeId, Arc<Namespace>>,
    holders: Holders,
    logs: Vec<Log>,
    /// Nodes whose logs are listened to.
    heard: BTreeMap<NodeId, Arc<Namespace>>,
    listeners: BTreeMap<Listening, Socket>,
    events: Epoll,
    patience: Duration,
    next: u16,
}

/// A flow to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Where it begins.
    pub from: NodeId,
    /// The sender's address.
    pub source: IpAddr,
    /// Whom it is for.
    pub destination: IpAddr,
    /// What it carries.
    pub carries: Carries,
}

/// What a flow carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// TCP, from this port or any to that.
    Tcp(Option<u16>, u16),
    /// UDP, from this port or any to that.
    Udp(Option<u16>, u16),
    /// An echo request.
    Echo,
    /// TCP, from this port or any to that, and then packets as large as the sender's port carries: much data, from
    /// whichever end is not the internet's.
    Large(Option<u16>, u16),
}

/// What became of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It arrived and its answer came back; the receiver saw this sender, where it is known.
    Answered(Option<IpAddr>),
    /// It was dropped.
    Dropped(Drop),
    /// It arrived, and its answer was dropped.
    AnswerDropped(Drop),
    /// The sender itself had no way: it has no such address, or no route.
    NoWay,
    /// Nobody said anything within the time limit.
    Silent,
}

/// A flow could not be tried.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// The lab has no such node.
    #[error("the lab has no `{0}`\n\nhint: name a host, an interface or the internet")]
    NoNode(String),
    /// The kernel refused.
    #[error("cannot {0}\n\nhint: this is a fault in sixward, please report it")]
    Refused(String, #[source] io::Error),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Listening {
    node: NodeId,
    at: SocketAddr,
    tcp: bool,
}

const CLIENT: u64 = u64::MAX;

impl Prober {
    /// A prober of the lab as it stands. When the lab is changed it must [`Self::follow`].
    pub fn new(lab: &Lab) -> Result<Self, ProbeError> {
        let refused = |what: &str| {
            let what = what.to_owned();
            move |source: io::Error| ProbeError::Refused(what, source)
        };
        let home = Namespace::here().map_err(refused("find its own namespace"))?;
        let events = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)
            .map_err(|errno| refused("wait for packets")(errno.into()))?;
        let mut prober = Self {
            home,
            spaces: BTreeMap::new(),
            holders: Holders::default(),
            heard: BTreeMap::new(),
            logs: Vec::new(),
            listeners: BTreeMap::new(),
            events,
            patience: Duration::from_millis(900),
            next: 20_000,
        };
        prober.follow(lab)?;
        Ok(prober)
    }

    /// Takes in what a lab has become: nodes that are new, and who has which address.
    pub fn follow(&mut self, lab: &Lab) -> Result<(), ProbeError> {
        let before = std::mem::replace(&mut self.spaces, lab.spaces());
        self.holders = Holders::of(lab.layout());
        let spaces = &self.spaces;
        let stands = |id: &NodeId| match (before.get(id), spaces.get(id)) {
            (Some(before), Some(now)) => Arc::ptr_eq(before, now),
            _ => false,
        };
        self.listeners.retain(|key, _| stands(&key.node));
        for (id, node) in &lab.layout().nodes {
            let Some(space) = self.spaces.get(id).map(Arc::clone) else {
                continue;
            };
            let heard = self.heard.get(id);
            if node.filter.chains.is_empty() || heard.is_some_and(|it| Arc::ptr_eq(it, &space)) {
                continue;
            }
            let log = self
                .inside(id, || Log::open().map_err(io::Error::from))
                .map_err(|error| error.about("listen to the log"))?;
            let number = u64::try_from(self.logs.len()).unwrap_or(0);
            self.watch(&log, number)?;
            self.logs.push(log);
            self.heard.insert(id.clone(), space);
        }
        Ok(())
    }

    /// How long a packet is waited for that nobody says anything about.
    pub fn patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Listens nowhere any more, so that others can; the next flow begins anew.
    pub fn rest(&mut self) {
        self.listeners.clear();
    }

    /// Tries a flow.
    pub fn try_flow(&mut self, flow: &Flow) -> Result<Seen, ProbeError> {
        self.forget_logs();
        match flow.carries {
            Carries::Tcp(from, to) => self.tcp(flow, from, to),
            Carries::Udp(from, to) => self.udp(flow, from, to),
            Carries::Echo => self.echo(flow),
            Carries::Large(from, to) => self.large(flow, from, to),
        }
    }

    fn udp(&mut self, flow: &Flow, from: Option<u16>, to: u16) -> Result<Seen, ProbeError> {
        let from = from.unwrap_or_else(|| self.fresh_port());
        let (listening, onward) = self.listen(flow, from, to, false)?;
        let local = self.vacate(flow, from, false);
        let remote = SocketAddr::new(flow.destination, to);
        let client = self.inside(&flow.from, || {
            let socket = socket(local, Type::DGRAM, Protocol::UDP)?;
            socket.bind(&local.into())?;
            socket.connect(&remote.into())?;
            socket.send(b"sixward")?;
            Ok(socket)
        });
        let client = match client {
            Ok(client) => client,
            Err(error) => return error.no_way("send"),
        };
        let header = Header::new(17, from, to)
            .onward(onward)
            .between(flow.source, flow.destination);
        let mut source = None;
        self.wait(&client, EpollFlags::EPOLLIN, header, |prober| {
            source = prober.echoed(&listening).or(source);
            let mut buffer = [std::mem::MaybeUninit::uninit(); 64];
            match client.recv(&mut buffer) {
                Ok(_) => Some(Seen::Answered(source)),
                _ => None,
            }
        })
    }

    fn echo(&mut self, flow: &Flow) -> Result<Seen, ProbeError> {
        let number = self.fresh_port();
        let local = SocketAddr::new(flow.source, 0);
        let remote = SocketAddr::new(flow.destination, 0);
        let v4 = flow.source.is_ipv4();
        let client = self.inside(&flow.from, || {
            let protocol = if v4 {
                Protocol::ICMPV4
            } else {
                Protocol::ICMPV6
            };
            let socket = socket(local, Type::RAW, protocol)?;
            socket.bind(&local.into())?;
            socket.send_to(&packet::echo(v4, number), &remote.into())?;
            Ok(socket)
        });
        let client = match client {
            Ok(client) => client,
            Err(error) => return error.no_way("send"),
        };
        let header = Header::new(if v4 { 1 } else { 58 }, number, number);
        self.wait(&client, EpollFlags::EPOLLIN, header, |_| {
            let mut buffer = [0; 256];
            while let Ok(length) = io::Read::read(&mut &client, &mut buffer) {
                if packet::is_reply(v4, number, &buffer[..length]) {
                    return Some(Seen::Answered(None));
                }
            }
            None
        })
    }

    /// Waits for one of: the client's socket, a listener, a word in a log, the end of patience.
    fn wait(
        &mut self,
        client: &Socket,
        on: EpollFlags,
        header: Header,
        mut look: impl FnMut(&mut Self) -> Option<Seen>,
    ) -> Result<Seen, ProbeError> {
        let failed = |errno: Errno| ProbeError::Refused("wait for packets".into(), errno.into());
        let connects = on == EpollFlags::EPOLLOUT;
        let how = if connects {
            EpollFlags::EPOLLERR | EpollFlags::EPOLLET
        } else {
            EpollFlags::EPOLLERR
        };
        let event = EpollEvent::new(on | how, CLIENT);
        self.events.add(client, event).map_err(failed)?;
        let end = Instant::now() + self.patience;
        let seen = loop {
            let rest = end.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                break Seen::Silent;
            }
            let mut events = [EpollEvent::empty(); 16];
            let timeout = EpollTimeout::try_from(rest).unwrap_or(EpollTimeout::ZERO);
            let count = match self.events.wait(&mut events, timeout) {
                Ok(count) => count,
                Err(Errno::EINTR) => 0,
                Err(errno) => return Err(failed(errno)),
            };
            let events = &events[..count];
            if let Some(seen) = self.told(events, header) {
                break seen;
            }
            // A connection stands when its client says so, if nobody stands between; of datagrams the listener knows
            // first.
            let first = if connects && !header.is_handed_on() {
                CLIENT
            } else {
                LISTENER
            };
            if events.iter().any(|event| event.data() >= first)
                && let Some(seen) = look(self)
            {
                break seen;
            }
        };
        self.events.delete(client).map_err(failed)?;
        Ok(seen)
    }

    /// What the logs say of a flow.
    fn told(&self, events: &[EpollEvent], header: Header) -> Option<Seen> {
        for event in events {
            let number = usize::try_from(event.data()).unwrap_or(usize::MAX);
            for dropped in self.logs.get(number).map(Log::read).unwrap_or_default() {
                match header.matches(&dropped.packet) {
                    Some(packet::Way::There) => return Some(Seen::Dropped(dropped.drop)),
                    Some(packet::Way::Back) => return Some(Seen::AnswerDropped(dropped.drop)),
                    None => {}
                }
            }
        }
        None
    }

    fn forget_logs(&self) {
        let mut events = [EpollEvent::empty(); 64];
        while let Ok(count) = self.events.wait(&mut events, EpollTimeout::ZERO) {
            let mut read = false;
            for event in &events[..count] {
                let number = usize::try_from(event.data()).unwrap_or(usize::MAX);
                read |= self.logs.get(number).map(Log::read).is_some();
            }
            if !read {
                return;
            }
        }
    }

    /// Everybody who may be meant listens; also the port that a load balancer makes of the flow's.
    fn listen(
        &mut self,
        flow: &Flow,
        from: u16,
        port: u16,
        tcp: bool,
    ) -> Result<(Vec<Listening>, Onwards), ProbeError> {
        let mut all = Vec::new();
        let to = SocketAddr::new(flow.destination, port);
        let Asked { at, onward } = self.holders.asked(from, to, tcp);
        for (node, at) in at {
            let key = Listening { node, at, tcp };
            if !self.listeners.contains_key(&key) {
                let opened = self.inside(&key.node, || {
                    let (kind, protocol) = if tcp {
                        (Type::STREAM, Protocol::TCP)
                    } else {
                        (Type::DGRAM, Protocol::UDP)
                    };
                    let socket = socket(key.at, kind, protocol)?;
                    socket.bind(&key.at.into())?;
                    if tcp {
                        socket.listen(64)?;
                    }
                    Ok(socket)
                });
                let socket = opened.map_err(|error| error.about("listen"))?;
                self.watch(&socket, LISTENER)?;
                self.listeners.insert(key.clone(), socket);
            }
            all.push(key);
        }
        Ok((all, onward))
    }

    /// Where a flow begins; nobody listens there any more.
    fn vacate(&mut self, flow: &Flow, port: u16, tcp: bool) -> SocketAddr {
        let at = SocketAddr::new(flow.source, port);
        self.listeners.remove(&Listening {
            node: flow.from.clone(),
            at,
            tcp,
        });
        at
    }

    /// The connection that a listener has, once it stands, and whom it sees.
    fn accepted(&self, listening: &[Listening]) -> Option<(Socket, Option<IpAddr>)> {
        let mut last = None;
        for socket in listening.iter().filter_map(|key| self.listeners.get(key)) {
            while let Ok((connection, peer)) = socket.accept() {
                let _ = connection.set_linger(Some(Duration::ZERO));
                let _ = connection.set_nonblocking(true);
                last = Some((connection, peer.as_socket().map(|peer| peer.ip())));
            }
        }
        last
    }

    /// Answers datagrams, and says from whom the last one came.
    fn echoed(&self, listening: &[Listening]) -> Option<IpAddr> {
        let mut seen = None;
        for socket in listening.iter().filter_map(|key| self.listeners.get(key)) {
            let mut buffer = [std::mem::MaybeUninit::uninit(); 64];
            while let Ok((_, peer)) = socket.recv_from(&mut buffer) {
                let _ = socket.send_to(b"sixward", &peer);
                seen = peer.as_socket().map(|peer| peer.ip());
            }
        }
        seen
    }

    fn watch(&self, socket: &impl AsFd, number: u64) -> Result<(), ProbeError> {
        let event = EpollEvent::new(EpollFlags::EPOLLIN, number);
        self.events
            .add(socket, event)
            .map_err(|errno| ProbeError::Refused("wait for packets".into(), errno.into()))
    }

    /// Does something in a node's namespace.
    fn inside<T>(&self, id: &NodeId, work: impl FnOnce() -> io::Result<T>) -> Result<T, Inside> {
        let space = self
            .spaces
            .get(id)
            .ok_or_else(|| Inside::NoNode(id.to_string()))?;
        space.within(&self.home, work).map_err(Inside::Failed)
    }

    fn fresh_port(&mut self) -> u16 {
        self.next = if self.next >= 60_000 {
            20_000
        } else {
            self.next + 1
        };
        self.next
    }
}

/// Events below this are logs.
const LISTENER: u64 = u64::MAX - 1;

enum Inside {
    NoNode(String),
    Failed(io::Error),
}

impl Inside {
    fn about(self, what: &str) -> ProbeError {
        match self {
            Self::NoNode(node) => ProbeError::NoNode(node),
            Self::Failed(error) => ProbeError::Refused(what.to_owned(), error),
        }
    }

    /// A sender without such an address or a route has no way; that is a result.
    fn no_way(self, what: &str) -> Result<Seen, ProbeError> {
        match self {
            Self::Failed(error)
                if matches!(
                    error.raw_os_error().map(Errno::from_raw),
                    Some(
                        Errno::ENETUNREACH
                            | Errno::EHOSTUNREACH
                            | Errno::EADDRNOTAVAIL
                            | Errno::EACCES
                    )
                ) =>
            {
                Ok(Seen::NoWay)
            }
            other => Err(other.about(what)),
        }
    }
}

fn socket(at: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(at), kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    // Who stands for everybody has no address of its own.
    if at.is_ipv6() {
        if kind != Type::RAW {
            socket.set_only_v6(true)?;
        }
        socket.set_freebind_v6(true)?;
    } else {
        socket.set_freebind_v4(true)?;
    }
    Ok(socket)
}
