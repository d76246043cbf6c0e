//! A small estate in both families, and short words for packets and verdicts.
//!
//! `web` stands in `pub` with a public address, `db` in `priv` behind NAT and an egress-only gateway.
//! `far` is a second network with `app`, not linked to the first.

use std::net::{IpAddr, Ipv4Addr};

use sixward_estate::{
    Action, Attachment, Block6, BlockSource, Destination, Direction, Estate, Firewall, FirewallId,
    FirewallKind, Gateway, GatewayId, GatewayKind, Host, HostId, HostState, Interface, InterfaceId,
    InterfaceOwner, Link, LinkId, LinkKind, MachineTypeName, NatAddress, Network, NetworkId,
    PeerSide, Place, Private4, Provider, Remote, RootDevice, Route, RouteOrigin, RouteState,
    RouteTable, RouteTableId, RouteTarget, Rule, SmolStr, Subnet, SubnetId, Transit, TransitId,
    TransitRoute, TransitTable, TransitTableId, TransitTarget, Virtualization,
};
use sixward_prove::trace::{Outcome, Trace, Tracer};
use sixward_prove::{End, L4, Packet};

/// Addresses.
pub(crate) const WEB4: &str = "10.0.0.10";
pub(crate) const WEB4_PUBLIC: &str = "203.0.113.10";
pub(crate) const WEB6: &str = "2600:1f18:0:100::a";
pub(crate) const DB4: &str = "10.0.1.10";
pub(crate) const DB6: &str = "2600:1f18:0:101::a";
pub(crate) const APP4: &str = "10.9.0.10";
pub(crate) const APP6: &str = "2600:1f18:0:900::a";
pub(crate) const OUT4: &str = "198.51.100.7";
pub(crate) const OUT6: &str = "2001:4860::7";

/// The estate.
pub(crate) fn estate() -> Estate {
    let mut estate = Estate::default();
    network(&mut estate, "net", "10.0.0.0/16", "2600:1f18:0:100::/56");
    network(&mut estate, "far", "10.9.0.0/16", "2600:1f18:0:900::/56");
    subnet(
        &mut estate,
        "pub",
        "net",
        "10.0.0.0/24",
        "2600:1f18:0:100::/64",
    );
    subnet(
        &mut estate,
        "priv",
        "net",
        "10.0.1.0/24",
        "2600:1f18:0:101::/64",
    );
    subnet(
        &mut estate,
        "faraway",
        "far",
        "10.9.0.0/24",
        "2600:1f18:0:900::/64",
    );
    host(&mut estate, "web", "pub", WEB4, WEB6);
    host(&mut estate, "db", "priv", DB4, DB6);
    host(&mut estate, "app", "faraway", APP4, APP6);
    interface(&mut estate, "web").addresses4[0].public = Some(address4(WEB4_PUBLIC));
    gateway(&mut estate, "igw", "net", GatewayKind::Internet);
    gateway(&mut estate, "eigw", "net", GatewayKind::EgressOnly);
    let nat = GatewayKind::Nat {
        subnet: SubnetId::new("pub"),
        public: true,
        addresses: vec![NatAddress {
            public: Some(address4("203.0.113.99")),
            private: Some(address4("10.0.0.99")),
            interface: None,
        }],
    };
    gateway(&mut estate, "nat", "net", nat);
    for prefix in ["0.0.0.0/0", "::/0"] {
        route(&mut estate, "pub", prefix, to_gateway("igw"));
    }
    route(&mut estate, "priv", "0.0.0.0/0", to_gateway("nat"));
    route(&mut estate, "priv", "::/0", to_gateway("eigw"));
    estate
}

pub(crate) fn network(estate: &mut Estate, id: &str, block4: &str, block6: &str) {
    let block6 = Block6 {
        net: block6.parse().unwrap(),
        source: BlockSource::Own,
    };
    estate.networks.insert(Network {
        id: NetworkId::new(id),
        name: SmolStr::default(),
        place: place(),
        blocks4: vec![block4.parse().unwrap()],
        blocks6: vec![block6],
    });
    // The default list, as the provider makes it.
    let acl = format!("acl-{id}");
    firewall(estate, &acl, id, FirewallKind::List).default = true;
    for (order, any) in [(100, "0.0.0.0/0"), (101, "::/0")] {
        for direction in [Direction::Ingress, Direction::Egress] {
            let rule = rule(direction, "all", any);
            let order = Some(order);
            add(estate, &acl, Rule { order, ..rule });
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
pub(crate) fn subnet(estate: &mut Estate, id: &str, network: &str, block4: &str, block6: &str) {
    estate.subnets.insert(Subnet {
        id: SubnetId::new(id),
        name: SmolStr::default(),
        network: NetworkId::new(network),
        zone: SmolStr::new("a"),
        block4: Some(block4.parse().unwrap()),
        block6: Some(block6.parse().unwrap()),
        route_table: Some(RouteTableId::new(format!("rt-{id}"))),
        firewall: None,
        public4_on_create: false,
        assign6_on_create: false,
        dns64: false,
        v6_only: false,
    });
    estate.route_tables.insert(RouteTable {
        id: RouteTableId::new(format!("rt-{id}")),
        name: SmolStr::default(),
        network: NetworkId::new(network),
        main: false,
        edges: Vec::new(),
        propagated_from: Vec::new(),
        routes: Vec::new(),
    });
}

/// A host with one interface, under a group of its own that allows everything in both directions.
pub(crate) fn host(estate: &mut Estate, id: &str, subnet: &str, address4_: &str, address6: &str) {
    let network = estate
        .subnets
        .get(&SubnetId::new(subnet))
        .unwrap()
        .network
        .clone();
    estate.hosts.insert(Host {
        id: HostId::new(format!("i-{id}")),
        name: SmolStr::new(id),
        network: network.clone(),
        machine_type: MachineTypeName::new(""),
        virtualization: Virtualization::Unknown,
        root_device: RootDevice::Unknown,
        state: HostState::Running,
        image: SmolStr::default(),
        platform: SmolStr::default(),
        scaling_group: SmolStr::default(),
        ephemeral_disk: false,
    });
    let group = format!("sg-{id}");
    firewall(estate, &group, network.as_str(), FirewallKind::Group);
    for any in ["0.0.0.0/0", "::/0"] {
        for direction in [Direction::Ingress, Direction::Egress] {
            add(estate, &group, rule(direction, "all", any));
        }
    }
    estate.interfaces.insert(Interface {
        id: InterfaceId::new(id),
        network,
        subnet: SubnetId::new(subnet),
        owner: InterfaceOwner::Host(HostId::new(format!("i-{id}"))),
        primary: true,
        addresses4: vec![Private4 {
            address: address4(address4_),
            public: None,
            held: false,
        }],
        addresses6: vec![address6.parse().unwrap()],
        prefixes6: Vec::new(),
        firewalls: vec![FirewallId::new(group)],
        own_addresses_only: true,
        tunnel: None,
    });
}

pub(crate) fn interface<'e>(estate: &'e mut Estate, id: &str) -> &'e mut Interface {
    estate.interfaces.get_mut(&InterfaceId::new(id)).unwrap()
}

pub(crate) fn gateway(estate: &mut Estate, id: &str, network: &str, kind: GatewayKind) {
    estate.gateways.insert(Gateway {
        id: GatewayId::new(id),
        name: SmolStr::default(),
        network: Some(NetworkId::new(network)),
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

/// A rule; a remote that is no prefix is a firewall's id.
pub(crate) fn rule(direction: Direction, traffic: &str, remote: &str) -> Rule {
    let remote = match remote.parse() {
        Ok(net) => Remote::Net(net),
        Err(_) => Remote::Firewall(FirewallId::new(remote)),
    };
    Rule {
        direction,
        order: None,
        action: Action::Allow,
        traffic: traffic.parse().unwrap(),
        remote,
        note: SmolStr::default(),
    }
}

/// A rule of a list.
pub(crate) fn numbered(
    direction: Direction,
    order: u32,
    action: Action,
    traffic: &str,
    remote: &str,
) -> Rule {
    let order = Some(order);
    Rule {
        order,
        action,
        ..rule(direction, traffic, remote)
    }
}

pub(crate) fn add(estate: &mut Estate, id: &str, rule: Rule) {
    estate
        .firewalls
        .get_mut(&FirewallId::new(id))
        .unwrap()
        .add(rule);
}

pub(crate) fn clear(estate: &mut Estate, id: &str, direction: Direction) {
    let firewall = estate.firewalls.get_mut(&FirewallId::new(id)).unwrap();
    firewall.rules.retain(|rule| rule.direction != direction);
}

/// A route of the table that a subnet has.
pub(crate) fn route(estate: &mut Estate, subnet: &str, destination: &str, target: RouteTarget) {
    let destination = Destination::Net(destination.parse().unwrap());
    put(estate, subnet, destination, target, RouteOrigin::Static);
}

pub(crate) fn put(
    estate: &mut Estate,
    subnet: &str,
    destination: Destination,
    target: RouteTarget,
    origin: RouteOrigin,
) {
    let state = RouteState::Active;
    table(estate, subnet).add(Route {
        destination,
        target,
        origin,
        state,
    });
}

pub(crate) fn table<'e>(estate: &'e mut Estate, subnet: &str) -> &'e mut RouteTable {
    let id = RouteTableId::new(format!("rt-{subnet}"));
    estate.route_tables.get_mut(&id).unwrap()
}

pub(crate) fn to_gateway(id: &str) -> RouteTarget {
    RouteTarget::Gateway(GatewayId::new(id))
}

pub(crate) fn to_link(id: &str) -> RouteTarget {
    RouteTarget::Link(LinkId::new(id))
}

/// A peering of `net` and `far`, without routes.
pub(crate) fn peer(estate: &mut Estate) {
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
            accepter: side("far"),
        },
    });
}

/// A hub that `net` is attached to in `priv`, and `far` in its only subnet, with routes to and fro.
pub(crate) fn hub(estate: &mut Estate) {
    estate.transits.insert(Transit {
        id: TransitId::new("tgw"),
        name: SmolStr::default(),
        place: place(),
    });
    for (network, at) in [("net", "priv"), ("far", "faraway")] {
        attach(estate, network, at);
    }
    let routes = [("10.0.0.0/16", "net"), ("2600:1f18:0:100::/56", "net")];
    let more = [("10.9.0.0/16", "far"), ("2600:1f18:0:900::/56", "far")];
    let route = |(destination, network): (&str, &str)| TransitRoute {
        destination: destination.parse().unwrap(),
        target: TransitTarget::Link(LinkId::new(format!("att-{network}"))),
        origin: RouteOrigin::Propagated,
        state: RouteState::Active,
    };
    estate.transit_tables.insert(TransitTable {
        id: TransitTableId::new("tgw-rt"),
        transit: TransitId::new("tgw"),
        routes: routes.into_iter().chain(more).map(route).collect(),
    });
    let tgw = || RouteTarget::Transit(TransitId::new("tgw"));
    for subnet in ["pub", "priv"] {
        put(
            estate,
            subnet,
            net("10.9.0.0/16"),
            tgw(),
            RouteOrigin::Static,
        );
        put(
            estate,
            subnet,
            net("2600:1f18:0:900::/56"),
            tgw(),
            RouteOrigin::Static,
        );
    }
    put(
        estate,
        "faraway",
        net("10.0.0.0/16"),
        tgw(),
        RouteOrigin::Static,
    );
    put(
        estate,
        "faraway",
        net("2600:1f18:0:100::/56"),
        tgw(),
        RouteOrigin::Static,
    );
}

fn attach(estate: &mut Estate, network: &str, subnet: &str) {
    estate.links.insert(Link {
        id: LinkId::new(format!("att-{network}")),
        name: SmolStr::default(),
        kind: LinkKind::Transit(Attachment {
            transit: TransitId::new("tgw"),
            network: Some(NetworkId::new(network)),
            other: SmolStr::default(),
            subnets: vec![SubnetId::new(subnet)],
            v6: false,
            table: Some(TransitTableId::new("tgw-rt")),
            propagates_to: Vec::new(),
        }),
    });
}

pub(crate) fn net(text: &str) -> Destination {
    Destination::Net(text.parse().unwrap())
}

fn address4(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

/// An end by a short name.
pub(crate) fn end(name: &str) -> End {
    match name {
        "internet" => End::Internet,
        name => End::Interface(InterfaceId::new(name)),
    }
}

pub(crate) fn packet(source: &str, destination: &str, l4: L4) -> Packet {
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    Packet {
        source: address(source),
        destination: address(destination),
        l4,
    }
}

pub(crate) fn tcp(port: u16) -> L4 {
    L4::Tcp {
        source: 40000,
        destination: port,
    }
}

pub(crate) fn trace(estate: &Estate, from: &str, source: &str, destination: &str, l4: L4) -> Trace {
    Tracer::new(estate).trace(&end(from), packet(source, destination, l4))
}

/// What becomes of TCP to port 443, as text.
pub(crate) fn verdict(estate: &Estate, from: &str, source: &str, destination: &str) -> String {
    outcome(estate, from, source, destination, tcp(443))
}

pub(crate) fn outcome(
    estate: &Estate,
    from: &str,
    source: &str,
    destination: &str,
    l4: L4,
) -> String {
    let trace = trace(estate, from, source, destination, l4);
    let arrives = trace.arrives() && matches!(trace.outcome, Outcome::Dropped(_));
    // Which half of the flow fails matters to every rule.
    let which = if arrives { "answer " } else { "" };
    format!("{which}{}", trace.outcome)
}
