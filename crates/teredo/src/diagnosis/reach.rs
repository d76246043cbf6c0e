//! Whom a client behind this NAT will reach, by what the peer is behind (RFC 6081 figure 1, and what the
//! opener adds to it). What two servers cannot tell apart is not guessed.

use std::fmt;

use super::{Ports, Verdict};
use crate::nat::Nat;

/// What a peer is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Far {
    /// Native IPv6, by a relay.
    Native,
    /// No NAT, or one that lets everybody in.
    Open,
    /// A NAT that lets in addresses that were called.
    Address,
    /// A NAT that lets in places that were called: plain Linux masquerading and most home routers.
    Port,
    /// A NAT that has another port for each partner.
    Symmetric,
    /// This very NAT.
    Same,
}

impl Far {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Native,
        Self::Open,
        Self::Address,
        Self::Port,
        Self::Symmetric,
        Self::Same,
    ];
}

impl fmt::Display for Far {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native => "native IPv6",
            Self::Open => "no NAT or a cone",
            Self::Address => "restricted (address)",
            Self::Port => "restricted (port)",
            Self::Symmetric => "symmetric",
            Self::Same => "the same NAT",
        })
    }
}

/// Whether such a peer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is.
    Yes,
    /// That depends on this.
    Perhaps(&'static str),
    /// It is not, for this reason.
    No(&'static str),
}

const NO_SERVER: &str = "without a server there is no address";
const UNKNOWN: &str = "the kind of NAT, which only the server's other address could tell";
const FILTER: &str =
    "whether this NAT lets in called addresses or only called ports, which two servers cannot tell";
const PORT_KNOWN: &str =
    "client behind symmetric NAT: the peer's NAT lets in only the port it knows";
const NEITHER: &str = "client behind symmetric NAT: neither NAT's next port can be known";
const TOLD: &str = "whether the peer is told our next port (RFC 6081 section 5.4)";
const GUESSED: &str = "whether our next port is foretold (RFC 6081 section 5.5)";
const INSIDE: &str = "whether both are on one network inside (RFC 6081 section 5.6)";

impl Verdict {
    /// Whether a peer behind this is reached.
    pub fn reaches(&self, far: Far) -> Reach {
        if self.external.is_none() {
            return Reach::No(NO_SERVER);
        }
        // The relay learns our place from our own bubble, whatever the NAT.
        if far == Far::Native || self.nat == Nat::None {
            return Reach::Yes;
        }
        if far == Far::Same {
            let hairpin = self.hairpin == Some(true) && !self.nat.symmetric();
            return if hairpin {
                Reach::Yes
            } else {
                Reach::Perhaps(INSIDE)
            };
        }
        match (self.nat, far) {
            (Nat::Unknown, Far::Port | Far::Symmetric) => Reach::Perhaps(UNKNOWN),
            (Nat::Restricted, Far::Symmetric) => Reach::Perhaps(FILTER),
            (Nat::SymmetricPort | Nat::Symmetric, Far::Port | Far::Symmetric) => {
                self.symmetric_reaches(far)
            }
            _ => Reach::Yes,
        }
    }

    fn symmetric_reaches(&self, far: Far) -> Reach {
        match (self.ports, far) {
            (Some(Ports::Kept), _) => Reach::Perhaps(TOLD),
            (Some(Ports::Sequential(_)), Far::Port) => Reach::Perhaps(GUESSED),
            (_, Far::Symmetric) => Reach::No(NEITHER),
            _ => Reach::No(PORT_KNOWN),
        }
    }

    /// What is wrong here in one line, in the words of the Windows display; "none" if nothing is.
    pub fn error_line(&self) -> String {
        match self.error {
            Some(why) => why.to_string(),
            None if self.nat.symmetric() => "client behind symmetric NAT".to_owned(),
            None => "none".to_owned(),
        }
    }
}
