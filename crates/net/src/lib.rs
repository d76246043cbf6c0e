//! Prefixes, ports and protocols as values that cannot be wrong.
//!
//! The bottom of the workspace: it knows packets' headers and nothing of clouds.
//! Prefixes themselves are [`ipnet`]'s.

mod family;
pub mod precedence;
pub mod scope;
pub mod symbol;
mod teredo;
mod traffic;

pub use family::Family;
pub use teredo::Teredo;
pub use traffic::{IcmpMatch, ParseTrafficError, Ports, Traffic};

pub use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Every IPv4 address: `0.0.0.0/0`.
pub const ANY4: Ipv4Net = Ipv4Net::new_assert(std::net::Ipv4Addr::UNSPECIFIED, 0);
/// Every IPv6 address: `::/0`.
pub const ANY6: Ipv6Net = Ipv6Net::new_assert(std::net::Ipv6Addr::UNSPECIFIED, 0);
