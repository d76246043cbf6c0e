//! What kind of IPv6 address an address is: whether it can serve the internet at all.
//!
//! Blocks from the IANA special-purpose registries (RFC 6890 and the RFCs named below).

use std::net::Ipv6Addr;

use ipnet::Ipv6Net;
use serde::{Deserialize, Serialize};

/// The reach of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Global unicast as assigned today, 2000::/3 less the special blocks (RFC 4291).
    Global,
    /// Unique local, fc00::/7 (RFC 4193).
    UniqueLocal,
    /// Link-local, fe80::/10 (RFC 4291).
    LinkLocal,
    /// 6to4, 2002::/16, deprecated (RFC 7526).
    SixToFour,
    /// Teredo, 2001::/32 (RFC 4380).
    Teredo,
    /// NAT64, 64:ff9b::/96 and 64:ff9b:1::/48 (RFC 6052, RFC 8215).
    Nat64,
    /// Documentation, 2001:db8::/32 and 3fff::/20 (RFC 3849, RFC 9637).
    Documentation,
    /// Site-local, fec0::/10, deprecated (RFC 3879).
    SiteLocal,
    /// Anything else: loopback, multicast, unassigned space such as `ace:cab:deca::/48`.
    Other,
}

impl Scope {
    /// The scope of one address.
    pub fn of(address: Ipv6Addr) -> Self {
        BLOCKS
            .iter()
            .find(|(block, _)| block.contains(&address))
            .map_or(Self::Other, |(_, scope)| *scope)
    }
}

const fn block(first: u16, second: u16, third: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), length)
}

/// Special blocks stand before the 2000::/3 that holds them.
const BLOCKS: [(Ipv6Net, Scope); 11] = [
    (block(0x2001, 0, 0, 32), Scope::Teredo),
    (block(0x2001, 0xdb8, 0, 32), Scope::Documentation),
    (block(0x3fff, 0, 0, 20), Scope::Documentation),
    (block(0x2002, 0, 0, 16), Scope::SixToFour),
    (block(0x2000, 0, 0, 3), Scope::Global),
    (block(0x64, 0xff9b, 0, 96), Scope::Nat64),
    (block(0x64, 0xff9b, 1, 48), Scope::Nat64),
    (block(0xfc00, 0, 0, 7), Scope::UniqueLocal),
    (block(0xfe80, 0, 0, 10), Scope::LinkLocal),
    (block(0xfec0, 0, 0, 10), Scope::SiteLocal),
    (block(0xff00, 0, 0, 8), Scope::Other),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_the_scope_of_their_block() {
        for (address, scope) in [
            ("2600:1f18::1", Scope::Global),
            ("2001::1", Scope::Teredo),
            ("2001:db8::1", Scope::Documentation),
            ("3fff:fff::1", Scope::Documentation),
            ("2002:c0a8:102::", Scope::SixToFour),
            ("64:ff9b::c000:201", Scope::Nat64),
            ("fd00:ec2::254", Scope::UniqueLocal),
            ("fe80::1", Scope::LinkLocal),
            ("fec0::1", Scope::SiteLocal),
            ("ace:cab:deca::1", Scope::Other),
            ("::1", Scope::Other),
        ] {
            assert_eq!(Scope::of(address.parse().unwrap()), scope, "{address}");
        }
    }
}
