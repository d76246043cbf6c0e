//! What the provider chooses, by a seed: the same run gives the same cloud.

use std::net::{Ipv4Addr, Ipv6Addr};

use sixward_net::Ipv6Net;

/// A number that looks like any other (SplitMix64, public domain, by Sebastiano Vigna).
pub(crate) fn number(seed: u64, nth: u64) -> u64 {
    let mut z = seed.wrapping_add(nth.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A block of this length as Amazon gives them in us-east-1: of 2600:1f18::/32.
pub(crate) fn block(number: u64, length: u8) -> Ipv6Net {
    let around = u128::from(Ipv6Addr::new(0x2600, 0x1f18, 0, 0, 0, 0, 0, 0));
    let bits = u128::from(number & 0xffff_ffff) << 64;
    let address = Ipv6Addr::from(around | bits);
    Ipv6Net::new(address, length).map_or(Ipv6Net::from(address), |net| net.trunc())
}

/// An address within a subnet's block.
pub(crate) fn address(number: u64, within: Ipv6Net) -> Ipv6Addr {
    let bits = u128::from(number) & !u128::from(within.netmask());
    // The first four are the provider's.
    Ipv6Addr::from(u128::from(within.network()) | bits | 0x10)
}

/// A public IPv4 address, of the documentation prefix 203.0.113.0/24.
pub(crate) fn public(number: u64) -> Ipv4Addr {
    let [low, ..] = number.to_le_bytes();
    Ipv4Addr::new(203, 0, 113, low)
}
