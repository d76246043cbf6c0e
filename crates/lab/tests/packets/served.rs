//! What `prove` says of a flow to a load balancer: of both parts of it, for the target that the lab chooses.

use std::net::SocketAddr;

use sixward_estate::Estate;
use sixward_lab::{Layout, Listen, NodeId, Onward};
use sixward_prove::behind::{Behind, Call, Serving};
use sixward_prove::trace::{Outcome, Trace, Tracer};
use sixward_prove::{End, L4, Packet};

pub(crate) enum Served {
    /// It is no balancer's, or that answers by itself.
    Itself,
    Refused,
    Unknown,
    /// The second part.
    Onward(Box<Trace>),
}

/// What is behind the end of a flow that is delivered.
pub(crate) fn served(
    estate: &Estate,
    layout: &Layout,
    tracer: &Tracer<'_>,
    trace: &Trace,
) -> Served {
    let Outcome::Delivered(End::Interface(id)) = &trace.outcome else {
        return Served::Itself;
    };
    let behind = Behind::new(estate);
    let node = estate.interfaces.get(id).unwrap();
    if behind.balancer(node).is_none() {
        return Served::Itself;
    }
    let legs = match behind.serving(node, trace.packet.l4) {
        Serving::Itself => return Served::Itself,
        Serving::Refused => return Served::Refused,
        Serving::Unknown(_) => return Served::Unknown,
        Serving::Legs(legs) => legs,
    };
    let (at, from) = match trace.packet.l4 {
        L4::Tcp {
            source,
            destination,
        } => (
            Listen {
                tcp: true,
                port: destination,
            },
            source,
        ),
        L4::Udp {
            source,
            destination,
        } => (
            Listen {
                tcp: false,
                port: destination,
            },
            source,
        ),
        _ => return Served::Unknown,
    };
    let serves = &layout.nodes[&NodeId::Interface(id.clone())].serves;
    let Some(Onward::To(target)) = serves.get(&at).map(|it| it.onward(from)) else {
        return Served::Unknown;
    };
    for leg in legs {
        let Ok(Call::Packet { from, packet, .. }) = &leg.call else {
            continue;
        };
        let (L4::Tcp { destination, .. } | L4::Udp { destination, .. }) = packet.l4 else {
            continue;
        };
        if SocketAddr::new(packet.destination, destination) != target {
            continue;
        }
        let second = tracer.trace(from, *packet);
        // What a further balancer makes of it is not asked here.
        let next = match &second.outcome {
            Outcome::Delivered(End::Interface(id)) => {
                behind.balancer(estate.interfaces.get(id).unwrap())
            }
            _ => None,
        };
        let own = Packet {
            source: trace.packet.source,
            ..*packet
        };
        let kept = leg.keeps_client && own.family() == leg.family;
        let open = next.is_some() || leg.crosses;
        if open || kept && tracer.trace(from, own).works() != second.works() {
            return Served::Unknown;
        }
        return Served::Onward(Box::new(second));
    }
    panic!("prove knows no leg to {target}");
}
