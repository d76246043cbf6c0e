//! What leads out of the small estates: VPN connections, sites at the hub, peerings with networks that are
//! not there. Laid over an estate that knows none of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::collection::vec;
use proptest::prelude::*;
use sixward_estate::{
    Attachment, Destination, Estate, Gateway, GatewayId, GatewayKind, InterfaceId, Link, LinkId,
    LinkKind, NetworkId, PeerSide, Place, Provider, Route, RouteOrigin, RouteState, RouteTable,
    RouteTableId, RouteTarget, SmolStr, TransitId, TransitRoute, TransitTable, TransitTableId,
    TransitTarget,
};
use sixward_net::{Family, IpNet, Ipv4Net, Ipv6Net};
use sixward_prove::End;

use crate::palette::{Prefix, prefixes, remotes};

/// A prefix that is out there or in the estate.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Where {
    /// A site's.
    Site,
    In(Prefix),
}

/// What varies.
#[derive(Debug, Clone)]
pub(crate) struct Beyond {
    /// Routes of subnets: network, subnet, and to whom by number.
    routes: Vec<(u8, u8, Family, Where, u8)>,
    /// Static routes of the VPN connections of each network, and whether it has a second one.
    vpns: Vec<(Vec<Where>, bool)>,
    /// What VPN gateways have as their own table.
    edges: Vec<Option<Vec<(Family, Prefix, u8)>>>,
    /// Routes of the hub's table, and of a table for the second site.
    hub: Vec<(Family, Where, u8)>,
    hub_of_site: Vec<(Family, Where, u8)>,
    /// What the far sides of peerings show as their blocks; whether both are one network.
    blocks: Vec<Vec<Where>>,
    shared: bool,
}

impl Beyond {
    /// Connections that nothing leads to.
    #[allow(dead_code, reason = "the other target uses it")]
    pub(crate) fn bare() -> Self {
        Self {
            routes: Vec::new(),
            vpns: vec![(Vec::new(), false); 2],
            edges: vec![None; 2],
            hub: Vec::new(),
            hub_of_site: Vec::new(),
            blocks: vec![Vec::new(); 2],
            shared: false,
        }
    }
}

/// `plain` as with [`crate::spec::Kind::Plain`].
pub(crate) fn beyond(plain: bool) -> impl Strategy<Value = Beyond> {
    let family = move || {
        let six = if plain { 0.0 } else { 0.5 };
        let draw = prop::bool::weighted(six);
        draw.prop_map(|six| if six { Family::V6 } else { Family::V4 })
    };
    let place = || prop_oneof![2 => Just(Where::Site), 3 => prefixes().prop_map(Where::In)];
    let edge = vec((family(), prefixes(), 0..3_u8), 0..3);
    let hub = move || vec((family(), place(), 0..5_u8), 0..5);
    (
        vec((0..2_u8, 0..2_u8, family(), place(), 0..3_u8), 0..9),
        vec((vec(place(), 0..3), prop::bool::weighted(0.2)), 2),
        vec(prop_oneof![4 => Just(None), 1 => edge.prop_map(Some)], 2),
        hub(),
        hub(),
        vec(vec(place(), 0..3), 2),
        any::<bool>(),
    )
        .prop_map(
            |(routes, vpns, edges, hub, hub_of_site, blocks, shared)| Beyond {
                routes,
                vpns,
                edges,
                hub,
                hub_of_site,
                blocks,
                shared,
            },
        )
}

impl Where {
    pub(crate) fn net(self, family: Family) -> IpNet {
        match (self, family) {
            (Self::In(prefix), _) => prefix.net(family),
            (Self::Site, Family::V4) => {
                Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 16).into()
            }
            (Self::Site, Family::V6) => {
                Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0x12, 0, 0, 0, 0, 0, 0), 32).into()
            }
        }
    }
}

/// Addresses of far ends.
pub(crate) fn far_remotes(family: Family) -> Vec<IpAddr> {
    let mut all = remotes(family);
    all.push(match family {
        Family::V4 => Ipv4Addr::new(172, 16, 0, 7).into(),
        Family::V6 => Ipv6Addr::new(0xfd00, 0x12, 0, 0, 0, 0, 0, 7).into(),
    });
    all
}

/// The same, and some in the estate's own blocks: an interface's and nobody's.
pub(crate) fn odd_remotes(family: Family) -> Vec<IpAddr> {
    let mut all = far_remotes(family);
    all.push(Prefix::Host(1, 0, 0).net(family).addr());
    all.extend(match family {
        Family::V4 => {
            [[10, 0, 0, 99], [10, 1, 1, 200]].map(|octets| IpAddr::from(Ipv4Addr::from(octets)))
        }
        Family::V6 => [[0, 0, 99], [1, 1, 200]]
            .map(|[n, s, h]| Ipv6Addr::new(0x2600, n, 0, s, h << 8, 0, 0, 0).into()),
    });
    all
}

/// The far ends; in IPv6 the twins of those in IPv4.
pub(crate) fn far_ends(family: Family) -> Vec<End> {
    let sites = [0, 1].map(|n| End::Site(connection(n, family)));
    let attached = [0, 1].map(|n| End::Site(site(n)));
    let foreign = [0, 1].map(|n| End::Foreign(abroad(n)));
    [&sites[..], &attached, &foreign].concat()
}

impl Beyond {
    /// Lays it over an estate.
    pub(crate) fn over(&self, estate: &mut Estate, twin: fn(Family) -> Family) {
        for n in 0..2_u8 {
            self.vpn(estate, n, twin);
            self.peering(estate, n);
        }
        for n in 0..2_u8 {
            estate.links.insert(Link {
                id: site(n),
                name: SmolStr::default(),
                kind: LinkKind::Transit(Attachment {
                    transit: TransitId::new("hub"),
                    network: None,
                    other: "direct-connect-gateway".into(),
                    subnets: Vec::new(),
                    v6: true,
                    table: Some(TransitTableId::new(
                        ["hub-table", "site-table"][usize::from(n)],
                    )),
                    propagates_to: Vec::new(),
                }),
            });
        }
        let hub = TransitTableId::new("hub-table");
        let table = estate.transit_tables.get_mut(&hub).unwrap();
        table
            .routes
            .extend(self.hub.iter().map(|it| switch(*it, twin)));
        table.routes.sort();
        let networks = [Family::V4, Family::V6].into_iter().flat_map(|family| {
            [0, 1].map(|n| switch((family, Where::In(Prefix::Network(n)), n), |family| family))
        });
        let routes = self.hub_of_site.iter().map(|it| switch(*it, twin));
        let mut routes: Vec<_> = routes.chain(networks).collect();
        routes.sort();
        estate.transit_tables.insert(TransitTable {
            id: TransitTableId::new("site-table"),
            transit: TransitId::new("hub"),
            routes,
        });
        for (n, s, family, place, number) in &self.routes {
            // The provider lets nobody route a network's own block elsewhere.
            if matches!(place, Where::In(Prefix::Network(own)) if own == n) {
                continue;
            }
            let id = RouteTableId::new(format!("table-{n}{s}"));
            let table = estate.route_tables.get_mut(&id).unwrap();
            table.add(Route {
                destination: Destination::Net(place.net(twin(*family))),
                target: target(*number, *n),
                origin: RouteOrigin::Static,
                state: RouteState::Active,
            });
        }
    }

    fn vpn(&self, estate: &mut Estate, n: u8, twin: fn(Family) -> Family) {
        estate.gateways.insert(Gateway {
            id: gateway(n),
            name: SmolStr::default(),
            network: Some(NetworkId::new(format!("network-{n}"))),
            kind: GatewayKind::Vpn,
        });
        let (routes, second) = &self.vpns[usize::from(n)];
        for family in [Family::V4, Family::V6] {
            let mut ids = vec![connection(n, family)];
            ids.extend(second.then(|| LinkId::new(format!("second-{n}-{family}"))));
            for id in ids {
                estate.links.insert(Link {
                    id,
                    name: SmolStr::default(),
                    kind: LinkKind::Vpn {
                        gateway: Some(gateway(n)),
                        transit: None,
                        v6: family == Family::V6,
                        routes: routes.iter().map(|place| place.net(family)).collect(),
                    },
                });
            }
        }
        if let Some(edge) = &self.edges[usize::from(n)] {
            self::edge(estate, n, edge, twin);
        }
    }

    fn peering(&self, estate: &mut Estate, n: u8) {
        let side = |network, blocks: &[Where]| {
            let nets = |family| blocks.iter().map(move |place| place.net(family));
            let blocks4 = nets(Family::V4).filter_map(|net| match net {
                IpNet::V4(net) => Some(net),
                IpNet::V6(_) => None,
            });
            let blocks6 = nets(Family::V6).filter_map(|net| match net {
                IpNet::V6(net) => Some(net),
                IpNet::V4(_) => None,
            });
            PeerSide {
                network,
                place: place(),
                blocks4: blocks4.collect(),
                blocks6: blocks6.collect(),
            }
        };
        let far = if self.shared { abroad(0) } else { abroad(n) };
        estate.links.insert(Link {
            id: LinkId::new(format!("abroad-{n}")),
            name: SmolStr::default(),
            kind: LinkKind::Peering {
                requester: side(NetworkId::new(format!("network-{n}")), &[]),
                accepter: side(far, &self.blocks[usize::from(n)]),
            },
        });
    }
}

fn edge(estate: &mut Estate, n: u8, routes: &[(Family, Prefix, u8)], twin: fn(Family) -> Family) {
    let network = NetworkId::new(format!("network-{n}"));
    let mut table = RouteTable {
        id: RouteTableId::new(format!("edge-{n}")),
        name: SmolStr::default(),
        network,
        main: false,
        edges: vec![gateway(n)],
        propagated_from: Vec::new(),
        routes: Vec::new(),
    };
    for family in [Family::V4, Family::V6] {
        table.add(Route {
            destination: Destination::Net(Prefix::Network(n).net(family)),
            target: RouteTarget::Local,
            origin: RouteOrigin::Local,
            state: RouteState::Active,
        });
    }
    for (family, prefix, number) in routes {
        if matches!(prefix, Prefix::Network(_)) {
            continue;
        }
        table.add(Route {
            destination: Destination::Net(prefix.net(twin(*family))),
            target: match number {
                0 => RouteTarget::Local,
                1 => RouteTarget::Nowhere,
                _ => RouteTarget::Interface(InterfaceId::new(format!("interface-{n}00"))),
            },
            origin: RouteOrigin::Static,
            state: RouteState::Active,
        });
    }
    estate.route_tables.insert(table);
}

pub(crate) fn switch(
    (family, place, to): (Family, Where, u8),
    twin: fn(Family) -> Family,
) -> TransitRoute {
    TransitRoute {
        destination: place.net(twin(family)),
        target: match to {
            0 | 1 => TransitTarget::Link(LinkId::new(format!("attachment-{to}"))),
            2 | 3 => TransitTarget::Link(site(to - 2)),
            _ => TransitTarget::Nowhere,
        },
        origin: RouteOrigin::Static,
        state: RouteState::Active,
    }
}

fn target(number: u8, n: u8) -> RouteTarget {
    match number {
        0 => RouteTarget::Gateway(gateway(n)),
        1 => RouteTarget::Link(LinkId::new(format!("abroad-{n}"))),
        _ => RouteTarget::Transit(TransitId::new("hub")),
    }
}

fn gateway(n: u8) -> GatewayId {
    GatewayId::new(format!("vpn-{n}"))
}

fn connection(n: u8, family: Family) -> LinkId {
    LinkId::new(format!("connection-{n}-{family}"))
}

fn site(n: u8) -> LinkId {
    LinkId::new(format!("site-{n}"))
}

fn abroad(n: u8) -> NetworkId {
    NetworkId::new(format!("elsewhere-{n}"))
}

fn place() -> Place {
    Place {
        provider: Provider::Other,
        account: SmolStr::default(),
        region: "here".into(),
    }
}
