//! Load balancers and the targets behind them.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::table::item;
use crate::{BalancerId, FamilyMode, FirewallId, HostId, NetworkId, SubnetId, TargetGroupId};

/// A load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balancer {
    /// Its id.
    pub id: BalancerId,
    /// Its name.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// The network.
    pub network: NetworkId,
    /// What it balances.
    pub kind: BalancerKind,
    /// Whom it serves.
    pub exposure: Exposure,
    /// The families its clients may use.
    pub family: FamilyMode,
    /// The name clients resolve; empty when the input does not say.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub dns_name: SmolStr,
    /// The subnets it stands in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<SubnetId>,
    /// The firewalls on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub firewalls: Vec<FirewallId>,
    /// What it listens on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listeners: Vec<Listener>,
}

/// What a load balancer balances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BalancerKind {
    /// HTTP requests.
    Application,
    /// TCP, TLS and UDP flows.
    Network,
    /// Whole packets, through appliances.
    Inspection,
    /// The provider's first generation, without IPv6 in a network.
    Classic,
}

/// Whom a load balancer serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// The internet.
    Internet,
    /// The network and what is linked to it.
    Internal,
}

/// One port that a load balancer listens on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listener {
    /// The protocol in the provider's words: `HTTPS`, `TCP_UDP`.
    pub protocol: SmolStr,
    /// The port.
    pub port: u16,
    /// Where its requests may go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub target_groups: Vec<TargetGroupId>,
}

/// A group of targets; its family cannot be changed once it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGroup {
    /// Its id.
    pub id: TargetGroupId,
    /// Its name.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// The network; none for functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkId>,
    /// The protocol in the provider's words; empty for functions.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub protocol: SmolStr,
    /// The family that its targets are spoken to in: [`FamilyMode::V4`] or [`FamilyMode::V6`].
    pub family: FamilyMode,
    /// The targets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// The port, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// What a target is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A host.
    Host(HostId),
    /// An address.
    Address(IpAddr),
    /// Another load balancer.
    Balancer(BalancerId),
    /// Something without an address of its own, such as a function.
    Other(SmolStr),
}

item!(Balancer => BalancerId, TargetGroup => TargetGroupId);
