//! What the machine outside has: its links, addresses, routes, rules and neighbours.
//!
//! The promise is that a rehearsal touches nothing of it. A socket that was opened before the process was
//! entered into namespaces still looks outside, so the promise can be checked while a lab stands.

use std::collections::BTreeSet;

use nix::errno::Errno;

use super::message::{Batch, Came, DUMP, attributes};
use super::socket::{Protocol, Socket};

/// A look at the machine outside.
#[derive(Debug)]
pub struct Outside(Socket);

/// What a listing is of: what to ask for, the length of the fixed header, how much of it and which
/// attributes stay the same while nobody touches anything.
struct Listing {
    ask: u16,
    header: usize,
    lasting: &'static [(usize, usize)],
    attributes: &'static [u16],
}

const LISTINGS: [Listing; 5] = [
    // Links: type, number, flags; hardware address, name, largest packet.
    Listing {
        ask: 18,
        header: 16,
        lasting: &[(2, 12)],
        attributes: &[1, 3, 4],
    },
    // Addresses.
    Listing {
        ask: 22,
        header: 8,
        lasting: &[(0, 2), (4, 8)],
        attributes: &[1, 2],
    },
    // Routes.
    Listing {
        ask: 26,
        header: 12,
        lasting: &[(0, 8)],
        attributes: &[1, 4, 5, 6, 15, 18],
    },
    // Rules.
    Listing {
        ask: 34,
        header: 12,
        lasting: &[(0, 12)],
        attributes: &[1, 2, 3, 6, 10, 15, 16, 17],
    },
    // Neighbours that somebody put there; others come and go by themselves.
    Listing {
        ask: 30,
        header: 12,
        lasting: &[(0, 12)],
        attributes: &[1, 2],
    },
];

const NEIGHBOURS: u16 = 30;
const ROUTES: u16 = 26;
const PERMANENT: u8 = 0x80;
/// A route that the kernel remembers of a packet, not one that somebody made.
const CLONED: u32 = 0x200;

impl Outside {
    /// To be called before [`super::enter`].
    pub fn open() -> Result<Self, Errno> {
        Socket::open(Protocol::Route).map(Self)
    }

    /// What is there now, in no words, to be compared.
    pub fn state(&self) -> Result<BTreeSet<Vec<u8>>, Errno> {
        let mut state = BTreeSet::new();
        for listing in &LISTINGS {
            let mut batch = Batch::default();
            batch.add(
                listing.ask,
                DUMP,
                &[0; 16][..listing.header],
                "list",
                |_| {},
            );
            self.0.list(batch, |came| {
                if let Came::Told { body, .. } = came {
                    state.extend(lasting(listing, body));
                }
            })?;
        }
        Ok(state)
    }
}

fn lasting(listing: &Listing, body: &[u8]) -> Option<Vec<u8>> {
    if listing.ask == NEIGHBOURS && body.get(8)? & PERMANENT == 0 {
        return None;
    }
    if listing.ask == ROUTES {
        let flags = body.get(8..12)?;
        if u32::from_ne_bytes([flags[0], flags[1], flags[2], flags[3]]) & CLONED != 0 {
            return None;
        }
    }
    let mut kept = listing.ask.to_ne_bytes().to_vec();
    for (from, to) in listing.lasting {
        kept.extend(body.get(*from..*to)?);
    }
    for (kind, value) in attributes(body, listing.header) {
        if listing.attributes.contains(&kind) {
            kept.extend(kind.to_ne_bytes());
            kept.extend(value);
        }
    }
    Some(kept)
}
