//! The fixed IPv6 header, and the walk over those that may follow it (RFC 8200).

use std::net::Ipv6Addr;

use crate::reject::Reject;

/// What the fixed header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Differentiated services and congestion.
    pub class: u8,
    /// The length of what follows.
    pub payload: u16,
    /// What follows.
    pub next: u8,
    /// How many routers it may still cross.
    pub hop_limit: u8,
    /// From where.
    pub source: Ipv6Addr,
    /// To where.
    pub destination: Ipv6Addr,
}

pub(crate) const NO_NEXT_HEADER: u8 = 59;
const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const DESTINATION: u8 = 60;

impl Header {
    /// The length of the fixed header.
    pub const LENGTH: usize = 40;

    /// Reads the first bytes of an IPv6 packet.
    pub fn read(packet: &[u8]) -> Result<Self, Reject> {
        match packet.first() {
            Some(first) if first >> 4 == 6 => {}
            Some(0) if packet.len() == 1 => return Err(Reject::Truncated),
            Some(_) => return Err(Reject::NotIpv6),
            None => return Err(Reject::Truncated),
        }
        let (fixed, addresses) = packet.split_first_chunk::<8>().ok_or(Reject::Truncated)?;
        let (source, rest) = addresses
            .split_first_chunk::<16>()
            .ok_or(Reject::Truncated)?;
        let (destination, _) = rest.split_first_chunk::<16>().ok_or(Reject::Truncated)?;
        let [version, class, _, _, length, more, next, hop_limit] = *fixed;
        Ok(Self {
            class: version << 4 | class >> 4,
            payload: u16::from_be_bytes([length, more]),
            next,
            hop_limit,
            source: Ipv6Addr::from(*source),
            destination: Ipv6Addr::from(*destination),
        })
    }

    /// The length of the whole packet.
    pub fn length(&self) -> usize {
        Self::LENGTH.saturating_add(usize::from(self.payload))
    }

    /// Appends the header to a packet in the making.
    pub(crate) fn write(&self, packet: &mut Vec<u8>) {
        let [length, more] = self.payload.to_be_bytes();
        let first = [0x60 | self.class >> 4, self.class << 4, 0, 0];
        packet.extend_from_slice(&first);
        packet.extend_from_slice(&[length, more, self.next, self.hop_limit]);
        packet.extend_from_slice(&self.source.octets());
        packet.extend_from_slice(&self.destination.octets());
    }
}

/// Z1: refuses a routing header with segments left, whatever its type (RFC 5095, CVE-2006-6263).
pub(crate) fn destined(header: &Header, mut payload: &[u8]) -> Result<(), Reject> {
    let mut next = header.next;
    while matches!(next, HOP_BY_HOP | ROUTING | DESTINATION) {
        let Some([after, length, _, left]) = payload.first_chunk::<4>() else {
            return Err(Reject::Truncated);
        };
        if next == ROUTING && *left > 0 {
            return Err(Reject::RoutingHeader);
        }
        let bytes = (usize::from(*length) + 1) * 8;
        payload = payload.get(bytes..).ok_or(Reject::Truncated)?;
        next = *after;
    }
    Ok(())
}
