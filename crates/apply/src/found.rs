//! What calls came to that nobody waited for: looked for in the world before a walk goes on.
//!
//! After a crash the journal names calls that may have been made. Where entries of it are lost, any
//! step may be done. What is found done is written down as done; and what such calls may have
//! changed is no drift, but everything else is.

use std::collections::BTreeSet;

use sixward_estate::{Action, Estate, Remote, Rule};
use sixward_net::{ANY6, Traffic};
use sixward_plan::{Bindings, Change, Step};

use crate::drift::drift;
use crate::engine::{Walk, step};
use crate::journal::{Fact, Part, Status, Way};
use crate::standing::{Standing, standing};
use crate::{ApplyError, Difference, Scope};

/// A step that is done, and what the provider chose.
struct Found {
    step: u32,
    bound: Bindings,
}

impl Walk<'_> {
    /// Before going forward: the estate as it is, what was found in it written down. An estate that
    /// somebody else changed is refused, and then nothing is written.
    pub(crate) fn catch_up(&mut self) -> Result<Estate, ApplyError> {
        let mut look = 0;
        loop {
            let live = self.discover()?;
            let unclear = self.unclear();
            let found = self.find(&unclear, &live);
            let differences = self.differences(&found, &live);
            let clear = found.len() == unclear.len() && differences.is_empty();
            // What was just done may not be seen at once.
            if !clear && look < self.limits.settling {
                look += 1;
                self.driver.pause(look);
                continue;
            }
            if !differences.is_empty() {
                return Err(ApplyError::Drifted(differences));
            }
            self.write_found(found, &live)?;
            return Ok(live);
        }
    }

    /// Before going back: whatever can be found is written down, and nothing is refused.
    pub(crate) fn find_open(&mut self) -> Result<(), ApplyError> {
        for look in 0..=self.limits.settling {
            let unclear = self.unclear();
            // A call of the way back may still be on its way: it is given its time.
            let waits = self
                .history
                .all_open()
                .any(|(part, _)| part.way == Way::Back);
            if unclear.is_empty() && !waits {
                return Ok(());
            }
            if look > 0 {
                self.driver.pause(look);
            }
            let live = self.discover()?;
            let found = self.find(&unclear, &live);
            self.write_found(found, &live)?;
        }
        Ok(())
    }

    fn unclear(&self) -> Vec<u32> {
        let unclear = |number: &u32| match self.history.status(*number) {
            Some(Status::Open) => true,
            Some(Status::Done { .. }) => false,
            None => self.damaged,
        };
        if self.damaged {
            let numbers = self.plan.steps.iter().map(|step| step.number);
            return numbers.filter(unclear).collect();
        }
        self.history.begun().filter(unclear).collect()
    }

    fn find(&self, unclear: &[u32], live: &Estate) -> Vec<Found> {
        let mut known = self.history.bindings.clone();
        let steps = unclear.iter().filter_map(|number| step(self.plan, *number));
        let found = steps.filter_map(|step| {
            match standing(&step.change, &known, &self.plan.before, live) {
                Standing::Done(bound) => {
                    known.extend(bound.clone());
                    let step = step.number;
                    Some(Found { step, bound })
                }
                _ => None,
            }
        });
        found.collect()
    }

    fn write_found(&mut self, found: Vec<Found>, live: &Estate) -> Result<(), ApplyError> {
        for Found {
            step: number,
            bound,
        } in found
        {
            let Some(step) = step(self.plan, number) else {
                continue;
            };
            let part = Part::forward(number);
            let mut known = self.history.bindings.clone();
            known.extend(bound.clone());
            let change = step.change.bound(&known);
            let scope = Scope::of([&change]);
            if self.history.open(part).is_none() {
                self.note(&Fact::Intent {
                    part,
                    token: "found".into(),
                    change,
                    before: scope.cut(&self.plan.before),
                })?;
            }
            self.found(part, bound, scope.cut(live))?;
        }
        if self.damaged {
            self.write_interrupted(live)?;
        }
        Ok(self.journal.sync()?)
    }

    /// Hosts that an entry that is lost may have told of: they are neither as they were nor as they
    /// are to be.
    fn write_interrupted(&mut self, live: &Estate) -> Result<(), ApplyError> {
        let plan = self.plan;
        for Step { number, change, .. } in &plan.steps {
            let Change::SetMachineType { host, .. } = change else {
                continue;
            };
            let whole = live.hosts.get(host) == plan.before.hosts.get(host);
            if whole || self.history.status(*number).is_some() {
                continue;
            }
            self.note(&Fact::Intent {
                part: Part::forward(*number),
                token: "found".into(),
                change: change.clone(),
                before: Scope::of([change]).cut(&plan.before),
            })?;
        }
        Ok(())
    }

    /// What somebody else changed.
    fn differences(&self, found: &[Found], live: &Estate) -> Vec<Difference> {
        let mut known = self.history.bindings.clone();
        for found in found {
            known.extend(found.bound.clone());
        }
        let found: BTreeSet<u32> = found.iter().map(|it| it.step).collect();
        // What was read back in entries that are lost is not known: then only what the plan says is.
        let mut expected = if self.damaged {
            self.plan.before.clone()
        } else {
            self.history.expected(self.plan)
        };
        for Step { number, change, .. } in &self.plan.steps {
            let status = self.history.status(*number);
            let done = matches!(status, Some(Status::Done { .. }));
            let change = || change.bound(&known);
            if found.contains(number) || (done && self.damaged) {
                came(&change(), live, &mut expected);
            } else if status == Some(&Status::Open) {
                let stands = standing(&change(), &known, &self.plan.before, live);
                half(&change(), &stands, live, &mut expected);
            } else if status.is_none() && self.damaged {
                interrupted(&change(), live, &mut expected);
            }
        }
        drift(&expected, live)
    }
}

/// What a change came to: what the plan says that it does, in the provider's words for it.
fn came(change: &Change, live: &Estate, expected: &mut Estate) {
    // Where it does not fit, the live estate differs, and that is told.
    let _ = change.effect(expected);
    match change {
        Change::AddNetworkBlock { network, .. } => {
            expected.firewalls.change_where(
                |firewall| firewall.network == *network,
                |firewall| {
                    let seen = live.firewalls.get(&firewall.id);
                    let opened = seen.into_iter().flat_map(|it| &it.rules);
                    let opened: Vec<_> = opened.filter(|rule| opens_all(rule)).cloned().collect();
                    firewall.rules.retain(|rule| !opens_all(rule));
                    for rule in opened {
                        firewall.add(rule);
                    }
                },
            );
        }
        Change::CreateGateway { gateway } => {
            expected.gateways.remove(&gateway.id);
            if let Some(seen) = live.gateways.get(&gateway.id) {
                expected.gateways.insert(seen.clone());
            }
        }
        Change::AddRoute { table, route } => {
            let seen = live.route_tables.get(table);
            let seen = seen.and_then(|it| it.route(&route.destination)).cloned();
            if let (Some(seen), Some(table)) = (seen, expected.route_tables.get_mut(table)) {
                table.routes.retain(|it| it.destination != seen.destination);
                table.add(seen);
            }
        }
        Change::AddRule { firewall, rule } => {
            let seen = live.firewalls.get(firewall);
            let same = |it: &Rule| it.same_meaning(rule) && it.order == rule.order;
            let seen = seen.and_then(|it| it.rules.iter().find(|it| same(it)));
            if let (Some(seen), Some(firewall)) = (seen, expected.firewalls.get_mut(firewall)) {
                firewall.rules.retain(|it| !same(it));
                firewall.add(seen.clone());
            }
        }
        Change::SetMachineType { .. } => interrupted(change, live, expected),
        _ => {}
    }
}

/// What a call may have left half done, or done twice, is looked at when it is tried again.
fn half(change: &Change, stands: &Standing, live: &Estate, expected: &mut Estate) {
    match (stands, change) {
        (
            Standing::Otherwise(_),
            Change::AddNetworkBlock { .. }
            | Change::CreateGateway { .. }
            | Change::AssignAddress {
                automatic: true, ..
            },
        ) => Scope::of([change]).paste(live, expected),
        _ => interrupted(change, live, expected),
    }
}

/// A host may be of either type, stopped, and without the public addresses that nobody holds.
fn interrupted(change: &Change, live: &Estate, expected: &mut Estate) {
    let Change::SetMachineType { host, from, to } = change else {
        return;
    };
    if let (Some(seen), Some(host)) = (live.hosts.get(host), expected.hosts.get_mut(host))
        && (seen.machine_type == *from || seen.machine_type == *to)
    {
        host.machine_type = seen.machine_type.clone();
        host.state = seen.state;
    }
    lost_by(change, live, expected);
}

/// Expects no longer what a change loses for good, with consent: a host that is stopped and started comes
/// back with other public addresses, or none, where nobody holds them.
pub fn lost_by(change: &Change, live: &Estate, expected: &mut Estate) {
    let Change::SetMachineType { host, .. } = change else {
        return;
    };
    expected.interfaces.change_where(
        |interface| interface.host() == Some(host),
        |interface| {
            let seen = live.interfaces.get(&interface.id);
            let seen = seen.map_or(&[][..], |it| &it.addresses4);
            for address in interface.addresses4.iter_mut().filter(|it| !it.held) {
                let same = seen.iter().find(|it| it.address == address.address);
                address.public = same.map_or(address.public, |it| it.public);
            }
        },
    );
}

/// What a provider opens by itself when a network gets a block.
pub(crate) fn opens_all(rule: &Rule) -> bool {
    rule.action == Action::Allow
        && rule.traffic == Traffic::All
        && rule.remote == Remote::from(ANY6)
}
