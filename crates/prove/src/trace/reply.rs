//! The answer to a packet.

use crate::{L4, Packet};

/// What the receiver of a packet sends back; nothing where the protocol has no answer.
///
/// Of ICMP only the echo has one (RFC 792, RFC 4443 section 4). Other protocols answer in kind: the
/// provider tracks them by addresses and protocol (Amazon EC2, Security group connection tracking).
pub(super) fn reply(packet: &Packet) -> Option<Packet> {
    Some(Packet {
        source: packet.destination,
        destination: packet.source,
        l4: reply4(packet.l4)?,
    })
}

fn reply4(l4: L4) -> Option<L4> {
    Some(match l4 {
        L4::Tcp {
            source,
            destination,
        } => L4::Tcp {
            source: destination,
            destination: source,
        },
        L4::Udp {
            source,
            destination,
        } => L4::Udp {
            source: destination,
            destination: source,
        },
        L4::Icmp { kind: 8, code } => L4::Icmp { kind: 0, code },
        L4::Icmp6 { kind: 128, code } => L4::Icmp6 { kind: 129, code },
        L4::Icmp { .. } | L4::Icmp6 { .. } => return None,
        L4::Other(number) => L4::Other(number),
    })
}
