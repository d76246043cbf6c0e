//! Longest match: what a wide route would cover, and a longer one of the same table takes away.
//!
//! A network's IPv6 prefix is one however wide the IPv4 route is that covers it, so that two IPv4
//! routes of different lengths would become two IPv6 routes of the same length. Only the one that
//! IPv4 packets follow may.

use sixward_net::Ipv4Net;

use crate::survey::Survey;
use crate::twin::{Span, Twin};

/// A twin without what longer prefixes of the table lead elsewhere.
pub(crate) fn kept(
    survey: &Survey<'_>,
    route: Ipv4Net,
    others: impl Iterator<Item = Ipv4Net>,
    twin: Twin,
) -> Twin {
    let Twin::Spans(spans) = twin else {
        return twin;
    };
    let longer: Vec<_> = others
        .filter(|other| other.prefix_len() > route.prefix_len() && route.contains(other))
        .collect();
    if longer.is_empty() {
        return Twin::Spans(spans);
    }
    let free = |net: &Ipv4Net| !longer.iter().any(|longer| longer.contains(net));
    let spans = spans.into_iter();
    Twin::Spans(spans.flat_map(|span| part(survey, span, free)).collect())
}

/// What is left of a span: all of it, some subnets of a network, or nothing.
fn part(survey: &Survey<'_>, span: Span, free: impl Fn(&Ipv4Net) -> bool) -> Vec<Span> {
    let estate = survey.estate();
    let all = match &span {
        Span::Network(id) => {
            let blocks = estate.networks.get(id).map(|network| &network.blocks4);
            let whole = blocks.is_none_or(|blocks| blocks.iter().all(&free));
            if !whole {
                let subnets = survey.index.subnets_of_network(id).iter();
                let left = subnets.filter(|subnet| subnet.block4.as_ref().is_some_and(&free));
                return left.map(|subnet| Span::Subnet(subnet.id.clone())).collect();
            }
            true
        }
        Span::Subnet(id) => {
            let subnet = estate.subnets.get(id);
            subnet.is_none_or(|subnet| subnet.block4.as_ref().is_none_or(&free))
        }
        Span::Interface(id) => {
            let addresses = estate.interfaces.get(id).map(|i| &i.addresses4);
            addresses.is_none_or(|all| all.iter().all(|a| free(&Ipv4Net::from(a.address))))
        }
    };
    if all { vec![span] } else { Vec::new() }
}
