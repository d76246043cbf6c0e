//! Prefixes that a provider will choose later.
//!
//! A plan is made before the provider has given the network its block, yet every address below that
//! block must be a value that sets, routes and rules can be computed with. So an unknown block is
//! stood for by a *placeholder*: a block of 3fff::/20, the documentation prefix (RFC 9637), which no
//! router forwards and no provider gives. One /44 of it per network leaves room for every size a
//! provider offers (/44 to /60) and for 16 million networks. Text never shows a placeholder:
//! whatever is printed says `<vpc-1>:1a00::/64`-like symbols, and binding replaces them by the real
//! block.

use std::net::Ipv6Addr;

use ipnet::Ipv6Net;

/// The space that placeholders are taken from.
pub const SPACE: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20);

/// How many placeholders there are.
pub const SLOTS: u32 = 1 << (SLOT_LENGTH - 20);

const SLOT_LENGTH: u8 = 44;

/// The placeholder in `slot` (taken modulo [`SLOTS`]) for a block of `length` bits, 44 at least.
pub fn placeholder(slot: u32, length: u8) -> Ipv6Net {
    let slot = u128::from(slot % SLOTS) << (128 - u32::from(SLOT_LENGTH));
    let base = Ipv6Addr::from(u128::from(SPACE.network()) | slot);
    Ipv6Net::new(base, length.clamp(SLOT_LENGTH, 128)).unwrap_or(SPACE)
}

/// The slot where the search for a free placeholder begins for something called `name`.
///
/// It depends on the name alone, so that a plan made again keeps its placeholders (FNV-1a).
pub fn first_slot(name: &str) -> u32 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    u32::try_from(hash % u64::from(SLOTS)).unwrap_or(0)
}

/// Whether a prefix lies in the space of placeholders.
pub fn is_symbolic(net: Ipv6Net) -> bool {
    SPACE.contains(&net)
}

/// Moves `net`, which lies within `from`, to the same place within `to`.
///
/// Nothing when it does not lie within, or when the blocks differ in size.
pub fn rebase(net: Ipv6Net, from: Ipv6Net, to: Ipv6Net) -> Option<Ipv6Net> {
    if !from.contains(&net) || from.prefix_len() != to.prefix_len() {
        return None;
    }
    let offset = u128::from(net.network()) - u128::from(from.network());
    Ipv6Net::new(
        Ipv6Addr::from(u128::from(to.network()) | offset),
        net.prefix_len(),
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_disjoint_and_inside_the_space() {
        let blocks: Vec<_> = [0, 1, 77, SLOTS - 1]
            .map(|slot| placeholder(slot, 44))
            .into();
        for (i, a) in blocks.iter().enumerate() {
            assert!(is_symbolic(*a));
            assert!(
                blocks
                    .iter()
                    .skip(i + 1)
                    .all(|b| !a.contains(b) && !b.contains(a))
            );
        }
        assert_eq!(placeholder(1, 56).to_string(), "3fff:0:10::/56");
    }

    #[test]
    fn rebasing_keeps_the_place() {
        let (from, to) = (placeholder(5, 56), "2600:1f18:0:4a00::/56".parse().unwrap());
        let subnet =
            Ipv6Net::new(Ipv6Addr::from(u128::from(from.network()) | 0x1a << 64), 64).unwrap();
        assert_eq!(
            rebase(subnet, from, to).unwrap().to_string(),
            "2600:1f18:0:4a1a::/64"
        );
        assert_eq!(rebase(subnet, placeholder(6, 56), to), None);
    }
}
