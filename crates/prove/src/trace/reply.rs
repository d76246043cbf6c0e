//! The answer to a packet, and the word that it is too big.

use std::net::IpAddr;

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

/// What the far end of a packet's way, or a router there, says of a packet that is too big for a link:
/// ICMP 3/4 (RFC 1191), ICMPv6 2/0 (RFC 8201).
pub(super) fn too_big(packet: &Packet) -> Packet {
    Packet {
        source: packet.destination,
        destination: packet.source,
        l4: match packet.source {
            IpAddr::V4(_) => L4::Icmp { kind: 3, code: 4 },
            IpAddr::V6(_) => L4::Icmp6 { kind: 2, code: 0 },
        },
    }
}

/// Whether a packet belongs to a flow whose first packet was `passed`: an answer, or an error about it,
/// which any router may send. "Security groups are stateful": errors need no rule of their own
/// (Amazon EC2, Path MTU Discovery).
pub(super) fn belongs(packet: &Packet, passed: &Packet) -> bool {
    let is_error = packet.l4 == too_big(passed).l4 && packet.destination == passed.source;
    is_error || reply(passed) == Some(*packet)
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
