//! Blocks of networks: the provider chooses them, and takes none back that is used.

use sixward_apply::Fault;
use sixward_estate::{
    Action, Block6, BlockSource, Direction, Estate, FirewallId, FirewallKind, NetworkId, Remote,
    Rule, SmolStr,
};
use sixward_net::{ANY6, Traffic, symbol};
use sixward_plan::Change;

use crate::refusal::{busy, refused};
use crate::{Sim, chance};

/// AssociateVpcCidrBlock.
pub(crate) fn add_block(sim: &mut Sim, id: &NetworkId, block: &Block6) -> Result<(), Fault> {
    let there = sim.estate.networks.get(id);
    let there = there.ok_or_else(|| missing(id))?.blocks6.len() + sim.associating(id);
    let most = sim.quotas.blocks;
    if there >= most {
        let message =
            format!("This network '{id}' has met its maximum number of allowed CIDRs: {most}");
        return Err(refused("CidrLimitExceeded", message));
    }
    let block = Block6 {
        net: match block.source {
            // A real driver cannot ask for a block of the provider's: it gets another one each time.
            BlockSource::Provider { .. } => chance::block(sim.choose(), block.net.prefix_len()),
            _ if symbol::is_symbolic(block.net) => {
                chance::block(sim.choose(), block.net.prefix_len())
            }
            _ => block.net,
        },
        source: block.source.clone(),
    };
    sim.associate(id, block)
}

/// It is there now, with what comes with it.
pub(crate) fn associated(sim: &mut Sim, id: &NetworkId, block: Block6) -> Result<(), Fault> {
    sim.effect(&Change::AddNetworkBlock {
        network: id.clone(),
        block,
    })?;
    for firewall in sim.habits.opens_too.clone() {
        open(&mut sim.estate, id, &firewall);
    }
    Ok(())
}

/// DisassociateVpcCidrBlock.
pub(crate) fn remove_block(sim: &mut Sim, id: &NetworkId, block: &Block6) -> Result<(), Fault> {
    let network = sim.estate.networks.get(id).ok_or_else(|| missing(id))?;
    let found = network.blocks6.iter().find(|it| it.net == block.net);
    let Some(found) = found.cloned() else {
        let message = format!("The network {id} has no block {}", block.net);
        return Err(refused(
            "InvalidVpcCidrBlockAssociationID.NotFound",
            message,
        ));
    };
    let uses = |estate: &Estate| {
        let mut subnets = estate.subnets.iter();
        subnets.any(|it| it.network == *id && it.block6.is_some_and(|net| found.net.contains(&net)))
    };
    if sim.anywhere(uses) {
        let message = format!(
            "The vpc {id} currently has a subnet within CIDR block {}",
            block.net
        );
        return Err(busy("InvalidCidrBlock.InUse", message));
    }
    sim.effect(&Change::RemoveNetworkBlock {
        network: id.clone(),
        block: found,
    })
}

/// Opens a firewall that by the documentation stays as it is.
fn open(estate: &mut Estate, network: &NetworkId, id: &FirewallId) {
    let Some(firewall) = estate.firewalls.get_mut(id) else {
        return;
    };
    let rule = Rule {
        direction: Direction::Egress,
        order: (firewall.kind == FirewallKind::List).then_some(101),
        action: Action::Allow,
        traffic: Traffic::All,
        remote: Remote::from(ANY6),
        note: SmolStr::default(),
    };
    if firewall.network == *network && !firewall.has(&rule) {
        firewall.add(rule);
    }
}

fn missing(id: &NetworkId) -> Fault {
    refused(
        "InvalidVpcID.NotFound",
        format!("The vpc ID '{id}' does not exist"),
    )
}
