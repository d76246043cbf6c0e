//! The tables of an `estate.toml`, as serde reads them. Unknown keys are errors: a key with a typing
//! mistake would otherwise be a rule that silently does not hold.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Deserialize;
use sixward_estate::SmolStr;
use sixward_net::{Ipv4Net, Ipv6Net};
use toml::Spanned;

/// The whole file: tables by noun and id.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) network: BTreeMap<SmolStr, Network>,
    pub(super) subnet: BTreeMap<SmolStr, Subnet>,
    pub(super) gateway: BTreeMap<SmolStr, Gateway>,
    pub(super) route_table: BTreeMap<SmolStr, RouteTable>,
    pub(super) policy: BTreeMap<SmolStr, Policy>,
    pub(super) server: BTreeMap<SmolStr, Server>,
}

/// `[network.ID]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Network {
    #[serde(default)]
    pub(super) name: SmolStr,
    #[serde(default)]
    pub(super) account: SmolStr,
    #[serde(default)]
    pub(super) region: SmolStr,
    #[serde(default)]
    pub(super) v4: Vec<Ipv4Net>,
    #[serde(default)]
    pub(super) v6: Vec<Ipv6Net>,
}

/// `[subnet.ID]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Subnet {
    #[serde(default)]
    pub(super) name: SmolStr,
    pub(super) network: SmolStr,
    #[serde(default)]
    pub(super) zone: SmolStr,
    pub(super) v4: Option<Ipv4Net>,
    pub(super) v6: Option<Ipv6Net>,
    pub(super) route_table: Option<SmolStr>,
    /// A policy on the subnet's edge.
    pub(super) policy: Option<SmolStr>,
}

/// `[gateway.ID]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Gateway {
    #[serde(default)]
    pub(super) name: SmolStr,
    pub(super) network: SmolStr,
    pub(super) kind: GatewayKind,
    /// Where a NAT gateway stands.
    pub(super) subnet: Option<Spanned<SmolStr>>,
    pub(super) public4: Option<Ipv4Addr>,
}

/// What a gateway does.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum GatewayKind {
    Internet,
    EgressOnly,
    Nat,
    Vpn,
}

/// `[route-table.ID]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RouteTable {
    #[serde(default)]
    pub(super) name: SmolStr,
    pub(super) network: SmolStr,
    #[serde(default)]
    pub(super) main: bool,
    #[serde(default)]
    pub(super) routes: Vec<Spanned<String>>,
}

/// `[policy.ID]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Policy {
    #[serde(default)]
    pub(super) name: SmolStr,
    pub(super) network: SmolStr,
    /// The first rule that matches decides; without it, any rule that allows does.
    #[serde(default)]
    pub(super) ordered: bool,
    #[serde(default)]
    pub(super) rules: Vec<Spanned<String>>,
}

/// `[server.ID]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Server {
    #[serde(default)]
    pub(super) name: SmolStr,
    pub(super) subnet: Spanned<SmolStr>,
    #[serde(default)]
    pub(super) policies: Vec<SmolStr>,
    pub(super) v4: Option<Ipv4Addr>,
    /// More private addresses.
    #[serde(default)]
    pub(super) further4: Vec<Ipv4Addr>,
    pub(super) v6: Option<Ipv6Addr>,
    /// A public address that is mapped to `v4`.
    pub(super) public4: Option<Spanned<Ipv4Addr>>,
    #[serde(default)]
    pub(super) platform: SmolStr,
    #[serde(default)]
    pub(super) stopped: bool,
}
