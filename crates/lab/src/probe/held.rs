//! Connections that are kept open while the lab changes round them.

use std::io::Read;

use nix::sys::epoll::{EpollEvent, EpollFlags};
use socket2::Socket;

use super::packet::Header;
use super::{Carries, Flow, LISTENER, ProbeError, Prober, Seen};

/// A connection that stands, with both of its ends.
#[derive(Debug)]
pub struct Held {
    pub(super) client: Socket,
    pub(super) server: Socket,
    pub(super) header: Header,
}

impl Prober {
    /// Opens a connection and keeps it; nothing when it does not come about.
    pub fn hold(&mut self, flow: &Flow) -> Result<Option<Held>, ProbeError> {
        let Carries::Tcp(from, to) = flow.carries else {
            return Ok(None);
        };
        self.forget_logs();
        let from = from.unwrap_or_else(|| self.fresh_port());
        let (_, Some(held)) = self.connect(flow, from, to)? else {
            return Ok(None);
        };
        let event = EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, LISTENER);
        self.events
            .add(&held.server, event)
            .map_err(|errno| ProbeError::Refused("wait for packets".into(), errno.into()))?;
        Ok(Some(held))
    }

    /// Whether a word over a connection gets through, and its answer back.
    pub fn is_open(&mut self, held: &Held) -> Result<Seen, ProbeError> {
        self.forget_logs();
        if held.client.send(b"still there?").is_err() {
            return Ok(Seen::NoWay);
        }
        self.wait(&held.client, EpollFlags::EPOLLIN, held.header, |_| {
            let mut buffer = [0; 64];
            if matches!((&held.server).read(&mut buffer), Ok(length) if length > 0) {
                let _ = held.server.send(b"yes");
            }
            match (&held.client).read(&mut buffer) {
                Ok(length) if length > 0 => Some(Seen::Answered(None)),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => None,
                _ => Some(Seen::NoWay),
            }
        })
    }
}
