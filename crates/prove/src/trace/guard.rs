//! Past the firewalls on an interface and on a subnet's edge.
//!
//! Amazon VPC: Security groups; Network ACLs. Azure: network security groups, as far as one of them
//! is asked.

use sixward_estate::{
    Direction, Firewall, FirewallKind, Interface, InterfaceOwner, NetworkId, Provider, Remote,
    Subject, Subnet,
};

use super::filter::{self, Question, Verdict, is_stateful};
use super::known::{self, Known};
use super::walk::{Stop, Walk};
use super::{Cause, Decision};

impl<'a> Walk<'_, 'a> {
    /// The firewalls on an interface.
    pub(super) fn guard(
        &mut self,
        interface: &'a Interface,
        direction: Direction,
    ) -> Result<(), Stop> {
        let firewalls = self.firewalls(interface)?;
        if self.session.answers(interface.id.as_str(), &self.packet)
            && firewalls.iter().all(|it| is_stateful(it.kind))
        {
            let at = known::interface(self.atlas.estate, interface);
            self.hop(at, Decision::Tracked(direction));
            return Ok(());
        }
        let (groups, others): (Vec<_>, Vec<_>) = firewalls
            .into_iter()
            .partition(|it| it.kind == FirewallKind::Group);
        if !groups.is_empty() {
            self.guard_groups(interface, &groups, direction)?;
        }
        for firewall in others {
            self.guard_ordered(firewall, &interface.network, direction)?;
        }
        self.session.track(interface.id.as_str(), self.packet);
        Ok(())
    }

    fn firewalls(&mut self, interface: &'a Interface) -> Result<Vec<&'a Firewall>, Stop> {
        let network = self.network(&interface.network)?;
        let is_host = matches!(interface.owner, InterfaceOwner::Host(_));
        let ids = interface.firewalls_in(self.packet.family());
        if ids.is_empty() && is_host && network.place.provider == Provider::Aws {
            // A host's interface is always under a group there: the input did not hold it.
            return self.doubt(known::interface(self.atlas.estate, interface));
        }
        let mut firewalls = Vec::new();
        for id in ids {
            let Some(firewall) = self.atlas.estate.firewalls.get(id) else {
                return self.doubt(Subject::new("firewall", id.as_str(), ""));
            };
            self.touch(firewall.subject())?;
            firewalls.push(firewall);
        }
        Ok(firewalls)
    }

    fn guard_groups(
        &mut self,
        interface: &'a Interface,
        groups: &[&'a Firewall],
        direction: Direction,
    ) -> Result<(), Stop> {
        let network = &interface.network;
        let packet = &self.packet;
        let question = Question {
            direction,
            network,
            packet,
        };
        match filter::any(self.atlas, groups, question) {
            Verdict::Allow(group, rule) => {
                self.hop(group.subject(), Decision::Allowed(rule.clone()));
                if matches!(rule.remote, Remote::Firewall(_)) {
                    self.name(group.subject());
                }
                Ok(())
            }
            Verdict::Unknown(subject) => {
                self.suppose(subject);
                Ok(())
            }
            Verdict::Deny(_) | Verdict::Silent => {
                let at = known::interface(self.atlas.estate, interface);
                let firewalls = interface.firewalls_in(self.packet.family()).to_vec();
                self.refuse(
                    at,
                    Cause::NoRule {
                        direction,
                        firewalls,
                    },
                )
            }
        }
    }

    /// A firewall whose first matching rule decides.
    fn guard_ordered(
        &mut self,
        firewall: &'a Firewall,
        network: &NetworkId,
        direction: Direction,
    ) -> Result<(), Stop> {
        let packet = &self.packet;
        let question = Question {
            direction,
            network,
            packet,
        };
        let at = firewall.subject();
        match filter::first(self.atlas, firewall, question) {
            Verdict::Allow(_, rule) => {
                self.hop(at, Decision::Allowed(rule.clone()));
                Ok(())
            }
            Verdict::Deny(rule) => self.refuse(at, Cause::Denied(rule.clone())),
            Verdict::Silent => self.refuse(at, Cause::ImplicitDeny(direction)),
            Verdict::Unknown(subject) => {
                self.suppose(subject);
                Ok(())
            }
        }
    }

    /// The firewall on a subnet's edge.
    pub(super) fn edge(&mut self, subnet: &'a Subnet, direction: Direction) -> Result<(), Stop> {
        self.touch(subnet.subject())?;
        let Some(firewall) = self.firewall_of(subnet)? else {
            return Ok(());
        };
        self.touch(firewall.subject())?;
        if firewall.kind == FirewallKind::Group {
            return self.doubt(firewall.subject());
        }
        if !is_stateful(firewall.kind) {
            return self.guard_ordered(firewall, &subnet.network, direction);
        }
        if self.session.answers(subnet.id.as_str(), &self.packet) {
            self.hop(firewall.subject(), Decision::Tracked(direction));
            return Ok(());
        }
        self.guard_ordered(firewall, &subnet.network, direction)?;
        self.session.track(subnet.id.as_str(), self.packet);
        Ok(())
    }

    fn firewall_of(&mut self, subnet: &'a Subnet) -> Result<Option<&'a Firewall>, Stop> {
        if let Some(id) = &subnet.firewall {
            return match self.atlas.estate.firewalls.get(id) {
                Some(firewall) => Ok(Some(firewall)),
                None => self.doubt(Subject::new("firewall", id.as_str(), "")),
            };
        }
        let list = self.atlas.default_list(&subnet.network);
        let network = self.network(&subnet.network)?;
        if list.is_none() && network.place.provider == Provider::Aws {
            // Every subnet is under a list there: the input did not hold it.
            return self.doubt(subnet.subject());
        }
        Ok(list)
    }
}
