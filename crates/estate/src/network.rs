//! Networks: AWS VPC, Azure `VNet`.

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::table::item;
use crate::{NetworkId, Place, SubnetId};

/// An address space of its own, with subnets in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Its id.
    pub id: NetworkId,
    /// Its name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// Where it stands.
    pub place: Place,
    /// IPv4 blocks in use, the primary one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks4: Vec<Ipv4Net>,
    /// IPv6 blocks in use. Blocks that were given back are not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks6: Vec<Block6>,
}

/// An IPv6 block of a network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Block6 {
    /// The block; a placeholder ([`sixward_net::symbol`]) until the provider has chosen it.
    pub net: Ipv6Net,
    /// Where it comes from.
    pub source: BlockSource,
}

/// Where an IPv6 block comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockSource {
    /// The provider's own space, from which it chooses; lost when it is given back.
    Provider {
        /// The group of zones that advertises it (AWS network border group); empty for the
        /// region's own.
        #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
        border_group: SmolStr,
    },
    /// A pool of the owner's own addresses (AWS BYOIP).
    Pool(SmolStr),
    /// A pool of the provider's address manager (AWS IPAM).
    Ipam(SmolStr),
    /// Chosen by the owner, without a pool (Azure, racks).
    Own,
}

/// A region-wide lock on traffic between networks and the internet (AWS VPC Block Public Access).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAccess {
    /// The place it holds in.
    pub place: Place,
    /// What it blocks.
    pub mode: PublicAccessMode,
    /// Networks that it does not hold for, with the directions that stay open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_networks: Vec<(NetworkId, PublicAccessMode)>,
    /// Subnets that it does not hold for, with what still is blocked there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_subnets: Vec<(SubnetId, PublicAccessMode)>,
}

/// What a public-access lock blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicAccessMode {
    /// Nothing.
    Off,
    /// What comes in; answers through NAT and egress-only gateways pass.
    BlockIngress,
    /// Both directions.
    BlockBidirectional,
}

item!(Network => NetworkId);

impl Network {
    /// Whether it has an IPv6 block.
    pub fn has_v6(&self) -> bool {
        !self.blocks6.is_empty()
    }
}
