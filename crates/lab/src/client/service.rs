//! What clients come for: a page, at the ports of hosts, in whatever family they come.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, Protocol, Socket, Type};

use crate::kernel::{Lab, LabError};
use crate::layout::NodeId;

/// How often it is looked whether the service is to end.
const ROUND: u16 = 20;
/// How long a client may take to say what it wants, and to take what is sent.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much a page is: many packets, some of them as large as the way lets them be.
const LENGTH: usize = 64 << 10;
/// Where such a page is; everywhere else is a line.
pub(super) const LARGE: &str = "/large";
const LINE: usize = 64;

/// How much is had at a path.
pub(super) fn length(path: &str) -> usize {
    if path == LARGE { LENGTH } else { LINE }
}

/// Services that answer. They are gone when this value is.
#[derive(Debug)]
pub struct Services {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Services {
    /// Begins to serve at these ports of these nodes. Whoever else listens there must have ended.
    pub fn open(lab: &Lab, doors: &[(NodeId, u16)]) -> Result<Self, LabError> {
        let open = |(node, port): &(NodeId, u16)| lab.inside(node, || listen(*port));
        let doors = doors.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !asked.load(Ordering::SeqCst) {
                serve(&doors);
            }
        });
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Both families by one socket.
fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_only_v6(false)?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    // A whole page, so that nobody waits for somebody who does not take it.
    socket.set_send_buffer_size(2 * LENGTH)?;
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)).into())?;
    socket.listen(128)?;
    Ok(socket.into())
}

fn serve(doors: &[TcpListener]) {
    let mut all: Vec<_> = doors
        .iter()
        .map(|door| PollFd::new(door.as_fd(), PollFlags::POLLIN))
        .collect();
    let _ = poll(&mut all, PollTimeout::from(ROUND));
    for door in doors {
        while let Ok((client, _)) = door.accept() {
            // Who only wanted to know whether somebody is here is gone by now.
            let _ = hand(&client);
        }
    }
}

fn page(path: &str) -> Vec<u8> {
    let length = length(path);
    let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let mut page = head.into_bytes();
    page.resize(page.len() + length, b'.');
    page
}

fn hand(mut client: &TcpStream) -> io::Result<()> {
    client.set_nonblocking(false)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let (mut wanted, mut buffer) = (Vec::new(), [0; 1024]);
    // To the end of the question: what is left unread when it is closed breaks the connection.
    while !wanted.ends_with(b"\r\n\r\n") && wanted.len() < LENGTH {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            length => wanted.extend(&buffer[..length]),
        }
    }
    let wanted = String::from_utf8_lossy(&wanted);
    let path = wanted.split(' ').nth(1).unwrap_or("/");
    client.write_all(&page(path))
}
