//! Which flows are tried in a state: between hosts, and with the internet, in each family what the
//! firewalls at both ends speak of, and what none of them does.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sixward_estate::{
    Direction, EndpointKind, Estate, Interface, InterfaceOwner, Listener, Remote, Rule,
};
use sixward_lab::{NodeId, node_of};
use sixward_net::{Family, IpNet, Traffic};
use sixward_prove::{End, interface_name};

use crate::probe::Probe;

/// Somebody of the internet, who is in no rule.
const SOMEBODY4: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 200));
const SOMEBODY6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 0x200));

/// No rule names it in particular: what passes here passes by a rule for everything.
const UNNAMED: u16 = 9;
/// So many ports of a pair's rules are tried, and so many of the internet's prefixes.
const PORTS: usize = 8;
const PREFIXES: usize = 4;

/// A flow to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trial {
    pub(super) from: Seat,
    pub(super) to: Seat,
    pub(super) probe: Probe,
    /// The target that a load balancer is to choose.
    pub(super) chosen: Option<Chosen>,
}

/// A target, and the low bits of the sender's port that choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) target: SocketAddr,
    pub(super) mask: u16,
    pub(super) bits: u16,
}

/// An end of a flow in one family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) end: End,
    pub(super) node: NodeId,
    /// As the other end calls it.
    pub(super) address: IpAddr,
    pub(super) name: String,
}

/// All flows of a family in this state.
pub(super) fn trials(estate: &Estate, family: Family) -> Vec<Trial> {
    let interfaces: Vec<_> = estate.interfaces.iter().collect();
    let mut trials = Vec::new();
    for from in &interfaces {
        let Some(sender) = inside(estate, from, family) else {
            continue;
        };
        for to in interfaces.iter().filter(|to| to.id != from.id) {
            if let Some(receiver) = inside(estate, to, family) {
                trials.extend(pair(
                    &sender,
                    &receiver,
                    &probes(estate, Some(from), Some(to)),
                ));
            }
        }
        let outward = probes(estate, Some(from), None);
        trials.extend(pair(&sender, &somebody(family), &outward));
        for service in services(estate, from, family) {
            trials.extend(pair(&sender, &service, &outward));
        }
    }
    for to in &interfaces {
        let Some(receiver) = outside(estate, to, family) else {
            continue;
        };
        let inward = probes(estate, None, Some(to));
        for sender in senders(estate, to, family) {
            trials.extend(pair(&sender, &receiver, &inward));
        }
    }
    trials
}

fn pair<'a>(
    from: &'a Seat,
    to: &'a Seat,
    probes: &'a BTreeSet<Probe>,
) -> impl Iterator<Item = Trial> + 'a {
    probes.iter().map(|probe| Trial {
        from: from.clone(),
        to: to.clone(),
        probe: *probe,
        chosen: None,
    })
}

/// An interface as others within call it.
fn inside(estate: &Estate, it: &Interface, family: Family) -> Option<Seat> {
    let address = match family {
        Family::V4 => it.addresses4.first()?.address.into(),
        Family::V6 => (*it.addresses6.first()?).into(),
    };
    seat(estate, it, address)
}

/// An interface as the internet calls it.
fn outside(estate: &Estate, it: &Interface, family: Family) -> Option<Seat> {
    let address = match family {
        Family::V4 => it.addresses4.iter().find_map(|own| own.public)?.into(),
        Family::V6 => (*it.addresses6.first()?).into(),
    };
    seat(estate, it, address)
}

/// The services that an interface's network has gateway endpoints to, by an address of each.
fn services(estate: &Estate, from: &Interface, family: Family) -> Vec<Seat> {
    let own = estate
        .endpoints
        .iter()
        .filter(|it| it.network == from.network);
    let seats = own.filter_map(|endpoint| {
        let EndpointKind::Gateway { prefix_list, .. } = &endpoint.kind else {
            return None;
        };
        let list = estate.prefix_lists.get(prefix_list.as_ref()?)?;
        let nets = list.entries.as_ref()?;
        let net = nets.iter().find(|net| is_of(family, **net))?;
        Some(Seat {
            end: End::Internet,
            node: NodeId::Service(endpoint.id.clone()),
            address: net.hosts().nth(1)?,
            name: endpoint.service.to_string(),
        })
    });
    seats.collect()
}

fn seat(estate: &Estate, it: &Interface, address: IpAddr) -> Option<Seat> {
    Some(Seat {
        end: End::Interface(it.id.clone()),
        node: node_of(it)?,
        address,
        name: called(estate, it),
    })
}

/// A balancer's interfaces are told apart by where they stand.
fn called(estate: &Estate, it: &Interface) -> String {
    let InterfaceOwner::Balancer(id) = &it.owner else {
        return interface_name(estate, &it.id);
    };
    let or = |name: Option<&str>, id: &str| {
        name.filter(|name| !name.is_empty())
            .unwrap_or(id)
            .to_owned()
    };
    let balancer = estate.balancers.get(id).map(|it| it.name.as_str());
    let subnet = estate.subnets.get(&it.subnet).map(|it| it.name.as_str());
    format!(
        "{} in {}",
        or(balancer, id.as_str()),
        or(subnet, it.subnet.as_str())
    )
}

fn somebody(family: Family) -> Seat {
    internet(match family {
        Family::V4 => SOMEBODY4,
        Family::V6 => SOMEBODY6,
    })
}

fn internet(address: IpAddr) -> Seat {
    let name = match address {
        SOMEBODY4 | SOMEBODY6 => "internet".to_owned(),
        address => format!("internet ({address})"),
    };
    Seat {
        end: End::Internet,
        node: NodeId::Internet,
        address,
        name,
    }
}

/// Who of the internet sends to an interface: somebody, and one of each prefix that its rules name.
fn senders(estate: &Estate, to: &Interface, family: Family) -> Vec<Seat> {
    let mut named: Vec<_> = rules(estate, to, Direction::Ingress)
        .filter_map(|rule| match rule.remote {
            Remote::Net(net) if is_of(family, net) && is_public(net.addr()) => Some(net.addr()),
            _ => None,
        })
        .collect();
    named.sort();
    named.dedup();
    let named = named.into_iter().take(PREFIXES).map(internet);
    std::iter::once(somebody(family)).chain(named).collect()
}

/// What is sent between two ends: what their rules speak of, and what none of them names.
fn probes(estate: &Estate, from: Option<&Interface>, to: Option<&Interface>) -> BTreeSet<Probe> {
    let egress = from
        .into_iter()
        .flat_map(|it| rules(estate, it, Direction::Egress));
    let ingress = to
        .into_iter()
        .flat_map(|it| rules(estate, it, Direction::Ingress));
    let named = ingress.chain(egress).filter_map(|rule| match rule.traffic {
        Traffic::Tcp(ports) => Some(Probe::Tcp(ports.first().max(1))),
        Traffic::Udp(ports) => Some(Probe::Udp(ports.first().max(1))),
        _ => None,
    });
    let mut probes: BTreeSet<_> = named.take(PORTS).collect();
    probes.extend(to.into_iter().flat_map(|it| listened(estate, it)));
    probes.extend([Probe::Tcp(UNNAMED), Probe::Icmp]);
    probes
}

/// Where a load balancer listens.
fn listened(estate: &Estate, it: &Interface) -> Vec<Probe> {
    let InterfaceOwner::Balancer(id) = &it.owner else {
        return Vec::new();
    };
    let balancer = estate.balancers.get(id);
    let listeners = balancer.into_iter().flat_map(|it| &it.listeners);
    let probe = |listener: &Listener| match listener.protocol.as_str() {
        "UDP" | "QUIC" => Probe::Udp(listener.port),
        _ => Probe::Tcp(listener.port),
    };
    listeners.take(PORTS).map(probe).collect()
}

fn rules<'a>(
    estate: &'a Estate,
    it: &'a Interface,
    direction: Direction,
) -> impl Iterator<Item = &'a Rule> {
    let firewalls = it.firewalls.iter();
    let firewalls = firewalls.filter_map(|id| estate.firewalls.get(id));
    firewalls.flat_map(move |firewall| firewall.rules(direction))
}

fn is_of(family: Family, net: IpNet) -> bool {
    net.addr().is_ipv4() == (family == Family::V4)
}

/// Whether the internet may have it. What a rule for everything means, somebody is.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => !(it.is_private() || it.is_unspecified() || it.is_link_local()),
        IpAddr::V6(it) => {
            !(it.is_unspecified() || it.is_unique_local() || it.is_unicast_link_local())
        }
    }
}
