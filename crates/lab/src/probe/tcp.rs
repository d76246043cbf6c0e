//! Connections: whether they come about, and whether much data gets through them.

use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::EpollFlags;
use socket2::{Protocol, Socket, Type};

use super::held::Held;
use super::packet::Header;
use super::{Flow, ProbeError, Prober, Seen, socket};
use crate::layout::NodeId;

/// So much that it takes many packets.
const MUCH: usize = 256 << 10;

const TCP: u8 = 6;

impl Prober {
    /// Whether a connection comes about.
    pub(super) fn tcp(
        &mut self,
        flow: &Flow,
        from: Option<u16>,
        to: u16,
    ) -> Result<Seen, ProbeError> {
        let from = from.unwrap_or_else(|| self.fresh_port());
        self.connect(flow, from, to).map(|(seen, _)| seen)
    }

    /// Whether large packets get through a connection, or word that they are too large.
    pub(super) fn large(
        &mut self,
        flow: &Flow,
        from: Option<u16>,
        to: u16,
    ) -> Result<Seen, ProbeError> {
        let from = from.unwrap_or_else(|| self.fresh_port());
        let (seen, connection) = self.connect(flow, from, to)?;
        let Some(Held {
            client,
            server,
            header,
        }) = connection
        else {
            return Ok(seen);
        };
        let outside = matches!(flow.from, NodeId::Internet | NodeId::Client(_));
        let (sender, receiver) = if outside {
            (server, client)
        } else {
            (client, server)
        };
        let (mut sent, mut taken) = (0, 0);
        send(&sender, &mut sent);
        self.wait(&receiver, EpollFlags::EPOLLIN, header, |_| {
            let mut buffer = [MaybeUninit::uninit(); 1 << 13];
            while let Ok(length) = receiver.recv(&mut buffer)
                && length > 0
            {
                taken += length;
            }
            send(&sender, &mut sent);
            (taken >= MUCH).then(|| seen.clone())
        })
    }

    pub(super) fn connect(
        &mut self,
        flow: &Flow,
        from: u16,
        to: u16,
    ) -> Result<(Seen, Option<Held>), ProbeError> {
        let (listening, onward) = self.listen(flow, from, to, true)?;
        let local = self.vacate(flow, from, true);
        let remote = SocketAddr::new(flow.destination, to);
        let client = self.inside(&flow.from, || {
            let socket = socket(local, Type::STREAM, Protocol::TCP)?;
            // Gone without a trace when it is closed.
            socket.set_linger(Some(Duration::ZERO))?;
            socket.bind(&local.into())?;
            match socket.connect(&remote.into()) {
                Err(error) if error.raw_os_error() != Some(Errno::EINPROGRESS as i32) => Err(error),
                _ => Ok(socket),
            }
        });
        let client = match client {
            Ok(client) => client,
            Err(error) => return error.no_way("connect").map(|seen| (seen, None)),
        };
        let mut served = None;
        let mut stands = false;
        let header = Header::new(TCP, from, to)
            .onward(onward)
            .between(flow.source, flow.destination);
        let seen = self.wait(&client, EpollFlags::EPOLLOUT, header, |prober| {
            match client.take_error() {
                Ok(None) => {
                    let (near, peer) = prober.accepted(&listening).unzip();
                    served = near;
                    // Who stands between may have taken it and not asked any further yet.
                    stands |= !header.is_handed_on() || served.is_some();
                    stands.then(|| Seen::Answered(peer.flatten()))
                }
                // Refused: it arrived where nobody listens, and that was told.
                Ok(Some(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    Some(Seen::Answered(None))
                }
                _ => Some(Seen::NoWay),
            }
        })?;
        if !matches!(seen, Seen::Answered(_)) {
            // With the listener go the answers that it would send again.
            for key in listening {
                self.listeners.remove(&key);
            }
        }
        let connection = served.map(|server| Held {
            client,
            server,
            header,
        });
        Ok((seen, connection))
    }
}

/// Sends as much as is taken now.
fn send(sender: &Socket, sent: &mut usize) {
    let piece = [0; 1 << 13];
    while *sent < MUCH
        && let Ok(length) = sender.send(&piece)
    {
        *sent += length;
    }
}
