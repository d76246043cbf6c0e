//! Random small estates: two networks of two subnets with two interfaces each.

use std::net::{IpAddr, Ipv6Addr};

use sixward_estate::{
    Action, Attachment, Block6, BlockSource, Destination, Direction, Estate, Firewall, FirewallId,
    FirewallKind, Gateway, GatewayId, GatewayKind, Interface, InterfaceId, InterfaceOwner, Link,
    LinkId, LinkKind, Mouth, NatAddress, Network, NetworkId, PeerSide, Place, PrefixList,
    PrefixListId, Private4, Provider, PublicAccess, Remote, Route, RouteOrigin, RouteState,
    RouteTable, RouteTableId, RouteTarget, Rule, SmolStr, Subnet, SubnetId, Transit, TransitId,
    TransitRoute, TransitTable, TransitTableId, TransitTarget, TunnelId,
};
use sixward_net::{Family, Traffic};

use crate::palette::Prefix;
use crate::spec::{NO_TARGET, RemoteSpec, RuleSpec, Spec};

impl Spec {
    /// The estate; `twin` says what family each of its families becomes.
    pub(crate) fn estate(&self, twin: fn(Family) -> Family) -> Estate {
        let mut estate = Estate::default();
        for n in 0..2_u8 {
            self.network(&mut estate, n, twin);
        }
        self.firewalls(&mut estate, twin);
        self.links(&mut estate, twin);
        self.locks(&mut estate);
        estate
    }

    fn network(&self, estate: &mut Estate, n: u8, twin: fn(Family) -> Family) {
        estate.networks.insert(Network {
            id: network(n),
            name: SmolStr::default(),
            place: place(),
            blocks4: vec![Prefix::Network(n).net4()],
            blocks6: vec![Block6 {
                net: Prefix::Network(n).net6(),
                source: BlockSource::Own,
            }],
        });
        let kinds = [
            ("internet", GatewayKind::Internet),
            ("egress", GatewayKind::EgressOnly),
            ("nat", nat(n)),
        ];
        for (word, kind) in kinds {
            estate.gateways.insert(Gateway {
                id: gateway(word, n),
                name: SmolStr::default(),
                network: Some(network(n)),
                kind,
            });
        }
        for s in 0..2_u8 {
            let at = usize::from(n * 2 + s);
            estate.route_tables.insert(self.route_table(n, s, twin));
            estate.subnets.insert(Subnet {
                id: subnet(n, s),
                name: SmolStr::default(),
                network: network(n),
                zone: SmolStr::from(format!("zone-{s}")),
                block4: Some(Prefix::Subnet(n, s).net4()),
                block6: Some(Prefix::Subnet(n, s).net6()),
                route_table: Some(table(n, s)),
                firewall: self.list_of[at].map(list),
                public4_on_create: false,
                assign6_on_create: false,
                dns64: false,
                v6_only: false,
            });
            for h in 0..2_u8 {
                self.interface(estate, n, s, h);
            }
        }
    }

    fn interface(&self, estate: &mut Estate, n: u8, s: u8, h: u8) {
        let at = usize::from(n * 4 + s * 2 + h);
        let prefix = Prefix::Host(n, s, h);
        let private = prefix.net4().addr();
        let public = [198, 18, n * 4 + s * 2 + h, 1].into();
        estate.interfaces.insert(Interface {
            id: interface(n, s, h),
            network: network(n),
            subnet: subnet(n, s),
            owner: InterfaceOwner::Managed("test".into()),
            primary: true,
            addresses4: vec![Private4 {
                address: private,
                public: self.public[at].then_some(public),
                held: false,
            }],
            addresses6: vec![if self.tunnelled[at] {
                beside(n, 1 - s, h)
            } else {
                prefix.net6().addr()
            }],
            prefixes6: Vec::new(),
            firewalls: self.members[at].iter().map(|g| group(*g)).collect(),
            own_addresses_only: true,
            tunnel: self.tunnelled[at].then(|| Mouth {
                tunnel: TunnelId::new("tunnel"),
                subnet: subnet(n, 1 - s),
                firewalls: self.members[(at + 3) % 8]
                    .iter()
                    .map(|g| group(*g))
                    .collect(),
            }),
        });
    }

    fn route_table(&self, n: u8, s: u8, twin: fn(Family) -> Family) -> RouteTable {
        let local = |family| Route {
            destination: Destination::Net(Prefix::Network(n).net(family)),
            target: RouteTarget::Local,
            origin: RouteOrigin::Local,
            state: RouteState::Active,
        };
        let mut result = RouteTable {
            id: table(n, s),
            name: SmolStr::default(),
            network: network(n),
            main: false,
            edges: Vec::new(),
            propagated_from: Vec::new(),
            routes: vec![local(Family::V4), local(Family::V6)],
        };
        self.frame(&mut result, n);
        for spec in &self.tables[usize::from(n * 2 + s)] {
            let family = twin(spec.family);
            let destination = match spec.prefix {
                Some(prefix) => Destination::Net(prefix.net(family)),
                None => Destination::PrefixList(prefix_list(family, true)),
            };
            // The provider lets nobody route a network's own block elsewhere, beside parts of it.
            if spec.prefix != Some(Prefix::Network(n)) {
                let target = target(spec.target, n);
                // Nobody learns that a prefix is local.
                let origin = match target {
                    RouteTarget::Local => RouteOrigin::Static,
                    _ => spec.origin,
                };
                result.add(Route {
                    destination,
                    target,
                    origin,
                    state: if spec.gone {
                        RouteState::Blackhole
                    } else {
                        RouteState::Active
                    },
                });
            }
        }
        result
    }

    /// The routes that let anything pass at all.
    fn frame(&self, table: &mut RouteTable, n: u8) {
        let other = Prefix::Network(1 - n);
        for (family, default) in [(Family::V4, self.default.0), (Family::V6, self.default.1)] {
            let joined = [NO_TARGET, 2, 4][usize::from(self.joined)];
            for (prefix, number) in [(other, joined), (Prefix::Any, default)] {
                if number != NO_TARGET {
                    table.add(Route {
                        destination: Destination::Net(prefix.net(family)),
                        target: target(number, n),
                        origin: RouteOrigin::Static,
                        state: RouteState::Active,
                    });
                }
            }
        }
    }

    fn firewalls(&self, estate: &mut Estate, twin: fn(Family) -> Family) {
        for (at, rules) in (0..).zip(&self.groups) {
            estate.firewalls.insert(firewall(
                group(at),
                FirewallKind::Group,
                rules,
                self.open.0,
                twin,
            ));
        }
        for (at, rules) in (0..).zip(&self.lists) {
            estate.firewalls.insert(firewall(
                list(at),
                FirewallKind::List,
                rules,
                self.open.1,
                twin,
            ));
        }
        for family in [Family::V4, Family::V6] {
            for known in [true, false] {
                estate.prefix_lists.insert(PrefixList {
                    id: prefix_list(family, known),
                    name: SmolStr::default(),
                    place: place(),
                    family,
                    managed: false,
                    max_entries: None,
                    entries: known.then(|| {
                        [Prefix::Corner, Prefix::Subnet(0, 1)]
                            .map(|prefix| prefix.net(family))
                            .into()
                    }),
                });
            }
        }
    }

    fn links(&self, estate: &mut Estate, twin: fn(Family) -> Family) {
        let side = |n| PeerSide {
            network: network(n),
            place: place(),
            blocks4: Vec::new(),
            blocks6: Vec::new(),
        };
        estate.links.insert(Link {
            id: LinkId::new("peering"),
            name: SmolStr::default(),
            kind: LinkKind::Peering {
                requester: side(0),
                accepter: side(1),
            },
        });
        estate.transits.insert(Transit {
            id: TransitId::new("hub"),
            name: SmolStr::default(),
            place: place(),
        });
        for n in 0..2_u8 {
            estate.links.insert(Link {
                id: attachment(n),
                name: SmolStr::default(),
                kind: LinkKind::Transit(Attachment {
                    transit: TransitId::new("hub"),
                    network: Some(network(n)),
                    other: SmolStr::default(),
                    subnets: (0..=u8::from(self.wide)).map(|s| subnet(n, s)).collect(),
                    v6: true,
                    table: Some(TransitTableId::new("hub-table")),
                    propagates_to: Vec::new(),
                }),
            });
        }
        let mut routes: Vec<_> = self
            .hub
            .iter()
            .map(|(family, prefix, to)| TransitRoute {
                destination: prefix.net(twin(*family)),
                target: to.map_or(TransitTarget::Nowhere, |n| {
                    TransitTarget::Link(attachment(n))
                }),
                origin: RouteOrigin::Static,
                state: RouteState::Active,
            })
            .collect();
        for (family, n) in [
            (Family::V4, 0),
            (Family::V4, 1),
            (Family::V6, 0),
            (Family::V6, 1),
        ] {
            routes.push(TransitRoute {
                destination: Prefix::Network(n).net(family),
                target: TransitTarget::Link(attachment(n)),
                origin: RouteOrigin::Static,
                state: RouteState::Active,
            });
        }
        routes.sort();
        estate.transit_tables.insert(TransitTable {
            id: TransitTableId::new("hub-table"),
            transit: TransitId::new("hub"),
            routes,
        });
    }

    fn locks(&self, estate: &mut Estate) {
        let mut lock = PublicAccess {
            place: place(),
            mode: self.lock,
            excluded_networks: Vec::new(),
            excluded_subnets: Vec::new(),
        };
        for (n, s, mode) in &self.excluded {
            match s {
                2 => lock.excluded_networks.push((network(*n), *mode)),
                s => lock.excluded_subnets.push((subnet(*n, *s), *mode)),
            }
        }
        estate.public_access.push(lock);
    }
}

fn firewall(
    id: FirewallId,
    kind: FirewallKind,
    rules: &[RuleSpec],
    open: bool,
    twin: fn(Family) -> Family,
) -> Firewall {
    let mut firewall = Firewall {
        id,
        name: SmolStr::default(),
        network: network(0),
        kind,
        default: false,
        rules: Vec::new(),
    };
    for (order, spec) in (100..).zip(rules) {
        let family = twin(spec.family);
        firewall.add(Rule {
            direction: if spec.egress {
                Direction::Egress
            } else {
                Direction::Ingress
            },
            order: (kind == FirewallKind::List).then_some(order),
            action: if spec.deny {
                Action::Deny
            } else {
                Action::Allow
            },
            traffic: spec.traffic,
            remote: match spec.remote {
                RemoteSpec::Prefix(prefix) => Remote::Net(prefix.net(family)),
                RemoteSpec::Group(g) => Remote::Firewall(group(g)),
                RemoteSpec::Listed => Remote::PrefixList(prefix_list(family, true)),
                RemoteSpec::Unlisted if kind == FirewallKind::List => {
                    Remote::Net(Prefix::Corner.net(family))
                }
                RemoteSpec::Unlisted => Remote::PrefixList(prefix_list(family, false)),
            },
            note: SmolStr::default(),
        });
    }
    for direction in [Direction::Ingress, Direction::Egress] {
        for family in [Family::V4, Family::V6].into_iter().filter(|_| open) {
            firewall.add(Rule {
                direction,
                order: (kind == FirewallKind::List).then_some(500),
                action: Action::Allow,
                traffic: Traffic::All,
                remote: Remote::Net(Prefix::Any.net(family)),
                note: SmolStr::default(),
            });
        }
    }
    firewall
}

fn nat(n: u8) -> GatewayKind {
    GatewayKind::Nat {
        subnet: subnet(n, 0),
        public: true,
        addresses: vec![NatAddress {
            public: Some([198, 19, n, 1].into()),
            private: Some([10, n, 0, 77].into()),
            interface: None,
        }],
    }
}

fn target(number: u8, n: u8) -> RouteTarget {
    match number {
        0 | 1 => RouteTarget::Gateway(gateway("internet", n)),
        2 => RouteTarget::Link(LinkId::new("peering")),
        3 => RouteTarget::Nowhere,
        4 => RouteTarget::Transit(TransitId::new("hub")),
        5 => RouteTarget::Gateway(gateway("nat", n)),
        6 => RouteTarget::Gateway(gateway("egress", n)),
        7 => RouteTarget::Interface(interface(n, 0, 0)),
        _ => RouteTarget::Local,
    }
}

fn place() -> Place {
    Place {
        provider: Provider::Other,
        account: SmolStr::default(),
        region: "here".into(),
    }
}

fn network(n: u8) -> NetworkId {
    NetworkId::new(format!("network-{n}"))
}

fn subnet(n: u8, s: u8) -> SubnetId {
    SubnetId::new(format!("subnet-{n}{s}"))
}

fn table(n: u8, s: u8) -> RouteTableId {
    RouteTableId::new(format!("table-{n}{s}"))
}

fn gateway(word: &str, n: u8) -> GatewayId {
    GatewayId::new(format!("{word}-{n}"))
}

fn group(g: u8) -> FirewallId {
    FirewallId::new(format!("group-{g}"))
}

fn list(l: u8) -> FirewallId {
    FirewallId::new(format!("list-{l}"))
}

fn attachment(n: u8) -> LinkId {
    LinkId::new(format!("attachment-{n}"))
}

fn prefix_list(family: Family, known: bool) -> PrefixListId {
    PrefixListId::new(format!("prefixes-{family}-{known}"))
}

fn interface(n: u8, s: u8, h: u8) -> InterfaceId {
    InterfaceId::new(format!("interface-{n}{s}{h}"))
}

/// An address of IPv6 that no rule names alone.
fn beside(n: u8, s: u8, h: u8) -> Ipv6Addr {
    let host = Prefix::Host(n, s, h).net6().addr();
    Ipv6Addr::from(u128::from(host) | 0x7e)
}

/// The addresses of all interfaces in one family.
pub(crate) fn addresses(estate: &Estate, family: Family) -> Vec<(InterfaceId, IpAddr)> {
    let interfaces = estate.interfaces.iter();
    let address = |own: &Interface| match family {
        Family::V4 => IpAddr::V4(own.addresses4[0].address),
        Family::V6 => IpAddr::V6(own.addresses6[0]),
    };
    interfaces
        .map(|own| (own.id.clone(), address(own)))
        .collect()
}
