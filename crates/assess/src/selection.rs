//! Who gets IPv6 under the intent's profile: networks, subnets, interfaces.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sixward_estate::intent::{Intent, Profile};
use sixward_estate::{
    Exposure, GatewayKind, HostId, Index, Interface, NetworkId, RouteTarget, Subnet, SubnetId,
};

/// What a subnet is for, read from where its IPv4 default route leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// To the internet gateway: hosts with a public address can be reached.
    Public,
    /// To something that lets flows out but not in: NAT, an appliance, a hub, a VPN.
    Private,
    /// Nowhere.
    Isolated,
}

/// Who gets IPv6.
#[derive(Debug)]
pub struct Selection {
    networks: BTreeSet<NetworkId>,
    subnets: BTreeSet<SubnetId>,
    tiers: BTreeMap<SubnetId, Tier>,
    skipped: BTreeSet<HostId>,
    profile: Profile,
}

impl Selection {
    /// Selects by the intent.
    pub fn new(index: &Index<'_>, intent: &Intent) -> Self {
        let tiers: BTreeMap<_, _> = index
            .estate
            .subnets
            .iter()
            .map(|subnet| (subnet.id.clone(), tier(index, subnet)))
            .collect();
        let edge = edge_subnets(index);
        let wanted = |subnet: &&Subnet| {
            intent.wants(&subnet.network)
                && index.estate.networks.contains(&subnet.network)
                && !intent
                    .subnets
                    .get(&subnet.id)
                    .is_some_and(|special| special.skip)
                && match intent.profile {
                    Profile::DualStack => true,
                    Profile::EastWestIpv4 => tiers.get(&subnet.id) == Some(&Tier::Public),
                    Profile::EdgeOnly => edge.contains(&subnet.id),
                }
        };
        let subnets: BTreeSet<_> = index
            .estate
            .subnets
            .iter()
            .filter(wanted)
            .map(|subnet| subnet.id.clone())
            .collect();
        let networks = index
            .estate
            .subnets
            .iter()
            .filter(|subnet| subnets.contains(&subnet.id))
            .map(|subnet| subnet.network.clone())
            .collect();
        let skipped = intent.hosts.iter().filter(|(_, special)| special.skip);
        let skipped = skipped.map(|(id, _)| id.clone()).collect();
        Self {
            networks,
            subnets,
            tiers,
            skipped,
            profile: intent.profile,
        }
    }

    /// The profile it was made for.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Whether a network gets a block.
    pub fn network(&self, id: &NetworkId) -> bool {
        self.networks.contains(id)
    }

    /// Whether a subnet gets a block.
    pub fn subnet(&self, id: &SubnetId) -> bool {
        self.subnets.contains(id)
    }

    /// Whether an interface is one that addresses are assigned to: the first interface of a host.
    /// What managed services have on theirs is the provider's to decide.
    pub fn interface(&self, interface: &Interface) -> bool {
        self.profile != Profile::EdgeOnly
            && interface
                .host()
                .is_some_and(|host| !self.skipped.contains(host))
            && interface.primary
            && self.subnet(&interface.subnet)
    }

    /// What a subnet is for.
    pub fn tier(&self, id: &SubnetId) -> Tier {
        self.tiers.get(id).copied().unwrap_or(Tier::Isolated)
    }
}

fn tier(index: &Index<'_>, subnet: &Subnet) -> Tier {
    let target = index.route_table(subnet).and_then(|table| table.default4());
    match target {
        None | Some(RouteTarget::Nowhere) => Tier::Isolated,
        Some(RouteTarget::Gateway(id)) => match index.estate.gateways.get(id) {
            Some(gateway) if gateway.kind == GatewayKind::Internet => Tier::Public,
            _ => Tier::Private,
        },
        Some(_) => Tier::Private,
    }
}

/// Subnets of load balancers that face the internet.
fn edge_subnets(index: &Index<'_>) -> BTreeSet<SubnetId> {
    index
        .estate
        .balancers
        .iter()
        .filter(|balancer| balancer.exposure == Exposure::Internet)
        .flat_map(|balancer| balancer.subnets.iter().cloned())
        .collect()
}
