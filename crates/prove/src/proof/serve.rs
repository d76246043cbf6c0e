//! P4 behind balancers: a name serves only if some target is reached, in the family of its group.

use sixward_estate::{Estate, Interface, InterfaceId, Listener, Subject};
use sixward_net::Family;

use super::{Breach, Kind, Outcome};
use crate::behind::{Behind, Call, Leg, Serving};
use crate::symbolic::Analysis;
use crate::{End, L4};

/// A balancer speaks on behalf of others at most this often: to another balancer.
const DEEPEST: usize = 1;
/// Where a balancer without listeners is asked.
const ANY: u16 = 443;
/// A port of a client.
const CLIENT: u16 = 49_152;

/// Who is behind interfaces in a state.
struct Backs<'a> {
    estate: &'a Estate,
    analysis: &'a Analysis,
    behind: Behind<'a>,
}

/// Whether somebody is reached, from the best on.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Sure,
    /// This decides.
    Open(Subject),
    No,
}

/// What is wrong with names that lead to these interfaces, if they are a balancer's.
pub(super) fn unserved(
    estate: &Estate,
    analysis: &Analysis,
    subject: &Subject,
    interfaces: &[InterfaceId],
) -> Option<Breach> {
    let backs = Backs {
        estate,
        analysis,
        behind: Behind::new(estate),
    };
    let nodes = interfaces.iter();
    let nodes = nodes.filter_map(|id| estate.interfaces.get(id));
    let reached = nodes.filter_map(|node| backs.node(node)).min()?;
    let bare = Breach {
        decided_by: Some(subject.clone()),
        mend: "let the load balancer reach a target before its names are published".to_owned(),
        ..Breach::bare(Kind::Unserved)
    };
    match reached {
        Reached::Sure => None,
        Reached::Open(by) => Some(Breach {
            outcome: Outcome::Undetermined,
            decision: "whether it reaches a target is not known".to_owned(),
            undetermined: vec![by],
            ..bare
        }),
        Reached::No => Some(Breach {
            decision: "it reaches none of its targets in this state".to_owned(),
            ..bare
        }),
    }
}

impl Backs<'_> {
    /// Over all that the balancer of an interface listens on; nothing when it has no targets to reach.
    fn node(&self, node: &Interface) -> Option<Reached> {
        let balancer = self.behind.balancer(node)?;
        if balancer.listeners.is_empty() {
            let destination = ANY;
            let source = CLIENT;
            return self.at(
                node,
                L4::Tcp {
                    source,
                    destination,
                },
                0,
            );
        }
        let listeners = balancer.listeners.iter();
        listeners
            .filter_map(|listener| self.at(node, first(listener), 0))
            .min()
    }

    fn at(&self, node: &Interface, l4: L4, depth: usize) -> Option<Reached> {
        match self.behind.serving(node, l4) {
            Serving::Itself => None,
            Serving::Refused => Some(Reached::No),
            Serving::Unknown(lack) => Some(Reached::Open(lack.by)),
            Serving::Legs(legs) => legs.iter().map(|leg| self.leg(leg, depth)).min(),
        }
    }

    fn leg(&self, leg: &Leg, depth: usize) -> Reached {
        let (from, packet, to) = match &leg.call {
            Ok(Call::Packet {
                from,
                packet,
                to: Some(to),
            }) => (from, packet, to),
            Ok(Call::Packet { .. }) => return Reached::Open(leg.target.clone()),
            Ok(Call::Provider) => return Reached::Sure,
            Err(lack) if lack.open => return Reached::Open(lack.by.clone()),
            Err(_) => return Reached::No,
        };
        let ends = ((from, packet.source), (to, packet.destination));
        let verdict = self.analysis.allowed_at(ends.0, ends.1);
        if !verdict.possible.contains(packet.l4) {
            return Reached::No;
        }
        if !verdict.traffic.contains(packet.l4) {
            let by = verdict.undetermined.into_iter().next();
            return Reached::Open(by.unwrap_or_else(|| leg.target.clone()));
        }
        // Clients that a new name brings speak IPv6: a target of IPv4 never sees their addresses.
        if leg.crosses || (leg.keeps_client && leg.family == Family::V6) {
            return Reached::Open(leg.target.clone());
        }
        let next = match to {
            End::Interface(id) if depth < DEEPEST => self.estate.interfaces.get(id),
            _ => None,
        };
        let further = next.and_then(|next| self.at(next, packet.l4, depth + 1));
        further.unwrap_or(Reached::Sure)
    }
}

/// What a client sends first to a listener.
fn first(listener: &Listener) -> L4 {
    let (source, destination) = (CLIENT, listener.port);
    match listener.protocol.as_str() {
        "UDP" | "QUIC" => L4::Udp {
            source,
            destination,
        },
        _ => L4::Tcp {
            source,
            destination,
        },
    }
}
