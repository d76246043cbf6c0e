//! Where a route table leads what is meant for the internet.

use std::cmp::Reverse;

use sixward_estate::{
    Destination, EndpointKind, GatewayKind, Route, RouteState, RouteTable, RouteTarget,
};
use sixward_net::{IpNet, Ipv6Net};

use super::scene::Side;

/// Everything that is given out as global unicast (IANA IPv6 address space: 2000::/3).
pub(super) const GLOBAL: Ipv6Net =
    Ipv6Net::new_assert(std::net::Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// The longest prefix that still means the internet and not somebody in it: what IANA gives a regional
/// registry at once.
const WIDEST: u8 = 12;

/// What stands at the end of a default route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// The internet gateway: both sides may begin.
    Internet,
    /// Only what begins inside: NAT, egress-only.
    Outward,
    /// An interface, a host, or appliances behind an endpoint.
    Middle,
    /// Another network or site: peering, hub, VPN.
    Elsewhere,
    /// Nowhere.
    Nowhere,
    /// What it is, is not known.
    Unknown,
}

/// Whether the IPv4 default route leads to the internet gateway.
pub(super) fn leads_to_internet4(side: &Side<'_>, table: &RouteTable) -> bool {
    defaults4(side, table).any(|route| kind(side, route) == Way::Internet)
}

/// Whether what is meant for the internet over IPv6 leads to the internet gateway.
pub(super) fn leads_to_internet6(side: &Side<'_>, table: &RouteTable) -> bool {
    defaults6(side, table)
        .iter()
        .any(|route| kind(side, route) == Way::Internet)
}

/// The routes that everything in IPv4 takes: `0.0.0.0/0`, or its halves.
pub(super) fn defaults4<'s, 'a: 's>(
    side: &'s Side<'a>,
    table: &'a RouteTable,
) -> impl Iterator<Item = &'a Route> + 's {
    table.routes.iter().filter(move |route| {
        let mut nets = prefixes(side, &route.destination).iter();
        nets.any(|net| matches!(net, IpNet::V4(net) if net.prefix_len() <= 1))
    })
}

/// The routes that the internet's addresses take over IPv6. What a longer one covers whole, a shorter
/// one has no part in.
pub(super) fn defaults6<'a>(side: &Side<'a>, table: &'a RouteTable) -> Vec<&'a Route> {
    let mut wide = Vec::new();
    for route in &table.routes {
        for net in prefixes(side, &route.destination) {
            if let IpNet::V6(net) = net
                && is_internet(*net)
            {
                wide.push((*net, route));
            }
        }
    }
    let whole = wide.iter().filter(|(net, _)| net.contains(&GLOBAL));
    let longest = whole.map(|(net, _)| net.prefix_len()).max().unwrap_or(0);
    wide.retain(|(net, _)| net.prefix_len() >= longest);
    wide.into_iter().map(|(_, route)| route).collect()
}

/// Whether a prefix holds so much of the global addresses that it means the internet.
pub(super) fn is_internet(net: Ipv6Net) -> bool {
    net.contains(&GLOBAL) || (GLOBAL.contains(&net) && net.prefix_len() <= WIDEST)
}

/// The route that the longest prefix chooses for the whole of a prefix.
pub(super) fn longest<'a>(side: &Side<'a>, table: &'a RouteTable, to: IpNet) -> Option<&'a Route> {
    let around = table.routes.iter().filter_map(|route| {
        let nets = prefixes(side, &route.destination).iter();
        let around = nets.filter(|net| net.contains(&to));
        let longest = around.map(IpNet::prefix_len).max()?;
        Some((longest, route))
    });
    let longest = around.max_by_key(|(length, route)| (*length, Reverse(route.origin)));
    longest.map(|(_, route)| route)
}

/// Whether a table leads to a prefix of another network, or to something that may.
pub(super) fn leads_inside<'a>(side: &Side<'a>, table: &'a RouteTable, to: IpNet) -> bool {
    longest(side, table, to).is_some_and(|route| {
        matches!(
            kind(side, route),
            Way::Elsewhere | Way::Middle | Way::Unknown
        )
    })
}

/// What stands at the end of a route.
pub(super) fn kind(side: &Side<'_>, route: &Route) -> Way {
    if route.state == RouteState::Blackhole {
        return Way::Nowhere;
    }
    match &route.target {
        RouteTarget::Gateway(id) => {
            let gateway = side.estate.gateways.get(id);
            gateway.map_or(Way::Unknown, |gateway| match &gateway.kind {
                GatewayKind::Internet => Way::Internet,
                GatewayKind::Nat { public: true, .. } | GatewayKind::EgressOnly => Way::Outward,
                GatewayKind::Nat { public: false, .. } | GatewayKind::Vpn => Way::Elsewhere,
            })
        }
        RouteTarget::Endpoint(id) => {
            let endpoint = side.estate.endpoints.get(id);
            endpoint.map_or(Way::Unknown, |endpoint| match endpoint.kind {
                EndpointKind::Inspection { .. } => Way::Middle,
                EndpointKind::Gateway { .. } | EndpointKind::Interface { .. } => Way::Elsewhere,
            })
        }
        RouteTarget::Interface(_) | RouteTarget::Host(_) => Way::Middle,
        RouteTarget::Link(_) | RouteTarget::Transit(_) => Way::Elsewhere,
        RouteTarget::Local | RouteTarget::Nowhere => Way::Nowhere,
        RouteTarget::Unmodelled(_) => Way::Unknown,
    }
}

/// The prefixes that a destination stands for; none where a list's are not known.
pub(super) fn prefixes<'a>(side: &Side<'a>, destination: &'a Destination) -> &'a [IpNet] {
    match destination {
        Destination::Net(net) => std::slice::from_ref(net),
        Destination::PrefixList(id) => {
            let list = side.estate.prefix_lists.get(id);
            list.and_then(|list| list.entries.as_deref())
                .unwrap_or_default()
        }
    }
}
