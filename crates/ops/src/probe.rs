//! What is sent: a port, or a protocol without ports.

use std::fmt;
use std::str::FromStr;

use sixward_net::Family;
use sixward_prove::L4;

/// What is sent, in either family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Probe {
    Tcp(u16),
    Udp(u16),
    /// An echo request.
    Icmp,
    /// Any other protocol by its IANA number.
    Other(u8),
}

/// Echo request (RFC 792, RFC 4443 section 4.1).
const ECHO4: u8 = 8;
const ECHO6: u8 = 128;

/// Protocols that have a word of their own: ICMP, TCP, UDP, ICMPv6.
const WORDED: [u8; 4] = [1, 6, 17, 58];

impl Probe {
    /// As a packet carries it.
    pub(crate) fn l4(self, family: Family, source: u16) -> L4 {
        match (self, family) {
            (Self::Tcp(destination), _) => L4::Tcp {
                source,
                destination,
            },
            (Self::Udp(destination), _) => L4::Udp {
                source,
                destination,
            },
            (Self::Icmp, Family::V4) => L4::Icmp {
                kind: ECHO4,
                code: 0,
            },
            (Self::Icmp, Family::V6) => L4::Icmp6 {
                kind: ECHO6,
                code: 0,
            },
            (Self::Other(number), _) => L4::Other(number),
        }
    }
}

impl FromStr for Probe {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let port = |text: &str| text.parse().ok().filter(|port| *port > 0).ok_or(());
        match text.split_once('/') {
            None if text == "icmp" => Ok(Self::Icmp),
            None => port(text).map(Self::Tcp),
            Some(("tcp", text)) => port(text).map(Self::Tcp),
            Some(("udp", text)) => port(text).map(Self::Udp),
            Some(("proto", text)) => {
                let number = text.parse().map_err(|_| ())?;
                let own = !WORDED.contains(&number);
                own.then_some(Self::Other(number)).ok_or(())
            }
            Some(_) => Err(()),
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(port) => write!(f, "tcp/{port}"),
            Self::Udp(port) => write!(f, "udp/{port}"),
            Self::Icmp => f.pad("icmp echo"),
            Self::Other(number) => write!(f, "protocol {number}"),
        }
    }
}
