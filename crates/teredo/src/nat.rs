//! What stands between the client and the internet, in the words of the Windows display.

use std::fmt;

/// The kind of NAT, as far as two servers can tell it apart (RFC 4380 section 5.2.1, Q4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nat {
    /// The second server has not answered.
    Unknown,
    /// The client's own address is the one that the servers see (Q14).
    None,
    /// Both servers see one place. Whether anybody may send there was not tried.
    Restricted,
    /// Each server sees another port.
    SymmetricPort,
    /// Each server sees another address.
    Symmetric,
}

impl Nat {
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
            Self::Restricted => "restricted",
            Self::SymmetricPort => "symmetric (port)",
            Self::Symmetric => "symmetric",
        })
    }
}
