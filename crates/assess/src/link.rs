//! What each static route of a transit hub is in IPv6.

mod findings;

use sixward_estate::{
    Code, LinkId, NetworkId, RouteOrigin, TransitRoute, TransitTable, TransitTarget,
};
use sixward_net::{IpNet, Ipv4Net};

use crate::route;
use crate::survey::Survey;
use crate::twin::{self, Realm, SAME_TARGET, Twin, Wait, Why};

pub(crate) use findings::{decision, find};

/// One side of a link gets IPv6 and the other does not.
pub const HALF_OPEN: Code = Code::new("link/half-open");
/// A VPN connection carries IPv4 only.
pub const VPN_V4: Code = Code::new("link/vpn-v4");
/// A hub's attachment does not carry IPv6 yet.
pub const ATTACHMENT_V4: Code = Code::new("link/attachment-v4");
/// A hub leads everything that it does not know to one network.
pub const HUB_DEFAULT: Code = Code::new("link/hub-default");

/// A hub's route and what it is in IPv6, towards the same target.
#[derive(Debug)]
pub struct TransitRouteTwin<'a> {
    /// The IPv4 route.
    pub route: &'a TransitRoute,
    /// Its destination in IPv6.
    pub destination: Twin,
}

/// The twins of a hub table's static routes. What propagates comes by itself once the attachments
/// carry IPv6.
pub fn twins<'a>(survey: &Survey<'_>, table: &'a TransitTable) -> Vec<TransitRouteTwin<'a>> {
    let statics = table
        .routes
        .iter()
        .filter(|route| route.origin == RouteOrigin::Static);
    statics
        .filter_map(|route| {
            let IpNet::V4(net) = route.destination else {
                return None;
            };
            let destination = match &route.target {
                TransitTarget::Link(link) => led(survey, table, net, network_of(survey, link)?),
                TransitTarget::Nowhere => stopped(survey, table, net),
            };
            let others = table
                .routes
                .iter()
                .filter_map(|other| match other.destination {
                    IpNet::V4(net) => Some(net),
                    IpNet::V6(_) => None,
                });
            let destination = route::kept(survey, net, others, destination);
            Some(TransitRouteTwin { route, destination })
        })
        .collect()
}

/// A route to an attachment: what the networks on the hub have of its prefix.
fn led(survey: &Survey<'_>, table: &TransitTable, net: Ipv4Net, network: &NetworkId) -> Twin {
    match twin::of_net(survey, Realm::Hub(table.transit.clone()), net) {
        Twin::Any => {
            let key = format!("route:{}:{net}", table.id);
            match survey.intent.answer(&key) {
                Some([word]) if word == SAME_TARGET => Twin::Any,
                _ => twin::answered(survey, key.into(), Why::Middle(network.as_str().into())),
            }
        }
        Twin::Waits(Wait {
            why: Why::Wider(spans),
            ..
        }) => Twin::Spans(spans),
        twin => twin,
    }
}

/// A route that drops keeps networks apart that propagation would join. Nobody is asked: what is not
/// on the hub is not reached over it.
fn stopped(survey: &Survey<'_>, table: &TransitTable, net: Ipv4Net) -> Twin {
    match twin::of_net(survey, Realm::Hub(table.transit.clone()), net) {
        Twin::Waits(wait) => Twin::Spans(wait.why.proposal().unwrap_or_default().to_vec()),
        twin => twin,
    }
}

/// The network that a hub's route leads to; none when it leads elsewhere.
fn attached<'a>(survey: &Survey<'a>, route: &TransitRoute) -> Option<&'a NetworkId> {
    match &route.target {
        TransitTarget::Link(link) => network_of(survey, link),
        TransitTarget::Nowhere => None,
    }
}

fn network_of<'a>(survey: &Survey<'a>, link: &LinkId) -> Option<&'a NetworkId> {
    let link = survey.estate().links.get(link)?;
    link.attachment()?.network.as_ref()
}
