//! What each static route of a transit hub is in IPv6.

use sixward_estate::{NetworkId, RouteOrigin, TransitRoute, TransitTable, TransitTarget};
use sixward_net::IpNet;

use crate::survey::Survey;
use crate::twin::{self, Twin, Wait, Why};

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
                Twin::Any => {
                    twin::answered(survey, key.into(), Why::Middle(network.to_string().into()))
                }
                Twin::Waits(Wait {
                    why: Why::Wider(spans),
                    ..
                }) => Twin::Spans(spans),
                twin => twin,
            };
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
