//! A packet as far as reachability looks at it.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use sixward_net::Family;

/// A packet. Source and destination are of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Packet {
    /// Who sends it.
    pub source: IpAddr,
    /// Whom it is for.
    pub destination: IpAddr,
    /// What it carries.
    pub l4: L4,
}

/// What a packet carries, as far as filters look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum L4 {
    /// TCP, with its ports.
    Tcp {
        /// Source port.
        source: u16,
        /// Destination port.
        destination: u16,
    },
    /// UDP, with its ports.
    Udp {
        /// Source port.
        source: u16,
        /// Destination port.
        destination: u16,
    },
    /// ICMP for IPv4.
    Icmp {
        /// Type.
        kind: u8,
        /// Code.
        code: u8,
    },
    /// ICMPv6.
    Icmp6 {
        /// Type.
        kind: u8,
        /// Code.
        code: u8,
    },
    /// Any other protocol by its IANA number.
    Other(u8),
}

impl Packet {
    /// The packet's family.
    pub fn family(&self) -> Family {
        match self.destination {
            IpAddr::V4(_) => Family::V4,
            IpAddr::V6(_) => Family::V6,
        }
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            source,
            destination,
            l4,
        } = self;
        write!(f, "{l4} {source} -> {destination}")
    }
}

impl fmt::Display for L4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp {
                source,
                destination,
            } => write!(f, "tcp {source}>{destination}"),
            Self::Udp {
                source,
                destination,
            } => write!(f, "udp {source}>{destination}"),
            Self::Icmp { kind, code } => write!(f, "icmp {kind}/{code}"),
            Self::Icmp6 { kind, code } => write!(f, "icmpv6 {kind}/{code}"),
            Self::Other(number) => write!(f, "protocol {number}"),
        }
    }
}
