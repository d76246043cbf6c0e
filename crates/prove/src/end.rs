//! Where flows begin and end.

use std::fmt;

use serde::{Deserialize, Serialize};
use sixward_estate::{InterfaceId, LinkId, NetworkId};

/// An end of a flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// An interface of the estate: a host's or a managed service's.
    Interface(InterfaceId),
    /// The internet.
    Internet,
    /// A site behind a VPN connection, a Direct Connect or another attachment of a transit hub.
    Site(LinkId),
    /// A network on the far side of a peering that is not in the estate.
    Foreign(NetworkId),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interface(id) => id.fmt(f),
            Self::Internet => f.pad("internet"),
            Self::Site(link) => write!(f, "site behind {link}"),
            Self::Foreign(network) => write!(f, "foreign network {network}"),
        }
    }
}
