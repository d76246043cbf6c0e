//! Blocks of subnets: one each, within the network's, nobody else's; and automatic assignment.

use sixward_apply::Fault;
use sixward_estate::{Estate, SubnetId};
use sixward_net::Ipv6Net;
use sixward_plan::Change;

use crate::Sim;
use crate::refusal::{busy, refused};

/// AssociateSubnetCidrBlock.
pub(crate) fn add_block(sim: &mut Sim, id: &SubnetId, net: Ipv6Net) -> Result<(), Fault> {
    let subnet = sim.estate.subnets.get(id).ok_or_else(|| missing(id))?;
    if subnet.block6.is_some() {
        let message = format!("This network '{id}' has met its maximum number of allowed CIDRs: 1");
        return Err(refused("CidrLimitExceeded", message));
    }
    // "The IPv6 prefix length must be between /44 and /64 in increments of /4."
    if !(44..=64).contains(&net.prefix_len()) || !net.prefix_len().is_multiple_of(4) {
        let message = format!("invalid value for parameter ipv6-cidr-block: {net}");
        return Err(refused("InvalidParameterValue", message));
    }
    let network = sim.estate.networks.get(&subnet.network);
    let blocks = network.map_or(&[][..], |it| &it.blocks6);
    if !blocks.iter().any(|block| block.net.contains(&net)) {
        let message = format!("The IPv6 CIDR '{net}' is invalid.");
        return Err(refused("InvalidSubnet.Range", message));
    }
    let overlaps = |other: Ipv6Net| other.contains(&net) || net.contains(&other);
    let taken = sim
        .estate
        .subnets
        .iter()
        .any(|other| other.network == subnet.network && other.block6.is_some_and(overlaps));
    if taken {
        let message = format!("The IPv6 CIDR '{net}' conflicts with another subnet");
        return Err(refused("InvalidSubnet.Conflict", message));
    }
    sim.effect(&Change::AddSubnetBlock {
        subnet: id.clone(),
        net,
    })
}

/// DisassociateSubnetCidrBlock.
pub(crate) fn remove_block(sim: &mut Sim, id: &SubnetId, net: Ipv6Net) -> Result<(), Fault> {
    let subnet = sim.estate.subnets.get(id).ok_or_else(|| missing(id))?;
    if subnet.block6 != Some(net) {
        let message = format!("The subnet {id} has no block {net}");
        return Err(refused(
            "InvalidSubnetCidrBlockAssociationID.NotFound",
            message,
        ));
    }
    let assigns = |estate: &Estate| {
        let subnet = estate.subnets.get(id);
        subnet.is_some_and(|it| it.assign6_on_create)
    };
    let uses = |estate: &Estate| {
        let mut interfaces = estate.interfaces.iter();
        interfaces.any(|it| it.subnet == *id && it.addresses6.iter().any(|a| net.contains(a)))
    };
    for (holds, why) in [
        (
            sim.anywhere(assigns),
            "its subnet has assign-ipv6-address-on-creation set to true",
        ),
        (
            sim.anywhere(uses),
            "a network interface has an address of it",
        ),
    ] {
        if holds {
            let message =
                format!("The block {net} of {id} may not be disassociated, because {why}.");
            return Err(busy("InvalidCidrBlock.InUse", message));
        }
    }
    sim.effect(&Change::RemoveSubnetBlock {
        subnet: id.clone(),
        net,
    })
}

/// ModifySubnetAttribute.
pub(crate) fn set_auto_assign(sim: &mut Sim, id: &SubnetId, on: bool) -> Result<(), Fault> {
    let subnet = sim.estate.subnets.get(id).ok_or_else(|| missing(id))?;
    if on && subnet.block6.is_none() {
        let message = format!("The subnet {id} has no IPv6 CIDR block associated with it.");
        return Err(refused("InvalidParameterValue", message));
    }
    sim.effect(&Change::SetAutoAssign {
        subnet: id.clone(),
        on,
    })
}

fn missing(id: &SubnetId) -> Fault {
    refused(
        "InvalidSubnetID.NotFound",
        format!("The subnet ID '{id}' does not exist"),
    )
}
