//! Blocks of subnets, and their switch for new interfaces.

use sixward_estate::SubnetId;
use sixward_net::Ipv6Net;

use super::line::{Context, Line};
use super::shell::Noun;

pub(super) fn add_block(context: &Context<'_>, subnet: &SubnetId, net: Ipv6Net) -> Line {
    Line::add(Noun::Subnet, "subnet_block", block(context, subnet, net))
}

pub(super) fn remove_block(context: &Context<'_>, subnet: &SubnetId, net: Ipv6Net) -> Line {
    Line::remove(Noun::Subnet, "subnet_block", block(context, subnet, net))
}

pub(super) fn set_auto_assign(context: &Context<'_>, subnet: &SubnetId, on: bool) -> Line {
    let value = if on { "on" } else { "off" };
    let args = [vpc(context, subnet), subnet.to_string(), value.to_owned()];
    Line::set(Noun::Subnet, "auto_assign", args)
}

fn block(context: &Context<'_>, subnet: &SubnetId, net: Ipv6Net) -> [String; 3] {
    let net = context.net(net.into());
    [vpc(context, subnet), subnet.to_string(), net]
}

/// The VPC, whose subnets are all read in one call.
fn vpc(context: &Context<'_>, subnet: &SubnetId) -> String {
    let known = context.plan.before.subnets.get(subnet);
    known
        .map(|subnet| subnet.network.to_string())
        .unwrap_or_default()
}
