//! Managed services: what the provider runs in the owner's network.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::table::item;
use crate::{FirewallId, NetworkId, Place, ServiceId, SubnetId};

/// A managed service, such as a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its kind, a key of the service catalogue: `rds-instance`, `lambda`.
    pub kind: SmolStr,
    /// Its name.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// Where it stands.
    pub place: Place,
    /// The network it is in, where it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkId>,
    /// The families it answers.
    pub family: FamilyMode,
    /// The families that its subnet group allows, where the provider says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<FamilyMode>,
    /// The subnets it may use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<SubnetId>,
    /// The firewalls on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub firewalls: Vec<FirewallId>,
    /// The software and its version, where that decides: `postgres 15.4`.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub engine: SmolStr,
    /// The internet may reach it.
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub public: bool,
}

/// The families that a balancer, an endpoint or a service answers.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum FamilyMode {
    /// IPv4 only.
    V4,
    /// Both.
    Dual,
    /// Both inside; no public IPv4 address.
    DualPrivate4,
    /// IPv6 only.
    V6,
    /// The input does not say.
    #[default]
    Unknown,
}

item!(Service => ServiceId);

impl FamilyMode {
    /// Whether IPv6 is answered.
    pub fn has_v6(self) -> bool {
        matches!(self, Self::Dual | Self::DualPrivate4 | Self::V6)
    }
}

impl fmt::Display for FamilyMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::V4 => "IPv4 only",
            Self::Dual => "dual-stack",
            Self::DualPrivate4 => "dual-stack without public IPv4",
            Self::V6 => "IPv6 only",
            Self::Unknown => "not known",
        })
    }
}
