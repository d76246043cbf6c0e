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
/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_millis(500);

const PAGE: &[u8] =
    b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nsixward\n";

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
            let _ = page(&client);
        }
    }
}

fn page(mut client: &TcpStream) -> io::Result<()> {
    client.set_nonblocking(false)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let mut wanted = [0; 1024];
    if client.read(&mut wanted)? > 0 {
        client.write_all(PAGE)?;
    }
    Ok(())
}
