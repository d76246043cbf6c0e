//! Bubbles (RFC 4380 section 5.2.6, F7): packets that only open doors.

use std::net::Ipv6Addr;

use super::header::{Header, NO_NEXT_HEADER};
use super::trailer::Trailers;

/// A bubble to be made.
#[derive(Debug, Clone, Copy)]
pub struct Bubble {
    /// From where.
    pub source: Ipv6Addr,
    /// To where.
    pub destination: Ipv6Addr,
    /// What follows the header.
    pub trailers: Trailers,
}

/// The bubble's bytes.
pub fn bubble(bubble: &Bubble) -> Vec<u8> {
    let mut packet = Vec::with_capacity(96);
    header(bubble.source, bubble.destination, 255).write(&mut packet);
    bubble.trailers.write(&mut packet);
    packet
}

/// A bubble to all neighbours, which must not leave the link (RFC 4380 section 5.2.8).
pub(crate) fn discovery_bubble(source: Ipv6Addr, destination: Ipv6Addr) -> Vec<u8> {
    let mut packet = Vec::with_capacity(Header::LENGTH);
    header(source, destination, 1).write(&mut packet);
    packet
}

fn header(source: Ipv6Addr, destination: Ipv6Addr, hop_limit: u8) -> Header {
    Header {
        class: 0,
        payload: 0,
        next: NO_NEXT_HEADER,
        hop_limit,
        source,
        destination,
    }
}
