//! What stands between the client and the internet, in the words of the Windows display.

use std::fmt;
use std::net::SocketAddrV4;

/// The kind of NAT, as far as two servers can tell it apart (RFC 4380 section 5.2.1, Q4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nat {
    /// The second server has not answered.
    Unknown,
    /// The client's own address is the one that the servers see (Q14).
    None,
    /// Both servers see one place, and strangers get in there. Only a diagnosis asks for that.
    Cone,
    /// Both servers see one place. Whether anybody may send there was not tried, or tried in vain.
    Restricted,
    /// Each server sees another port.
    SymmetricPort,
    /// Each server sees another address.
    Symmetric,
}

impl Nat {
    /// What two servers' sights of one port say of the NAT between.
    pub(crate) fn of(one: SocketAddrV4, other: SocketAddrV4) -> Self {
        if one == other {
            Self::Restricted
        } else if one.ip() == other.ip() {
            Self::SymmetricPort
        } else {
            Self::Symmetric
        }
    }

    /// Whether each partner sees the client elsewhere.
    pub const fn symmetric(self) -> bool {
        matches!(self, Self::SymmetricPort | Self::Symmetric)
    }
}

impl fmt::Display for Nat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown",
            Self::None => "none (global connectivity)",
            Self::Cone => "cone",
            Self::Restricted => "restricted",
            Self::SymmetricPort => "symmetric (port)",
            Self::Symmetric => "symmetric",
        })
    }
}
