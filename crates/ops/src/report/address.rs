//! Which block goes where, network by network.

use serde::Serialize;
use sixward_assess::Tier;
use sixward_estate::{BlockSource, Network, Place, Subnet, SubnetId};
use sixward_net::{Ipv4Net, Ipv6Net};
use sixward_plan::{NetworkRow, Plan, SubnetRow};

/// A network and its subnets.
#[derive(Debug, Clone, Serialize)]
pub struct NetworkAddresses {
    /// The network.
    pub network: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// Its IPv4 blocks.
    pub ipv4: Vec<Ipv4Net>,
    /// Its IPv6 block; `{vpc-1}00::/56` while the provider has not chosen it.
    pub ipv6: String,
    /// Where the block comes from.
    pub from: BlockSource,
    /// The network has it already.
    pub existing: bool,
    /// The provider chooses it when the step is done.
    pub chosen_later: bool,
    /// Its subnets, by their places in the block.
    pub subnets: Vec<SubnetAddresses>,
}

/// A subnet.
#[derive(Debug, Clone, Serialize)]
pub struct SubnetAddresses {
    /// The subnet.
    pub subnet: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// What it is for.
    pub tier: Tier,
    /// Its zone; empty when it spans them.
    pub zone: String,
    /// Its IPv4 block.
    pub ipv4: Option<Ipv4Net>,
    /// Its place in the network's block, in hexadecimal digits.
    pub pair: String,
    /// Its IPv6 block.
    pub ipv6: String,
    /// The subnet has it already.
    pub existing: bool,
}

pub(crate) fn rows(plan: &Plan) -> Vec<NetworkAddresses> {
    let networks = plan.addresses.networks.iter();
    let known = networks.filter_map(|(id, row)| Some((plan.before.networks.get(id)?, row)));
    let mut rows: Vec<_> = known
        .map(|(network, row)| network_row(plan, network, row))
        .collect();
    for (id, row) in &plan.addresses.subnets {
        let network = row.network.as_str();
        // Both lists are in the order of the ids.
        let at = rows.binary_search_by(|other| other.network.as_str().cmp(network));
        if let Some(network) = at.ok().and_then(|at| rows.get_mut(at)) {
            network.subnets.push(subnet_row(plan, id, row));
        }
    }
    for row in &mut rows {
        row.subnets
            .sort_by(|a, b| (&a.pair, &a.subnet).cmp(&(&b.pair, &b.subnet)));
    }
    rows
}

fn network_row(plan: &Plan, network: &Network, row: &NetworkRow) -> NetworkAddresses {
    NetworkAddresses {
        network: network.id.to_string(),
        name: network.name.to_string(),
        place: network.place.clone(),
        ipv4: network.blocks4.clone(),
        ipv6: plan.symbols.show(row.block.net),
        from: row.block.source.clone(),
        existing: row.existing,
        chosen_later: plan.symbols.of(&network.id).is_some(),
        subnets: Vec::new(),
    }
}

fn subnet_row(plan: &Plan, id: &SubnetId, row: &SubnetRow) -> SubnetAddresses {
    let subnet = plan.before.subnets.get(id);
    let text = |field: fn(&Subnet) -> &str| subnet.map(field).unwrap_or_default().to_owned();
    let block = plan
        .addresses
        .networks
        .get(&row.network)
        .map(|network| network.block.net);
    SubnetAddresses {
        subnet: id.to_string(),
        name: text(|subnet| &subnet.name),
        tier: row.tier,
        zone: text(|subnet| &subnet.zone),
        ipv4: subnet.and_then(|subnet| subnet.block4),
        pair: block.map(|block| pair(block, row.net)).unwrap_or_default(),
        ipv6: plan.symbols.show(row.net),
        existing: row.existing,
    }
}

/// The digits between the network's block and bit 64.
fn pair(block: Ipv6Net, net: Ipv6Net) -> String {
    let bits = 64_u32.saturating_sub(u32::from(block.prefix_len()));
    let place = (u128::from(net.network()) >> 64) & ((1_u128 << bits) - 1);
    format!("{place:0width$x}", width = bits.div_ceil(4) as usize)
}
