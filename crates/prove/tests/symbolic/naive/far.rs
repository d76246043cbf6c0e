//! The same for what is behind links that lead out of the estate: sites by VPN connections and by the hub,
//! networks on the far side of peerings. Hosts out there have addresses that are none of the estate's.

use std::net::IpAddr;

use sixward_estate::{
    Direction, Estate, GatewayKind, Interface, LinkId, LinkKind, RouteTarget, Subnet, SubnetId,
    TransitTableId, TransitTarget,
};
use sixward_prove::{End, L4};

use super::hub::{is_open, port, ports};
use super::{
    Answer, No, Unknown, Yes, all, answer, decides, filter, is_internet, route, route_of, subnet,
    yes,
};

/// A host out there.
type Far<'f> = (&'f End, IpAddr);

/// From an interface at an address to a far end at one.
pub(crate) fn outbound(e: &Estate, s: &Interface, a: IpAddr, to: Far<'_>, l4: L4) -> Answer {
    let (there, lost) = out(e, s, a, to, l4);
    let back = match answer(l4) {
        Some(reply) if !lost => into(e, to, s, a, reply),
        // Nothing answers, or nobody knows whom.
        _ => Yes,
    };
    let sent = filter(e, s, Direction::Egress, to.1, None, l4);
    all([sent, there, back])
}

/// From a far end at an address to an interface at one.
pub(crate) fn inbound(e: &Estate, from: Far<'_>, d: &Interface, b: IpAddr, l4: L4) -> Answer {
    let there = into(e, from, d, b, l4);
    let back = answer(l4).map_or(Yes, |reply| out(e, d, b, from, reply).0);
    let taken = filter(e, d, Direction::Ingress, from.1, None, l4);
    all([taken, there, back])
}

/// Whether a packet gets out, and whether on the way another may become its sender.
fn out(e: &Estate, s: &Interface, a: IpAddr, (far, r): Far<'_>, l4: L4) -> (Answer, bool) {
    let own = subnet(e, s);
    let leaves = passes(e, &own.id, Direction::Egress, r, l4);
    let mut lost = false;
    let mut nobody = || {
        lost = true;
        Unknown
    };
    let way = match route(e, own, r) {
        Err(()) | Ok(RouteTarget::Interface(_)) => nobody(),
        Ok(RouteTarget::Gateway(id)) => match &e.gateways.get(&id).unwrap().kind {
            GatewayKind::Vpn => match connection(e, &id, far, r) {
                Unknown => nobody(),
                known => known,
            },
            GatewayKind::Nat { subnet, .. } if r.is_ipv4() => {
                match route(e, e.subnets.get(subnet).unwrap(), r) {
                    Ok(RouteTarget::Local | RouteTarget::Nowhere) => No,
                    Ok(RouteTarget::Gateway(id)) if is_internet(e, &id) => No,
                    _ => nobody(),
                }
            }
            GatewayKind::Internet => No,
            GatewayKind::EgressOnly if r.is_ipv6() => No,
            _ => nobody(),
        },
        Ok(RouteTarget::Link(id)) => match peering(e, s, &id, far, r) {
            Unknown => nobody(),
            known => known,
        },
        Ok(RouteTarget::Transit(_)) if port(e, s.network.as_str(), &own.zone).is_none() => No,
        Ok(RouteTarget::Transit(_)) => {
            let next = match switched(e, "hub-table", r) {
                Next::Unknown => nobody(),
                Next::Nowhere => No,
                Next::Site(id) => yes(*far == End::Site(id)),
                Next::Network(n) => match stops(e, &n, r, s.network.as_str() == n) {
                    Unknown => nobody(),
                    known => known,
                },
            };
            // Who enters it from the subnet of its interface crosses the list out and in.
            all([passes(e, &own.id, Direction::Ingress, a, l4), next])
        }
        Ok(_) => No,
    };
    // What is for nobody there crosses no list.
    (if way == No { No } else { all([leaves, way]) }, lost)
}

/// Whether a packet gets in.
fn into(e: &Estate, (far, r): Far<'_>, d: &Interface, b: IpAddr, l4: L4) -> Answer {
    let crosses = || passes(e, &d.subnet, Direction::Ingress, r, l4);
    match far {
        End::Foreign(network) => {
            let mut sides = e.links.iter().filter_map(|link| link.peer_of(network));
            all([yes(sides.any(|side| side.network == d.network)), crosses()])
        }
        End::Site(id) => match &e.links.get(id).unwrap().kind {
            LinkKind::Vpn { gateway, v6, .. } => {
                let gateway = e.gateways.get(gateway.as_ref().unwrap()).unwrap();
                if *v6 != b.is_ipv6() || gateway.network.as_ref() != Some(&d.network) {
                    return No;
                }
                let mut tables = e.route_tables.iter();
                match tables.find(|table| table.edges.contains(&gateway.id)) {
                    None => crosses(),
                    Some(table) => match route_of(e, table, b) {
                        Ok(RouteTarget::Local) => crosses(),
                        Ok(RouteTarget::Nowhere) => No,
                        _ => Unknown,
                    },
                }
            }
            LinkKind::Transit(attachment) => {
                let table = attachment.table.as_ref().unwrap().as_str();
                match switched(e, table, b) {
                    Next::Unknown => Unknown,
                    Next::Nowhere | Next::Site(_) => No,
                    Next::Network(n) if n != d.network.as_str() => stops(e, &n, b, false),
                    Next::Network(n) => landed(e, &ports(e, &n), d, b, l4, crosses),
                }
            }
            LinkKind::Peering { .. } => No,
        },
        _ => No,
    }
}

/// From one of the hub's interfaces in the receiver's network, nobody knows which.
fn landed(
    e: &Estate,
    by: &[&Subnet],
    d: &Interface,
    b: IpAddr,
    l4: L4,
    crosses: impl Fn() -> Answer,
) -> Answer {
    let from = |by: &Subnet| {
        if by.id == d.subnet {
            return Yes;
        }
        let way = match route(e, by, b) {
            Ok(RouteTarget::Local) => crosses(),
            _ => stops(e, by.network.as_str(), b, false),
        };
        all([passes(e, &by.id, Direction::Egress, b, l4), way])
    };
    if let [only] = by {
        return from(only);
    }
    // It must not matter: each lets everything pass, and has the receiver or a route to it.
    let plain = |by: &&Subnet| {
        let local = by.id == d.subnet || route(e, by, b) == Ok(RouteTarget::Local);
        local && is_open(e, by, b)
    };
    if by.iter().all(plain) { Yes } else { Unknown }
}

/// A VPN gateway's connection for an address: by static routes where there are any.
fn connection(e: &Estate, own: &sixward_estate::GatewayId, far: &End, r: IpAddr) -> Answer {
    let connections = e.links.iter().filter_map(|link| match &link.kind {
        LinkKind::Vpn {
            gateway,
            v6,
            routes,
            ..
        } => {
            let fits = gateway.as_ref() == Some(own) && *v6 == r.is_ipv6();
            fits.then_some((&link.id, gateway, routes))
        }
        _ => None,
    });
    let connections: Vec<_> = connections.collect();
    let is_static = connections.iter().any(|(.., routes)| !routes.is_empty());
    let leading = connections.iter();
    let leading =
        leading.filter(|(.., routes)| !is_static || routes.iter().any(|net| net.contains(&r)));
    let leading: Vec<_> = leading.map(|(id, ..)| (*id).clone()).collect();
    let is_its_own = |id: &LinkId| match &e.links.get(id).unwrap().kind {
        LinkKind::Vpn { gateway, .. } => gateway.as_ref() == Some(own),
        _ => false,
    };
    match (leading.as_slice(), far) {
        ([only], far) => yes(*far == End::Site(only.clone())),
        ([], _) => No,
        // One of several: not that of another gateway.
        (_, End::Site(id)) if is_its_own(id) => Unknown,
        _ => No,
    }
}

/// Over a peering to its far network, to the blocks that it shows.
fn peering(e: &Estate, s: &Interface, id: &LinkId, far: &End, r: IpAddr) -> Answer {
    let Some(side) = e.links.get(id).unwrap().peer_of(&s.network) else {
        return Unknown;
    };
    if e.networks.contains(&side.network) || *far != End::Foreign(side.network.clone()) {
        return No;
    }
    let mut blocks4 = side.blocks4.iter();
    let mut blocks6 = side.blocks6.iter();
    let shown = match r {
        IpAddr::V4(r) => blocks4.any(|block| block.contains(&r)),
        IpAddr::V6(r) => blocks6.any(|block| block.contains(&r)),
    };
    if side.blocks4.is_empty() && side.blocks6.is_empty() {
        return Unknown;
    }
    yes(shown)
}

/// Where a hub's table leads.
enum Next {
    Unknown,
    Nowhere,
    Site(LinkId),
    Network(String),
}

fn switched(e: &Estate, table: &str, to: IpAddr) -> Next {
    let table = e.transit_tables.get(&TransitTableId::new(table)).unwrap();
    let fitting = table.routes.iter();
    let fitting: Vec<_> = fitting.filter(|it| it.destination.contains(&to)).collect();
    let best = fitting.iter().map(|it| it.destination.prefix_len()).max();
    let mut best = fitting
        .iter()
        .filter(|it| Some(it.destination.prefix_len()) == best);
    let Some(first) = best.next() else {
        return Next::Nowhere;
    };
    if best.any(|other| other.target != first.target) {
        return Next::Unknown;
    }
    let TransitTarget::Link(id) = &first.target else {
        return Next::Nowhere;
    };
    match &e.links.get(id).unwrap().attachment().unwrap().network {
        Some(network) => Next::Network(network.to_string()),
        None => Next::Site(id.clone()),
    }
}

/// What the hub leaves in a network that it is not for: the network carries nothing for others, and its own
/// may come back to it from the hub.
fn stops(e: &Estate, network: &str, to: IpAddr, is_own: bool) -> Answer {
    let ports = ports(e, network);
    let stops = |by: &&Subnet| match route(e, by, to) {
        Ok(RouteTarget::Local | RouteTarget::Nowhere) => true,
        Ok(RouteTarget::Link(_)) => !is_own,
        Ok(RouteTarget::Gateway(id)) if !is_own => match e.gateways.get(&id).unwrap().kind {
            GatewayKind::Internet => true,
            GatewayKind::EgressOnly => to.is_ipv6(),
            _ => false,
        },
        _ => false,
    };
    if ports.iter().all(stops) { No } else { Unknown }
}

/// Whether a packet passes the list of a subnet one way.
pub(super) fn passes(
    e: &Estate,
    id: &SubnetId,
    direction: Direction,
    remote: IpAddr,
    l4: L4,
) -> Answer {
    let list = e.subnets.get(id).unwrap().firewall.as_ref();
    let list = list.map(|id| e.firewalls.get(id).unwrap());
    yes(list.is_none_or(|list| decides(e, list, direction, remote, l4)))
}
