//! A small dual-stack estate that is fine, and what it was before.
//!
//! `web` stands in `pub` with a public address, `db` in `priv` behind NAT and an egress-only gateway;
//! `far` is a second network with `app`, not linked to the first.

use sixward_estate::{
    Action, Block6, BlockSource, Destination, Direction, Estate, Finding, Firewall, FirewallId,
    FirewallKind, Gateway, GatewayId, GatewayKind, Interface, InterfaceId, InterfaceOwner, Link,
    LinkId, LinkKind, NatAddress, Network, NetworkId, PeerSide, Place, Private4, Provider, Remote,
    Route, RouteOrigin, RouteState, RouteTable, RouteTableId, RouteTarget, Rule, SmolStr, Subnet,
    SubnetId,
};
use sixward_net::{Family, IpNet};
use sixward_prove::hazard::hazards;

pub(crate) const IN: Direction = Direction::Ingress;
pub(crate) const OUT: Direction = Direction::Egress;

pub(crate) fn estate() -> Estate {
    let mut estate = Estate::default();
    network(&mut estate, "net", "10.0.0.0/16", "2600:1f18:0:100::/56");
    network(&mut estate, "far", "10.9.0.0/16", "2600:1f18:0:900::/56");
    subnet(&mut estate, "pub", "net", 0, "2600:1f18:0:100::/64");
    subnet(&mut estate, "priv", "net", 1, "2600:1f18:0:101::/64");
    subnet(&mut estate, "faraway", "far", 0, "2600:1f18:0:900::/64");
    host(&mut estate, "web", "pub", "10.0.0.10");
    host(&mut estate, "db", "priv", "10.0.1.10");
    host(&mut estate, "app", "faraway", "10.9.0.10");
    let web = interface(&mut estate, "web");
    web.addresses4[0].public = Some("203.0.113.10".parse().unwrap());
    gateway(&mut estate, "igw", GatewayKind::Internet);
    gateway(&mut estate, "eigw", GatewayKind::EgressOnly);
    let nat = GatewayKind::Nat {
        subnet: SubnetId::new("pub"),
        public: true,
        addresses: vec![NatAddress {
            public: Some("203.0.113.99".parse().unwrap()),
            private: None,
            interface: None,
        }],
    };
    gateway(&mut estate, "nat", nat);
    route(&mut estate, "pub", "0.0.0.0/0", to("igw"));
    route(&mut estate, "pub", "::/0", to("igw"));
    route(&mut estate, "priv", "0.0.0.0/0", to("nat"));
    route(&mut estate, "priv", "::/0", to("eigw"));
    for any in ["0.0.0.0/0", "::/0"] {
        rule(&mut estate, "sg-web", IN, "tcp/443", any);
    }
    rule(&mut estate, "sg-db", IN, "tcp/5432", "sg-web");
    estate
}

/// The estate as it was before IPv6.
pub(crate) fn before(estate: &Estate) -> Estate {
    let mut estate = estate.clone();
    estate.networks.for_each_mut(|it| it.blocks6.clear());
    estate.subnets.for_each_mut(|it| it.block6 = None);
    without_addresses(&mut estate);
    estate.route_tables.for_each_mut(|table| {
        let is_v6 = |to: &Destination| matches!(to, Destination::Net(IpNet::V6(_)));
        table.routes.retain(|route| !is_v6(&route.destination));
    });
    estate.firewalls.for_each_mut(|firewall| {
        firewall
            .rules
            .retain(|rule| rule.family() != Some(Family::V6));
    });
    estate
}

pub(crate) fn without_addresses(estate: &mut Estate) {
    estate.interfaces.for_each_mut(|it| it.addresses6.clear());
}

fn network(estate: &mut Estate, id: &str, block4: &str, block6: &str) {
    let border_group = SmolStr::default();
    estate.networks.insert(Network {
        id: NetworkId::new(id),
        name: SmolStr::default(),
        place: place(),
        blocks4: vec![block4.parse().unwrap()],
        blocks6: vec![Block6 {
            net: block6.parse().unwrap(),
            source: BlockSource::Provider { border_group },
        }],
    });
    // The default list, as the provider makes it.
    let list = format!("acl-{id}");
    firewall(estate, &list, id, FirewallKind::List).default = true;
    for (order, any) in [(100, "0.0.0.0/0"), (101, "::/0")] {
        for direction in [IN, OUT] {
            numbered(estate, &list, direction, order, Action::Allow, "all", any);
        }
    }
}

pub(crate) fn place() -> Place {
    Place {
        provider: Provider::Aws,
        account: SmolStr::new("1"),
        region: SmolStr::new("r"),
    }
}

/// A subnet with a table of its own of the same name.
pub(crate) fn subnet(estate: &mut Estate, id: &str, network: &str, third: u8, block6: &str) {
    let second = if network == "net" { 0 } else { 9 };
    let table = RouteTableId::new(format!("rt-{id}"));
    estate.subnets.insert(Subnet {
        id: SubnetId::new(id),
        name: SmolStr::default(),
        network: NetworkId::new(network),
        zone: SmolStr::new("a"),
        block4: Some(format!("10.{second}.{third}.0/24").parse().unwrap()),
        block6: Some(block6.parse().unwrap()),
        route_table: Some(table.clone()),
        firewall: None,
        public4_on_create: false,
        assign6_on_create: false,
        dns64: false,
        v6_only: false,
    });
    estate.route_tables.insert(RouteTable {
        id: table,
        name: SmolStr::default(),
        network: NetworkId::new(network),
        main: false,
        edges: Vec::new(),
        propagated_from: Vec::new(),
        routes: Vec::new(),
    });
}

/// An interface under a group of its own that lets everything out; its address is the tenth.
pub(crate) fn host(estate: &mut Estate, id: &str, subnet: &str, address4: &str) {
    let within = estate.subnets.get(&SubnetId::new(subnet)).unwrap();
    let (network, block6) = (within.network.clone(), within.block6.unwrap());
    let group = format!("sg-{id}");
    firewall(estate, &group, network.as_str(), FirewallKind::Group);
    for any in ["0.0.0.0/0", "::/0"] {
        rule(estate, &group, OUT, "all", any);
    }
    estate.interfaces.insert(Interface {
        id: InterfaceId::new(id),
        network,
        subnet: SubnetId::new(subnet),
        owner: InterfaceOwner::Nobody,
        primary: true,
        addresses4: vec![Private4 {
            address: address4.parse().unwrap(),
            public: None,
            held: false,
        }],
        addresses6: vec![(u128::from(block6.network()) + 10).into()],
        prefixes6: Vec::new(),
        firewalls: vec![FirewallId::new(group)],
        own_addresses_only: true,
        tunnel: None,
    });
}

pub(crate) fn interface<'e>(estate: &'e mut Estate, id: &str) -> &'e mut Interface {
    estate.interfaces.get_mut(&InterfaceId::new(id)).unwrap()
}

fn gateway(estate: &mut Estate, id: &str, kind: GatewayKind) {
    estate.gateways.insert(Gateway {
        id: GatewayId::new(id),
        name: SmolStr::default(),
        network: Some(NetworkId::new("net")),
        kind,
    });
}

pub(crate) fn firewall<'e>(
    estate: &'e mut Estate,
    id: &str,
    network: &str,
    kind: FirewallKind,
) -> &'e mut Firewall {
    let id = FirewallId::new(id);
    estate.firewalls.insert(Firewall {
        id: id.clone(),
        name: SmolStr::default(),
        network: NetworkId::new(network),
        kind,
        default: false,
        rules: Vec::new(),
    });
    estate.firewalls.get_mut(&id).unwrap()
}

/// A rule of a group; a remote that is no prefix is a firewall's id.
pub(crate) fn rule(estate: &mut Estate, id: &str, way: Direction, traffic: &str, remote: &str) {
    add(estate, id, way, None, Action::Allow, traffic, remote);
}

/// A rule of a list.
pub(crate) fn numbered(
    estate: &mut Estate,
    id: &str,
    way: Direction,
    order: u32,
    action: Action,
    traffic: &str,
    remote: &str,
) {
    add(estate, id, way, Some(order), action, traffic, remote);
}

fn add(
    estate: &mut Estate,
    id: &str,
    direction: Direction,
    order: Option<u32>,
    action: Action,
    traffic: &str,
    remote: &str,
) {
    let remote = match remote.parse() {
        Ok(net) => Remote::Net(net),
        Err(_) => Remote::Firewall(FirewallId::new(remote)),
    };
    let firewall = estate.firewalls.get_mut(&FirewallId::new(id)).unwrap();
    firewall.add(Rule {
        direction,
        order,
        action,
        traffic: traffic.parse().unwrap(),
        remote,
        note: SmolStr::default(),
    });
}

/// Takes rules of one direction away that speak of a remote.
pub(crate) fn drop_rules(estate: &mut Estate, id: &str, way: Direction, remote: &str) {
    let firewall = estate.firewalls.get_mut(&FirewallId::new(id)).unwrap();
    firewall
        .rules
        .retain(|rule| rule.direction != way || rule.remote.to_string() != remote);
}

/// A route of the table that a subnet has; what it had for the same prefix goes.
pub(crate) fn route(estate: &mut Estate, subnet: &str, destination: &str, target: RouteTarget) {
    let destination = Destination::Net(destination.parse().unwrap());
    let table = table(estate, subnet);
    table
        .routes
        .retain(|route| route.destination != destination);
    table.add(Route {
        destination,
        target,
        origin: RouteOrigin::Static,
        state: RouteState::Active,
    });
}

pub(crate) fn table<'e>(estate: &'e mut Estate, subnet: &str) -> &'e mut RouteTable {
    let id = RouteTableId::new(format!("rt-{subnet}"));
    estate.route_tables.get_mut(&id).unwrap()
}

pub(crate) fn to(gateway: &str) -> RouteTarget {
    RouteTarget::Gateway(GatewayId::new(gateway))
}

/// A peering of `net` with another network, without routes.
pub(crate) fn peer(estate: &mut Estate, other: &str) -> RouteTarget {
    let side = |id: &str| PeerSide {
        network: NetworkId::new(id),
        place: place(),
        blocks4: Vec::new(),
        blocks6: Vec::new(),
    };
    estate.links.insert(Link {
        id: LinkId::new("pcx"),
        name: SmolStr::default(),
        kind: LinkKind::Peering {
            requester: side("net"),
            accepter: side(other),
        },
    });
    RouteTarget::Link(LinkId::new("pcx"))
}

/// The hazards of a state, one a paragraph, without the way out.
pub(crate) fn told(before: &Estate, now: &Estate) -> String {
    let text = |finding: &Finding| {
        assert!(!finding.help.is_empty(), "{finding:?}");
        let Finding {
            severity,
            code,
            subject,
            message,
            ..
        } = finding;
        let seen = finding.evidence.iter().map(|line| format!("\n    {line}"));
        format!(
            "{severity} {code} {subject}\n  {message}{}",
            seen.collect::<String>()
        )
    };
    let found: Vec<_> = hazards(before, now).iter().map(text).collect();
    found.join("\n")
}

/// The hazards of a state that was the same before, without IPv6.
pub(crate) fn told_of(now: &Estate) -> String {
    told(&before(now), now)
}
