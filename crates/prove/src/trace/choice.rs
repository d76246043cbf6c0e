//! A flow from end to end, for every choice that the provider has on the way.
//!
//! A NAT gateway chooses one of its addresses and a port from 1024 to 65535 (Amazon VPC, NAT gateway
//! basics). Lists on the way back look at that port. Where the choice decides, the flow is
//! undetermined: it works today and not tomorrow.

use std::mem::discriminant;

use sixward_estate::{Gateway, GatewayKind, Subject};

use super::atlas::Atlas;
use super::known::Known;
use super::reply::{self, reply};
use super::session::Session;
use super::walk::{Choice, Place, Walk};
use super::{Cause, Outcome, Trace};
use crate::{End, L4, Packet};

pub(super) fn trace(atlas: &Atlas<'_>, from: &End, packet: Packet) -> Trace {
    let (first, chooser) = run(atlas, from, packet, Choice::default());
    let Some(gateway) = chooser else {
        return first;
    };
    let same = |other: &Trace| {
        discriminant(&other.outcome) == discriminant(&first.outcome)
            && other.arrives() == first.arrives()
    };
    let agreed = choices(atlas, gateway, packet.l4)
        .into_iter()
        .all(|choice| same(&run(atlas, from, packet, choice).0));
    if agreed {
        return first;
    }
    let outcome = Outcome::Undetermined(gateway.subject());
    Trace { outcome, ..first }
}

fn choices(atlas: &Atlas<'_>, gateway: &Gateway, l4: L4) -> Vec<Choice> {
    let GatewayKind::Nat { addresses, .. } = &gateway.kind else {
        return Vec::new();
    };
    let has_ports = matches!(l4, L4::Tcp { .. } | L4::Udp { .. });
    let ports: Vec<Option<u16>> = if has_ports {
        atlas.nat_ports().map(Some).collect()
    } else {
        vec![None]
    };
    let choice = |address| {
        ports.iter().map(move |port| Choice {
            address,
            port: *port,
        })
    };
    (0..addresses.len()).flat_map(choice).collect()
}

fn run<'a>(
    atlas: &Atlas<'a>,
    from: &End,
    packet: Packet,
    choice: Choice,
) -> (Trace, Option<&'a Gateway>) {
    let mut session = Session::default();
    let mut walk = Walk::new(atlas, &mut session, packet, choice);
    let start = walk.start(from);
    let outcome = walk.go(start);
    let Walk {
        packet: arrived,
        hops: forward,
        chooser,
        served,
        mut supposed,
        ..
    } = walk;
    let mut trace = Trace {
        from: from.clone(),
        packet,
        forward,
        back: Vec::new(),
        outcome,
    };
    if let Some(answer) = reply(&arrived) {
        let mut back = Walk::new(atlas, &mut session, answer, choice);
        back.is_answer = true;
        let start = match &trace.outcome {
            Outcome::Delivered(end) => Some(back.start(end)),
            Outcome::Service(_) => served.map(|network| Ok(Place::Within(network, None))),
            Outcome::Dropped(_) | Outcome::Undetermined(_) => None,
        };
        if let Some(start) = start {
            let outcome = back.go(start);
            let is_home = reply(&packet) == Some(back.packet);
            supposed = supposed.or(back.supposed);
            trace.back = back.hops;
            trace.outcome = home(trace.outcome, outcome, from, is_home);
        }
    }
    trace.outcome = certain(trace.outcome, supposed);
    (trace, chooser)
}

/// Nothing is delivered for sure past a filter that is not known.
fn certain(outcome: Outcome, supposed: Option<Subject>) -> Outcome {
    match (outcome, supposed) {
        (Outcome::Delivered(_) | Outcome::Service(_), Some(at)) => Outcome::Undetermined(at),
        (outcome, _) => outcome,
    }
}

/// The way of the word that a packet is too big, from where the packet arrives to where it began.
pub(super) fn too_big(atlas: &Atlas<'_>, from: &End, packet: Packet) -> Option<Trace> {
    let mut session = Session::default();
    let mut walk = Walk::new(atlas, &mut session, packet, Choice::default());
    let start = walk.start(from);
    let Outcome::Delivered(end) = walk.go(start) else {
        return None;
    };
    let error = reply::too_big(&walk.packet);
    let supposed = walk.supposed.take();
    let mut back = Walk::new(atlas, &mut session, error, Choice::default());
    back.is_answer = true;
    let start = back.start(&end);
    let outcome = match back.go(start) {
        Outcome::Delivered(home) if home != *from => Outcome::Dropped(Cause::Estranged),
        outcome => certain(outcome, supposed.or(back.supposed)),
    };
    let forward = back.hops;
    Some(Trace {
        from: end,
        packet: error,
        forward,
        back: Vec::new(),
        outcome,
    })
}

/// What becomes of a flow whose packet arrived, by what becomes of its answer.
fn home(forward: Outcome, back: Outcome, from: &End, is_home: bool) -> Outcome {
    match back {
        Outcome::Delivered(end) if end == *from && is_home => forward,
        Outcome::Delivered(_) | Outcome::Service(_) => Outcome::Dropped(Cause::Estranged),
        other => other,
    }
}
