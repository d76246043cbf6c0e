//! What each static route of a transit hub is in IPv6.

mod findings;

use sixward_estate::{Code, NetworkId, RouteOrigin, TransitRoute, TransitTable, TransitTarget};
use sixward_net::IpNet;

use crate::route;
use crate::survey::Survey;
use crate::twin::{self, SAME_TARGET, Twin, Wait, Why};

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
            let network = attached(survey, route)?;
            let key = format!("route:{}:{net}", table.id);
            let destination = match twin::of_net(survey, network, net) {
                Twin::Any => match survey.intent.answer(&key) {
                    Some([word]) if word == SAME_TARGET => Twin::Any,
                    _ => twin::answered(survey, key.into(), Why::Middle(network.as_str().into())),
                },
                Twin::Waits(Wait {
                    why: Why::Wider(spans),
                    ..
                }) => Twin::Spans(spans),
                twin => twin,
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

/// The network that a hub's route leads to; none when it leads elsewhere.
fn attached<'a>(survey: &Survey<'a>, route: &TransitRoute) -> Option<&'a NetworkId> {
    let TransitTarget::Link(link) = &route.target else {
        return None;
    };
    survey
        .estate()
        .links
        .get(link)?
        .attachment()?
        .network
        .as_ref()
}
