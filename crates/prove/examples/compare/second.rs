//! An IPv6 half for an estate that has none: every prefix that it names, in the same place below one
//! block. It is no migration: all that matters is that rules, routes and addresses are as many as the
//! IPv4 ones, and as hard.

use std::net::{Ipv4Addr, Ipv6Addr};

use sixward_estate::{
    Block6, BlockSource, Destination, Estate, FirewallKind, Gateway, GatewayId, GatewayKind,
    NetworkId, Remote, Route, RouteOrigin, RouteState, RouteTarget, Rule, SmolStr, TransitId,
    TransitRoute, TransitTableId, TransitTarget,
};
use sixward_net::{IcmpMatch, IpNet, Ipv4Net, Ipv6Net, Traffic};

/// 2a0a:abba::/32: the 32 bits of IPv4 come next, so that a host is a /64.
const BLOCK: u128 = 0x2a0a_abba << 96;

pub(crate) fn half(estate: &mut Estate) {
    estate.networks.for_each_mut(|network| {
        let blocks = network.blocks4.iter().map(|block| Block6 {
            net: prefix(*block),
            source: BlockSource::Own,
        });
        network.blocks6 = blocks.collect();
    });
    estate.subnets.for_each_mut(|subnet| {
        subnet.block6 = subnet.block4.map(prefix);
    });
    estate.interfaces.for_each_mut(|own| {
        let addresses = own.addresses4.iter().map(|own| address(own.address));
        own.addresses6 = addresses.collect();
    });
    let networks: Vec<NetworkId> = estate.networks.iter().map(|it| it.id.clone()).collect();
    for network in &networks {
        estate.gateways.insert(egress_only(network));
    }
    let nats: Vec<GatewayId> = estate
        .gateways
        .iter()
        .filter(|gateway| matches!(gateway.kind, GatewayKind::Nat { .. }))
        .map(|gateway| gateway.id.clone())
        .collect();
    estate.route_tables.for_each_mut(|table| {
        let routes: Vec<Route> = table
            .routes
            .iter()
            .filter_map(|it| route(it, &table.network, &nats))
            .collect();
        for route in routes {
            table.add(route);
        }
    });
    estate.transit_tables.for_each_mut(|table| {
        let routes: Vec<TransitRoute> = table.routes.clone();
        table.routes.extend(routes.into_iter().filter_map(|route| {
            let destination = net(route.destination)?;
            Some(TransitRoute {
                destination,
                ..route
            })
        }));
        table.routes.sort();
    });
    estate.firewalls.for_each_mut(|firewall| {
        let rules: Vec<Rule> = firewall
            .rules
            .iter()
            .filter_map(|it| rule(it, firewall.kind))
            .collect();
        for rule in rules {
            firewall.add(rule);
        }
    });
}

/// The routes of hubs, which the dumps do not hold: to each network by its own attachment.
pub(crate) fn hubs(estate: &mut Estate) {
    let links = estate
        .links
        .iter()
        .filter_map(|link| Some((link, link.attachment()?)));
    let routes = links.flat_map(|(link, attachment)| {
        let network = attachment.network.as_ref();
        let network = network.and_then(|id| estate.networks.get(id)).into_iter();
        let blocks = network.flat_map(|network| {
            let blocks6 = network.blocks6.iter().map(|block| IpNet::V6(block.net));
            blocks6.chain(network.blocks4.iter().map(|block| IpNet::V4(*block)))
        });
        blocks.map(|destination| {
            let target = TransitTarget::Link(link.id.clone());
            let route = TransitRoute {
                destination,
                target,
                origin: RouteOrigin::Propagated,
                state: RouteState::Active,
            };
            (attachment.transit.clone(), route)
        })
    });
    let routes: Vec<(TransitId, TransitRoute)> = routes.collect();
    let empty: Vec<TransitTableId> = estate
        .transit_tables
        .iter()
        .filter(|table| table.routes.is_empty())
        .map(|table| table.id.clone())
        .collect();
    for id in empty {
        estate.gaps.retain(|gap| gap.subject.id != id.as_str());
        if let Some(table) = estate.transit_tables.get_mut(&id) {
            let own = routes.iter().filter(|(hub, _)| *hub == table.transit);
            table.routes = own.map(|(_, route)| route.clone()).collect();
            table.routes.sort();
        }
    }
}

/// The default route leads to the gateway that IPv6 has for what NAT is in IPv4.
fn route(route: &Route, network: &NetworkId, nats: &[GatewayId]) -> Option<Route> {
    let Destination::Net(of) = route.destination else {
        return None;
    };
    let target = match &route.target {
        RouteTarget::Gateway(id) if nats.contains(id) => {
            RouteTarget::Gateway(egress_only(network).id)
        }
        target => target.clone(),
    };
    Some(Route {
        destination: Destination::Net(net(of)?),
        target,
        ..route.clone()
    })
}

fn rule(rule: &Rule, kind: FirewallKind) -> Option<Rule> {
    let Remote::Net(of) = rule.remote else {
        return None;
    };
    let order = match kind {
        FirewallKind::Group => None,
        _ => rule.order.map(|order| order + 1),
    };
    let traffic = match rule.traffic {
        Traffic::Icmp(IcmpMatch::Type(8)) => Traffic::Icmp6(IcmpMatch::Type(128)),
        Traffic::Icmp(_) => Traffic::Icmp6(IcmpMatch::Any),
        traffic => traffic,
    };
    Some(Rule {
        remote: Remote::Net(net(of)?),
        order,
        traffic,
        ..rule.clone()
    })
}

fn egress_only(network: &NetworkId) -> Gateway {
    Gateway {
        id: GatewayId::new(format!("egress-{network}")),
        name: SmolStr::default(),
        network: Some(network.clone()),
        kind: GatewayKind::EgressOnly,
    }
}

fn net(of: IpNet) -> Option<IpNet> {
    match of {
        IpNet::V4(net) => Some(prefix(net).into()),
        IpNet::V6(_) => None,
    }
}

/// Everything stays everything.
fn prefix(of: Ipv4Net) -> Ipv6Net {
    let (base, length) = match of.prefix_len() {
        0 => (0, 0),
        length => (
            BLOCK | u128::from(u32::from(of.network())) << 64,
            32 + length,
        ),
    };
    Ipv6Net::new_assert(Ipv6Addr::from(base), length)
}

pub(crate) fn address(of: Ipv4Addr) -> Ipv6Addr {
    Ipv6Addr::from(BLOCK | u128::from(u32::from(of)) << 64 | 1)
}
