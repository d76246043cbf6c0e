//! The addresses of the small estates, each in both families, so that one is the twin of the other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use sixward_net::{Family, IpNet, Ipv4Net, Ipv6Net};

/// A prefix that rules and routes name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Prefix {
    Any,
    /// A network's block.
    Network(u8),
    /// A subnet's block.
    Subnet(u8, u8),
    /// Half of a subnet's block.
    Half(u8, u8),
    /// One host.
    Host(u8, u8, u8),
    /// A block of the internet.
    Outside,
    /// A part of it.
    Corner,
}

pub(crate) fn prefixes() -> impl Strategy<Value = Prefix> {
    let network = || 0..2_u8;
    prop_oneof![
        4 => Just(Prefix::Any),
        2 => network().prop_map(Prefix::Network),
        3 => (network(), 0..2_u8).prop_map(|(n, s)| Prefix::Subnet(n, s)),
        1 => (network(), 0..2_u8).prop_map(|(n, s)| Prefix::Half(n, s)),
        2 => (network(), 0..2_u8, 0..2_u8).prop_map(|(n, s, h)| Prefix::Host(n, s, h)),
        2 => Just(Prefix::Outside),
        1 => Just(Prefix::Corner),
    ]
}

impl Prefix {
    pub(crate) fn net(self, family: Family) -> IpNet {
        match family {
            Family::V4 => self.net4().into(),
            Family::V6 => self.net6().into(),
        }
    }

    pub(crate) fn net4(self) -> Ipv4Net {
        let at = |n, s, h, length| Ipv4Net::new_assert(Ipv4Addr::new(10, n, s, h), length);
        match self {
            Self::Any => Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 0),
            Self::Network(n) => at(n, 0, 0, 16),
            Self::Subnet(n, s) => at(n, s, 0, 24),
            Self::Half(n, s) => at(n, s, 0, 25),
            Self::Host(n, s, h) => at(n, s, host(h), 32),
            Self::Outside => Ipv4Net::new_assert(Ipv4Addr::new(203, 0, 113, 0), 24),
            Self::Corner => Ipv4Net::new_assert(Ipv4Addr::new(203, 0, 113, 64), 26),
        }
    }

    pub(crate) fn net6(self) -> Ipv6Net {
        let at = |n: u8, s: u8, h: u16, length| {
            let address = Ipv6Addr::new(0x2600, n.into(), 0, s.into(), h, 0, 0, 0);
            Ipv6Net::new_assert(address, length)
        };
        match self {
            Self::Any => Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 0),
            Self::Network(n) => at(n, 0, 0, 32),
            Self::Subnet(n, s) => at(n, s, 0, 64),
            Self::Half(n, s) => at(n, s, 0, 65),
            Self::Host(n, s, h) => at(n, s, u16::from(host(h)) << 8, 128),
            Self::Outside => Ipv6Net::new_assert(Ipv6Addr::new(0x2a00, 0, 0, 0, 0, 0, 0, 0), 24),
            Self::Corner => Ipv6Net::new_assert(Ipv6Addr::new(0x2a00, 0x40, 0, 0, 0, 0, 0, 0), 26),
        }
    }
}

/// One host in each half of a subnet.
fn host(h: u8) -> u8 {
    5 + 128 * h
}

/// Hosts of the internet: in the corner, beside it, elsewhere.
pub(crate) fn remotes(family: Family) -> Vec<IpAddr> {
    match family {
        Family::V4 => [[203, 0, 113, 65], [203, 0, 113, 5], [198, 51, 100, 7]]
            .map(|octets| Ipv4Addr::from(octets).into())
            .into(),
        Family::V6 => [[0x2a00, 0x41], [0x2a00, 0x1], [0x2400, 9]]
            .map(|[a, b]| Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 7).into())
            .into(),
    }
}
