//! ICMPv6 as far as Teredo needs it: checksums, echoes that test a path, and errors for packets that
//! cannot be delivered (RFC 4443).

use std::net::Ipv6Addr;

use super::header::Header;

pub(super) const PROTOCOL: u8 = 58;
const DESTINATION_UNREACHABLE: u8 = 1;
const ECHO_REQUEST: u8 = 128;
const ECHO_REPLY: u8 = 129;
/// The least MTU of IPv6, and so the most that an error may be long.
const LEAST_MTU: usize = 1280;

/// A message, taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Icmp<'a> {
    pub(crate) kind: u8,
    pub(crate) code: u8,
    pub(crate) body: &'a [u8],
    /// Whether the checksum is right.
    pub(crate) sound: bool,
}

impl<'a> Icmp<'a> {
    /// The message if one follows the header at once.
    pub(crate) fn read(header: &Header, payload: &'a [u8]) -> Option<Self> {
        if header.next != PROTOCOL {
            return None;
        }
        let ([kind, code, _, _], body) = payload.split_first_chunk::<4>()?;
        // A right checksum makes the sum over all, itself included, come out as zero.
        let sound = checksum(header.source, header.destination, payload) == 0;
        Some(Self {
            kind: *kind,
            code: *code,
            body,
            sound,
        })
    }

    /// The echo that this replies to.
    pub(crate) fn reply(&self) -> Option<Echo> {
        let body: &[u8; 12] = self.body.try_into().ok()?;
        (self.kind == ECHO_REPLY && self.code == 0 && self.sound).then_some(Echo(*body))
    }
}

/// Identifier, sequence number and data of a test: twelve bytes that nobody can guess (RFC 4380
/// section 5.2.9 asks for eight).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Echo(pub(crate) [u8; 12]);

impl Echo {
    /// In a time that does not depend on the bytes (Z4).
    pub(crate) fn equals(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

/// Compares in a time that does not depend on the bytes.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    let differing = one.iter().zip(other).fold(0, |bits, (a, b)| bits | (a ^ b));
    one.len() == other.len() && std::hint::black_box(differing) == 0
}

/// The test of a path.
pub(crate) fn echo_request(source: Ipv6Addr, destination: Ipv6Addr, echo: Echo) -> Vec<u8> {
    message(source, destination, 255, [ECHO_REQUEST, 0], &[&echo.0])
}

/// Why a packet could not be delivered (RFC 4443 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// A rule forbids it.
    Prohibited,
    /// Nobody answers there.
    Address,
}

/// P11: whether no error may be sent about this packet: an error itself, or not from or to one host.
pub(crate) fn is_error(header: &Header, payload: &[u8]) -> bool {
    let error = header.next == PROTOCOL && payload.first().is_none_or(|kind| *kind < 128);
    error
        || header.source.is_unspecified()
        || header.source.is_multicast()
        || header.destination.is_multicast()
}

/// The error about a packet.
pub(crate) fn error(from: Ipv6Addr, to: Ipv6Addr, why: Unreachable, packet: &[u8]) -> Vec<u8> {
    let code = match why {
        Unreachable::Prohibited => 1,
        Unreachable::Address => 3,
    };
    let most = LEAST_MTU - Header::LENGTH - 8;
    let quoted = packet.get(..most).unwrap_or(packet);
    message(
        from,
        to,
        64,
        [DESTINATION_UNREACHABLE, code],
        &[&[0; 4], quoted],
    )
}

/// A whole packet around a message.
pub(super) fn message(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    hop_limit: u8,
    [kind, code]: [u8; 2],
    body: &[&[u8]],
) -> Vec<u8> {
    let length: usize = 4 + body.iter().map(|part| part.len()).sum::<usize>();
    let mut packet = Vec::with_capacity(Header::LENGTH.saturating_add(length));
    let header = Header {
        class: 0,
        payload: u16::try_from(length).unwrap_or(u16::MAX),
        next: PROTOCOL,
        hop_limit,
        source,
        destination,
    };
    header.write(&mut packet);
    packet.extend_from_slice(&[kind, code, 0, 0]);
    packet.extend(body.iter().copied().flatten());
    let sum = checksum(
        source,
        destination,
        packet.get(Header::LENGTH..).unwrap_or_default(),
    );
    if let Some(place) = packet.get_mut(Header::LENGTH + 2..Header::LENGTH + 4) {
        place.copy_from_slice(&sum.to_be_bytes());
    }
    packet
}

/// The internet checksum over pseudo-header and message.
fn checksum(source: Ipv6Addr, destination: Ipv6Addr, message: &[u8]) -> u16 {
    let words = |bytes: &[u8]| {
        bytes.chunks(2).fold(0_u64, |sum, pair| match pair {
            [high, low] => sum + u64::from(u16::from_be_bytes([*high, *low])),
            [high] => sum + (u64::from(*high) << 8),
            _ => sum,
        })
    };
    let length = u64::try_from(message.len()).unwrap_or(u64::MAX);
    let mut sum = words(&source.octets()) + words(&destination.octets()) + u64::from(PROTOCOL);
    sum = sum.saturating_add(length).saturating_add(words(message));
    while sum >> 16 > 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(u16::MAX)
}
