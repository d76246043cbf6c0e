//! Connections that are held open while the plan goes on: a step that cuts one is felt by whoever has it.
//!
//! What must become of one: it lives where a new one would be let through. Where only groups would not let it begin any
//! more, it lives on if they keep it in mind, and ends at once if they do not (Amazon EC2, Security group connection
//! tracking). Lists and routes look at each packet.

use std::collections::BTreeSet;
use std::rc::Rc;

use sixward_estate::{
    Direction, Estate, FirewallKind, GatewayId, GatewayKind, Interface, Remote, Rule, TransitId,
};
use sixward_lab::{Carries, Flow, Held, Seen};
use sixward_net::{Family, IpNet, Ports, Traffic};
use sixward_prove::trace::{Outcome, Trace, Tracer};
use sixward_prove::{End, L4, Packet};

use super::court::{Court, told};
use super::flow::Trial;
use crate::RehearseError;
use crate::report::rehearsal::{CutRow, MismatchRow};

/// So many of a family are held at a time.
const MOST: usize = 6;

/// A connection that is held open.
pub(super) struct Open {
    family: Family,
    trial: Trial,
    packet: Packet,
    held: Held,
    /// The estate as it was when the connection came about.
    then: Rc<Estate>,
}

impl Court<'_> {
    /// Looks which connections still stand; those that do not are let go.
    pub(super) fn still_open(&mut self, now: &Estate, after: usize) -> Result<(), RehearseError> {
        for open in std::mem::take(&mut self.open) {
            let expected = lives(now, &open);
            let seen = self.is_open(&open.held)?;
            let lives = matches!(seen, Seen::Answered(_));
            self.row.held += 1;
            if let Some(expected) = expected.filter(|expected| *expected != lives) {
                self.mismatch(MismatchRow {
                    after,
                    family: open.family,
                    from: open.trial.from.name.clone(),
                    to: open.trial.to.name.clone(),
                    what: format!("{}, held open", open.trial.probe),
                    packet: open.packet,
                    expected: if expected { "stands" } else { "is cut" }.to_owned(),
                    seen: told(&seen),
                });
            }
            if lives {
                self.open.push(open);
            } else {
                self.row.cut.push(CutRow {
                    after,
                    family: open.family,
                    from: open.trial.from.name,
                    to: open.trial.to.name,
                    what: open.trial.probe.to_string(),
                    seen: told(&seen),
                });
            }
        }
        Ok(())
    }

    /// Holds some of the flows that passed, so that there are a few of each family.
    pub(super) fn hold(
        &mut self,
        passed: &[(Family, Trial)],
        now: &Estate,
    ) -> Result<(), RehearseError> {
        let then = Rc::new(now.clone());
        for family in [Family::V4, Family::V6] {
            let own = passed.iter().filter(|(its, _)| *its == family);
            let own: Vec<_> = own.map(|(_, trial)| trial).collect();
            // Other ends are better than more between the same ones.
            for alike in [true, false] {
                for trial in &own {
                    let mut all = self.open.iter().filter(|it| it.family == family);
                    if all.clone().count() < MOST && !all.any(|it| same(&it.trial, trial, alike)) {
                        self.hold_one(family, trial, &then)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn hold_one(
        &mut self,
        family: Family,
        trial: &Trial,
        then: &Rc<Estate>,
    ) -> Result<(), RehearseError> {
        let packet = self.packet_of(family, trial);
        let L4::Tcp {
            source,
            destination,
        } = packet.l4
        else {
            return Ok(());
        };
        let flow = Flow {
            from: trial.from.node.clone(),
            source: packet.source,
            destination: packet.destination,
            carries: Carries::Tcp(Some(source), destination),
        };
        if let Some(held) = self.open_one(&flow)? {
            self.open.push(Open {
                family,
                trial: trial.clone(),
                packet,
                held,
                then: Rc::clone(then),
            });
        }
        Ok(())
    }
}

/// Whether two flows have the same ends, and unless `alike` the same port too.
fn same(one: &Trial, other: &Trial, alike: bool) -> bool {
    (one.from.address, one.to.address) == (other.from.address, other.to.address)
        && (alike || one.probe == other.probe)
}

/// Whether a connection must still stand; none: something that is not modelled decides.
fn lives(now: &Estate, open: &Open) -> Option<bool> {
    let ask = |estate: &Estate| {
        let trace = Tracer::new(estate).trace(&open.trial.from.end, open.packet);
        (!matches!(trace.outcome, Outcome::Undetermined(_))).then(|| trace.works())
    };
    if ask(now)? {
        return Some(true);
    }
    if !ask(&groups_as_then(now, &open.then))? {
        return Some(false);
    }
    let then = Tracer::new(&open.then).trace(&open.trial.from.end, open.packet);
    if always_tracked(&open.then, &then) {
        // By gateways too that no interface of the lab knows of.
        return None;
    }
    let ends = [
        (&open.trial.from.end, Direction::Egress),
        (&open.trial.to.end, Direction::Ingress),
    ];
    let kept: BTreeSet<bool> = ends
        .into_iter()
        .filter_map(|(end, direction)| match end {
            End::Interface(id) => Some((open.then.interfaces.get(id)?, direction)),
            _ => None,
        })
        .map(|(interface, direction)| !untracked(&open.then, interface, direction, open.packet))
        .collect();
    // Where the two ends differ, it hangs on which of them would not let it begin.
    match kept.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// The estate of now under the groups of then.
fn groups_as_then(now: &Estate, then: &Estate) -> Estate {
    let mut mixed = now.clone();
    let groups = then
        .firewalls
        .iter()
        .filter(|it| it.kind == FirewallKind::Group);
    for group in groups {
        mixed.firewalls.insert(group.clone());
    }
    for interface in &then.interfaces {
        if let Some(own) = mixed.interfaces.get_mut(&interface.id) {
            own.firewalls.clone_from(&interface.firewalls);
        }
    }
    mixed
}

fn always_tracked(estate: &Estate, trace: &Trace) -> bool {
    trace.forward.iter().any(|hop| {
        let gateway = estate.gateways.get(&GatewayId::new(hop.at.id.clone()));
        gateway
            .is_some_and(|it| matches!(it.kind, GatewayKind::Nat { .. } | GatewayKind::EgressOnly))
            || estate.transits.contains(&TransitId::new(hop.at.id.clone()))
    })
}

/// Whether the groups of an interface let a flow begin without keeping it in mind: what everybody may send, where
/// everything may be answered to everybody.
fn untracked(estate: &Estate, interface: &Interface, direction: Direction, packet: Packet) -> bool {
    let L4::Tcp { destination, .. } = packet.l4 else {
        return false;
    };
    let rules = |direction| {
        let groups = interface.firewalls.iter();
        let groups = groups.filter_map(|id| estate.firewalls.get(id));
        groups.flat_map(move |group| group.rules(direction))
    };
    let everybody = |rule: &&Rule| match rule.remote {
        Remote::Net(IpNet::V4(net)) => net.prefix_len() == 0 && packet.family() == Family::V4,
        Remote::Net(IpNet::V6(net)) => net.prefix_len() == 0 && packet.family() == Family::V6,
        _ => false,
    };
    let allows = |rule: &Rule| match rule.traffic {
        Traffic::All => true,
        Traffic::Tcp(ports) => ports.contains(Ports::one(destination)),
        _ => false,
    };
    let back = match direction {
        Direction::Ingress => Direction::Egress,
        Direction::Egress => Direction::Ingress,
    };
    let all = |rule: &Rule| {
        matches!(rule.traffic, Traffic::All) || rule.traffic == Traffic::Tcp(Ports::ALL)
    };
    rules(direction).filter(everybody).any(allows) && rules(back).filter(everybody).any(all)
}
