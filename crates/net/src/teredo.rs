//! Teredo addresses: a server, a client's place behind its NAT, and twelve random bits in one IPv6
//! address (RFC 4380 section 4, RFC 5991 section 3).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4};

use ipnet::Ipv6Net;

/// What a Teredo address says. Port and client stand in it with every bit turned, so that NATs which
/// rewrite addresses in payloads leave them alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Teredo {
    /// The server that forwards bubbles to the client.
    pub server: Ipv4Addr,
    /// The cone bit and random bits.
    pub flags: u16,
    /// Where the client's NAT put it.
    pub client: SocketAddrV4,
}

impl Teredo {
    /// The service prefix, 2001::/32.
    pub const PREFIX: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32);
    /// The port of servers (RFC 4380 section 2.7).
    pub const PORT: u16 = 3544;
    /// The bit that a client behind a cone NAT once set (RFC 4380); read in solicitations only.
    pub const CONE: u16 = 0x8000;
    /// The bits that are random in a new address (RFC 5991 section 3).
    pub const RANDOM: u16 = 0x3cff;

    /// What the address says, if it is a Teredo address.
    pub fn of(address: Ipv6Addr) -> Option<Self> {
        let [
            0x20,
            0x01,
            0,
            0,
            s1,
            s2,
            s3,
            s4,
            f1,
            f2,
            p1,
            p2,
            c1,
            c2,
            c3,
            c4,
        ] = address.octets()
        else {
            return None;
        };
        let client = Ipv4Addr::new(!c1, !c2, !c3, !c4);
        Some(Self {
            server: Ipv4Addr::new(s1, s2, s3, s4),
            flags: u16::from_be_bytes([f1, f2]),
            client: SocketAddrV4::new(client, !u16::from_be_bytes([p1, p2])),
        })
    }

    /// The address that says this.
    pub fn address(self) -> Ipv6Addr {
        let high = |address: Ipv4Addr| {
            let [a, b, c, d] = address.octets();
            [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]
        };
        let [s1, s2] = high(self.server);
        let [c1, c2] = high(*self.client.ip());
        Ipv6Addr::new(0x2001, 0, s1, s2, self.flags, !self.client.port(), !c1, !c2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a1_the_fields_stand_where_the_rfc_puts_them() {
        // RFC 6081 section 6 has this address.
        let address: Ipv6Addr = "2001:0:cb00:7178:0:efff:3fff:fdfe".parse().unwrap();
        let teredo = Teredo {
            server: "203.0.113.120".parse().unwrap(),
            flags: 0,
            client: "192.0.2.1:4096".parse().unwrap(),
        };
        assert_eq!(Teredo::of(address), Some(teredo));
        assert_eq!(teredo.address(), address);
        assert_eq!(Teredo::of("2001:1::".parse().unwrap()), None);
        assert!(Teredo::PREFIX.contains(&address));
    }

    #[test]
    fn a8_reading_and_writing_are_inverse() {
        // SplitMix64 draws the low 96 bits; all of them are fields.
        let mut seed = 1_u64;
        let mut draw = || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
        };
        for _ in 0..100_000 {
            let low = (u128::from(draw()) << 64 | u128::from(draw())) >> 32;
            let address = Ipv6Addr::from(0x2001_0000_u128 << 96 | low);
            assert_eq!(Teredo::of(address).unwrap().address(), address);
        }
    }
}
