//! Which names are gone to, at which port, and who serves there.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{
    Action, Balancer, BalancerId, Direction, Estate, HostId, InterfaceOwner, Remote, Target,
    TargetKind,
};
use sixward_lab::{Layout, Named, Names, NodeId, Service, node_of};
use sixward_net::{Ports, Traffic};
use sixward_plan::{Change, Plan};

/// What somebody goes to where more than one port is open to everyone.
const USUAL: [u16; 2] = [443, 80];

/// A name that is gone to.
pub(super) struct Goal {
    pub(super) name: String,
    pub(super) port: u16,
    /// Who serves, each at its own port.
    pub(super) doors: Vec<(NodeId, u16)>,
    /// Whether what is large is asked for. What a balancer hands on in one family the kernel hands on packet by
    /// packet, which the provider does not.
    pub(super) large: bool,
    /// So many low bits' worth of the sender's port choose who serves.
    pub(super) choices: u16,
}

/// The names of a plan's estate, as far as the lab has who serves under them: those that the plan publishes come
/// first.
pub(super) fn goals(plan: &Plan, names: &Names, layout: &Layout) -> Vec<Goal> {
    let published: BTreeSet<_> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.change {
            Change::PublishNames { subject, .. } => Some(subject.id.as_str()),
            Change::SetBalancerFamily { balancer, .. } => Some(balancer.as_str()),
            _ => None,
        })
        .collect();
    let mut goals: Vec<_> = names
        .iter()
        .filter_map(|(name, record)| {
            let (id, goal) = match &record.of {
                Named::Host(host) => (host.as_str(), of_host(&plan.before, name, host)?),
                Named::Balancer(id) => (id.as_str(), of_balancer(&plan.before, name, id)?),
            };
            let stands = |(node, _): &(NodeId, u16)| layout.nodes.contains_key(node);
            let all = goal.doors.iter().all(stands);
            all.then(|| (!published.contains(id), goal))
        })
        .collect();
    goals.sort_by_key(|(later, goal)| (*later, goal.name.clone()));
    goals.into_iter().map(|(_, goal)| goal).collect()
}

fn of_host(estate: &Estate, name: &str, host: &HostId) -> Option<Goal> {
    let port = open_to_all(estate, host)?;
    Some(Goal {
        name: name.to_owned(),
        port,
        doors: vec![(NodeId::Host(host.clone()), port)],
        large: true,
        choices: 1,
    })
}

/// The port at which a host serves everyone over IPv4, as its firewalls say.
fn open_to_all(estate: &Estate, host: &HostId) -> Option<u16> {
    let own = estate.interfaces.iter();
    let own = own.filter(|interface| interface.host() == Some(host));
    let firewalls = own.flat_map(|interface| &interface.firewalls);
    let firewalls = firewalls.filter_map(|id| estate.firewalls.get(id));
    let rules = firewalls.flat_map(|firewall| firewall.rules(Direction::Ingress));
    let all = |remote: &Remote| matches!(remote, Remote::Net(net) if net.addr().is_ipv4() && net.prefix_len() == 0);
    let ports: Vec<_> = rules
        .filter(|rule| rule.action == Action::Allow && all(&rule.remote))
        .filter_map(|rule| match rule.traffic {
            Traffic::Tcp(ports) => Some(ports),
            _ => None,
        })
        .collect();
    let usual = USUAL.into_iter();
    let mut usual = usual.filter(|port| {
        let port = Ports::one(*port);
        ports.iter().any(|ports| ports.contains(port))
    });
    let least = || ports.iter().map(|ports| ports.first().max(1)).min();
    usual.next().or_else(least)
}

/// All targets of a listener serve, or the name is not gone to.
fn of_balancer(estate: &Estate, name: &str, id: &BalancerId) -> Option<Goal> {
    let balancer: &Balancer = estate.balancers.get(id)?;
    let listeners = balancer.listeners.iter();
    let listeners = listeners.filter(|it| !matches!(it.protocol.as_str(), "UDP" | "QUIC"));
    let listeners: BTreeMap<_, _> = listeners.map(|it| (it.port, it)).collect();
    let usual = USUAL.iter().find_map(|port| listeners.get(port));
    let listener = usual.or_else(|| listeners.values().next())?;
    let groups = listener.target_groups.iter();
    let groups = groups.map(|id| estate.target_groups.get(id));
    let targets = groups.collect::<Option<Vec<_>>>()?;
    let targets = targets.into_iter().flat_map(|group| &group.targets);
    let doors = targets.map(|target| door(estate, target));
    let doors = doors.collect::<Option<Vec<_>>>()?;
    let choices = doors.len().clamp(1, Service::MOST).next_power_of_two();
    (!doors.is_empty()).then(|| Goal {
        name: name.to_owned(),
        port: listener.port,
        doors,
        large: false,
        choices: u16::try_from(choices).unwrap_or(1),
    })
}

fn door(estate: &Estate, target: &Target) -> Option<(NodeId, u16)> {
    let node = match &target.kind {
        TargetKind::Host(id) => NodeId::Host(id.clone()),
        TargetKind::Address(address) => {
            let mut all = estate.interfaces.iter();
            let own = all.find(|interface| {
                let v4 = interface.addresses4.iter().map(|pair| pair.address.into());
                let v6 = interface.addresses6.iter().map(|own| (*own).into());
                v4.chain(v6).any(|own: std::net::IpAddr| own == *address)
            });
            let own = own.filter(|it| !matches!(it.owner, InterfaceOwner::Balancer(_)));
            node_of(own?)?
        }
        TargetKind::Balancer(_) | TargetKind::Other(_) => return None,
    };
    Some((node, target.port?))
}
