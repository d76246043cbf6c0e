//! Small estates, built in a few words.
//!
//! Ids name what they are (`vpc-1`, `sub-a`); every method adds one thing and takes a closure for what
//! is special about it.

use sixward_estate::*;
use sixward_net::IpNet;

pub(crate) struct Build(pub(crate) Estate);

/// Nothing special.
pub(crate) fn plain<T>(_: &mut T) {}

pub(crate) fn aws() -> Place {
    Place {
        provider: Provider::Aws,
        account: "1".into(),
        region: "eu-1".into(),
    }
}

/// One network `vpc` 10.0.0.0/16 with a public subnet `pub` and a private one `priv` (through the NAT
/// gateway `nat` at 192.0.2.9), each under its own table.
pub(crate) fn two_tier() -> Build {
    Build::new()
        .network("vpc", "10.0.0.0/16", plain)
        .gateway("igw", "vpc", GatewayKind::Internet)
        .gateway("nat", "vpc", nat("pub", "192.0.2.9"))
        .table("rtb-pub", "vpc", plain)
        .route(
            "rtb-pub",
            "0.0.0.0/0",
            RouteTarget::Gateway(GatewayId::new("igw")),
        )
        .table("rtb-priv", "vpc", plain)
        .route(
            "rtb-priv",
            "0.0.0.0/0",
            RouteTarget::Gateway(GatewayId::new("nat")),
        )
        .subnet("pub", "vpc", "10.0.1.0/24", |s| {
            s.route_table = Some(RouteTableId::new("rtb-pub"));
        })
        .subnet("priv", "vpc", "10.0.2.0/24", |s| {
            s.route_table = Some(RouteTableId::new("rtb-priv"));
        })
}

pub(crate) fn nat(subnet: &str, public: &str) -> GatewayKind {
    GatewayKind::Nat {
        subnet: SubnetId::new(subnet),
        public: true,
        addresses: vec![NatAddress {
            public: Some(public.parse().unwrap()),
            private: None,
            interface: None,
        }],
    }
}

impl Build {
    pub(crate) fn new() -> Self {
        Self(Estate::default())
    }

    pub(crate) fn network(
        mut self,
        id: &str,
        block: &str,
        with: impl FnOnce(&mut Network),
    ) -> Self {
        let mut network = Network {
            id: NetworkId::new(id),
            name: "".into(),
            place: aws(),
            blocks4: vec![block.parse().unwrap()],
            blocks6: Vec::new(),
        };
        with(&mut network);
        self.0.networks.insert(network);
        self
    }

    /// A network with one subnet over all of it: one without subnets gets no IPv6.
    pub(crate) fn whole(self, id: &str, block: &str, with: impl FnOnce(&mut Network)) -> Self {
        self.network(id, block, with)
            .subnet(&format!("sub-{id}"), id, block, plain)
    }

    pub(crate) fn subnet(
        mut self,
        id: &str,
        network: &str,
        block: &str,
        with: impl FnOnce(&mut Subnet),
    ) -> Self {
        let mut subnet = Subnet {
            id: SubnetId::new(id),
            name: "".into(),
            network: NetworkId::new(network),
            zone: "a".into(),
            block4: Some(block.parse().unwrap()),
            block6: None,
            route_table: None,
            firewall: None,
            public4_on_create: false,
            assign6_on_create: false,
            dns64: false,
            v6_only: false,
        };
        with(&mut subnet);
        self.0.subnets.insert(subnet);
        self
    }

    pub(crate) fn gateway(mut self, id: &str, network: &str, kind: GatewayKind) -> Self {
        self.0.gateways.insert(Gateway {
            id: GatewayId::new(id),
            name: "".into(),
            network: Some(NetworkId::new(network)),
            kind,
        });
        self
    }

    pub(crate) fn table(
        mut self,
        id: &str,
        network: &str,
        with: impl FnOnce(&mut RouteTable),
    ) -> Self {
        let mut table = RouteTable {
            id: RouteTableId::new(id),
            name: "".into(),
            network: NetworkId::new(network),
            main: false,
            edges: Vec::new(),
            propagated_from: Vec::new(),
            routes: Vec::new(),
        };
        with(&mut table);
        self.0.route_tables.insert(table);
        self
    }

    /// A static route to a prefix, or to a prefix list where the destination is none.
    pub(crate) fn route(self, table: &str, destination: &str, target: RouteTarget) -> Self {
        self.route_with(table, destination, target, plain)
    }

    pub(crate) fn route_with(
        mut self,
        table: &str,
        destination: &str,
        target: RouteTarget,
        with: impl FnOnce(&mut Route),
    ) -> Self {
        let destination = match destination.parse::<IpNet>() {
            Ok(net) => Destination::Net(net),
            Err(_) => Destination::PrefixList(PrefixListId::new(destination)),
        };
        let mut route = Route {
            destination,
            target,
            origin: RouteOrigin::Static,
            state: RouteState::Active,
        };
        with(&mut route);
        let table = RouteTableId::new(table);
        self.0.route_tables.get_mut(&table).unwrap().add(route);
        self
    }

    /// A group in `vpc`; rules as in [`rule`].
    pub(crate) fn group(self, id: &str, rules: &[&str]) -> Self {
        self.firewall(id, FirewallKind::Group, rules, plain)
    }

    pub(crate) fn firewall(
        mut self,
        id: &str,
        kind: FirewallKind,
        rules: &[&str],
        with: impl FnOnce(&mut Firewall),
    ) -> Self {
        let mut firewall = Firewall {
            id: FirewallId::new(id),
            name: "".into(),
            network: NetworkId::new("vpc"),
            kind,
            default: false,
            rules: Vec::new(),
        };
        with(&mut firewall);
        for text in rules {
            firewall.add(rule(text));
        }
        self.0.firewalls.insert(firewall);
        self
    }

    pub(crate) fn prefix_list(mut self, id: &str, family: sixward_net::Family, most: u32) -> Self {
        self.0.prefix_lists.insert(PrefixList {
            id: PrefixListId::new(id),
            name: "".into(),
            place: aws(),
            family,
            managed: false,
            max_entries: Some(most),
            entries: None,
        });
        self
    }

    /// A running host with one interface `eni-<id>`, of a type that is HVM and boots from a volume.
    pub(crate) fn host(
        mut self,
        id: &str,
        (subnet, address): (&str, &str),
        machine_type: &str,
        with: impl FnOnce(&mut Host, &mut Interface),
    ) -> Self {
        let mut host = Host {
            id: HostId::new(id),
            name: "".into(),
            network: NetworkId::new("vpc"),
            machine_type: MachineTypeName::new(machine_type),
            virtualization: Virtualization::Hvm,
            root_device: RootDevice::Volume,
            state: HostState::Running,
            image: "".into(),
            platform: "".into(),
            scaling_group: "".into(),
            ephemeral_disk: false,
        };
        let owner = InterfaceOwner::Host(host.id.clone());
        let mut interface = interface(&format!("eni-{id}"), subnet, address, owner);
        interface.primary = true;
        with(&mut host, &mut interface);
        self.0.hosts.insert(host);
        self.0.interfaces.insert(interface);
        self
    }

    pub(crate) fn interface(
        mut self,
        id: &str,
        (subnet, address): (&str, &str),
        owner: InterfaceOwner,
        with: impl FnOnce(&mut Interface),
    ) -> Self {
        let mut interface = interface(id, subnet, address, owner);
        with(&mut interface);
        self.0.interfaces.insert(interface);
        self
    }

    pub(crate) fn balancer(
        mut self,
        id: &str,
        kind: BalancerKind,
        with: impl FnOnce(&mut Balancer),
    ) -> Self {
        let mut balancer = Balancer {
            id: BalancerId::new(id),
            name: "".into(),
            network: NetworkId::new("vpc"),
            kind,
            exposure: Exposure::Internet,
            family: FamilyMode::V4,
            dns_name: "".into(),
            subnets: vec![SubnetId::new("pub")],
            firewalls: Vec::new(),
            listeners: Vec::new(),
        };
        with(&mut balancer);
        self.0.balancers.insert(balancer);
        self
    }

    pub(crate) fn service(mut self, id: &str, kind: &str, with: impl FnOnce(&mut Service)) -> Self {
        let mut service = Service {
            id: ServiceId::new(id),
            kind: kind.into(),
            name: "".into(),
            place: aws(),
            network: Some(NetworkId::new("vpc")),
            family: FamilyMode::V4,
            allowed: Vec::new(),
            subnets: vec![SubnetId::new("priv")],
            firewalls: Vec::new(),
            engine: "".into(),
            public: false,
        };
        with(&mut service);
        self.0.services.insert(service);
        self
    }

    pub(crate) fn endpoint(mut self, id: &str, service: &str, kind: EndpointKind) -> Self {
        self.0.endpoints.insert(Endpoint {
            id: EndpointId::new(id),
            name: "".into(),
            network: NetworkId::new("vpc"),
            service: service.into(),
            family: FamilyMode::V4,
            kind,
        });
        self
    }

    pub(crate) fn link(mut self, id: &str, kind: LinkKind) -> Self {
        self.0.links.insert(Link {
            id: LinkId::new(id),
            name: "".into(),
            kind,
        });
        self
    }
}

pub(crate) fn interface(id: &str, subnet: &str, address: &str, owner: InterfaceOwner) -> Interface {
    Interface {
        id: InterfaceId::new(id),
        network: NetworkId::new("vpc"),
        subnet: SubnetId::new(subnet),
        owner,
        primary: false,
        addresses4: vec![Private4 {
            address: address.parse().unwrap(),
            public: None,
            held: false,
        }],
        addresses6: Vec::new(),
        prefixes6: Vec::new(),
        firewalls: Vec::new(),
        own_addresses_only: true,
        tunnel: None,
    }
}

/// `ingress tcp/443 from 0.0.0.0/0`, `egress 100 deny all to pl-1`, `ingress all from sg-1`: what
/// [`Rule`] prints.
pub(crate) fn rule(text: &str) -> Rule {
    let mut words: Vec<_> = text.split(' ').collect();
    let remote = words.pop().unwrap();
    words.pop();
    let direction = match words[0] {
        "ingress" => Direction::Ingress,
        _ => Direction::Egress,
    };
    let ordered = words.len() == 4;
    Rule {
        direction,
        order: ordered.then(|| words[1].parse().unwrap()),
        action: if ordered && words[2] == "deny" {
            Action::Deny
        } else {
            Action::Allow
        },
        traffic: words[words.len() - 1].parse().unwrap(),
        remote: match remote.parse::<IpNet>() {
            Ok(net) => Remote::Net(net),
            Err(_) if remote.starts_with("pl-") => Remote::PrefixList(PrefixListId::new(remote)),
            Err(_) => Remote::Firewall(FirewallId::new(remote)),
        },
        note: "".into(),
    }
}

pub(crate) fn under(firewall: &str) -> Vec<FirewallId> {
    vec![FirewallId::new(firewall)]
}
