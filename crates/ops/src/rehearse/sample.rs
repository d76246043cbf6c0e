//! A big estate is rehearsed by a sample: of the interfaces that stand alike a few.
//!
//! Two interfaces stand alike when the same decides about both: their subnet with its table and list, their
//! firewalls, their kind of owner, and what they have of addresses.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Estate, Interface, InterfaceId, InterfaceOwner};
use sixward_plan::{Change, Plan, Step};

use crate::report::rehearsal::Sample;

/// Estates of so many interfaces are rehearsed whole.
const FEW: usize = 64;
/// So many of those that stand alike.
const ALIKE: usize = 2;

/// The plan, on a sample of its estate where that is big.
pub(super) fn of(plan: &Plan) -> (Plan, Option<Sample>) {
    let all = plan.before.interfaces.len();
    if all <= FEW {
        return (plan.clone(), None);
    }
    let mut classes: BTreeMap<String, Vec<&Interface>> = BTreeMap::new();
    for interface in &plan.before.interfaces {
        let class = classes.entry(class(interface)).or_default();
        class.push(interface);
    }
    let kept = classes.values().flat_map(|alike| alike.iter().take(ALIKE));
    let kept: BTreeSet<_> = kept.map(|interface| interface.id.clone()).collect();
    let sample = Sample {
        interfaces: kept.len(),
        of: all,
        classes: classes.len(),
    };
    (reduced(plan, &kept), Some(sample))
}

/// What decides about an interface, in words.
fn class(it: &Interface) -> String {
    let owner = match &it.owner {
        InterfaceOwner::Host(_) => "host".to_owned(),
        // There is one of each of these.
        other => format!("{other:?}"),
    };
    let public = it.has_public4();
    let v6 = !it.addresses6.is_empty();
    let (firewalls, own_only) = (&it.firewalls, it.own_addresses_only);
    format!(
        "{} {firewalls:?} {owner} {public} {v6} {own_only}",
        it.subnet
    )
}

/// The same plan for fewer interfaces.
fn reduced(plan: &Plan, kept: &BTreeSet<InterfaceId>) -> Plan {
    let mut reduced = plan.clone();
    let gone: Vec<_> = plan
        .before
        .interfaces
        .iter()
        .map(|it| it.id.clone())
        .collect();
    for id in gone.iter().filter(|id| !kept.contains(*id)) {
        reduced.before.interfaces.remove(id);
    }
    let hosts: BTreeSet<_> = reduced
        .before
        .interfaces
        .iter()
        .filter_map(Interface::host)
        .collect();
    let lone: Vec<_> = plan.before.hosts.iter().map(|it| it.id.clone()).collect();
    let lone: Vec<_> = lone.into_iter().filter(|id| !hosts.contains(id)).collect();
    for id in &lone {
        reduced.before.hosts.remove(id);
    }
    reduced.steps.retain(|step| fits(step, &reduced.before));
    reduced
}

fn fits(step: &Step, estate: &Estate) -> bool {
    match &step.change {
        Change::AssignAddress { interface, .. } | Change::UnassignAddress { interface, .. } => {
            estate.interfaces.contains(interface)
        }
        Change::SetMachineType { host, .. } => estate.hosts.contains(host),
        _ => true,
    }
}
