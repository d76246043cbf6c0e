//! What differs between the families: how addresses are written, and who can name them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sixward_estate::{Estate, Interface};
use sixward_net::{Family, IpNet};

use super::Analysis;
use super::half::Half;
use crate::set::{Intervals, Point};

/// An address of one family.
pub(super) trait Address: Point {
    const FAMILY: Family;

    /// The address as a point; none when it is of the other family.
    fn point(address: IpAddr) -> Option<Self>;

    fn ip(self) -> IpAddr;

    /// First and last address of a prefix; none when it is of the other family.
    fn range(net: IpNet) -> Option<(Self, Self)>;

    /// The addresses of an interface as its network knows them; one for each prefix that is delegated to it.
    fn own(interface: &Interface) -> Vec<Self>;

    /// Whether it is one of the interface's addresses, delegated ones among them.
    fn is_of(self, interface: &Interface) -> bool;

    /// Whether hosts of the internet have a name for this address of the interface.
    fn is_public(self, interface: &Interface) -> bool;

    /// The address by which hosts of the internet call this one, if they can.
    fn public_name(self, interface: &Interface) -> Option<Self>;

    /// The addresses that hosts of the internet may have.
    fn internet() -> Intervals<Self>;

    /// An address from this one to the last, one kept for examples where there is one.
    fn stranger(self, last: Self) -> Self;

    /// The tables of this family.
    fn half(analysis: &Analysis) -> &Half<Self>;
}

/// The blocks of the estate's own networks: addresses in them may be global and are no strangers', those
/// of IPv6 and those of IPv4 that somebody uses though they are not private.
pub(super) fn own_blocks<A: Address>(estate: &Estate) -> Intervals<A> {
    let networks = estate.networks.iter();
    let blocks = networks.flat_map(|network| {
        let four = network.blocks4.iter().map(|net| IpNet::V4(*net));
        let six = network.blocks6.iter().map(|block| IpNet::V6(block.net));
        four.chain(six)
    });
    Intervals::ranges(blocks.filter_map(A::range))
}

/// A host of the internet as examples have it (RFC 5737, RFC 3849), in the family of an address.
pub(super) fn stranger(family: IpAddr) -> IpAddr {
    match family {
        IpAddr::V4(_) => Ipv4Addr::new(198, 51, 100, 7).into(),
        IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7).into(),
    }
}

impl Address for u32 {
    const FAMILY: Family = Family::V4;

    fn point(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(address) => Some(address.into()),
            IpAddr::V6(_) => None,
        }
    }

    fn ip(self) -> IpAddr {
        Ipv4Addr::from(self).into()
    }

    fn range(net: IpNet) -> Option<(Self, Self)> {
        match net {
            IpNet::V4(net) => Some((net.network().into(), net.broadcast().into())),
            IpNet::V6(_) => None,
        }
    }

    fn own(interface: &Interface) -> Vec<Self> {
        let all = interface.addresses4.iter();
        all.map(|own| own.address.into()).collect()
    }

    fn is_of(self, interface: &Interface) -> bool {
        let mut all = interface.addresses4.iter();
        all.any(|own| u32::from(own.address) == self)
    }

    fn is_public(self, interface: &Interface) -> bool {
        let mut all = interface.addresses4.iter();
        all.any(|own| u32::from(own.address) == self && own.public.is_some())
    }

    fn public_name(self, interface: &Interface) -> Option<Self> {
        let mut all = interface.addresses4.iter();
        let own = all.find(|own| u32::from(own.address) == self)?;
        own.public.map(u32::from)
    }

    /// 198.51.100.7 (RFC 5737).
    fn stranger(self, last: Self) -> Self {
        let example = u32::from(Ipv4Addr::new(198, 51, 100, 7));
        example.clamp(self, last)
    }

    /// All but what no router of the internet forwards (RFC 6890). Documentation prefixes count, as
    /// examples use them for the internet.
    fn internet() -> Intervals<Self> {
        let block = |a, b, length: u32| {
            let first = u32::from(Ipv4Addr::new(a, b, 0, 0));
            (first, first | (u32::MAX >> length))
        };
        let inside = [
            block(0, 0, 8),
            block(10, 0, 8),
            block(100, 64, 10),
            block(127, 0, 8),
            block(169, 254, 16),
            block(172, 16, 12),
            block(192, 168, 16),
            block(224, 0, 3),
        ];
        Intervals::ranges(inside).complement()
    }

    fn half(analysis: &Analysis) -> &Half<Self> {
        &analysis.v4
    }
}

impl Address for u128 {
    const FAMILY: Family = Family::V6;

    fn point(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => Some(address.into()),
        }
    }

    fn ip(self) -> IpAddr {
        Ipv6Addr::from(self).into()
    }

    fn range(net: IpNet) -> Option<(Self, Self)> {
        match net {
            IpNet::V4(_) => None,
            IpNet::V6(net) => Some((net.network().into(), net.broadcast().into())),
        }
    }

    fn own(interface: &Interface) -> Vec<Self> {
        let all = interface.addresses6.iter();
        let mut all: Vec<Self> = all.map(|own| (*own).into()).collect();
        for prefix in &interface.prefixes6 {
            let first = prefix.network().into();
            if !all.contains(&first) {
                all.push(first);
            }
        }
        all
    }

    fn is_of(self, interface: &Interface) -> bool {
        let at = Ipv6Addr::from(self);
        let mut delegated = interface.prefixes6.iter();
        interface.addresses6.contains(&at) || delegated.any(|prefix| prefix.contains(&at))
    }

    fn is_public(self, _interface: &Interface) -> bool {
        Self::internet().contains(self)
    }

    fn public_name(self, interface: &Interface) -> Option<Self> {
        self.is_public(interface).then_some(self)
    }

    /// 2001:db8::7 (RFC 3849).
    fn stranger(self, last: Self) -> Self {
        let example = u128::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7));
        example.clamp(self, last)
    }

    /// Global unicast as assigned today, 2000::/3 (RFC 4291); blocks that stand for others until they
    /// are known lie in it too.
    fn internet() -> Intervals<Self> {
        Intervals::range(0x2 << 124, (0x4 << 124) - 1)
    }

    fn half(analysis: &Analysis) -> &Half<Self> {
        &analysis.v6
    }
}
