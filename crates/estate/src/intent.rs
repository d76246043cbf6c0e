//! The intent: what is wanted, and the answers to decisions. `docs/formats/intent.md` describes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{HostId, MachineTypeName, NetworkId, SubnetId, TunnelId};

/// What the owner wants of the migration. An empty file is a full migration with no answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Intent {
    /// How far IPv6 goes.
    pub profile: Profile,
    /// Networks to migrate; empty means all of them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub include: BTreeSet<NetworkId>,
    /// Networks to leave alone.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub exclude: BTreeSet<NetworkId>,
    /// How interfaces get their addresses.
    pub addresses: AddressChoice,
    /// Whether subnets give new interfaces an IPv6 address by themselves, in the end.
    #[serde(skip_serializing_if = "is_default")]
    pub auto_assign: AutoAssign,
    /// Where networks get their IPv6 block from, when nothing is said below.
    pub block: BlockChoice,
    /// What is special about single networks.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub networks: BTreeMap<NetworkId, NetworkIntent>,
    /// What is special about single subnets.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub subnets: BTreeMap<SubnetId, SubnetIntent>,
    /// What is special about single hosts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<HostId, HostIntent>,
    /// Tunnels for hosts whose network gives them no IPv6.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tunnels: BTreeMap<TunnelId, TunnelIntent>,
    /// Answers to decisions, by the decision's key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<SmolStr, Answer>,
}

/// How far IPv6 goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Everything that has IPv4 gets IPv6.
    #[default]
    DualStack,
    /// IPv6 ends at the load balancers that face the internet; all behind them stays IPv4.
    EdgeOnly,
    /// Public subnets get IPv6; private subnets, and the traffic between hosts, stay IPv4.
    EastWestIpv4,
}

/// How interfaces get their addresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressChoice {
    /// The subnet's prefix with the IPv4 address in the lowest 32 bits: known before it is assigned,
    /// so that names and proofs can speak of it, and assigned twice it is still one address.
    #[default]
    EmbedIpv4,
    /// The provider chooses.
    Automatic,
}

/// Whether subnets give new interfaces an IPv6 address by themselves, in the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoAssign {
    /// Every subnet that gets a block.
    #[default]
    On,
    /// No subnet.
    Off,
}

/// Where a network gets its IPv6 block from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockChoice {
    /// The provider's own space, of the size that it gives (AWS: a /56).
    #[default]
    Provider,
    /// A pool of the provider's address manager.
    Ipam {
        /// The pool.
        pool: SmolStr,
        /// The prefix length, 44 to 60 in steps of 4 on AWS.
        length: u8,
    },
    /// A pool of the owner's own addresses.
    Pool {
        /// The pool.
        pool: SmolStr,
        /// The block itself.
        net: ipnet::Ipv6Net,
    },
}

/// What is special about a network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NetworkIntent {
    /// Where it gets its block from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<BlockChoice>,
    /// The zone group that advertises the block (AWS network border group).
    #[serde(skip_serializing_if = "SmolStr::is_empty")]
    pub border_group: SmolStr,
}

/// What is special about a subnet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SubnetIntent {
    /// Its place in the network's block, as hexadecimal digits: `1a`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pair: Option<SmolStr>,
    /// It stays IPv4.
    #[serde(skip_serializing_if = "is_default")]
    pub skip: bool,
    /// Whether it may reach the internet over IPv6.
    #[serde(skip_serializing_if = "is_default")]
    pub egress: Egress,
}

/// Whether a subnet may reach the internet over IPv6.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Egress {
    /// As it does over IPv4.
    #[default]
    LikeIpv4,
    /// No: its fixed IPv4 egress address is known to others, and IPv6 would go round it.
    None,
}

/// What is special about a host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostIntent {
    /// It stays IPv4.
    #[serde(skip_serializing_if = "is_default")]
    pub skip: bool,
    /// The machine type to change to, where it must be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_type: Option<MachineTypeName>,
}

/// A tunnel: private Teredo, by a server and a relay of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TunnelIntent {
    /// The host that the server runs on.
    pub server: HostId,
    /// The host that the relay runs on; its network's IPv6 is what the clients are joined to.
    pub relay: HostId,
    /// The hosts that get IPv6 by it.
    pub clients: BTreeSet<HostId>,
    /// Private IPv4 addresses are meant, and nobody else's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub allow_private: bool,
}

/// The answer to a decision: one word, or a list of prefixes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// One word or one prefix.
    One(SmolStr),
    /// Several prefixes.
    Many(Vec<SmolStr>),
}

/// The intent could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the intent is not readable")]
pub struct ParseIntentError(#[source] toml::de::Error);

impl Intent {
    /// Reads `intent.toml`.
    pub fn parse(text: &str) -> Result<Self, ParseIntentError> {
        toml::from_str(text).map_err(ParseIntentError)
    }

    /// Whether a network is to be migrated.
    pub fn wants(&self, network: &NetworkId) -> bool {
        (self.include.is_empty() || self.include.contains(network))
            && !self.exclude.contains(network)
    }

    /// Where a network gets its block from.
    pub fn block_of(&self, network: &NetworkId) -> &BlockChoice {
        self.networks
            .get(network)
            .and_then(|special| special.block.as_ref())
            .unwrap_or(&self.block)
    }

    /// The words that answer a decision; none while it is open.
    pub fn answer(&self, key: &str) -> Option<&[SmolStr]> {
        self.answering(key).map(|(_, answer)| answer.words())
    }

    /// The entry that answers a decision: its own key, or the longest that ends in `:*` where the
    /// key goes on, such as `restart:*`.
    pub fn answering(&self, key: &str) -> Option<(&SmolStr, &Answer)> {
        let kinds = key.rmatch_indices(':').filter_map(|(at, _)| key.get(..=at));
        let entry = |key: &str| self.answers.get_key_value(key);
        entry(key).or_else(|| {
            kinds
                .into_iter()
                .find_map(|kind| entry(&format!("{kind}*")))
        })
    }
}

impl Answer {
    /// Its words.
    pub fn words(&self) -> &[SmolStr] {
        match self {
            Self::One(word) => std::slice::from_ref(word),
            Self::Many(words) => words,
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::DualStack => "dual-stack",
            Self::EdgeOnly => "edge-only",
            Self::EastWestIpv4 => "east-west-ipv4",
        })
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_answer_holds() {
        let intent = Intent::parse(
            r#"
            [answers]
            "restart:*" = "no"
            "restart:i-1" = "yes"
            "route:*" = "leave-out"
            "route:rtb-1:*" = "same-target"
            "address:2001:*" = "leave-out"
            "#,
        )
        .unwrap();
        let answer = |key: &str| intent.answer(key).map(|words| words[0].as_str());
        assert_eq!(answer("restart:i-1"), Some("yes"));
        assert_eq!(answer("restart:i-2"), Some("no"));
        assert_eq!(answer("route:rtb-1:0.0.0.0/0"), Some("same-target"));
        assert_eq!(answer("route:rtb-2:0.0.0.0/0"), Some("leave-out"));
        assert_eq!(answer("expose:sg-1"), None);
        assert_eq!(answer("restart"), None);
    }

    #[test]
    fn a_slip_of_the_pen_is_an_error() {
        for text in [
            "profil = 'edge-only'",
            "[subnets.s]\npairs = '1'",
            "profile = 'all'",
        ] {
            assert!(Intent::parse(text).is_err(), "{text}");
        }
    }
}
