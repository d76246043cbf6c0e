//! Packets as bytes: echo requests, and whether a packet that was dropped belongs to a flow.

use std::net::{IpAddr, Ipv6Addr};

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
    ends: Option<[Ipv6Addr; 2]>,
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
            (IpAddr::V6(source), IpAddr::V6(destination)) => Some([source, destination]),
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
        if protocol != self.protocol || !self.is_between(packet) {
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
        let mut known = std::iter::once(self.destination).chain(self.onward.into_iter().flatten());
        known.find_map(|to| self.way(to, source, destination))
    }

    fn is_between(self, packet: &[u8]) -> bool {
        let (Some(ends), false) = (self.ends, self.is_handed_on()) else {
            return true;
        };
        let address = |from: usize| -> Option<Ipv6Addr> {
            let octets: [u8; 16] = packet.get(from..from + 16)?.try_into().ok()?;
            Some(octets.into())
        };
        let own = |from| address(from).is_some_and(|it| ends.contains(&it));
        own(8) && own(24)
    }

    /// A NAT gateway may choose another port for what it takes for the side that begins; balancers of the lab keep it, and
    /// others ask the same targets.
    fn way(self, to: u16, source: u16, destination: u16) -> Option<Way> {
        match (source, destination) {
            _ if (source, destination) == (self.source, to) => Some(Way::There),
            _ if (source, destination) == (to, self.source) => Some(Way::Back),
            _ if self.is_handed_on() => None,
            (_, destination) if destination == to => Some(Way::There),
            (source, destination) if source == to || destination == self.source => Some(Way::Back),
            _ => None,
        }
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
