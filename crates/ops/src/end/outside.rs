//! Addresses outside, where none was named: of the internet, of a site, of somebody else's network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sixward_estate::{
    Destination, Estate, GatewayId, LinkId, LinkKind, NetworkId, Remote, RouteTarget, TransitTarget,
};
use sixward_net::{Family, IpNet};

use super::carrier::carriers;

/// An address of the internet, and of nobody in particular: of the documentation blocks (RFC 5737,
/// RFC 3849), not an interface's here, and in no prefix that a rule singles out.
pub(super) fn internet(estate: &Estate, family: Family) -> IpAddr {
    let mut free = addresses(family);
    let free = free.find(|address| {
        carriers(estate, *address).next().is_none() && !is_singled_out(estate, *address)
    });
    let any = match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)),
        Family::V6 => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7)),
    };
    free.unwrap_or(any)
}

fn addresses(family: Family) -> Box<dyn Iterator<Item = IpAddr>> {
    match family {
        Family::V4 => {
            let nets = [[198, 51, 100], [203, 0, 113], [192, 0, 2]];
            let of = |[a, b, c]: [u8; 3]| {
                (7..=u8::MAX).map(move |last| IpAddr::V4(Ipv4Addr::new(a, b, c, last)))
            };
            Box::new(nets.into_iter().flat_map(of))
        }
        Family::V6 => {
            let of = |net| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, net, 0, 0, 0, 0, 7));
            Box::new((0..=u16::MAX).map(of))
        }
    }
}

fn is_singled_out(estate: &Estate, address: IpAddr) -> bool {
    let mut rules = estate.firewalls.iter().flat_map(|firewall| &firewall.rules);
    rules.any(|rule| match &rule.remote {
        Remote::Net(net) => net.prefix_len() > 0 && net.contains(&address),
        _ => false,
    })
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
