//! Route tables.

use std::fmt;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::table::item;
use crate::{
    EndpointId, GatewayId, HostId, InterfaceId, LinkId, NetworkId, PrefixListId, RouteTableId,
    TransitId,
};

/// Where the packets go that leave the subnets under this table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// Its id.
    pub id: RouteTableId,
    /// Its name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// The network it is part of.
    pub network: NetworkId,
    /// It holds for every subnet that names no table.
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub main: bool,
    /// Gateways whose inbound traffic it routes (edge association).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edges: Vec<GatewayId>,
    /// Gateways that put routes into it by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub propagated_from: Vec<GatewayId>,
    /// The routes, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
}

/// One route. Longest prefix wins, in each family by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Route {
    /// What it is for.
    pub destination: Destination,
    /// Where such packets go.
    pub target: RouteTarget,
    /// Who put it there.
    #[serde(default, skip_serializing_if = "RouteOrigin::is_static")]
    pub origin: RouteOrigin,
    /// Whether its target is there.
    #[serde(default, skip_serializing_if = "RouteState::is_active")]
    pub state: RouteState,
}

/// What a route is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// A prefix of either family.
    Net(IpNet),
    /// Every prefix of a list.
    PrefixList(PrefixListId),
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteTarget {
    /// The network's own router.
    Local,
    /// A gateway.
    Gateway(GatewayId),
    /// A peering link.
    Link(LinkId),
    /// A transit hub.
    Transit(TransitId),
    /// An interface, such as an appliance's.
    Interface(InterfaceId),
    /// A host whose interface the provider does not name.
    Host(HostId),
    /// A private endpoint.
    Endpoint(EndpointId),
    /// Something that is not modelled, by the provider's name for it.
    Unmodelled(SmolStr),
    /// Nowhere: the packet is dropped.
    Nowhere,
}

/// Who put a route into its table. On equal prefixes static beats propagated.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum RouteOrigin {
    /// The network itself.
    Local,
    /// A person.
    #[default]
    Static,
    /// A gateway.
    Propagated,
}

/// Whether a route's target is there. A blackhole still wins the longest match, and drops.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum RouteState {
    /// The target is there.
    #[default]
    Active,
    /// The target is gone.
    Blackhole,
}

item!(RouteTable => RouteTableId);

impl RouteTable {
    /// The route for exactly this destination.
    pub fn route(&self, destination: &Destination) -> Option<&Route> {
        self.routes
            .iter()
            .find(|route| route.destination == *destination)
    }

    /// Puts a route in its place; the order is that of the destinations.
    pub fn add(&mut self, route: Route) {
        let at = self.routes.partition_point(|other| *other < route);
        self.routes.insert(at, route);
    }

    /// The active IPv6 default route's target.
    pub fn default6(&self) -> Option<&RouteTarget> {
        self.route(&sixward_net::ANY6.into())
            .map(|route| &route.target)
    }

    /// The IPv4 default route's target.
    pub fn default4(&self) -> Option<&RouteTarget> {
        self.route(&sixward_net::ANY4.into())
            .map(|route| &route.target)
    }
}

impl RouteOrigin {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for a reference"
    )]
    fn is_static(&self) -> bool {
        *self == Self::Static
    }
}

impl RouteState {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for a reference"
    )]
    fn is_active(&self) -> bool {
        *self == Self::Active
    }
}

impl From<Ipv4Net> for Destination {
    fn from(net: Ipv4Net) -> Self {
        Self::Net(net.into())
    }
}

impl From<Ipv6Net> for Destination {
    fn from(net: Ipv6Net) -> Self {
        Self::Net(net.into())
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(net) => net.fmt(f),
            Self::PrefixList(list) => list.fmt(f),
        }
    }
}

impl fmt::Display for RouteTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.pad("local"),
            Self::Gateway(id) => id.fmt(f),
            Self::Link(id) => id.fmt(f),
            Self::Transit(id) => id.fmt(f),
            Self::Interface(id) => id.fmt(f),
            Self::Host(id) => id.fmt(f),
            Self::Endpoint(id) => id.fmt(f),
            Self::Unmodelled(name) => f.pad(name),
            Self::Nowhere => f.pad("nowhere"),
        }
    }
}
