//! A UDP socket that sends and takes many datagrams at once (UDP GSO and GRO), with the outer DF bit
//! clear: RFC 4380 section 5.1.2 wants datagrams larger than the path's MTU to arrive (F8).

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::sockopt::{Ipv4PathMtuDiscovery, set_ip_mtu_discover, set_ip_ttl};
use rustix::time::Timespec;
use sixward_teredo::Arrival;
use socket2::{Domain, Protocol, Socket, Type};

use crate::failure::Failure;

/// Bytes that the kernel keeps for us while we are busy.
const BUFFER: usize = 4 << 20;
/// What one datagram of UDP over IPv4 can hold.
const LARGEST: usize = 65_507;
const TTL: u32 = 64;

pub(crate) struct Udp {
    socket: UdpSocket,
    state: UdpSocketState,
    buffers: Vec<Vec<u8>>,
}

impl Udp {
    pub(crate) fn bind(place: SocketAddrV4) -> Result<Self, Failure> {
        Self::open(place, BATCH_SIZE).map_err(|cause| Failure::Udp {
            place: place.to_string(),
            cause,
        })
    }

    /// One of many sockets for one peer each: it takes one batch of the kernel's at a time.
    pub(crate) fn beside(&self, port: u16) -> io::Result<Self> {
        Self::open(SocketAddrV4::new(*self.local()?.ip(), port), 1)
    }

    fn open(place: SocketAddrV4, batch: usize) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        // The kernel gives what its limits allow.
        let _ = socket.set_recv_buffer_size(BUFFER);
        let _ = socket.set_send_buffer_size(BUFFER);
        socket.bind(&SocketAddr::V4(place).into())?;
        let socket = UdpSocket::from(socket);
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // After quinn-udp, which sets it for its own purpose.
        set_ip_mtu_discover(&socket, Ipv4PathMtuDiscovery::DONT)?;
        set_ip_ttl(&socket, TTL)?;
        Ok(Self {
            socket,
            state,
            buffers: vec![vec![0; 65_536]; batch],
        })
    }

    pub(crate) fn local(&self) -> io::Result<SocketAddrV4> {
        match self.socket.local_addr()? {
            SocketAddr::V4(local) => Ok(local),
            SocketAddr::V6(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// How many datagrams of this size go out by one call.
    pub(crate) fn segments(&self, size: usize) -> usize {
        self.state
            .max_gso_segments()
            .min(LARGEST / size.max(1))
            .max(1)
    }

    /// Sends datagrams of this size that stand one after the other; the last may be shorter.
    pub(crate) fn send(&self, to: SocketAddrV4, bytes: &[u8], size: usize) {
        let transmit = Transmit {
            destination: SocketAddr::V4(to),
            ecn: None,
            contents: bytes,
            segment_size: (bytes.len() > size).then_some(size),
            src_ip: None,
        };
        // A full buffer is waited for, for a moment; what cannot be sent is lost, as packets are.
        for _ in 0..2 {
            match self
                .state
                .try_send(UdpSockRef::from(&self.socket), &transmit)
            {
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => self.wait(),
                _ => return,
            }
        }
    }

    /// Sends one datagram that goes only so far.
    pub(crate) fn send_near(&self, to: SocketAddrV4, bytes: &[u8], ttl: u8) {
        if set_ip_ttl(&self.socket, u32::from(ttl.max(1))).is_ok() {
            self.send(to, bytes, bytes.len());
        }
        let _ = set_ip_ttl(&self.socket, TTL);
    }

    fn wait(&self) {
        let mut fds = [PollFd::new(&self.socket, PollFlags::OUT)];
        let time = Timespec {
            tv_sec: 0,
            tv_nsec: 20_000_000,
        };
        let _ = poll(&mut fds, Some(&time));
    }

    /// Takes what is there; true when there may be more.
    pub(crate) fn receive(&mut self, mut each: impl FnMut(Arrival, &mut [u8])) -> bool {
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        let count = {
            let mut slices: Vec<_> = self
                .buffers
                .iter_mut()
                .map(|buffer| IoSliceMut::new(buffer))
                .collect();
            let received = self
                .state
                .recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas);
            let Ok(count) = received else { return false };
            count
        };
        for (meta, buffer) in metas.iter().zip(&mut self.buffers).take(count) {
            let SocketAddr::V4(from) = meta.addr else {
                continue;
            };
            let to = meta.dst_ip.and_then(|to| match to {
                IpAddr::V4(to) => Some(to),
                IpAddr::V6(_) => None,
            });
            let arrival = Arrival {
                to,
                ecn: meta.ecn.map_or(0, |ecn| ecn as u8),
                ..Arrival::of(from)
            };
            let Some(bytes) = buffer.get_mut(..meta.len) else {
                continue;
            };
            for datagram in bytes.chunks_mut(meta.stride.max(1)) {
                each(arrival, datagram);
            }
        }
        count == self.buffers.len()
    }
}

impl AsFd for Udp {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
