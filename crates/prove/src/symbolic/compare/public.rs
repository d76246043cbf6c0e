//! From one interface of the estate to another across the internet, by their public names.

use sixward_estate::GatewayKind;

use crate::set::{Arena, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::internet::{inbound, outbound};
use crate::symbolic::product::Answer;
use crate::symbolic::reach::Stand;
use crate::symbolic::route::Way;

/// What passes when the destination is called by its public name: out to it like to any host of the
/// internet, and in from the name that the internet sees.
pub(super) fn across<A: Address>(
    analysis: &Analysis,
    from: Stand<'_, A>,
    to: Stand<'_, A>,
    arena: &mut Arena,
) -> Answer {
    let Some(name) = to.address.public_name(to.interface) else {
        return Answer::nothing();
    };
    let out = outbound(analysis, from, name, arena);
    if out.possible == TrafficId::EMPTY {
        return out;
    }
    let mut answer = Answer::nothing();
    for seen in seen_as(analysis, from, name) {
        let into = inbound(analysis, seen, to, arena);
        let both = out.clone().and(into, arena);
        answer = answer.or(both, arena);
    }
    answer
}

/// The names by which the internet sees a sender.
fn seen_as<A: Address>(analysis: &Analysis, from: Stand<'_, A>, remote: A) -> Vec<A> {
    let routes = A::half(analysis).routes(from.ground);
    let Way::Nat(gateway) = routes.ways.get(remote) else {
        return from
            .address
            .public_name(from.interface)
            .into_iter()
            .collect();
    };
    match analysis.estate.gateways.get(gateway).map(|it| &it.kind) {
        Some(GatewayKind::Nat { addresses, .. }) => {
            let public = addresses.iter().filter_map(|address| address.public);
            public
                .filter_map(|address| A::point(address.into()))
                .collect()
        }
        _ => Vec::new(),
    }
}
