//! P4: steps that publish names, with who is behind each.

use std::collections::BTreeMap;

use sixward_estate::{InterfaceId, InterfaceOwner};
use sixward_plan::{Change, Plan, Step};
use sixward_prove::proof::{Breach, Kind, Outcome, Promise, Proof, Verdict};

/// Who answers to a name, and from when on.
pub(super) struct Names<'a> {
    /// The interfaces of a host or a balancer.
    behind: BTreeMap<&'a str, Vec<InterfaceId>>,
    /// The step in which the operating system of a host takes up its address.
    configured: BTreeMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut behind: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for interface in &plan.before.interfaces {
            let owner = match &interface.owner {
                InterfaceOwner::Host(id) => id.as_str(),
                InterfaceOwner::Balancer(id) => id.as_str(),
                _ => continue,
            };
            behind.entry(owner).or_default().push(interface.id.clone());
        }
        let guests = plan.steps.iter().filter_map(|step| match &step.change {
            Change::ConfigureGuest { host } => Some((host.as_str(), step.number)),
            _ => None,
        });
        Self {
            behind,
            configured: guests.collect(),
        }
    }

    /// P4, where a step publishes names.
    pub(super) fn verdict(&self, step: &Step, proof: &mut Proof<'_>) -> Option<Verdict> {
        let Change::PublishNames { subject, addresses } = &step.change else {
            return None;
        };
        let configured = self.configured.get(subject.id.as_str());
        if let Some(late) = configured.filter(|it| **it > step.number) {
            let breach = Breach {
                decided_by: Some(subject.clone()),
                decision: format!("its operating system takes up the address only in step {late}"),
                mend: format!("publish the names after step {late}"),
                ..Breach::bare(Kind::Unserved)
            };
            return Some(Verdict {
                outcome: Outcome::Broken,
                breaches: vec![breach],
                ..Verdict::held(Promise::NamesServe)
            });
        }
        let interfaces = self.behind.get(subject.id.as_str());
        let interfaces = interfaces.map(Vec::as_slice).unwrap_or_default();
        Some(proof.names(subject, interfaces, addresses))
    }
}
