//! The client's states and the words for what is wrong, as a person reads them (the Windows display
//! has the same lines).

use std::fmt;

/// Where the client stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not wanted now.
    Dormant,
    /// Asking the server, and at once its other address.
    ProbePrimary,
    /// The server has answered, its other address not yet.
    ProbeSecondary,
    /// It has an address.
    Qualified,
    /// It has none.
    Offline(Why),
}

/// Why a client has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing was tried yet.
    NotStarted,
    /// No server is configured, or its name has no address.
    NoServer,
    /// There is no IPv4.
    NoNetwork,
    /// The network is somebody's who did not ask for tunnels (RFC 5991 appendix A).
    Managed,
    /// The primary address does not answer.
    PrimarySilent,
    /// The secondary address does not answer, and without it the NAT cannot be told.
    SecondarySilent,
    /// Each server sees another place, and addresses for such clients are switched off.
    Symmetric,
    /// What the server says is not proved by the shared key.
    BadAuthentication,
    /// The server wants another key.
    KeyExpired,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dormant => "dormant",
            Self::ProbePrimary => "probe (primary server)",
            Self::ProbeSecondary => "probe (secondary server)",
            Self::Qualified => "qualified",
            Self::Offline(_) => "offline",
        })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotStarted => "none",
            Self::NoServer => "server name could not be resolved",
            Self::NoNetwork => "no IPv4 connectivity",
            Self::Managed => "network is managed: use enterpriseclient",
            Self::PrimarySilent => "primary server unreachable over UDP",
            Self::SecondarySilent => "secondary server unreachable over UDP",
            Self::Symmetric => "client behind symmetric NAT",
            Self::BadAuthentication => "server answered with a bad authentication",
            Self::KeyExpired => "server wants a new key",
        })
    }
}

/// Why a peer cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPath {
    /// Nothing came back.
    Silent,
    /// It answers by way of its server, and no direct packet gets through.
    ServerOnly {
        /// Whether it is our NAT that is symmetric.
        ours: bool,
    },
    /// A native host that does not answer ICMPv6 echo requests.
    NoEcho,
}

impl fmt::Display for NoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Silent => "the peer does not answer",
            Self::ServerOnly { ours: true } => {
                "client behind symmetric NAT: the peer's NAT lets in only the port it knows"
            }
            Self::ServerOnly { ours: false } => {
                "peer behind symmetric NAT: our NAT lets in only the port it knows"
            }
            Self::NoEcho => "the host does not answer ICMPv6 echo requests",
        })
    }
}
