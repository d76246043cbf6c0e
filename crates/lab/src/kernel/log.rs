//! Who dropped a packet: the kernel's packet log of one namespace (linux/netfilter/nfnetlink_log.h).

use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;

use super::expression::LOG_GROUP;
use super::message::{self, Batch, Came, attributes};
use super::socket::{Protocol, Socket};
use crate::layout::Drop;

/// The log of one namespace.
#[derive(Debug)]
pub(crate) struct Log(Socket);

/// A packet that was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dropped {
    /// By whom.
    pub(crate) drop: Drop,
    /// The packet from its network header on, its first 128 bytes.
    pub(crate) packet: Vec<u8>,
}

const CONFIGURE: u16 = (4 << 8) | 1;
const PACKET: u16 = 4 << 8;

impl Log {
    /// Listens in the namespace that this thread is in.
    pub(crate) fn open() -> Result<Self, Errno> {
        let socket = Socket::open(Protocol::Filter)?;
        let mut batch = Batch::default();
        let group = LOG_GROUP.to_be_bytes();
        let header = [0, 0, group[0], group[1]];
        batch.add(CONFIGURE, message::ACK, &header, "log", |m| {
            m.bytes(1, &[1]);
        });
        batch.add(CONFIGURE, message::ACK, &header, "log", |m| {
            // Packets, their first 128 bytes, each at once.
            m.bytes(2, &[0, 0, 0, 128, 2, 0]);
            m.be32(5, 1);
        });
        match socket.send(batch, usize::MAX)?.first() {
            None => Ok(Self(socket)),
            Some(refused) => Err(Errno::from_raw(refused.errno)),
        }
    }

    /// What was dropped since it was last asked.
    pub(crate) fn read(&self) -> Vec<Dropped> {
        let mut dropped = Vec::new();
        let read = self.0.answers(|came| {
            if let Came::Told { kind: PACKET, body } = came {
                dropped.extend(parse(body));
            }
        });
        // Full: some were lost, and whoever waits for them waits in vain and then says so.
        let _ = read;
        dropped
    }
}

fn parse(body: &[u8]) -> Option<Dropped> {
    let (mut prefix, mut packet) = (None, None);
    for (kind, value) in attributes(body, 4) {
        match kind {
            9 => packet = Some(value.to_vec()),
            10 => prefix = std::str::from_utf8(value).ok(),
            _ => {}
        }
    }
    Some(Dropped {
        drop: Drop::parse(prefix?.trim_end_matches('\0'))?,
        packet: packet?,
    })
}

impl AsFd for Log {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
