//! Flows to load balancers: one for each target, and what is proved of both parts of it.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use sixward_estate::Estate;
use sixward_lab::{Layout, Listen, Onward};
use sixward_prove::behind::{Behind, Call, Leg, Serving};
use sixward_prove::trace::{Outcome, Trace, Tracer};
use sixward_prove::{End, L4, Packet, interface_name};

use super::flow::{Chosen, Trial};
use crate::probe::Probe;

/// The two that say what must become of a flow.
pub(super) struct Oracle<'a> {
    pub(super) estate: &'a Estate,
    pub(super) tracer: Tracer<'a>,
    behind: Behind<'a>,
}

/// What must become of a flow.
pub(super) struct Expected {
    /// None: something that is not modelled decides.
    pub(super) works: Option<bool>,
    pub(super) told: String,
}

impl<'a> Oracle<'a> {
    pub(super) fn new(estate: &'a Estate) -> Self {
        Self {
            estate,
            tracer: Tracer::new(estate),
            behind: Behind::new(estate),
        }
    }

    /// What must become of the packet of a trial.
    pub(super) fn expects(&self, trial: &Trial, packet: Packet) -> Expected {
        let first = self.tracer.trace(&trial.from.end, packet);
        let own = expected(&first);
        if own.works != Some(true) {
            return own;
        }
        let End::Interface(id) = &trial.to.end else {
            return own;
        };
        let Some(node) = self.estate.interfaces.get(id) else {
            return own;
        };
        if self.behind.balancer(node).is_none() {
            return own;
        }
        let said = |works, told: &str| Expected {
            works,
            told: told.to_owned(),
        };
        match self.behind.serving(node, packet.l4) {
            Serving::Itself => own,
            Serving::Refused => said(Some(false), "the balancer does not listen there"),
            Serving::Unknown(_) => said(None, "undetermined"),
            Serving::Legs(legs) => {
                let Some(chosen) = &trial.chosen else {
                    return said(None, "undetermined");
                };
                match legs.iter().find(|leg| speaks_to(leg, chosen.target)) {
                    Some(leg) => self.leg(leg, packet),
                    None => said(Some(false), "the balancer has no such target"),
                }
            }
        }
    }

    fn leg(&self, leg: &Leg, client: Packet) -> Expected {
        let unknown = Expected {
            works: None,
            told: "undetermined".to_owned(),
        };
        let Ok(Call::Packet { from, packet, .. }) = &leg.call else {
            return unknown;
        };
        let trace = self.tracer.trace(from, *packet);
        let next = match &trace.outcome {
            Outcome::Delivered(End::Interface(id)) => self.estate.interfaces.get(id),
            _ => None,
        };
        // What a further balancer makes of it is not asked here.
        if leg.crosses || next.is_some_and(|next| self.behind.balancer(next).is_some()) {
            return unknown;
        }
        if leg.keeps_client && client.family() == leg.family {
            let direct = Packet {
                source: client.source,
                ..*packet
            };
            if self.tracer.trace(from, direct).works() != trace.works() {
                return unknown;
            }
        }
        expected(&trace)
    }
}

/// A flow to a balancer becomes one to each of its targets.
pub(super) fn each_target(trials: Vec<Trial>, layout: &Layout, estate: &Estate) -> Vec<Trial> {
    let all = trials.into_iter();
    all.flat_map(|trial| targets(trial, layout, estate))
        .collect()
}

fn targets(trial: Trial, layout: &Layout, estate: &Estate) -> Vec<Trial> {
    let at = match trial.probe {
        Probe::Tcp(port) => Listen { tcp: true, port },
        Probe::Udp(port) => Listen { tcp: false, port },
        _ => return vec![trial],
    };
    let node = layout.nodes.get(&trial.to.node);
    let Some(service) = node.and_then(|node| node.serves.get(&at)) else {
        return vec![trial];
    };
    let mut known = BTreeSet::new();
    let mut each = Vec::new();
    for (bits, onward) in (0..).zip(service.slots()) {
        if let Onward::To(target) = onward
            && known.insert(*target)
        {
            let mut to = trial.to.clone();
            to.name = format!("{} for {}", to.name, called(estate, *target));
            each.push(Trial {
                to,
                chosen: Some(Chosen {
                    target: *target,
                    mask: service.mask(),
                    bits,
                }),
                ..trial.clone()
            });
        }
    }
    if each.is_empty() {
        return vec![trial];
    }
    each
}

fn called(estate: &Estate, target: SocketAddr) -> String {
    let carries = |address: IpAddr| {
        estate.interfaces.iter().find(|it| match address {
            IpAddr::V4(address) => it.addresses4.iter().any(|own| own.address == address),
            IpAddr::V6(address) => it.addresses6.contains(&address),
        })
    };
    match carries(target.ip()) {
        Some(interface) => format!(
            "{}:{}",
            interface_name(estate, &interface.id),
            target.port()
        ),
        None => target.to_string(),
    }
}

fn speaks_to(leg: &Leg, target: SocketAddr) -> bool {
    let Ok(Call::Packet { packet, .. }) = &leg.call else {
        return false;
    };
    let (L4::Tcp { destination, .. } | L4::Udp { destination, .. }) = packet.l4 else {
        return false;
    };
    SocketAddr::new(packet.destination, destination) == target
}

fn expected(trace: &Trace) -> Expected {
    let works = match trace.outcome {
        Outcome::Undetermined(_) => None,
        _ => Some(trace.works()),
    };
    Expected {
        works,
        told: super::court::expectation(trace),
    }
}
