//! Subnets.

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::table::item;
use crate::{FirewallId, NetworkId, RouteTableId, SubnetId};

/// A part of a network, in one zone, under one route table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent switches of the provider"
)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// The network it is part of.
    pub network: NetworkId,
    /// Its zone; empty when the provider's subnets span zones.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub zone: SmolStr,
    /// Its IPv4 block; none in an IPv6-only subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block4: Option<Ipv4Net>,
    /// Its IPv6 block: AWS and Azure both allow one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block6: Option<Ipv6Net>,
    /// The route table it names; without one the network's main table holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route_table: Option<RouteTableId>,
    /// The firewall on its edge: AWS network ACL, Azure NSG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firewall: Option<FirewallId>,
    /// New interfaces get a public IPv4 address.
    #[serde(default, skip_serializing_if = "is_false")]
    pub public4_on_create: bool,
    /// New interfaces get an IPv6 address.
    #[serde(default, skip_serializing_if = "is_false")]
    pub assign6_on_create: bool,
    /// The resolver answers names that have only an A record with a NAT64 address (RFC 6147).
    #[serde(default, skip_serializing_if = "is_false")]
    pub dns64: bool,
    /// The subnet has no IPv4 at all.
    #[serde(default, skip_serializing_if = "is_false")]
    pub v6_only: bool,
}

item!(Subnet => SubnetId);

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}
