//! Wires: pairs of virtual Ethernet ports between two namespaces (rtnetlink(7), veth(4)).

use std::collections::BTreeSet;
use std::os::fd::{AsRawFd, BorrowedFd};

use nix::errno::Errno;

use super::message::{Attributes, Batch, CREATE, Came, DUMP, EXCLUSIVE, attributes};
use super::socket::Socket;

const NEW_LINK: u16 = 16;
const DELETE_LINK: u16 = 17;
const GET_LINK: u16 = 18;
const SET_LINK: u16 = 19;
const UP: u32 = 1;

/// A port as it is to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made<'a> {
    /// Its number, chosen by us so that everything about it fits in one batch.
    pub(crate) index: u32,
    /// Its name.
    pub(crate) name: &'a str,
    /// Which end it is: the first or the second.
    pub(crate) side: Side,
}

/// An end of a wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// `fe80::1`.
    First,
    /// `fe80::2`.
    Second,
}

impl Side {
    /// The other end.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    /// Its hardware address. Wires are point to point, so two are enough for all.
    pub(crate) const fn hardware(self) -> [u8; 6] {
        [2, 0, 0, 0, 0, self.number()]
    }

    /// Its link-local address.
    pub(crate) fn address(self) -> [u8; 16] {
        let mut address = [0; 16];
        (address[0], address[1], address[15]) = (0xfe, 0x80, self.number());
        address
    }

    const fn number(self) -> u8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
        }
    }
}

/// A wire from this namespace to another.
pub(crate) fn add(
    batch: &mut Batch,
    what: &str,
    first: Made<'_>,
    second: Made<'_>,
    second_space: BorrowedFd<'_>,
    (mtu, back): (u32, u32),
) {
    let flags = CREATE | EXCLUSIVE;
    let header = header(0, first.index, 0, 0);
    batch.add(NEW_LINK, flags, &header, format!("wire {what}"), |link| {
        port(link, first, mtu);
        link.nest(18, |kind| {
            kind.text(1, "veth");
            kind.nest(2, |veth| {
                veth.nest_after(1, &self::header(0, second.index, 0, 0), |peer| {
                    port(peer, second, back);
                    let space = u32::try_from(second_space.as_raw_fd()).unwrap_or(u32::MAX);
                    peer.u32(28, space);
                });
            });
        });
    });
}

fn port(link: &mut Attributes<'_>, made: Made<'_>, mtu: u32) {
    link.text(3, made.name);
    link.bytes(1, &made.side.hardware());
    link.u32(4, mtu);
    // One queue each way: the default is one for each processor.
    link.u32(31, 1);
    link.u32(32, 1);
}

/// Sets a port's ways and switches it on. By netlink and not in /proc/sys, which costs more the more
/// namespaces there are.
pub(crate) fn up(batch: &mut Batch, what: &str, index: u32) {
    const NO_ADDRESS_OF_ITS_OWN: u8 = 1;
    batch.add(SET_LINK, 0, &header(0, index, 0, 0), what, |link| {
        link.nest(26, |ways| {
            ways.nest(2, |v4| {
                v4.nest(1, |conf| {
                    conf.u32(6, 0); // no redirects
                    conf.u32(8, 0); // the source is not asked for a way back
                });
            });
            ways.nest(10, |v6| v6.bytes(8, &[NO_ADDRESS_OF_ITS_OWN]));
        });
    });
    batch.add(SET_LINK, 0, &header(0, index, UP, UP), what, |_| {});
}

/// Switches on the port that every namespace has.
pub(crate) fn own_up(batch: &mut Batch) {
    batch.add(SET_LINK, 0, &header(0, 1, UP, UP), "lo", |_| {});
}

/// Takes a wire away, with its other end.
pub(crate) fn remove(batch: &mut Batch, what: &str, index: u32) {
    batch.add(DELETE_LINK, 0, &header(0, index, 0, 0), what, |_| {});
}

/// How many of these ports of a namespace do not carry packets yet. A port whose other end comes up after it is
/// switched on by the kernel in its own time, and drops what it is given until then.
pub(crate) fn waiting(socket: &Socket, ports: &BTreeSet<u32>) -> Result<usize, Errno> {
    const STATE: u16 = 16;
    const RUNS: &[u8] = &[6];
    let mut batch = Batch::default();
    batch.add(GET_LINK, DUMP, &header(0, 0, 0, 0), "list", |_| {});
    let mut running = 0;
    socket.list(batch, |came| {
        if let Came::Told { body, .. } = came
            && ports
                .iter()
                .any(|port| body.get(4..8) == Some(&port.to_ne_bytes()))
            && attributes(body, 16).contains(&(STATE, RUNS))
        {
            running += 1;
        }
    })?;
    // The state is told a moment before the port is switched on, under one lock: who gets it knows.
    let mut batch = Batch::default();
    own_up(&mut batch);
    socket.send(batch, usize::MAX)?;
    Ok(ports.len().saturating_sub(running))
}

fn header(family: u8, index: u32, flags: u32, change: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[0] = family;
    bytes[4..8].copy_from_slice(&index.to_ne_bytes());
    bytes[8..12].copy_from_slice(&flags.to_ne_bytes());
    bytes[12..16].copy_from_slice(&change.to_ne_bytes());
    bytes
}
