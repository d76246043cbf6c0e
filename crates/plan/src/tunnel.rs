//! Private Teredo: a server and a relay, and clients that each filter for themselves before their address
//! is there. All of it is done on hosts, by a person.

use std::collections::BTreeSet;
use std::net::Ipv6Addr;

use sixward_assess::firewall::RuleTwin;
use sixward_assess::tunnel::{self, Wanted};
use sixward_assess::{Survey, Twin};
use sixward_estate::{
    Action, Block6, BlockSource, Destination, Estate, Firewall, FirewallId, FirewallKind,
    GatewayKind, Interface, InterfaceId, Mouth, Network, Remote, Route, RouteOrigin, RouteState,
    RouteTable, RouteTableId, RouteTarget, Rule, SmolStr, Subject, Subnet, Tunnel, TunnelId,
};
use sixward_net::{ANY6, IpNet, Ipv6Net, Traffic};

use crate::address::AddressPlan;
use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::route::prefixes;
use crate::step::Risk;
use crate::{firewall, network};

/// The server and the relay of each tunnel.
pub(crate) fn open_steps(survey: &Survey<'_>, draft: &mut Draft) {
    for Wanted { tunnel, .. } in tunnel::wanted(survey) {
        if draft.state.tunnels.contains(&tunnel.id) {
            continue;
        }
        let reason =
            "its clients' network gives them no IPv6; the relay serves its own network alone";
        draft.step(Change::OpenTunnel { tunnel }, About::quiet(reason));
    }
}

/// Rules of others that mean all clients. Before the relay is there its prefix is anybody's.
pub(crate) fn rule_steps(survey: &Survey<'_>, draft: &mut Draft) {
    if survey.intent.tunnels.is_empty() {
        return;
    }
    for id in sixward_assess::firewall::concerned(survey) {
        let group = survey.estate().firewalls.get(&id);
        let Some(group) = group.filter(|it| it.kind == FirewallKind::Group) else {
            continue;
        };
        for twin in sixward_assess::firewall::twins(survey, group) {
            for net in meant(survey, &twin.remote) {
                for rule in rules_of(&twin, net) {
                    let now = draft.state.firewalls.get(&id);
                    if !now.is_some_and(|now| now.has(&rule)) {
                        let firewall = id.clone();
                        draft.step(Change::AddRule { firewall, rule }, firewall::about(&twin));
                    }
                }
            }
        }
    }
}

/// The clients, each behind its own filter.
pub(crate) fn join_steps(survey: &Survey<'_>, addresses: &AddressPlan, draft: &mut Draft) {
    for wanted in tunnel::wanted(survey) {
        for id in &wanted.clients {
            let Some(interface) = survey.estate().interfaces.get(id) else {
                continue;
            };
            let Some(address) = tunnel::address(&wanted.tunnel, interface) else {
                continue;
            };
            if interface.tunnel.is_some() {
                continue;
            }
            let change = Change::JoinTunnel {
                interface: id.clone(),
                tunnel: wanted.tunnel.id.clone(),
                address,
                rules: rules(survey, addresses, &wanted.tunnel, interface),
            };
            let reason = "rules of the network do not see into a tunnel: the host lets in over it what \
                          its groups do over IPv4";
            draft.step(change, About::quiet(reason).risk(Risk::Low));
        }
    }
}

/// The prefixes of tunnels all whose clients a rule's remote means.
fn meant(survey: &Survey<'_>, twin: &Twin) -> Vec<Ipv6Net> {
    let Twin::Spans(spans) = twin else {
        return Vec::new();
    };
    let wanted = tunnel::wanted(survey).into_iter();
    let within = wanted.filter(|it| it.is_within(survey, spans));
    within.map(|it| it.tunnel.prefix()).collect()
}

/// What a client's groups allow over IPv4, as rules of its own: nobody else is there who knows their members.
fn rules(
    survey: &Survey<'_>,
    addresses: &AddressPlan,
    tunnel: &Tunnel,
    interface: &Interface,
) -> Vec<Rule> {
    let groups = interface.firewalls.iter();
    let groups = groups.filter_map(|id| survey.estate().firewalls.get(id));
    let groups = groups.filter(|group| group.kind == FirewallKind::Group);
    let mut rules = BTreeSet::new();
    for group in groups {
        for twin in sixward_assess::firewall::twins(survey, group) {
            if twin.rule.action != Action::Allow {
                continue;
            }
            for net in remotes(survey, addresses, tunnel, &twin) {
                rules.extend(rules_of(&twin, net));
            }
        }
    }
    rules.into_iter().collect()
}

/// A rule's twins for one prefix.
fn rules_of(twin: &RuleTwin<'_>, net: Ipv6Net) -> Vec<Rule> {
    let rule = |traffic: &Traffic| Rule {
        direction: twin.rule.direction,
        order: None,
        action: Action::Allow,
        traffic: *traffic,
        remote: Remote::from(net),
        note: twin.rule.note.clone(),
    };
    twin.traffic.iter().map(rule).collect()
}

/// The prefixes that a rule's other end has here. Everyone is who the relay serves, and never the internet.
fn remotes(
    survey: &Survey<'_>,
    addresses: &AddressPlan,
    tunnel: &Tunnel,
    twin: &RuleTwin<'_>,
) -> Vec<Ipv6Net> {
    match (&twin.remote, &twin.rule.remote) {
        (Twin::Any, _) => {
            let network = sixward_assess::Span::Network(tunnel.network.clone());
            let mut nets = addresses.prefixes(survey, &network);
            nets.push(tunnel.prefix());
            nets
        }
        (Twin::Itself, Remote::Firewall(id)) => {
            let members = survey.index.interfaces_of_firewall(id).iter();
            let own = members.filter_map(|member| {
                let planned = || addresses.address(member);
                client(survey, &member.id).or_else(planned)
            });
            own.map(Ipv6Net::from).collect()
        }
        (remote, _) => {
            let mut nets = prefixes(survey, addresses, remote);
            nets.retain(|net| *net != ANY6);
            let whole = meant(survey, remote);
            if whole.is_empty() {
                nets.extend(clients_within(survey, remote));
            }
            nets.extend(whole);
            nets
        }
    }
}

/// The clients that a rule's remote means, where it does not mean all of them.
fn clients_within(survey: &Survey<'_>, twin: &Twin) -> Vec<Ipv6Net> {
    let Twin::Spans(spans) = twin else {
        return Vec::new();
    };
    let wanted = tunnel::wanted(survey).into_iter();
    let clients = wanted.flat_map(|it| it.clients_within(survey, spans));
    let addresses = clients.filter_map(|id| client(survey, &id));
    addresses.map(Ipv6Net::from).collect()
}

/// The address of an interface in a tunnel, there or planned.
fn client(survey: &Survey<'_>, id: &InterfaceId) -> Option<Ipv6Addr> {
    let mut wanted = tunnel::wanted(survey).into_iter();
    let joined = wanted.find(|it| it.clients.contains(id))?;
    tunnel::address(&joined.tunnel, survey.estate().interfaces.get(id)?)
}

pub(crate) fn open(estate: &mut Estate, tunnel: &Tunnel) -> Result<(), ChangeError> {
    if estate.tunnels.contains(&tunnel.id) {
        return Err(ChangeError::Exists(
            subject(&tunnel.id),
            "been opened".to_owned(),
        ));
    }
    network::add_block(estate, &tunnel.network, &block(tunnel))?;
    let Some(network) = estate.networks.get(&tunnel.network).cloned() else {
        return Err(ChangeError::Missing(subject(&tunnel.id)));
    };
    estate.route_tables.insert(table(estate, tunnel, &network));
    estate.subnets.insert(Subnet {
        id: tunnel.subnet.clone(),
        name: SmolStr::default(),
        network: tunnel.network.clone(),
        zone: SmolStr::default(),
        block4: None,
        block6: Some(tunnel.prefix()),
        route_table: Some(table_id(tunnel)),
        firewall: None,
        public4_on_create: false,
        assign6_on_create: true,
        dns64: false,
        v6_only: true,
    });
    estate.tunnels.insert(tunnel.clone());
    Ok(())
}

pub(crate) fn close(estate: &mut Estate, tunnel: &Tunnel) -> Result<(), ChangeError> {
    if !estate.tunnels.contains(&tunnel.id) {
        return Err(ChangeError::Missing(subject(&tunnel.id)));
    }
    let mut mouths = estate.interfaces.iter().filter_map(|it| it.tunnel.as_ref());
    if mouths.any(|mouth| mouth.tunnel == tunnel.id) {
        return Err(ChangeError::InUse(
            subject(&tunnel.id),
            "the relay".to_owned(),
        ));
    }
    estate.subnets.remove(&tunnel.subnet);
    estate.route_tables.remove(&table_id(tunnel));
    network::remove_block(estate, &tunnel.network, &block(tunnel))?;
    estate.tunnels.remove(&tunnel.id);
    Ok(())
}

pub(crate) fn join(
    estate: &mut Estate,
    id: &InterfaceId,
    tunnel: &TunnelId,
    address: Ipv6Addr,
    rules: &[Rule],
) -> Result<(), ChangeError> {
    let Some(opened) = estate.tunnels.get(tunnel) else {
        return Err(ChangeError::Missing(subject(tunnel)));
    };
    let (network, subnet) = (opened.network.clone(), opened.subnet.clone());
    let interface = find(estate, id)?;
    if interface.tunnel.is_some() || !interface.addresses6.is_empty() {
        return Err(ChangeError::Exists(of_interface(id), "IPv6".to_owned()));
    }
    interface.addresses6.push(address);
    interface.tunnel = Some(Mouth {
        tunnel: tunnel.clone(),
        subnet,
        firewalls: vec![filter_id(id)],
    });
    let mut rules = rules.to_vec();
    rules.sort();
    estate.firewalls.insert(Firewall {
        id: filter_id(id),
        name: SmolStr::default(),
        network,
        kind: FirewallKind::Group,
        default: false,
        rules,
    });
    Ok(())
}

pub(crate) fn leave(
    estate: &mut Estate,
    id: &InterfaceId,
    tunnel: &TunnelId,
) -> Result<(), ChangeError> {
    let interface = find(estate, id)?;
    let through = interface.tunnel.as_ref().map(|mouth| &mouth.tunnel);
    if through != Some(tunnel) {
        return Err(ChangeError::Absent(
            of_interface(id),
            format!("the tunnel `{tunnel}`"),
        ));
    }
    interface.tunnel = None;
    interface.addresses6.clear();
    estate.firewalls.remove(&filter_id(id));
    Ok(())
}

/// The filter on a client's own side of the tunnel.
fn filter_id(interface: &InterfaceId) -> FirewallId {
    FirewallId::new(format!("tunnel-filter-{interface}"))
}

fn table_id(tunnel: &Tunnel) -> RouteTableId {
    RouteTableId::new(format!("tunnel-{}", tunnel.id))
}

fn block(tunnel: &Tunnel) -> Block6 {
    Block6 {
        net: tunnel.prefix(),
        source: BlockSource::Own,
    }
}

/// What the relay routes for its clients: its own network, and everything where it serves the internet.
fn table(estate: &Estate, tunnel: &Tunnel, network: &Network) -> RouteTable {
    let local = |net: IpNet| Route {
        destination: Destination::Net(net),
        target: RouteTarget::Local,
        origin: RouteOrigin::Local,
        state: RouteState::Active,
    };
    let four = network.blocks4.iter().map(|net| local((*net).into()));
    let six = network.blocks6.iter().map(|block| local(block.net.into()));
    let mut gateways = estate.gateways.iter();
    let gateway = gateways
        .find(|it| it.network.as_ref() == Some(&network.id) && it.kind == GatewayKind::Internet);
    let everywhere = gateway.filter(|_| tunnel.internet).map(|gateway| Route {
        destination: Destination::from(ANY6),
        target: RouteTarget::Gateway(gateway.id.clone()),
        origin: RouteOrigin::Static,
        state: RouteState::Active,
    });
    let mut routes: Vec<_> = four.chain(six).chain(everywhere).collect();
    routes.sort();
    RouteTable {
        id: table_id(tunnel),
        name: SmolStr::default(),
        network: network.id.clone(),
        main: false,
        edges: Vec::new(),
        propagated_from: Vec::new(),
        routes,
    }
}

fn find<'a>(estate: &'a mut Estate, id: &InterfaceId) -> Result<&'a mut Interface, ChangeError> {
    let missing = || ChangeError::Missing(of_interface(id));
    estate.interfaces.get_mut(id).ok_or_else(missing)
}

fn of_interface(id: &InterfaceId) -> Subject {
    Subject::new("interface", id.as_str(), "")
}

fn subject(id: &TunnelId) -> Subject {
    Subject::new("tunnel", id.as_str(), "")
}
