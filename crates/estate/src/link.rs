//! Links between networks: peering, transit hubs with attachments and tables, VPN connections.

use std::fmt;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::table::item;
use crate::{
    GatewayId, LinkId, NetworkId, Place, RouteOrigin, RouteState, SubnetId, TransitId,
    TransitTableId,
};

/// A link that is up or being set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// Its name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// What it joins.
    pub kind: LinkKind,
}

/// What a link joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// Two networks, not transitive. Either may belong to somebody else.
    Peering {
        /// The side that asked.
        requester: PeerSide,
        /// The side that accepted.
        accepter: PeerSide,
    },
    /// A network or a far end at a transit hub.
    Transit(Attachment),
    /// A VPN connection to a site.
    Vpn {
        /// The gateway at this end; none when it ends at a transit hub.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gateway: Option<GatewayId>,
        /// The transit hub at this end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transit: Option<TransitId>,
        /// The tunnels carry IPv6 instead of IPv4: one connection carries one family.
        #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
        v6: bool,
        /// Prefixes of the far side, as far as they are static.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        routes: Vec<IpNet>,
    },
}

/// One side of a peering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerSide {
    /// The network.
    pub network: NetworkId,
    /// Where it stands.
    pub place: Place,
    /// Its IPv4 blocks as the peering shows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks4: Vec<Ipv4Net>,
    /// Its IPv6 blocks as the peering shows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks6: Vec<Ipv6Net>,
}

/// What is attached to a transit hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The hub.
    pub transit: TransitId,
    /// The network attached; none for VPN, Direct Connect and other hubs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkId>,
    /// What else is attached, in the provider's words: `vpn`, `direct-connect-gateway`, `peering`.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub other: SmolStr,
    /// Subnets with an interface of the hub: only their zones reach it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<SubnetId>,
    /// IPv6 routes propagate. "The setting does not filter IPv6 traffic."
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub v6: bool,
    /// The hub's table that routes what comes from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TransitTableId>,
    /// The hub's tables that learn this network's prefixes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub propagates_to: Vec<TransitTableId>,
}

/// A transit hub: AWS transit gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transit {
    /// Its id.
    pub id: TransitId,
    /// Its name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// Where it stands.
    pub place: Place,
}

/// A route table of a transit hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransitTable {
    /// Its id.
    pub id: TransitTableId,
    /// The hub.
    pub transit: TransitId,
    /// The routes, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<TransitRoute>,
}

/// A route of a transit hub. On equal prefixes static beats propagated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TransitRoute {
    /// What it is for.
    pub destination: IpNet,
    /// Where such packets go.
    pub target: TransitTarget,
    /// Who put it there.
    pub origin: RouteOrigin,
    /// Whether its target is there.
    pub state: RouteState,
}

/// Where a transit hub's route leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransitTarget {
    /// An attachment.
    Link(LinkId),
    /// Nowhere: the packet is dropped.
    Nowhere,
}

item!(Link => LinkId, Transit => TransitId, TransitTable => TransitTableId);

impl fmt::Display for TransitTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(id) => id.fmt(f),
            Self::Nowhere => f.pad("nowhere"),
        }
    }
}

impl Link {
    /// The other side of a peering, seen from `network`.
    pub fn peer_of(&self, network: &NetworkId) -> Option<&PeerSide> {
        match &self.kind {
            LinkKind::Peering {
                requester,
                accepter,
            } if requester.network == *network => Some(accepter),
            LinkKind::Peering {
                requester,
                accepter,
            } if accepter.network == *network => Some(requester),
            _ => None,
        }
    }

    /// The attachment, when it is one.
    pub fn attachment(&self) -> Option<&Attachment> {
        match &self.kind {
            LinkKind::Transit(attachment) => Some(attachment),
            _ => None,
        }
    }
}
