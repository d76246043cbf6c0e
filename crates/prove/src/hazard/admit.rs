//! What rules let pass between a filter and a whole prefix: enough to tell a hazard, not a proof.

use sixward_estate::{Action, Direction, Firewall, FirewallKind, Interface, Remote, Rule, Subnet};
use sixward_net::{Family, IpNet, Ports, Traffic};

use super::scene::{Scene, Side};
use super::way;

/// How much of some traffic a list lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Nothing,
    /// What some rules speak of, and no more.
    Some,
    /// Everything but what a rule before denies.
    Most,
    All,
    /// A rule speaks of something that is not known.
    Unknown,
}

enum Match {
    Whole,
    Part,
    No,
    Unknown,
}

impl Says {
    /// Whether something passes for sure.
    pub(super) fn passes(self) -> bool {
        matches!(self, Self::Some | Self::Most | Self::All)
    }
}

/// What a list says of traffic between it and a prefix: its lowest number that matches decides.
pub(super) fn list(
    side: &Side<'_>,
    list: &Firewall,
    direction: Direction,
    remote: IpNet,
    traffic: Traffic,
) -> Says {
    let mut rules: Vec<&Rule> = list.rules(direction).collect();
    rules.sort_by_key(|rule| rule.order);
    let (mut some, mut hole) = (false, false);
    for rule in rules {
        match (matches(side, rule, remote, traffic), rule.action) {
            (Match::No, _) => {}
            (Match::Unknown, _) if some => return Says::Some,
            (Match::Unknown, _) => return Says::Unknown,
            (Match::Whole, Action::Allow) if hole => return Says::Most,
            (Match::Whole, Action::Allow) => return Says::All,
            (Match::Whole, Action::Deny) => break,
            (Match::Part, Action::Allow) => some = true,
            (Match::Part, Action::Deny) => hole = true,
        }
    }
    if some { Says::Some } else { Says::Nothing }
}

fn matches(side: &Side<'_>, rule: &Rule, remote: IpNet, traffic: Traffic) -> Match {
    if !rule.traffic.overlaps(traffic) {
        return Match::No;
    }
    let Some(nets) = nets(side, rule) else {
        return Match::Unknown;
    };
    if rule.traffic.contains(traffic) && nets.iter().any(|net| net.contains(&remote)) {
        return Match::Whole;
    }
    let meets = |net: &IpNet| net.contains(&remote) || remote.contains(net);
    if nets.iter().any(meets) {
        Match::Part
    } else {
        Match::No
    }
}

/// The prefixes that a rule speaks of; nothing where they are not known.
pub(super) fn nets<'a>(side: &Side<'a>, rule: &'a Rule) -> Option<&'a [IpNet]> {
    match &rule.remote {
        Remote::Net(net) => Some(std::slice::from_ref(net)),
        Remote::PrefixList(id) => side.estate.prefix_lists.get(id)?.entries.as_deref(),
        Remote::Firewall(_) | Remote::Tag(_) => None,
    }
}

/// The list on a subnet's edge, where there is one, lets something pass.
pub(super) fn edge(
    side: &Side<'_>,
    subnet: &Subnet,
    direction: Direction,
    remote: IpNet,
    traffic: Traffic,
) -> Says {
    match side.list(subnet) {
        Some(found) => list(side, found, direction, remote, traffic),
        None => Says::All,
    }
}

/// Rules of a group that let the internet begin over IPv6. ICMPv6 must pass where ICMP need not (RFC
/// 4890), so that its rules are none of them.
pub(super) fn open6<'s, 'a: 's>(
    side: &'s Side<'a>,
    firewall: &'a Firewall,
) -> impl Iterator<Item = &'a Rule> + 's {
    let rules = firewall.rules(Direction::Ingress);
    let allow = rules.filter(|rule| rule.action == Action::Allow && !is_icmp(rule.traffic));
    allow.filter(|rule| is_everyone(side, rule, Family::V6))
}

/// What everybody may begin over IPv4 by a group's rules.
pub(super) fn open4(side: &Side<'_>, firewall: &Firewall) -> Vec<Traffic> {
    let rules = firewall.rules(Direction::Ingress);
    let allow = rules.filter(|rule| rule.action == Action::Allow);
    let everyone = allow.filter(|rule| is_everyone(side, rule, Family::V4));
    everyone.map(|rule| rule.traffic).collect()
}

/// Whether some traffic is part of others together.
pub(super) fn is_part(traffic: Traffic, of: &[Traffic]) -> bool {
    let ranges = |pick: fn(Traffic) -> Option<Ports>| {
        let of = of.iter().copied();
        of.filter_map(pick).collect()
    };
    of.iter().any(|other| other.contains(traffic))
        || match traffic {
            Traffic::Tcp(ports) => is_filled(ports, ranges(tcp)),
            Traffic::Udp(ports) => is_filled(ports, ranges(udp)),
            Traffic::All => {
                is_filled(Ports::ALL, ranges(tcp)) && is_filled(Ports::ALL, ranges(udp))
            }
            Traffic::Icmp(_) | Traffic::Icmp6(_) | Traffic::Protocol(_) => false,
        }
}

fn tcp(traffic: Traffic) -> Option<Ports> {
    match traffic {
        Traffic::Tcp(ports) => Some(ports),
        _ => None,
    }
}

fn udp(traffic: Traffic) -> Option<Ports> {
    match traffic {
        Traffic::Udp(ports) => Some(ports),
        _ => None,
    }
}

fn is_filled(ports: Ports, mut ranges: Vec<Ports>) -> bool {
    ranges.sort();
    let mut next = u32::from(ports.first());
    for range in ranges {
        if u32::from(range.first()) <= next {
            next = next.max(u32::from(range.last()) + 1);
        }
    }
    next > u32::from(ports.last())
}

pub(super) fn is_icmp(traffic: Traffic) -> bool {
    matches!(traffic, Traffic::Icmp(_) | Traffic::Icmp6(_))
}

/// Whether a rule speaks of everybody in a family.
pub(super) fn is_everyone(side: &Side<'_>, rule: &Rule, family: Family) -> bool {
    let nets = nets(side, rule).unwrap_or_default();
    nets.iter().any(|net| match (net, family) {
        (IpNet::V4(net), Family::V4) => net.prefix_len() <= 1,
        (IpNet::V6(net), Family::V6) => way::is_internet(*net),
        _ => false,
    })
}

/// Whether the list of a subnet lets in what a rule on an interface does.
pub(super) fn past_list6(scene: &Scene<'_>, subnet: &Subnet, rule: &Rule) -> bool {
    let global = IpNet::V6(way::GLOBAL);
    edge(&scene.now, subnet, Direction::Ingress, global, rule.traffic).passes()
}

/// Whether groups on an interface and the list of its subnet let the internet begin over IPv6.
pub(super) fn from_internet6(scene: &Scene<'_>, interface: &Interface, subnet: &Subnet) -> bool {
    let firewalls = interface.firewalls.iter();
    let known = firewalls.filter_map(|id| scene.now.estate.firewalls.get(id));
    let mut groups = known.filter(|firewall| firewall.kind == FirewallKind::Group);
    groups.any(|group| open6(&scene.now, group).any(|rule| past_list6(scene, subnet, rule)))
}
