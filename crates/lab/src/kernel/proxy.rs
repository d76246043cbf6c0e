//! What carries a load balancer's connections from one family to the other, which the kernel does not: a thread in
//! the balancer's namespace that speaks to both sides.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use sixward_net::IpNet;
use socket2::{Domain, Protocol, Socket, Type};

use super::space::Space;
use super::{Lab, LabError};
use crate::layout::{Node, NodeId, Onward, Service};

/// So many connections at a time; more wait to be taken.
const MOST: usize = 64;
/// So much of one side is held until the other takes it.
const HELD: usize = 16 << 10;

/// A proxy that runs. It ends with this value.
#[derive(Debug)]
pub(super) struct Proxy {
    ways: Ways,
    end: Arc<EventFd>,
    thread: Option<JoinHandle<()>>,
}

/// A target that does not answer within this is given up, before it is asked again: packets that nobody waits for any
/// more would be taken for another flow's.
const PATIENCE: Duration = Duration::from_millis(600);
const AGAIN: u16 = 100;

/// What is listened at, and where that goes.
type Ways = BTreeMap<SocketAddr, Service>;

impl Lab {
    /// Each node has the proxy that it needs.
    pub(super) fn change_proxies(&mut self) -> Result<(), LabError> {
        let mut wanted: BTreeMap<NodeId, Ways> = BTreeMap::new();
        for (id, node) in &self.layout.nodes {
            let ways = ways(node);
            if !ways.is_empty() {
                wanted.insert(id.clone(), ways);
            }
        }
        let standing = &self.nodes;
        self.proxies
            .retain(|id, proxy| wanted.get(id) == Some(&proxy.ways) && standing.contains_key(id));
        for (id, ways) in wanted {
            if !self.proxies.contains_key(&id) {
                let space = Arc::clone(&self.standing(&id)?.space);
                let begun = Proxy::begin(space, &self.home, ways);
                let proxy = begun.map_err(|source| LabError::Space {
                    at: id.to_string(),
                    source,
                })?;
                self.proxies.insert(id, proxy);
            }
        }
        Ok(())
    }
}

/// What a node listens at for targets of the other family.
fn ways(node: &Node) -> Ways {
    let own = || node.addresses.values().flatten().map(IpNet::addr);
    let mut ways = Ways::new();
    for (at, service) in node.serves.iter().filter(|(at, _)| at.tcp) {
        for own in own() {
            let other = |onward: &Onward| match onward {
                Onward::To(to) => to.is_ipv4() != own.is_ipv4(),
                _ => false,
            };
            if service.slots().iter().any(other) {
                ways.insert(SocketAddr::new(own, at.port), service.clone());
            }
        }
    }
    ways
}

impl Proxy {
    fn begin(space: Arc<Space>, home: &Space, ways: Ways) -> io::Result<Self> {
        let mut listeners = Vec::new();
        space.within(home, || {
            for (at, service) in &ways {
                listeners.push((listener(*at)?, service.clone()));
            }
            Ok(())
        })?;
        let end = Arc::new(EventFd::from_flags(
            EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK,
        )?);
        let ended = Arc::clone(&end);
        let thread = thread::Builder::new().name("proxy".into()).spawn(move || {
            if space.enter().is_ok() {
                run(&listeners, &ended);
            }
        })?;
        Ok(Self {
            ways,
            end,
            thread: Some(thread),
        })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.end.write(1);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listener(at: SocketAddr) -> io::Result<Socket> {
    let socket = stream(at)?;
    socket.bind(&at.into())?;
    socket.listen(64)?;
    Ok(socket)
}

fn stream(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    if at.is_ipv6() {
        socket.set_only_v6(true)?;
        socket.set_freebind_v6(true)?;
    } else {
        socket.set_freebind_v4(true)?;
    }
    Ok(socket)
}

/// A client's connection and the one to its target.
struct Pair {
    sides: [Side; 2],
    begun: Instant,
}

struct Side {
    socket: Socket,
    /// What it has sent and the other side has not taken.
    held: Vec<u8>,
}

fn run(listeners: &[(Socket, Service)], end: &EventFd) {
    let mut pairs: Vec<Pair> = Vec::new();
    loop {
        let mut waited = vec![PollFd::new(end.as_fd(), PollFlags::POLLIN)];
        if pairs.len() < MOST {
            let all = listeners.iter();
            waited.extend(all.map(|(it, _)| PollFd::new(it.as_fd(), PollFlags::POLLIN)));
        }
        for Pair { sides: [a, b], .. } in &pairs {
            waited.push(PollFd::new(a.socket.as_fd(), asked(a, b)));
            waited.push(PollFd::new(b.socket.as_fd(), asked(b, a)));
        }
        let all_stand = pairs.iter().all(Pair::stands);
        let patience = if all_stand {
            PollTimeout::NONE
        } else {
            AGAIN.into()
        };
        match poll(&mut waited, patience) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
        if waited.first().and_then(PollFd::any) == Some(true) {
            return;
        }
        drop(waited);
        for (listener, service) in listeners {
            while pairs.len() < MOST
                && let Ok((client, peer)) = listener.accept()
            {
                pairs.extend(
                    peer.as_socket()
                        .and_then(|peer| pair(client, peer, service)),
                );
            }
        }
        pairs.retain_mut(|pair| {
            let alive = pair.stands() || pair.begun.elapsed() < PATIENCE;
            let [a, b] = &mut pair.sides;
            alive && pass(a, b).is_ok() && pass(b, a).is_ok()
        });
    }
}

impl Pair {
    /// Whether the target has taken the connection.
    fn stands(&self) -> bool {
        let [_, target] = &self.sides;
        target.socket.peer_addr().is_ok()
    }
}

fn asked(own: &Side, other: &Side) -> PollFlags {
    let mut flags = PollFlags::empty();
    if own.held.is_empty() {
        flags |= PollFlags::POLLIN;
    }
    if !other.held.is_empty() {
        flags |= PollFlags::POLLOUT;
    }
    flags
}

/// The other half of a client's connection, from the same port where that is free.
fn pair(client: Socket, peer: SocketAddr, service: &Service) -> Option<Pair> {
    let Onward::To(to) = service.onward(peer.port()) else {
        return None;
    };
    client.set_nonblocking(true).ok()?;
    // Whatever ends one half ends the other, without waiting.
    client.set_linger(Some(Duration::ZERO)).ok()?;
    let target = stream(to).ok()?;
    target.set_linger(Some(Duration::ZERO)).ok()?;
    let any: IpAddr = if to.is_ipv4() {
        std::net::Ipv4Addr::UNSPECIFIED.into()
    } else {
        std::net::Ipv6Addr::UNSPECIFIED.into()
    };
    let _ = target.bind(&SocketAddr::new(any, peer.port()).into());
    match target.connect(&to.into()) {
        Err(error) if error.raw_os_error() != Some(Errno::EINPROGRESS as i32) => return None,
        _ => {}
    }
    let side = |socket| Side {
        socket,
        held: Vec::new(),
    };
    Some(Pair {
        sides: [side(client), side(target)],
        begun: Instant::now(),
    })
}

/// Hands on what one side has sent; an error when it has ended.
fn pass(from: &mut Side, to: &mut Side) -> io::Result<()> {
    if let Some(error) = from.socket.take_error()? {
        return Err(error);
    }
    loop {
        if from.held.is_empty() {
            let mut buffer = [0; HELD];
            match (&from.socket).read(&mut buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => from.held.extend(buffer.iter().take(length)),
                Err(error) => return waits(error),
            }
        }
        match to.socket.send(&from.held) {
            Ok(sent) => drop(from.held.drain(..sent)),
            Err(error) => return waits(error),
        }
    }
}

/// Not yet is no error.
fn waits(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted | io::ErrorKind::NotConnected => {
            Ok(())
        }
        _ => Err(error),
    }
}
