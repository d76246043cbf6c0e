//! Addresses outside, where none was named: of the internet, of a site, of somebody else's network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sixward_estate::{
    Destination, Estate, GatewayId, LinkId, LinkKind, NetworkId, RouteTarget, TransitTarget,
};
use sixward_net::{Family, IpNet};

use super::carriers;

/// Any number would do.
const FIRST: u8 = 7;

/// An address of the internet: of the documentation blocks (RFC 5737, RFC 3849), and nobody's here.
pub(super) fn internet(estate: &Estate, family: Family) -> IpAddr {
    let at = |last: u8| match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::new(198, 51, 100, last)),
        Family::V6 => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last.into())),
    };
    let mut free = (FIRST..=u8::MAX).map(at);
    let free = free.find(|address| carriers(estate, *address).next().is_none());
    free.unwrap_or_else(|| at(FIRST))
}

/// An address of a site: the first one of a prefix that routes send there.
pub(super) fn site(estate: &Estate, id: &LinkId, family: Family) -> Option<IpAddr> {
    let link = estate.links.get(id)?;
    let mut nets = Vec::new();
    if let LinkKind::Vpn {
        gateway, routes, ..
    } = &link.kind
    {
        nets.extend(routes.iter().copied());
        nets.extend(gateway.iter().flat_map(|gateway| routed(estate, gateway)));
    }
    let hubs = estate.transit_tables.iter().flat_map(|table| &table.routes);
    let there = hubs.filter(|route| route.target == TransitTarget::Link(id.clone()));
    nets.extend(there.map(|route| route.destination));
    first(nets, family)
}

/// An address of a network on the far side of a peering.
pub(super) fn foreign(estate: &Estate, id: &NetworkId, family: Family) -> Option<IpAddr> {
    let mut nets = Vec::new();
    for link in &estate.links {
        if let LinkKind::Peering {
            requester,
            accepter,
        } = &link.kind
        {
            for side in [requester, accepter] {
                if side.network == *id {
                    nets.extend(side.blocks4.iter().copied().map(IpNet::V4));
                    nets.extend(side.blocks6.iter().copied().map(IpNet::V6));
                }
            }
        }
    }
    first(nets, family)
}

fn routed<'a>(estate: &'a Estate, gateway: &'a GatewayId) -> impl Iterator<Item = IpNet> + 'a {
    let routes = estate.route_tables.iter().flat_map(|table| &table.routes);
    routes.filter_map(move |route| match (&route.destination, &route.target) {
        (Destination::Net(net), RouteTarget::Gateway(to)) if to == gateway => Some(*net),
        _ => None,
    })
}

/// A host's address in the first prefix of a family. A default route says nothing of who is there.
fn first(nets: Vec<IpNet>, family: Family) -> Option<IpAddr> {
    let mut nets = nets.into_iter().filter(|net| net.prefix_len() > 0);
    nets.find_map(|net| match (net, family) {
        (IpNet::V4(net), Family::V4) => net.hosts().next().map(IpAddr::V4),
        (IpNet::V6(net), Family::V6) => net.hosts().nth(1).map(IpAddr::V6),
        _ => None,
    })
}
