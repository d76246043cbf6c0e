//! Rules: none twice, none on a number that is taken, and not more than the quota.

use sixward_apply::Fault;
use sixward_estate::{Firewall, FirewallId, FirewallKind, Rule};
use sixward_net::Family;
use sixward_plan::Change;

use crate::refusal::refused;
use crate::{Sim, quota};

/// Numbers of a list's rules that the owner may use (CreateNetworkAclEntry).
const NUMBERS: std::ops::RangeInclusive<u32> = 1..=32_766;

/// AuthorizeSecurityGroupIngress and -Egress, CreateNetworkAclEntry.
pub(crate) fn add(sim: &mut Sim, id: &FirewallId, rule: &Rule) -> Result<(), Fault> {
    let firewall = sim.estate.firewalls.get(id).ok_or_else(|| missing(id))?;
    match firewall.kind {
        FirewallKind::Group if firewall.has(rule) => {
            let message = format!("the specified rule \"{rule}\" already exists");
            return Err(refused("InvalidPermission.Duplicate", message));
        }
        FirewallKind::Group => {}
        FirewallKind::List | FirewallKind::Ordered => number(firewall, rule)?,
    }
    let families = match rule.family() {
        Some(family) => vec![family],
        None => vec![Family::V4, Family::V6],
    };
    let (most, code) = match firewall.kind {
        FirewallKind::Group => (sim.quotas.group_rules, "RulesPerSecurityGroupLimitExceeded"),
        _ => (sim.quotas.list_rules - 1, "NetworkAclEntryLimitExceeded"),
    };
    for family in families {
        if quota::rules(&sim.estate, firewall, rule.direction, family) >= most {
            let message = format!("The maximum number of rules of {id} has been reached.");
            return Err(refused(code, message));
        }
    }
    sim.effect(&Change::AddRule {
        firewall: id.clone(),
        rule: rule.clone(),
    })
}

/// RevokeSecurityGroupIngress and -Egress, DeleteNetworkAclEntry: by what it says, or by its number.
pub(crate) fn remove(sim: &mut Sim, id: &FirewallId, rule: &Rule) -> Result<(), Fault> {
    let firewall = sim.estate.firewalls.get(id).ok_or_else(|| missing(id))?;
    let same = |it: &&Rule| match firewall.kind {
        FirewallKind::Group => it.same_meaning(rule),
        _ => (it.order, it.direction) == (rule.order, rule.direction),
    };
    let Some(there) = firewall.rules.iter().find(same).cloned() else {
        let code = match firewall.kind {
            FirewallKind::Group => "InvalidPermission.NotFound",
            _ => "InvalidNetworkAclEntry.NotFound",
        };
        return Err(refused(code, format!("{id} has no rule \"{rule}\"")));
    };
    sim.effect(&Change::RemoveRule {
        firewall: id.clone(),
        rule: there,
    })
}

fn number(firewall: &Firewall, rule: &Rule) -> Result<(), Fault> {
    let Some(order) = rule.order.filter(|it| NUMBERS.contains(it)) else {
        let message = format!(
            "Value ({:?}) for parameter ruleNumber is invalid.",
            rule.order
        );
        return Err(refused("InvalidParameterValue", message));
    };
    if firewall
        .rules(rule.direction)
        .any(|it| it.order == rule.order)
    {
        let message = format!("The network acl entry identified by {order} already exists.");
        return Err(refused("NetworkAclEntryAlreadyExists", message));
    }
    Ok(())
}

fn missing(id: &FirewallId) -> Fault {
    refused(
        "InvalidGroup.NotFound",
        format!("The firewall '{id}' does not exist"),
    )
}
