//! Who is asked for names: a thread with sockets of the internet, on one address in each family.
//!
//! Bounded: datagrams are answered one by one; of connections one at a time is served, for a second at most.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, Protocol, Socket, Type};

use super::Names;
use super::answer::{Over, answer};
use crate::kernel::{Lab, LabError};
use crate::layout::NodeId;

/// Where names are asked for.
pub const SERVERS: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 253)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0xd5, 0, 0, 0, 0x53)),
];

const PORT: u16 = 53;
/// How often it is looked whether it is to end.
const ROUND: u16 = 20;
/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// So many questions may come by one connection.
const QUESTIONS: usize = 8;

/// Answers for the names of a lab. Nobody answers any more when this value is gone.
#[derive(Debug)]
pub struct Answerer {
    names: Arc<Mutex<Names>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Answerer {
    /// Begins to answer, on the internet of a lab.
    pub fn start(lab: &Lab, names: Names) -> Result<Self, LabError> {
        let doors = lab.inside(&NodeId::Internet, || {
            let doors = SERVERS.map(|address| Door::open(SocketAddr::new(address, PORT)));
            doors.into_iter().collect::<io::Result<Vec<_>>>()
        })?;
        let names = Arc::new(Mutex::new(names));
        let stop = Arc::new(AtomicBool::new(false));
        let (known, asked) = (Arc::clone(&names), Arc::clone(&stop));
        let thread = std::thread::spawn(move || serve(&doors, &known, &asked));
        Ok(Self {
            names,
            stop,
            thread: Some(thread),
        })
    }

    /// The names as they are now.
    pub fn names(&self) -> Names {
        self.held().clone()
    }

    /// Changes them.
    pub fn change(&self, change: impl FnOnce(&mut Names)) {
        change(&mut self.held());
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Answerer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// An address that is asked.
struct Door {
    datagrams: UdpSocket,
    connections: TcpListener,
}

impl Door {
    fn open(at: SocketAddr) -> io::Result<Self> {
        let open = |kind, protocol| -> io::Result<Socket> {
            let socket = Socket::new(Domain::for_address(at), kind, Some(protocol))?;
            socket.set_nonblocking(true)?;
            socket.set_reuse_address(true)?;
            // The internet stands for everybody and has no address of its own.
            if at.is_ipv6() {
                socket.set_freebind_v6(true)?;
            } else {
                socket.set_freebind_v4(true)?;
            }
            socket.bind(&at.into())?;
            Ok(socket)
        };
        let connections = open(Type::STREAM, Protocol::TCP)?;
        connections.listen(16)?;
        Ok(Self {
            datagrams: open(Type::DGRAM, Protocol::UDP)?.into(),
            connections: connections.into(),
        })
    }

    fn answer(&self, names: &Mutex<Names>) {
        let mut buffer = [0; 4096];
        while let Ok((length, peer)) = self.datagrams.recv_from(&mut buffer) {
            if let Some(said) = said(&buffer[..length], Over::Udp, names) {
                let _ = self.datagrams.send_to(&said, peer);
            }
        }
        while let Ok((connection, _)) = self.connections.accept() {
            // Who breaks off has asked nothing.
            let _ = converse(&connection, names);
        }
    }
}

fn serve(doors: &[Door], names: &Mutex<Names>, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        let all = doors
            .iter()
            .flat_map(|door| [door.datagrams.as_fd(), door.connections.as_fd()]);
        let mut all: Vec<_> = all.map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        let _ = poll(&mut all, PollTimeout::from(ROUND));
        for door in doors {
            door.answer(names);
        }
    }
}

/// Questions and answers by a connection, each with its length before it (RFC 7766).
fn converse(mut connection: &TcpStream, names: &Mutex<Names>) -> io::Result<()> {
    connection.set_nonblocking(false)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    for _ in 0..QUESTIONS {
        let mut length = [0; 2];
        connection.read_exact(&mut length)?;
        let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
        connection.read_exact(&mut question)?;
        let Some(said) = said(&question, Over::Tcp, names) else {
            return Ok(());
        };
        let length = u16::try_from(said.len()).unwrap_or(0);
        connection.write_all(&[&length.to_be_bytes(), said.as_slice()].concat())?;
    }
    Ok(())
}

fn said(question: &[u8], over: Over, names: &Mutex<Names>) -> Option<Vec<u8>> {
    let names = names.lock().unwrap_or_else(PoisonError::into_inner);
    answer(question, over, &names)
}
