//! Blocks of VPCs.

use sixward_estate::{Block6, BlockSource, NetworkId};
use sixward_net::symbol;

use super::line::Line;
use super::shell::{Noun, quote};

pub(super) fn add_block(network: &NetworkId, block: &Block6) -> Line {
    match block.source {
        BlockSource::Own => Line::by_hand(NO_POOL),
        _ => Line::add(Noun::Network, "vpc_block", [network.to_string()]),
    }
}

pub(super) fn remove_block(network: &NetworkId, block: &Block6) -> Line {
    match block.source {
        BlockSource::Own => Line::by_hand(NO_POOL),
        _ => Line::remove(Noun::Network, "vpc_block", [network.to_string()]),
    }
}

/// Says at the head of a script how the block of a VPC is told from its others.
pub(super) fn declaration(network: &NetworkId, place: &str, block: &Block6) -> String {
    let (kind, arg) = match &block.source {
        BlockSource::Provider { border_group } => ("amazon", border_group.as_str()),
        BlockSource::Ipam(pool) => ("ipam", pool.as_str()),
        BlockSource::Pool(pool) => ("pool", pool.as_str()),
        BlockSource::Own => ("pool", ""),
    };
    let known = if symbol::is_symbolic(block.net) {
        String::new()
    } else {
        format!(" {}", block.net)
    };
    format!(
        "network {network} {} {} {kind} {}{known}\n",
        quote(place),
        block.net.prefix_len(),
        quote(arg),
    )
}

const NO_POOL: &str = "a VPC takes blocks from Amazon or from a pool only";
