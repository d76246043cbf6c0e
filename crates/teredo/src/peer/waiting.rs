//! Packets that wait until their peer is known (P7, R8): first in, first out, and bounded for each
//! peer and for all.

use std::net::SocketAddrV4;

use crate::bucket::Rate;

/// What may be kept, and what strangers may cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Peers in all.
    pub peers: usize,
    /// Packets that wait for one peer.
    pub packets_each: usize,
    /// Their bytes.
    pub bytes_each: usize,
    /// Packets that wait for all peers.
    pub packets: usize,
    /// Their bytes.
    pub bytes: usize,
    /// New peers that strangers may cause (RFC 4380 section 7.3.3).
    pub strangers: Rate,
    /// New peers that what is behind the tunnel may cause.
    pub wishes: Rate,
    /// Tests and answers that strangers may cause (CVE-2006-6266).
    pub tests: Rate,
    /// ICMPv6 errors (RFC 4443 section 2.4).
    pub errors: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |burst, per_second| Rate { burst, per_second };
        Self {
            peers: 4096,
            packets_each: 32,
            bytes_each: 48 * 1024,
            packets: 4096,
            bytes: 4 * 1024 * 1024,
            strangers: rate(256, 64),
            wishes: rate(1024, 512),
            tests: rate(128, 64),
            errors: rate(64, 32),
        }
    }
}

/// Which way a packet was going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To the peer.
    Out,
    /// From this place, which may turn out to be the peer's.
    In(SocketAddrV4),
}

/// A packet that waits.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) way: Way,
    pub(crate) bytes: Box<[u8]>,
}
