//! Where this host stands in the IPv4 internet, and so which addresses it may speak to (RFC 4380
//! section 5.2.4, A7): Teredo must not become a way to reach what its neighbours keep to themselves.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use crate::reject::Reject;

/// The networks around this host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Networks that count as global although the RFC's list excludes them: an operator's own.
    pub allowed: Vec<Ipv4Net>,
    /// The networks that this host is attached to.
    pub attached: Vec<Ipv4Net>,
    /// This host's IPv4 addresses.
    pub own: Vec<Ipv4Addr>,
    /// The IPv6 networks of this host's other interfaces: nothing in them is behind a tunnel (RFC 6169).
    pub native: Vec<Ipv6Net>,
}

impl Surroundings {
    /// Whether the address is "global unicast" as the RFC means it.
    pub fn is_global(&self, address: Ipv4Addr) -> bool {
        let allowed = self.allowed.iter().any(|net| net.contains(&address));
        let broadcast = |net: &Ipv4Net| net.prefix_len() < 31 && net.broadcast() == address;
        (allowed || !EXCLUDED.iter().any(|net| net.contains(&address)))
            && !self.attached.iter().any(broadcast)
    }

    /// Whether a packet may be sent there because an address of IPv6 says so (P4, Z5).
    pub(crate) fn target(&self, address: Ipv4Addr) -> Result<(), Reject> {
        if !self.is_global(address) {
            return Err(Reject::TargetNotGlobal);
        }
        if self.own.contains(&address) {
            return Err(Reject::Loop);
        }
        Ok(())
    }

    /// Whether a stranger there may become a peer (Z2).
    pub(crate) fn stranger(&self, address: Ipv4Addr) -> Result<(), Reject> {
        self.target(address)?;
        let inside = |net: &Ipv4Net| net.contains(&address);
        if self.attached.iter().any(inside) && !self.allowed.iter().any(inside) {
            return Err(Reject::AttachedNetwork);
        }
        Ok(())
    }

    /// Whether an IPv6 packet may come out of the tunnel with this source (R10, Z6).
    pub(crate) fn source(&self, source: Ipv6Addr) -> Result<(), Reject> {
        let native = self.native.iter().any(|net| net.contains(&source));
        if native || source.is_unspecified() || source.is_loopback() || source.is_multicast() {
            return Err(Reject::BadSource);
        }
        if let [0, 0, 0, 0, 0, 0xffff | 0, ..] = source.segments() {
            return Err(Reject::BadSource);
        }
        Ok(())
    }
}

const fn net(a: u8, b: u8, c: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), length)
}

const EXCLUDED: [Ipv4Net; 9] = [
    net(0, 0, 0, 8),
    net(10, 0, 0, 8),
    net(127, 0, 0, 8),
    net(169, 254, 0, 16),
    net(172, 16, 0, 12),
    net(192, 168, 0, 16),
    net(192, 88, 99, 24),
    net(224, 0, 0, 4),
    Ipv4Net::new_assert(Ipv4Addr::BROADCAST, 32),
];
