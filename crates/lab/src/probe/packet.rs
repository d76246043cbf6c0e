//! Packets as bytes: echo requests, and whether a packet that was dropped belongs to a flow.

use std::net::{IpAddr, SocketAddr};

use super::holders::Onwards;

/// What a flow is known by on its way; addresses may be translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    protocol: u8,
    source: u16,
    destination: u16,
    /// What load balancers make of the destination.
    onward: Onwards,
    /// Who speaks with whom, where nobody translates that.
    ends: Option<[IpAddr; 2]>,
}

/// Which way a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    There,
    Back,
}

const ICMP: u8 = 1;
const ICMP6: u8 = 58;

impl Header {
    pub(super) fn new(protocol: u8, source: u16, destination: u16) -> Self {
        Self {
            protocol,
            source,
            destination,
            onward: Onwards::default(),
            ends: None,
        }
    }

    /// Also known by its addresses: over IPv6 only load balancers make others of them.
    pub(super) fn between(self, source: IpAddr, destination: IpAddr) -> Self {
        let ends = match (source, destination) {
            (IpAddr::V6(_), IpAddr::V6(_)) => Some([source, destination]),
            _ => None,
        };
        Self { ends, ..self }
    }

    /// Also known by what load balancers make of its destination.
    pub(super) fn onward(self, onward: Onwards) -> Self {
        Self { onward, ..self }
    }

    pub(super) fn is_handed_on(self) -> bool {
        self.onward != Onwards::default()
    }

    /// Whether a packet, from its network header on, belongs to the flow. An echo is known by its number.
    pub(super) fn matches(self, packet: &[u8]) -> Option<Way> {
        let (protocol, payload) = payload(packet)?;
        if is_error(protocol, payload) {
            // Word about a packet goes the other way.
            return Some(match self.matches(payload.get(8..)?)? {
                Way::There => Way::Back,
                Way::Back => Way::There,
            });
        }
        if protocol != self.protocol {
            return None;
        }
        if matches!(protocol, ICMP | ICMP6) {
            let number = u16::from_be_bytes([*payload.get(4)?, *payload.get(5)?]);
            let way = match payload.first()? {
                8 | 128 => Way::There,
                _ => Way::Back,
            };
            return (number == self.source).then_some(way);
        }
        let port = |at: usize| {
            Some(u16::from_be_bytes([
                *payload.get(at)?,
                *payload.get(at + 1)?,
            ]))
        };
        let (source, destination) = (port(0)?, port(2)?);
        let (from, to) = addresses(packet)?;
        let (from, to) = (
            SocketAddr::new(from, source),
            SocketAddr::new(to, destination),
        );
        for target in self.onward.into_iter().flatten() {
            if to == target {
                return Some(Way::There);
            }
            if from == target {
                return Some(Way::Back);
            }
        }
        if !self.is_between(from.ip(), to.ip()) {
            return None;
        }
        // A NAT gateway may choose another port for what it takes for the side that begins.
        match (source, destination) {
            _ if (source, destination) == (self.source, self.destination) => Some(Way::There),
            _ if (source, destination) == (self.destination, self.source) => Some(Way::Back),
            (_, destination) if destination == self.destination => Some(Way::There),
            (source, destination) if source == self.destination || destination == self.source => {
                Some(Way::Back)
            }
            _ => None,
        }
    }

    fn is_between(self, from: IpAddr, to: IpAddr) -> bool {
        self.ends
            .is_none_or(|ends| ends.contains(&from) && ends.contains(&to))
    }
}

/// Who sends a packet, and to whom.
fn addresses(packet: &[u8]) -> Option<(IpAddr, IpAddr)> {
    fn octets<const N: usize>(packet: &[u8], from: usize) -> Option<[u8; N]> {
        packet.get(from..from + N)?.try_into().ok()
    }
    match packet.first()? >> 4 {
        4 => {
            let address = |from| octets::<4>(packet, from).map(IpAddr::from);
            Some((address(12)?, address(16)?))
        }
        6 => {
            let address = |from| octets::<16>(packet, from).map(IpAddr::from);
            Some((address(8)?, address(24)?))
        }
        _ => None,
    }
}

/// Whether it is an error message, which carries the packet that it is about.
fn is_error(protocol: u8, payload: &[u8]) -> bool {
    match (protocol, payload.first()) {
        (ICMP, Some(kind)) => matches!(kind, 3 | 11 | 12),
        (ICMP6, Some(kind)) => matches!(kind, 1..=4),
        _ => false,
    }
}

fn payload(packet: &[u8]) -> Option<(u8, &[u8])> {
    match packet.first()? >> 4 {
        4 => {
            let length = usize::from(packet[0] & 15) * 4;
            Some((*packet.get(9)?, packet.get(length..)?))
        }
        6 => Some((*packet.get(6)?, packet.get(40..)?)),
        _ => None,
    }
}

/// An echo request. The kernel fills in ICMPv6's checksum, which covers addresses.
pub(super) fn echo(v4: bool, number: u16) -> Vec<u8> {
    let mut bytes = vec![if v4 { 8 } else { 128 }, 0, 0, 0];
    bytes.extend(number.to_be_bytes());
    bytes.extend([0, 1]);
    bytes.extend(*b"sixward!");
    if v4 {
        let sum: u32 = bytes
            .chunks(2)
            .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])))
            .sum();
        let folded = (sum & 0xffff) + (sum >> 16);
        let folded = u16::try_from((folded & 0xffff) + (folded >> 16)).unwrap_or(0);
        bytes[2..4].copy_from_slice(&(!folded).to_be_bytes());
    }
    bytes
}

/// Whether what a raw socket received is the reply.
pub(super) fn is_reply(v4: bool, number: u16, bytes: &[u8]) -> bool {
    // A raw IPv4 socket hands out the network header too.
    let message = if v4 {
        payload(bytes).map_or(&[][..], |(_, payload)| payload)
    } else {
        bytes
    };
    let kind = if v4 { 0 } else { 129 };
    let own = number.to_be_bytes();
    message.first() == Some(&kind) && message.get(4..6) == Some(&own[..])
}
