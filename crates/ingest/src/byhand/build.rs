//! From the tables of an `estate.toml` to an estate.

use std::collections::BTreeSet;

use sixward_estate::{
    AddressId, Block6, BlockSource, Estate, Firewall, FirewallId, FirewallKind, Gateway, GatewayId,
    GatewayKind, Host, HostId, HostState, Interface, InterfaceOwner, MachineTypeName, NatAddress,
    Network, NetworkId, Place, Private4, Provider, PublicAddress, RootDevice, Route, RouteOrigin,
    RouteState, RouteTable, RouteTableId, RouteTarget, SmolStr, Subnet, SubnetId, Virtualization,
};
use sixward_net::{ANY4, ANY6};
use toml::Spanned;

use super::file::{self, File};
use super::{Wrong, text, wrong};
use crate::report::Report;
use crate::{Ingested, dangling, overlap};

/// The estate that the file describes.
pub(super) fn build(file: File) -> Result<Ingested, Wrong> {
    let mut estate = Estate::default();
    let gateways: BTreeSet<SmolStr> = file.gateway.keys().cloned().collect();
    let servers: BTreeSet<SmolStr> = file.server.keys().cloned().collect();
    let policies: BTreeSet<SmolStr> = file.policy.keys().cloned().collect();
    for (id, raw) in file.network {
        estate.networks.insert(network(id, raw));
    }
    for (id, raw) in file.subnet {
        estate.subnets.insert(subnet(id, raw));
    }
    for (id, raw) in file.gateway {
        estate.gateways.insert(gateway(id, raw)?);
    }
    for (id, raw) in file.route_table {
        estate
            .route_tables
            .insert(table(id, raw, &gateways, &servers)?);
    }
    for (id, raw) in file.policy {
        estate.firewalls.insert(policy(id, raw, &policies)?);
    }
    for (id, raw) in file.server {
        server(id, raw, &mut estate)?;
    }
    add_main_tables(&mut estate);
    let mut report = Report::default();
    dangling::tell(&estate, &BTreeSet::new(), &mut report);
    overlap::tell(&estate, &mut report);
    Ok(Ingested {
        estate,
        findings: report.findings(),
    })
}

fn network(id: SmolStr, raw: file::Network) -> Network {
    let blocks6 = raw.v6.iter().map(|net| Block6 {
        net: net.trunc(),
        source: BlockSource::Own,
    });
    Network {
        id: NetworkId::new(id),
        name: raw.name,
        place: Place {
            provider: Provider::Other,
            account: raw.account,
            region: raw.region,
        },
        blocks4: raw.v4.iter().map(sixward_net::Ipv4Net::trunc).collect(),
        blocks6: blocks6.collect(),
    }
}

fn subnet(id: SmolStr, raw: file::Subnet) -> Subnet {
    Subnet {
        id: SubnetId::new(id),
        name: raw.name,
        network: NetworkId::new(raw.network),
        zone: raw.zone,
        block4: raw.v4.map(|net| net.trunc()),
        block6: raw.v6.map(|net| net.trunc()),
        route_table: raw.route_table.map(RouteTableId::new),
        firewall: raw.policy.map(FirewallId::new),
        public4_on_create: false,
        assign6_on_create: raw.v6.is_some(),
        dns64: false,
        v6_only: raw.v4.is_none() && raw.v6.is_some(),
    }
}

fn gateway(id: SmolStr, raw: file::Gateway) -> Result<Gateway, Wrong> {
    let kind = match (raw.kind, raw.subnet) {
        (file::GatewayKind::Internet, _) => GatewayKind::Internet,
        (file::GatewayKind::EgressOnly, _) => GatewayKind::EgressOnly,
        (file::GatewayKind::Vpn, _) => GatewayKind::Vpn,
        (file::GatewayKind::Nat, Some(subnet)) => GatewayKind::Nat {
            subnet: SubnetId::new(subnet.into_inner()),
            public: raw.public4.is_some(),
            addresses: vec![NatAddress {
                public: raw.public4,
                private: None,
                interface: None,
            }],
        },
        (file::GatewayKind::Nat, None) => {
            let hint = "add `subnet = \"ID\"`, the subnet that it stands in".to_owned();
            return Err(wrong(
                format!("NAT gateway `{id}` has no subnet"),
                None,
                hint,
            ));
        }
    };
    let network = Some(NetworkId::new(raw.network));
    Ok(Gateway {
        id: GatewayId::new(id),
        name: raw.name,
        network,
        kind,
    })
}

fn table(
    id: SmolStr,
    raw: file::RouteTable,
    gateways: &BTreeSet<SmolStr>,
    servers: &BTreeSet<SmolStr>,
) -> Result<RouteTable, Wrong> {
    let hint = "write `0.0.0.0/0 via GATEWAY`, `10.0.0.0/8 local` or `10.0.0.0/8 nowhere`";
    let read = |raw: &Spanned<String>| {
        text::route(raw.get_ref(), gateways, servers)
            .map_err(|what| wrong(what, Some(raw.span()), hint.to_owned()))
    };
    let mut routes = raw
        .routes
        .iter()
        .map(read)
        .collect::<Result<Vec<Route>, Wrong>>()?;
    routes.sort();
    Ok(RouteTable {
        id: RouteTableId::new(id),
        name: raw.name,
        network: NetworkId::new(raw.network),
        main: raw.main,
        edges: Vec::new(),
        propagated_from: Vec::new(),
        routes,
    })
}

fn policy(id: SmolStr, raw: file::Policy, policies: &BTreeSet<SmolStr>) -> Result<Firewall, Wrong> {
    let mut rules = Vec::new();
    for (order, raw_rule) in (1..).zip(&raw.rules) {
        let order = raw.ordered.then_some(order);
        let read = text::rules(raw_rule.get_ref(), order, policies).map_err(|what| {
            let hint = "write `allow tcp/443 from ::/0` or `allow all to any`".to_owned();
            wrong(what, Some(raw_rule.span()), hint)
        })?;
        if !raw.ordered
            && read
                .iter()
                .any(|rule| rule.action == sixward_estate::Action::Deny)
        {
            let hint =
                "add `ordered = true`, so that the first rule that matches decides".to_owned();
            let what = format!("policy `{id}` denies, and its rules have no order");
            return Err(wrong(what, Some(raw_rule.span()), hint));
        }
        rules.extend(read);
    }
    rules.sort();
    Ok(Firewall {
        id: FirewallId::new(id),
        name: raw.name,
        network: NetworkId::new(raw.network),
        kind: if raw.ordered {
            FirewallKind::Ordered
        } else {
            FirewallKind::Group
        },
        default: false,
        rules,
    })
}

/// A server, its one interface, and the public address that is mapped to it.
fn server(id: SmolStr, raw: file::Server, estate: &mut Estate) -> Result<(), Wrong> {
    let subnet = SubnetId::new(raw.subnet.get_ref().clone());
    let Some(network) = estate
        .subnets
        .get(&subnet)
        .map(|subnet| subnet.network.clone())
    else {
        let hint = format!("add `[subnet.{subnet}]`, or correct the name");
        return Err(wrong(
            format!("subnet `{subnet}` is not in this file"),
            Some(raw.subnet.span()),
            hint,
        ));
    };
    let interface_id = text::interface(&id);
    if let Some(public) = &raw.public4 {
        if raw.v4.is_none() {
            let hint =
                "add `v4 = \"ADDRESS\"`, the private address that it is mapped to".to_owned();
            let what = format!("server `{id}` has a public address and no private one");
            return Err(wrong(what, Some(public.span()), hint));
        }
        let address = *public.get_ref();
        let place = estate
            .networks
            .get(&network)
            .map(|network| network.place.clone());
        let nowhere = || Place {
            provider: Provider::Other,
            account: SmolStr::default(),
            region: SmolStr::default(),
        };
        estate.addresses.insert(PublicAddress {
            id: AddressId::new(address.to_string()),
            address,
            place: place.unwrap_or_else(nowhere),
            interface: Some(interface_id.clone()),
        });
    }
    let public = raw.public4.map(Spanned::into_inner);
    let private = raw.v4.map(|address| Private4 {
        address,
        public,
        held: public.is_some(),
    });
    let further = raw.further4.into_iter().map(|address| Private4 {
        address,
        public: None,
        held: false,
    });
    let mut firewalls: Vec<FirewallId> = raw.policies.into_iter().map(FirewallId::new).collect();
    firewalls.sort();
    estate.interfaces.insert(Interface {
        id: interface_id,
        network: network.clone(),
        subnet,
        owner: InterfaceOwner::Host(HostId::new(id.clone())),
        primary: true,
        addresses4: private.into_iter().chain(further).collect(),
        addresses6: raw.v6.into_iter().collect(),
        prefixes6: Vec::new(),
        firewalls,
        own_addresses_only: true,
        tunnel: None,
    });
    estate.hosts.insert(Host {
        id: HostId::new(id),
        name: raw.name,
        network,
        machine_type: MachineTypeName::new(""),
        virtualization: Virtualization::Unknown,
        root_device: RootDevice::Unknown,
        state: if raw.stopped {
            HostState::Stopped
        } else {
            HostState::Running
        },
        image: SmolStr::default(),
        platform: raw.platform,
        scaling_group: SmolStr::default(),
        ephemeral_disk: false,
    });
    Ok(())
}

/// A network without a route table gets one: its own blocks, and both defaults to its internet gateway.
fn add_main_tables(estate: &mut Estate) {
    let with: BTreeSet<NetworkId> = estate
        .route_tables
        .iter()
        .map(|table| table.network.clone())
        .collect();
    let without: Vec<Network> = estate
        .networks
        .iter()
        .filter(|network| !with.contains(&network.id))
        .cloned()
        .collect();
    for network in without {
        let gateways = estate.gateways.iter().filter(|gateway| {
            gateway.network.as_ref() == Some(&network.id) && gateway.kind == GatewayKind::Internet
        });
        let gateway = gateways.map(|gateway| gateway.id.clone()).next();
        estate.route_tables.insert(main_table(&network, gateway));
    }
}

fn main_table(network: &Network, gateway: Option<GatewayId>) -> RouteTable {
    let route = |destination, target, origin| Route {
        destination,
        target,
        origin,
        state: RouteState::Active,
    };
    let local = |destination| route(destination, RouteTarget::Local, RouteOrigin::Local);
    let mut routes: Vec<Route> = network
        .blocks4
        .iter()
        .map(|net| local((*net).into()))
        .collect();
    routes.extend(network.blocks6.iter().map(|block| local(block.net.into())));
    if let Some(gateway) = gateway {
        let target = RouteTarget::Gateway(gateway);
        routes.push(route(ANY4.into(), target.clone(), RouteOrigin::Static));
        if network.has_v6() {
            routes.push(route(ANY6.into(), target, RouteOrigin::Static));
        }
    }
    routes.sort();
    RouteTable {
        id: RouteTableId::new(format!("{}/main", network.id)),
        name: SmolStr::default(),
        network: network.id.clone(),
        main: true,
        edges: Vec::new(),
        propagated_from: Vec::new(),
        routes,
    }
}
