//! The address plan: one table for each network.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sixward_assess::Tier;
use sixward_estate::{BlockSource, NetworkId, SubnetId};
use sixward_net::Ipv6Net;
use sixward_plan::{NetworkRow, Plan, SubnetRow};

use super::ROWS;
use crate::markdown::{cell, count, counted, table};

/// How many subnets a network's table shows.
const SUBNETS: usize = 40;

pub(super) fn text(plan: &Plan) -> String {
    let mut text = "## Address plan\n\n".to_owned();
    if !plan.symbols.is_empty() {
        text.push_str(
            "The provider chooses a block when it is asked for one. Until then `{network}1a::/64` stands for \
             a prefix in it:\nput the digits of the block in place of the braces.\n\n",
        );
    }
    let mut subnets: BTreeMap<&NetworkId, Vec<(&SubnetId, &SubnetRow)>> = BTreeMap::new();
    for (id, row) in &plan.addresses.subnets {
        subnets.entry(&row.network).or_default().push((id, row));
    }
    let networks = &plan.addresses.networks;
    for (id, row) in networks.iter().take(ROWS) {
        let inside = subnets.remove(id).unwrap_or_default();
        text.push_str(&network(plan, id, row, inside));
    }
    text.push_str(&folded(plan, &subnets));
    text
}

fn network(
    plan: &Plan,
    id: &NetworkId,
    row: &NetworkRow,
    mut subnets: Vec<(&SubnetId, &SubnetRow)>,
) -> String {
    let known = plan.before.networks.get(id);
    let name = known
        .map(|network| network.name.as_str())
        .filter(|name| !name.is_empty());
    let name = name
        .map(|name| format!(" ({})", cell(name)))
        .unwrap_or_default();
    let mut text = format!("### {id}{name}: {}\n\n", plan.symbols.show(row.block.net));
    let _ = writeln!(text, "{}\n", source(row));
    subnets.sort_by_key(|(_, row)| row.net);
    let rows: Vec<_> = subnets
        .iter()
        .take(SUBNETS)
        .map(|(id, subnet)| cells(plan, id, subnet, row.block.net))
        .collect();
    let head = ["Subnet", "Tier", "Zone", "IPv4", "Pair", "IPv6"];
    text.push_str(&table(head, &rows));
    if subnets.len() > SUBNETS {
        let more = count(subnets.len() - SUBNETS);
        let _ = writeln!(text, "\nAnd {more} more subnets: see `plan.json`.");
    }
    text.push('\n');
    text
}

fn cells(plan: &Plan, id: &SubnetId, row: &SubnetRow, block: Ipv6Net) -> [String; 6] {
    let known = plan.before.subnets.get(id);
    let name = known
        .map(|subnet| subnet.name.as_str())
        .filter(|name| !name.is_empty());
    let block4 = known.and_then(|subnet| subnet.block4);
    [
        match name {
            Some(name) => cell(&format!("{id} ({name})")),
            None => id.to_string(),
        },
        tier(row.tier).to_owned(),
        known
            .map(|subnet| subnet.zone.to_string())
            .unwrap_or_default(),
        block4.map(|net| net.to_string()).unwrap_or_default(),
        pair(row.net, block),
        if row.existing {
            format!("{} (has it)", row.net)
        } else {
            plan.symbols.show(row.net)
        },
    ]
}

/// The subnet's digits in the block: `1a` of a /56.
fn pair(net: Ipv6Net, block: Ipv6Net) -> String {
    if !block.contains(&net) {
        return "-".to_owned();
    }
    let place = (u128::from(net.network()) - u128::from(block.network())) >> 64;
    let width = usize::from(64_u8.saturating_sub(block.prefix_len()) / 4);
    format!("{place:0width$x}")
}

fn source(row: &NetworkRow) -> String {
    if row.existing {
        return "The network has this block already.".to_owned();
    }
    match &row.block.source {
        BlockSource::Provider { border_group } if border_group.is_empty() => {
            "The provider chooses the block.".to_owned()
        }
        BlockSource::Provider { border_group } => {
            format!("The provider chooses the block, advertised from {border_group}.")
        }
        BlockSource::Pool(pool) => format!("From the owner's pool {pool}."),
        BlockSource::Ipam(pool) => format!("From the address manager's pool {pool}."),
        BlockSource::Own => "Chosen by the owner.".to_owned(),
    }
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Public => "public",
        Tier::Private => "private",
        Tier::Isolated => "isolated",
    }
}

/// The networks that get no table.
fn folded(plan: &Plan, subnets: &BTreeMap<&NetworkId, Vec<(&SubnetId, &SubnetRow)>>) -> String {
    let networks = plan.addresses.networks.len().saturating_sub(ROWS);
    if networks == 0 {
        return String::new();
    }
    let inside = subnets.values().map(Vec::len).sum();
    format!(
        "And {} with {}: see `plan.json`.\n\n",
        counted(networks, "more network", "more networks"),
        counted(inside, "subnet", "subnets"),
    )
}
