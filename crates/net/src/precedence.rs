//! Which of a name's addresses a program takes first, other things being equal (RFC 6724 section 2.1): native
//! IPv6 before IPv4, IPv4 before 6to4 and Teredo.
//!
//! glibc's own table has no row for Teredo, which puts it before IPv4 there unless `gai.conf` says
//! `precedence 2001::/32 5`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::Ipv6Net;

/// A row of the policy table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Addresses under this prefix.
    pub prefix: Ipv6Net,
    /// The higher first.
    pub precedence: u8,
    /// A source is taken that has the destination's.
    pub label: u8,
}

const fn row(first: Ipv6Addr, length: u8, precedence: u8, label: u8) -> Policy {
    Policy {
        prefix: Ipv6Net::new_assert(first, length),
        precedence,
        label,
    }
}

const MAPPED: Ipv6Addr = Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0);

const fn under(first: u16) -> Ipv6Addr {
    Ipv6Addr::new(first, 0, 0, 0, 0, 0, 0, 0)
}

/// The default table.
pub const POLICIES: [Policy; 9] = [
    row(Ipv6Addr::LOCALHOST, 128, 50, 0),
    row(Ipv6Addr::UNSPECIFIED, 0, 40, 1),
    row(MAPPED, 96, 35, 4),
    row(under(0x2002), 16, 30, 2),
    row(under(0x2001), 32, 5, 5),
    row(under(0xfc00), 7, 3, 13),
    row(Ipv6Addr::UNSPECIFIED, 96, 1, 3),
    row(under(0xfec0), 10, 1, 11),
    row(under(0x3ffe), 16, 1, 12),
];

impl Policy {
    /// The row for an address: the longest prefix.
    pub fn of(address: IpAddr) -> Self {
        let address = match address {
            IpAddr::V4(address) => Ipv4Addr::to_ipv6_mapped(&address),
            IpAddr::V6(address) => address,
        };
        let under = POLICIES.iter().filter(|row| row.prefix.contains(&address));
        let longest = under.max_by_key(|row| row.prefix.prefix_len());
        // Every address is under ::/0.
        longest.copied().unwrap_or(POLICIES[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv4_goes_before_teredo_and_after_native_ipv6() {
        let of = |address: &str| Policy::of(address.parse().unwrap()).precedence;
        let order = [
            "2a0c:9a40::1",
            "10.64.9.14",
            "2002:a40:90e::1",
            "2001:0:a40:101::1",
        ];
        let order = order.map(of);
        assert_eq!(order, [40, 35, 30, 5]);
        assert_eq!(of("2001:db8::1"), 40);
    }
}
