//! What a filter rule matches above the addresses: protocol, destination ports, ICMP type and code.
//!
//! Numbers are IANA's protocol numbers. `icmp` (1) and `icmpv6` (58) are two protocols; the only
//! bridge between them is [`Traffic::v6_twin`], an explicit table (RFC 4443, RFC 4890, RFC 7915
//! section 4.2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The packets that a rule speaks of, addresses aside.
///
/// Written `all`, `tcp/443`, `udp/1024-65535`, `icmp`, `icmp/8`, `icmpv6/2/0`, `protocol/50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Traffic {
    /// Every protocol and every port.
    All,
    /// TCP to these ports.
    Tcp(Ports),
    /// UDP to these ports.
    Udp(Ports),
    /// ICMP for IPv4.
    Icmp(IcmpMatch),
    /// ICMPv6.
    Icmp6(IcmpMatch),
    /// Any other protocol by its IANA number; such protocols have no ports.
    Protocol(u8),
}

/// An inclusive range of ports; `first <= last` always holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ports {
    first: u16,
    last: u16,
}

/// ICMP messages: all, one type, or one type and code. A code without a type cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IcmpMatch {
    /// Every message.
    Any,
    /// Every code of this type.
    Type(u8),
    /// This type with this code.
    Code(u8, u8),
}

/// Text that is not a [`Traffic`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a protocol with ports, such as `tcp/443`, `udp/53-60`, `icmp/8` or `all`")]
pub struct ParseTrafficError(String);

impl Ports {
    /// All ports.
    pub const ALL: Self = Self {
        first: 0,
        last: u16::MAX,
    };

    /// The range, or nothing when it is upside down.
    pub fn new(first: u16, last: u16) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// One port.
    pub fn one(port: u16) -> Self {
        Self {
            first: port,
            last: port,
        }
    }

    /// The lowest port.
    pub fn first(self) -> u16 {
        self.first
    }

    /// The highest port.
    pub fn last(self) -> u16 {
        self.last
    }

    /// Whether some port is in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether every port of `other` is in this range.
    pub fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

impl Traffic {
    /// Packet Too Big, without which path MTU discovery fails (RFC 8201, RFC 4890 section 4.3.1).
    pub const PACKET_TOO_BIG: Self = Self::Icmp6(IcmpMatch::Code(2, 0));

    /// The same traffic as it looks in IPv6: empty when there is no such thing.
    ///
    /// Everything but ICMP is itself. An ICMP type becomes the ICMPv6 types that carry the same
    /// message (RFC 7915 section 4.2); types that IPv6 has no message for, such as timestamps, have
    /// no twin.
    pub fn v6_twin(self) -> Vec<Self> {
        match self {
            Self::Icmp(message) => icmp_twin(message).into_iter().map(Self::Icmp6).collect(),
            other => vec![other],
        }
    }

    /// Whether some packet is matched by both.
    pub fn overlaps(self, other: Self) -> bool {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => true,
            (Self::Tcp(a), Self::Tcp(b)) | (Self::Udp(a), Self::Udp(b)) => a.overlaps(b),
            (Self::Icmp(a), Self::Icmp(b)) | (Self::Icmp6(a), Self::Icmp6(b)) => {
                a.contains(b) || b.contains(a)
            }
            (Self::Protocol(a), Self::Protocol(b)) => a == b,
            _ => false,
        }
    }

    /// Whether every packet matched by `other` is matched by this.
    pub fn contains(self, other: Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Tcp(a), Self::Tcp(b)) | (Self::Udp(a), Self::Udp(b)) => a.contains(b),
            (Self::Icmp(a), Self::Icmp(b)) | (Self::Icmp6(a), Self::Icmp6(b)) => a.contains(b),
            (Self::Protocol(a), Self::Protocol(b)) => a == b,
            _ => false,
        }
    }
}

impl IcmpMatch {
    fn contains(self, other: Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::Type(a), Self::Type(b) | Self::Code(b, _)) => a == b,
            (a, b) => a == b,
        }
    }
}

fn icmp_twin(message: IcmpMatch) -> Vec<IcmpMatch> {
    use IcmpMatch::{Any, Code, Type};
    match message {
        Any => vec![Any],
        // Echo, and a code as it is: who lets 8/0 pass did not let 8/1.
        Type(8) => vec![Type(128)],
        Code(8, code) => vec![Code(128, code)],
        Type(0) => vec![Type(129)],
        Code(0, code) => vec![Code(129, code)],
        // Destination unreachable: "fragmentation needed" became a type of its own.
        Type(3) => vec![Type(1), Code(2, 0)],
        Code(3, 4) => vec![Code(2, 0)],
        Code(3, 0 | 1 | 5 | 6 | 7 | 8 | 11 | 12) => vec![Code(1, 0)], // no route
        Code(3, 2) => vec![Code(4, 1)], // protocol unreachable: unrecognized next header
        Code(3, 3) => vec![Code(1, 4)], // port unreachable
        Code(3, 9 | 10 | 13 | 15) => vec![Code(1, 1)], // administratively prohibited
        Type(11) => vec![Type(3)],      // time exceeded
        Code(11, code @ (0 | 1)) => vec![Code(3, code)],
        Type(12) => vec![Type(4)], // parameter problem
        _ => Vec::new(),
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Tcp(ports) => write!(f, "tcp{ports}"),
            Self::Udp(ports) => write!(f, "udp{ports}"),
            Self::Icmp(message) => write!(f, "icmp{message}"),
            Self::Icmp6(message) => write!(f, "icmpv6{message}"),
            Self::Protocol(number) => write!(f, "protocol/{number}"),
        }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ALL => Ok(()),
            Self { first, last } if first == last => write!(f, "/{first}"),
            Self { first, last } => write!(f, "/{first}-{last}"),
        }
    }
}

impl fmt::Display for IcmpMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::Type(kind) => write!(f, "/{kind}"),
            Self::Code(kind, code) => write!(f, "/{kind}/{code}"),
        }
    }
}

impl FromStr for Traffic {
    type Err = ParseTrafficError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParseTrafficError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Traffic> {
    let (protocol, rest) = match text.split_once('/') {
        Some((protocol, rest)) => (protocol, Some(rest)),
        None => (text, None),
    };
    Some(match protocol {
        "all" if rest.is_none() => Traffic::All,
        "tcp" => Traffic::Tcp(parse_ports(rest)?),
        "udp" => Traffic::Udp(parse_ports(rest)?),
        "icmp" => Traffic::Icmp(parse_icmp(rest)?),
        "icmpv6" => Traffic::Icmp6(parse_icmp(rest)?),
        "protocol" => Traffic::Protocol(rest?.parse().ok()?),
        _ => return None,
    })
}

fn parse_ports(text: Option<&str>) -> Option<Ports> {
    let Some(text) = text else {
        return Some(Ports::ALL);
    };
    match text.split_once('-') {
        Some((first, last)) => Ports::new(first.parse().ok()?, last.parse().ok()?),
        None => Some(Ports::one(text.parse().ok()?)),
    }
}

fn parse_icmp(text: Option<&str>) -> Option<IcmpMatch> {
    let Some(text) = text else {
        return Some(IcmpMatch::Any);
    };
    Some(match text.split_once('/') {
        Some((kind, code)) => IcmpMatch::Code(kind.parse().ok()?, code.parse().ok()?),
        None => IcmpMatch::Type(text.parse().ok()?),
    })
}

impl From<Traffic> for String {
    fn from(traffic: Traffic) -> Self {
        traffic.to_string()
    }
}

impl TryFrom<String> for Traffic {
    type Error = ParseTrafficError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for text in [
            "all",
            "tcp",
            "tcp/443",
            "udp/53-60",
            "icmp",
            "icmp/8",
            "icmp/3/4",
            "icmpv6/2/0",
            "protocol/50",
        ] {
            assert_eq!(text.parse::<Traffic>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "tcp/",
            "tcp/9-1",
            "tcp/65536",
            "all/1",
            "sctp/1",
            "protocol",
            "icmp//1",
        ] {
            assert!(text.parse::<Traffic>().is_err(), "{text}");
        }
    }

    #[test]
    fn icmp_messages_find_their_icmpv6_twin() {
        let twin = |text: &str| {
            let twins = text.parse::<Traffic>().unwrap().v6_twin();
            twins
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(twin("icmp"), "icmpv6");
        assert_eq!(twin("icmp/8"), "icmpv6/128");
        assert_eq!(twin("icmp/8/0"), "icmpv6/128/0", "8/1 does not pass");
        assert_eq!(twin("icmp/0/0"), "icmpv6/129/0");
        assert_eq!(twin("icmp/3"), "icmpv6/1 icmpv6/2/0");
        assert_eq!(twin("icmp/3/4"), "icmpv6/2/0");
        assert_eq!(twin("icmp/13"), "", "timestamps have no IPv6 message");
        assert_eq!(twin("tcp/443"), "tcp/443");
        assert_eq!(twin("all"), "all");
    }

    #[test]
    fn containment_is_within_overlap() {
        let all = [
            "all",
            "tcp",
            "tcp/80",
            "tcp/80-90",
            "udp/80",
            "icmp",
            "icmp/8",
            "icmp/3/4",
        ];
        for a in all.map(|text| text.parse::<Traffic>().unwrap()) {
            for b in all.map(|text| text.parse::<Traffic>().unwrap()) {
                assert!(!a.contains(b) || a.overlaps(b), "{a} {b}");
                assert_eq!(a.overlaps(b), b.overlaps(a), "{a} {b}");
            }
        }
    }
}
