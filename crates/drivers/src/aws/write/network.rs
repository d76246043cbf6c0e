//! Blocks of VPCs.

use sixward_estate::{Block6, BlockSource, NetworkId};
use sixward_net::symbol;

use super::{GiveBack, Task};
use crate::aws::query::Call;

pub(super) fn add_block(network: &NetworkId, block: &Block6) -> Result<Task, &'static str> {
    let call = Call::new("ec2", "AssociateVpcCidrBlock").with("VpcId", network.as_str());
    let net = block.net.to_string();
    let call = match &block.source {
        BlockSource::Provider { .. } if !symbol::is_symbolic(block.net) => {
            return Err("Amazon chooses its blocks itself, and has this one no more");
        }
        BlockSource::Provider { border_group } => {
            let call = call.with("AmazonProvidedIpv6CidrBlock", "true");
            if border_group.is_empty() {
                call
            } else {
                call.with("Ipv6CidrBlockNetworkBorderGroup", border_group)
            }
        }
        BlockSource::Ipam(pool) => {
            let call = call.with("Ipv6IpamPoolId", pool);
            if symbol::is_symbolic(block.net) {
                call.with("Ipv6NetmaskLength", &block.net.prefix_len().to_string())
            } else {
                call.with("Ipv6CidrBlock", &net)
            }
        }
        BlockSource::Pool(pool) => call.with("Ipv6Pool", pool).with("Ipv6CidrBlock", &net),
        BlockSource::Own => return Err(NO_POOL),
    };
    Ok(Task::Call(call))
}

pub(super) fn remove_block(network: &NetworkId, block: &Block6) -> Result<Task, &'static str> {
    if block.source == BlockSource::Own {
        return Err(NO_POOL);
    }
    Ok(Task::GiveBack(GiveBack {
        look: Call::new("ec2", "DescribeVpcs")
            .with("Filter.1.Name", "vpc-id")
            .with_list("Filter.1.Value", &[network.as_str()]),
        list: "Vpcs",
        net: block.net,
        operation: "DisassociateVpcCidrBlock",
    }))
}

const NO_POOL: &str = "a VPC takes blocks from Amazon or from a pool only";
