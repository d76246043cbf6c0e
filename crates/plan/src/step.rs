//! Steps: a change with all that a reviewer asks about it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sixward_estate::SmolStr;

use crate::Change;

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number, from 1.
    pub number: u32,
    /// Its wave, from 1: steps of one wave do not depend on one another.
    pub wave: u32,
    /// Its stage.
    pub stage: Stage,
    /// What is done.
    pub change: Change,
    /// What the provider then does by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub side_effects: Vec<Change>,
    /// The way back, in order.
    pub undo: Vec<Change>,
    /// Why.
    pub reason: SmolStr,
    /// What could go wrong.
    pub risk: Risk,
    /// Who notices.
    pub downtime: Downtime,
    /// What it costs.
    pub cost: Cost,
    /// What the way back does not bring back; empty when it brings back everything.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub loses: SmolStr,
}

/// The stages of a migration, those of the AWS guide first (Migrating to IPv6, steps 1 to 6), then
/// what makes it felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Step 1: blocks for networks and subnets.
    Blocks,
    /// Step 2: routes and the gateways they need.
    Routes,
    /// Step 3: firewall rules.
    Filters,
    /// Step 4: machine types that can have IPv6.
    MachineTypes,
    /// Step 5: addresses.
    Addresses,
    /// Tunnels for hosts whose network gives them none.
    Tunnels,
    /// Step 6: the operating systems of hosts.
    Guests,
    /// Load balancers, managed services and endpoints.
    Services,
    /// Names.
    Names,
}

/// What could go wrong with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Nothing that runs is touched.
    None,
    /// Something new becomes possible; nothing that is there changes.
    Low,
    /// Clients begin to use it.
    Medium,
    /// Something that runs is interrupted or lost.
    High,
}

/// Who notices a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Downtime {
    /// Nobody.
    None,
    /// The host is stopped and started: minutes.
    Restart,
    /// The service may drop connections for seconds.
    Brief,
}

/// What a step costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cost {
    /// Nothing: the provider does not charge for it.
    None,
    /// Less: traffic leaves a charged path, such as a NAT gateway, for a free one.
    Less,
    /// The price of the new machine type instead of the old one's.
    MachineType,
    /// The price list decides.
    PriceList,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Self; 9] = [
        Self::Blocks,
        Self::Routes,
        Self::Filters,
        Self::MachineTypes,
        Self::Addresses,
        Self::Tunnels,
        Self::Guests,
        Self::Services,
        Self::Names,
    ];

    /// The stage in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Blocks => "IPv6 blocks for networks and subnets",
            Self::Routes => "routes",
            Self::Filters => "firewall rules",
            Self::MachineTypes => "machine types",
            Self::Addresses => "addresses",
            Self::Tunnels => "tunnels",
            Self::Guests => "guest operating systems",
            Self::Services => "load balancers and managed services",
            Self::Names => "names",
        }
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

impl fmt::Display for Downtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Restart => "stop and start",
            Self::Brief => "seconds",
        })
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Less => "less: traffic leaves the charged NAT path",
            Self::MachineType => "the new machine type's price",
            Self::PriceList => "see the provider's price list",
        })
    }
}
