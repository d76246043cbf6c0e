//! A netlink socket in the namespace of the thread that opens it.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, send,
    setsockopt, socket, sockopt,
};

use super::message::{self, Batch, Came, Refused};

/// A netlink socket.
#[derive(Debug)]
pub(crate) struct Socket(OwnedFd);

/// What such a socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Links, addresses, routes.
    Route,
    /// Filters and their log.
    Filter,
}

impl Socket {
    /// Opens one.
    pub(crate) fn open(protocol: Protocol) -> Result<Self, Errno> {
        let number = match protocol {
            Protocol::Route => SockProtocol::NetlinkRoute,
            Protocol::Filter => SockProtocol::NetlinkNetFilter,
        };
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let fd = socket(AddressFamily::Netlink, SockType::Raw, flags, number)?;
        bind(fd.as_raw_fd(), &NetlinkAddr::new(0, 0))?;
        // As much as anybody may have; a batch must fit in one piece.
        let _ = setsockopt(&fd, sockopt::SndBuf, &(4 << 20));
        let _ = setsockopt(&fd, sockopt::RcvBuf, &(4 << 20));
        Ok(Self(fd))
    }

    /// Sends messages in pieces of at most `limit` bytes, and says what was refused. The kernel has
    /// worked on a piece when `send` returns, so there is nothing to wait for.
    pub(crate) fn send(&self, batch: Batch, limit: usize) -> Result<Vec<Refused>, Errno> {
        let (pieces, what) = batch.pieces(limit);
        let mut refused = Vec::new();
        for piece in pieces {
            self.write(&piece)?;
            self.answers(|came| {
                if let Came::Answer { number, errno } = came
                    && errno != 0
                {
                    let number = usize::try_from(number).unwrap_or(usize::MAX);
                    refused.push(Refused {
                        what: what.get(number).cloned().unwrap_or_default(),
                        errno,
                    });
                }
            })?;
        }
        Ok(refused)
    }

    /// Asks for a listing and hands on what is listed.
    pub(crate) fn list(&self, batch: Batch, mut each: impl FnMut(Came<'_>)) -> Result<(), Errno> {
        let (pieces, _) = batch.pieces(usize::MAX);
        for piece in &pieces {
            self.write(piece)?;
        }
        let mut done = false;
        // A listing comes in pieces, each made as the one before is read.
        for _ in 0..1 << 16 {
            self.answers(|came| match came {
                Came::Done | Came::Answer { .. } => done = true,
                told @ Came::Told { .. } => each(told),
            })?;
            if done {
                break;
            }
        }
        Ok(())
    }

    /// Sends bytes in one piece.
    fn write(&self, bytes: &[u8]) -> Result<(), Errno> {
        send(self.0.as_raw_fd(), bytes, MsgFlags::empty()).map(drop)
    }

    /// Hands on what came, until there is no more.
    pub(crate) fn answers(&self, mut each: impl FnMut(Came<'_>)) -> Result<(), Errno> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            match recv(self.0.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
                Ok(0) | Err(Errno::EAGAIN) => return Ok(()),
                Ok(length) => message::parse(&buffer[..length])
                    .into_iter()
                    .for_each(&mut each),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
