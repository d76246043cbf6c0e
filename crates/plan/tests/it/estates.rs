//! Estates for tests: a small one to begin from, and random ones.

use std::net::Ipv4Addr;

use proptest::collection::vec;
use proptest::prelude::*;
use sixward_estate::*;
use sixward_net::{ANY4, Ipv4Net};

/// What a random estate is made of; every number is reduced to what is there.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) networks: Vec<NetworkRecipe>,
    pub(crate) peerings: Vec<(usize, usize)>,
    pub(crate) transit: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct NetworkRecipe {
    pub(crate) subnets: Vec<SubnetRecipe>,
    pub(crate) groups: Vec<Vec<(bool, usize, usize)>>,
    pub(crate) list: Vec<(bool, bool, usize, usize)>,
    pub(crate) hosts: Vec<(usize, usize, usize, usize)>,
}

#[derive(Debug, Clone)]
pub(crate) struct SubnetRecipe {
    pub(crate) tier: usize,
    pub(crate) custom_list: bool,
    pub(crate) zone: usize,
}

pub(crate) fn recipes() -> impl Strategy<Value = Recipe> {
    (
        vec(network_recipes(), 1..4),
        vec((0..4_usize, 0..4_usize), 0..3),
        any::<bool>(),
    )
        .prop_map(|(networks, peerings, transit)| Recipe {
            networks,
            peerings,
            transit,
        })
}

fn network_recipes() -> impl Strategy<Value = NetworkRecipe> {
    let subnet = (0..4_usize, any::<bool>(), 0..3_usize).prop_map(|(tier, custom_list, zone)| {
        SubnetRecipe {
            tier,
            custom_list,
            zone,
        }
    });
    let group = vec((any::<bool>(), 0..REMOTES, 0..TRAFFIC.len()), 0..5);
    let list = vec(
        (any::<bool>(), any::<bool>(), 0..REMOTES, 0..TRAFFIC.len()),
        0..6,
    );
    let host = (0..8_usize, 0..8_usize, 0..8_usize, 0..TYPES.len());
    (vec(subnet, 1..6), vec(group, 1..4), list, vec(host, 0..6)).prop_map(
        |(subnets, groups, list, hosts)| NetworkRecipe {
            subnets,
            groups,
            list,
            hosts,
        },
    )
}

const TRAFFIC: [&str; 9] = [
    "all",
    "tcp/443",
    "tcp/80",
    "udp/53",
    "tcp/1024-65535",
    "icmp",
    "icmp/8",
    "icmp/13",
    "protocol/50",
];
const TYPES: [&str; 3] = ["t3.micro", "m3.large", "no.such"];
const REMOTES: usize = 10;

fn remote(n: usize, which: usize, groups: usize) -> Remote {
    let net = |text: String| Remote::Net(text.parse().unwrap());
    match which {
        0 | 1 => ANY4.into(),
        2 => net(format!("10.{n}.0.0/16")),
        3 => net(format!("10.{n}.0.0/24")),
        4 => net(format!("10.{}.0.0/16", (n + 1) % 3)),
        5 => net("10.0.0.0/8".into()),
        6 => net("203.0.113.7/32".into()),
        7 => net(format!("10.{n}.0.10/32")),
        8 => net(format!("10.{n}.1.128/25")),
        _ => Remote::Firewall(FirewallId::new(format!("sg-{n}-{}", which % groups))),
    }
}

pub(crate) fn place() -> Place {
    Place {
        provider: Provider::Aws,
        account: "123456789012".into(),
        region: "us-east-1".into(),
    }
}

impl Recipe {
    pub(crate) fn build(&self) -> Estate {
        let mut estate = Estate::default();
        for (n, recipe) in self.networks.iter().enumerate() {
            add_network(&mut estate, n, recipe);
        }
        let count = self.networks.len();
        for (a, b) in &self.peerings {
            let (a, b) = (a % count, b % count);
            if a != b {
                add_peering(&mut estate, a.min(b), a.max(b));
            }
        }
        if self.transit {
            add_transit(&mut estate, count);
        }
        estate
    }
}

fn route(destination: &str, target: RouteTarget, origin: RouteOrigin) -> Route {
    Route {
        destination: Destination::Net(destination.parse().unwrap()),
        target,
        origin,
        state: RouteState::Active,
    }
}

fn add_network(estate: &mut Estate, n: usize, recipe: &NetworkRecipe) {
    let network = NetworkId::new(format!("vpc-{n}"));
    let block: Ipv4Net = format!("10.{n}.0.0/16").parse().unwrap();
    estate.networks.insert(Network {
        id: network.clone(),
        name: format!("net{n}").into(),
        place: place(),
        blocks4: vec![block],
        blocks6: vec![],
    });
    let igw = GatewayId::new(format!("igw-{n}"));
    let nat = GatewayId::new(format!("nat-{n}"));
    estate.gateways.insert(Gateway {
        id: igw.clone(),
        name: SmolStr::default(),
        network: Some(network.clone()),
        kind: GatewayKind::Internet,
    });
    estate.gateways.insert(Gateway {
        id: nat.clone(),
        name: SmolStr::default(),
        network: Some(network.clone()),
        kind: GatewayKind::Nat {
            subnet: SubnetId::new(format!("subnet-{n}-0")),
            public: true,
            addresses: vec![],
        },
    });
    let defaults = [
        Some(RouteTarget::Gateway(igw)),
        Some(RouteTarget::Gateway(nat)),
        None,
        Some(RouteTarget::Interface(InterfaceId::new("eni-appliance"))),
    ];
    for (t, target) in defaults.into_iter().enumerate() {
        let mut table = RouteTable {
            id: RouteTableId::new(format!("rtb-{n}-{t}")),
            name: SmolStr::default(),
            network: network.clone(),
            main: t == 2,
            edges: vec![],
            propagated_from: vec![],
            routes: vec![],
        };
        table.add(route(
            &block.to_string(),
            RouteTarget::Local,
            RouteOrigin::Local,
        ));
        if let Some(target) = target {
            table.add(route("0.0.0.0/0", target, RouteOrigin::Static));
        }
        estate.route_tables.insert(table);
    }
    add_firewalls(estate, n, recipe, &network);
    for (s, subnet) in recipe.subnets.iter().enumerate() {
        let list = if subnet.custom_list {
            "custom"
        } else {
            "default"
        };
        estate.subnets.insert(Subnet {
            id: SubnetId::new(format!("subnet-{n}-{s}")),
            name: SmolStr::default(),
            network: network.clone(),
            zone: format!("us-east-1{}", ["a", "b", "c"][subnet.zone]).into(),
            block4: Some(format!("10.{n}.{s}.0/24").parse().unwrap()),
            block6: None,
            route_table: (subnet.tier != 2)
                .then(|| RouteTableId::new(format!("rtb-{n}-{}", subnet.tier))),
            firewall: Some(FirewallId::new(format!("acl-{n}-{list}"))),
            public4_on_create: false,
            assign6_on_create: false,
            dns64: false,
            v6_only: false,
        });
    }
    for (h, recipe_of_host) in recipe.hosts.iter().enumerate() {
        add_host(estate, n, h, recipe, *recipe_of_host);
    }
}

fn add_firewalls(estate: &mut Estate, n: usize, recipe: &NetworkRecipe, network: &NetworkId) {
    let direction = |out: bool| {
        if out {
            Direction::Egress
        } else {
            Direction::Ingress
        }
    };
    let rule = |direction, order, action, traffic: usize, remote: Remote| Rule {
        direction,
        order,
        action,
        traffic: TRAFFIC[traffic].parse().unwrap(),
        remote,
        note: SmolStr::default(),
    };
    for (g, rules) in recipe.groups.iter().enumerate() {
        let mut group = Firewall {
            id: FirewallId::new(format!("sg-{n}-{g}")),
            name: SmolStr::default(),
            network: network.clone(),
            kind: FirewallKind::Group,
            default: false,
            rules: vec![],
        };
        if g % 2 == 0 {
            let all = rule(Direction::Egress, None, Action::Allow, 0, ANY4.into());
            group.add(all);
        }
        for (out, which, traffic) in rules {
            let remote = remote(n, *which, recipe.groups.len());
            let rule = rule(direction(*out), None, Action::Allow, *traffic, remote);
            if !group.has(&rule) {
                group.add(rule);
            }
        }
        estate.firewalls.insert(group);
    }
    for (name, default) in [("default", true), ("custom", false)] {
        let mut list = Firewall {
            id: FirewallId::new(format!("acl-{n}-{name}")),
            name: SmolStr::default(),
            network: network.clone(),
            kind: FirewallKind::List,
            default,
            rules: vec![],
        };
        for out in [false, true].into_iter().filter(|_| default) {
            list.add(rule(
                direction(out),
                Some(100),
                Action::Allow,
                0,
                ANY4.into(),
            ));
        }
        for (at, (out, deny, which, traffic)) in recipe.list.iter().enumerate().filter(|_| !default)
        {
            let action = if *deny { Action::Deny } else { Action::Allow };
            let remote = remote(n, which % 9, 1);
            let order = Some(100 + u32::try_from(at).unwrap());
            list.add(rule(direction(*out), order, action, *traffic, remote));
        }
        estate.firewalls.insert(list);
    }
}

fn add_host(
    estate: &mut Estate,
    n: usize,
    h: usize,
    recipe: &NetworkRecipe,
    (subnet, group, public, kind): (usize, usize, usize, usize),
) {
    let subnet = subnet % recipe.subnets.len();
    let host = HostId::new(format!("i-{n}-{h}"));
    let network = NetworkId::new(format!("vpc-{n}"));
    let number = u8::try_from(h).unwrap();
    let (a, b) = (u8::try_from(n).unwrap(), u8::try_from(subnet).unwrap());
    estate.hosts.insert(Host {
        id: host.clone(),
        name: SmolStr::default(),
        network: network.clone(),
        machine_type: MachineTypeName::new(TYPES[kind]),
        virtualization: Virtualization::Hvm,
        root_device: RootDevice::Volume,
        state: HostState::Running,
        image: SmolStr::default(),
        platform: SmolStr::default(),
        scaling_group: SmolStr::default(),
        ephemeral_disk: false,
    });
    estate.interfaces.insert(Interface {
        id: InterfaceId::new(format!("eni-{n}-{h}")),
        network,
        subnet: SubnetId::new(format!("subnet-{n}-{subnet}")),
        owner: InterfaceOwner::Host(host),
        primary: true,
        addresses4: vec![Private4 {
            address: Ipv4Addr::new(10, a, b, 10 + number),
            public: (public < 3).then(|| Ipv4Addr::new(198, 51, 100, a * 16 + number)),
            held: public != 0,
        }],
        addresses6: vec![],
        prefixes6: vec![],
        firewalls: vec![FirewallId::new(format!(
            "sg-{n}-{}",
            group % recipe.groups.len()
        ))],
        own_addresses_only: true,
        tunnel: None,
    });
}

fn add_peering(estate: &mut Estate, a: usize, b: usize) {
    let id = LinkId::new(format!("pcx-{a}-{b}"));
    let side = |n: usize| PeerSide {
        network: NetworkId::new(format!("vpc-{n}")),
        place: place(),
        blocks4: vec![format!("10.{n}.0.0/16").parse().unwrap()],
        blocks6: vec![],
    };
    let kind = LinkKind::Peering {
        requester: side(a),
        accepter: side(b),
    };
    if estate
        .links
        .insert(Link {
            id: id.clone(),
            name: SmolStr::default(),
            kind,
        })
        .is_some()
    {
        return;
    }
    for (from, to) in [(a, b), (b, a)] {
        for t in [0, 1] {
            let table = RouteTableId::new(format!("rtb-{from}-{t}"));
            let route = route(
                &format!("10.{to}.0.0/16"),
                RouteTarget::Link(id.clone()),
                RouteOrigin::Static,
            );
            estate.route_tables.get_mut(&table).unwrap().add(route);
        }
    }
}

fn add_transit(estate: &mut Estate, count: usize) {
    let transit = TransitId::new("tgw-1");
    estate.transits.insert(Transit {
        id: transit.clone(),
        name: SmolStr::default(),
        place: place(),
    });
    let table = TransitTableId::new("tgw-rtb-1");
    let mut routes = Vec::new();
    for n in 0..count {
        let id = LinkId::new(format!("tgw-attach-{n}"));
        routes.push(TransitRoute {
            destination: format!("10.{n}.0.0/16").parse().unwrap(),
            target: TransitTarget::Link(id.clone()),
            origin: if n == 0 {
                RouteOrigin::Static
            } else {
                RouteOrigin::Propagated
            },
            state: RouteState::Active,
        });
        let kind = LinkKind::Transit(Attachment {
            transit: transit.clone(),
            network: Some(NetworkId::new(format!("vpc-{n}"))),
            other: SmolStr::default(),
            subnets: vec![],
            v6: false,
            table: Some(table.clone()),
            propagates_to: vec![table.clone()],
        });
        estate.links.insert(Link {
            id,
            name: SmolStr::default(),
            kind,
        });
        let through = RouteTableId::new(format!("rtb-{n}-1"));
        let route = route(
            "10.0.0.0/8",
            RouteTarget::Transit(transit.clone()),
            RouteOrigin::Static,
        );
        estate.route_tables.get_mut(&through).unwrap().add(route);
    }
    estate.transit_tables.insert(TransitTable {
        id: table,
        transit,
        routes,
    });
}

/// Everything that is IPv4 about an estate: what no step may touch.
pub(crate) fn v4_half(estate: &Estate) -> Estate {
    let mut half = estate.clone();
    half.networks.for_each_mut(|network| {
        network.blocks6.clear();
    });
    half.subnets.for_each_mut(|subnet| {
        subnet.block6 = None;
        subnet.assign6_on_create = false;
    });
    half.route_tables.for_each_mut(|table| {
        table.routes.retain(
            |route| !matches!(route.destination, Destination::Net(net) if net.addr().is_ipv6()),
        );
    });
    half.transit_tables.for_each_mut(|table| {
        table
            .routes
            .retain(|route| route.destination.addr().is_ipv4());
    });
    half.firewalls.for_each_mut(|firewall| {
        firewall
            .rules
            .retain(|rule| rule.family() != Some(sixward_net::Family::V6));
    });
    half.interfaces.for_each_mut(|interface| {
        interface.addresses6.clear();
    });
    half.links.for_each_mut(|link| {
        if let LinkKind::Transit(attachment) = &mut link.kind {
            attachment.v6 = false;
        }
    });
    half.gateways = half
        .gateways
        .iter()
        .filter(|g| g.kind != GatewayKind::EgressOnly)
        .cloned()
        .collect();
    half.hosts.for_each_mut(|host| {
        host.machine_type = MachineTypeName::new("");
    });
    half
}
