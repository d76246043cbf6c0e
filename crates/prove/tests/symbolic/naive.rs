//! One packet at a time, straight from the rules: no sets, no tables, nothing of the analysis.
//!
//! It knows only what the small estates have. Answers are of three values: a packet that is dropped
//! somewhere for sure is dropped, whatever is unknown elsewhere.

#![expect(
    clippy::match_same_arms,
    reason = "each line is one rule of the provider"
)]
#![expect(
    clippy::many_single_char_names,
    reason = "from a to b, as packets are written"
)]

pub(crate) mod far;
mod hub;

use std::net::IpAddr;

use sixward_estate::{
    Action, Destination, Direction, Estate, Firewall, GatewayId, GatewayKind, Interface, LinkKind,
    PrefixListId, PublicAccessMode, Remote, Route, RouteOrigin, RouteState, RouteTable,
    RouteTarget, Rule, Subnet, SubnetId, TransitTableId, TransitTarget,
};
use sixward_net::{Family, IcmpMatch, IpNet, Traffic};
use sixward_prove::L4;

/// Whether a flow is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    No,
    Unknown,
    Yes,
}

use Answer::{No, Unknown, Yes};

fn yes(truth: bool) -> Answer {
    if truth { Yes } else { No }
}

fn all(answers: impl IntoIterator<Item = Answer>) -> Answer {
    answers.into_iter().min().unwrap_or(Yes)
}

/// An interface at one of its addresses.
type End<'e> = (&'e Interface, IpAddr);

/// What carries packets there and answers back, whatever they are.
pub(crate) fn legs(e: &Estate, (s, a): End<'_>, (d, b): End<'_>) -> (Carry, Carry) {
    (carry(e, s, a, d, b), carry(e, d, b, s, a))
}

/// From one interface to another.
pub(crate) fn between(
    e: &Estate,
    (s, a): End<'_>,
    (d, b): End<'_>,
    legs: (Carry, Carry),
    l4: L4,
) -> Answer {
    if s.subnet == d.subnet {
        return all([
            filter(e, s, Direction::Egress, b, Some(d), l4),
            filter(e, d, Direction::Ingress, a, Some(s), l4),
        ]);
    }
    let (there, back) = legs;
    let off = |own| lock(e, own) == PublicAccessMode::Off;
    let across = lock(e, s) != PublicAccessMode::BlockBidirectional && off(d);
    let (carried, members) = match there {
        Carry::Dropped => return No,
        Carry::Unknown => (Unknown, Members::Unknown),
        Carry::Near => (Yes, Members::All),
        Carry::Hub => (Yes, Members::Unknown),
        Carry::Internet => (yes(off(s) && off(d)), Members::Unknown),
        Carry::OneWay => (yes(across), Members::Unknown),
    };
    let doubt = |own, direction, remote, other| {
        let without = filter(e, own, direction, remote, None, l4);
        let with = filter(e, own, direction, remote, Some(other), l4);
        match members {
            Members::Unknown if with != without => Unknown,
            _ => with,
        }
    };
    let sent = doubt(s, Direction::Egress, b, d);
    let listed = |known: bool| {
        if known {
            let answers = answer(l4).map(|l4| hub::lists(e, back, (d, b), (s, a), l4));
            return all([
                hub::lists(e, there, (s, a), (d, b), l4),
                answers.unwrap_or(Yes),
            ]);
        }
        let out = leaves(e, &s.subnet, b, l4, false);
        let on = hub::on_and_off(e, there, (s, a), (d, b), l4);
        let into = crosses(e, &d.subnet, Direction::Ingress, a, l4);
        all([out, on, into.max(Unknown)])
    };
    if let Carry::Unknown = there {
        // It may arrive from another address, and by any way.
        return all([carried, sent, listed(false)]);
    }
    let overseas = matches!(there, Carry::Internet | Carry::OneWay);
    let silent = answer(l4).is_none();
    let (known, answered) = match back {
        Carry::Dropped | Carry::OneWay => (true, yes(silent)),
        Carry::Internet if overseas => (true, Yes),
        Carry::Near | Carry::Hub if !overseas => (true, Yes),
        _ => (false, if silent { Yes } else { Unknown }),
    };
    all([
        carried,
        answered,
        sent,
        doubt(d, Direction::Ingress, a, s),
        listed(known),
    ])
}

/// From a host of the internet to an interface.
pub(crate) fn inbound(e: &Estate, remote: IpAddr, d: &Interface, b: IpAddr, l4: L4) -> Answer {
    let back = match route(e, subnet(e, d), remote) {
        _ if answer(l4).is_none() => Yes,
        Err(()) => Unknown,
        Ok(RouteTarget::Gateway(id)) => match e.gateways.get(&id).unwrap().kind {
            GatewayKind::Internet => Yes,
            // A gateway of the other family.
            GatewayKind::EgressOnly if remote.is_ipv4() => Unknown,
            GatewayKind::Nat { .. } if remote.is_ipv6() => Unknown,
            _ => No,
        },
        Ok(RouteTarget::Interface(_) | RouteTarget::Transit(_)) => Unknown,
        Ok(_) => No,
    };
    all([
        back,
        yes(has_name(d, b)),
        yes(lock(e, d) == PublicAccessMode::Off),
        filter(e, d, Direction::Ingress, remote, None, l4),
        crosses(e, &d.subnet, Direction::Ingress, remote, l4),
    ])
}

/// From an interface to a host of the internet.
pub(crate) fn outbound(e: &Estate, s: &Interface, a: IpAddr, remote: IpAddr, l4: L4) -> Answer {
    let lock = lock(e, s);
    let mut known = true;
    let mut nobody = || {
        known = false;
        Unknown
    };
    let way = match route(e, subnet(e, s), remote) {
        Err(()) => nobody(),
        Ok(RouteTarget::Interface(_) | RouteTarget::Transit(_)) => nobody(),
        Ok(RouteTarget::Gateway(id)) => match &e.gateways.get(&id).unwrap().kind {
            GatewayKind::Internet => yes(has_name(s, a) && lock == PublicAccessMode::Off),
            GatewayKind::EgressOnly if remote.is_ipv6() => {
                yes(lock != PublicAccessMode::BlockBidirectional)
            }
            GatewayKind::Nat { subnet, .. } if remote.is_ipv4() => all([
                if lock == PublicAccessMode::BlockBidirectional {
                    Unknown
                } else {
                    Yes
                },
                nat(e, s, a, subnet, remote, l4),
            ]),
            _ => nobody(),
        },
        Ok(_) => No,
    };
    all([
        way,
        filter(e, s, Direction::Egress, remote, None, l4),
        leaves(e, &s.subnet, remote, l4, known),
    ])
}

fn nat(e: &Estate, s: &Interface, a: IpAddr, id: &SubnetId, remote: IpAddr, l4: L4) -> Answer {
    let there = e.subnets.get(id).unwrap();
    let out = match route(e, there, remote) {
        Err(()) => Unknown,
        Ok(RouteTarget::Gateway(id)) => match e.gateways.get(&id).unwrap().kind {
            GatewayKind::Internet => Yes,
            _ => Unknown,
        },
        Ok(RouteTarget::Local | RouteTarget::Nowhere) => No,
        Ok(_) => Unknown,
    };
    let home = match route(e, there, a) {
        Ok(RouteTarget::Local) => Yes,
        _ => Unknown,
    };
    let own = if s.subnet == *id { Unknown } else { Yes };
    let chosen: Vec<Answer> = match l4 {
        L4::Tcp { destination, .. } => [1024, 32_767, 32_768, 61_000, 61_001, 65_535]
            .map(|source| {
                crosses(
                    e,
                    id,
                    Direction::Egress,
                    remote,
                    L4::Tcp {
                        source,
                        destination,
                    },
                )
            })
            .into(),
        L4::Udp { destination, .. } => [1024, 32_767, 32_768, 61_000, 61_001, 65_535]
            .map(|source| {
                crosses(
                    e,
                    id,
                    Direction::Egress,
                    remote,
                    L4::Udp {
                        source,
                        destination,
                    },
                )
            })
            .into(),
        L4::Icmp { .. } => vec![crosses(e, id, Direction::Egress, remote, l4)],
        _ => vec![No],
    };
    let same = chosen.iter().all(|answer| *answer == chosen[0]);
    all([
        out,
        home,
        own,
        yes(lock_of(e, there) != PublicAccessMode::BlockBidirectional),
        crosses(e, id, Direction::Ingress, a, l4),
        if same { chosen[0] } else { Unknown },
    ])
}

/// What carries a packet.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Carry {
    Near,
    Hub,
    Internet,
    OneWay,
    Dropped,
    Unknown,
}

enum Members {
    All,
    Unknown,
}

fn carry(e: &Estate, s: &Interface, a: IpAddr, d: &Interface, b: IpAddr) -> Carry {
    let same = s.network == d.network;
    match route(e, subnet(e, s), b) {
        Err(()) | Ok(RouteTarget::Interface(_)) => Carry::Unknown,
        Ok(RouteTarget::Local) if same => Carry::Near,
        Ok(RouteTarget::Link(id)) => match e.links.get(&id).unwrap().kind {
            LinkKind::Peering { .. } if !same => Carry::Near,
            _ => Carry::Dropped,
        },
        Ok(RouteTarget::Transit(_)) => hub(e, s, d, b),
        Ok(RouteTarget::Gateway(id)) => match (&e.gateways.get(&id).unwrap().kind, a.is_ipv4()) {
            (GatewayKind::Internet, true) => Carry::Dropped,
            // To who is beside it, it sends directly.
            (GatewayKind::Nat { subnet, .. }, true) if d.subnet == *subnet => Carry::Unknown,
            (GatewayKind::Nat { subnet, .. }, true) => {
                match route(e, e.subnets.get(subnet).unwrap(), b) {
                    // Private addresses are none of the internet's.
                    Ok(RouteTarget::Nowhere) => Carry::Dropped,
                    Ok(RouteTarget::Local) if !same => Carry::Dropped,
                    Ok(RouteTarget::Gateway(id)) if is_internet(e, &id) => Carry::Dropped,
                    _ => Carry::Unknown,
                }
            }
            (GatewayKind::Nat { .. }, _) | (GatewayKind::EgressOnly, true) => Carry::Unknown,
            (GatewayKind::Internet | GatewayKind::EgressOnly, false) if same => Carry::Unknown,
            (GatewayKind::Internet, false) => Carry::Internet,
            (GatewayKind::EgressOnly, false) => Carry::OneWay,
            _ => Carry::Dropped,
        },
        Ok(_) => Carry::Dropped,
    }
}

fn is_internet(e: &Estate, id: &GatewayId) -> bool {
    e.gateways.get(id).unwrap().kind == GatewayKind::Internet
}

/// Both networks are attached.
fn hub(e: &Estate, s: &Interface, d: &Interface, b: IpAddr) -> Carry {
    let zone = &subnet(e, s).zone;
    if hub::port(e, s.network.as_str(), zone).is_none() {
        return Carry::Dropped;
    }
    let table = e
        .transit_tables
        .get(&TransitTableId::new("hub-table"))
        .unwrap();
    let fitting = table
        .routes
        .iter()
        .filter(|route| route.destination.contains(&b));
    let best = fitting
        .clone()
        .map(|route| route.destination.prefix_len())
        .max();
    let mut best = fitting.filter(|route| Some(route.destination.prefix_len()) == best);
    let Some(first) = best.next() else {
        return Carry::Dropped;
    };
    if best.any(|other| other.target != first.target) {
        return Carry::Unknown;
    }
    let TransitTarget::Link(next) = &first.target else {
        return Carry::Dropped;
    };
    let network = e
        .links
        .get(next)
        .unwrap()
        .attachment()
        .unwrap()
        .network
        .clone();
    let network = network.unwrap();
    if network != d.network {
        let ports = hub::ports(e, network.as_str()).into_iter();
        // A peering carries only what began on its own side.
        let drops = ports.map(|port| match route(e, port, b) {
            Ok(RouteTarget::Nowhere | RouteTarget::Local) => true,
            Ok(RouteTarget::Link(_)) => network != s.network,
            _ => false,
        });
        let drops: Vec<_> = drops.collect();
        return if drops.contains(&false) {
            Carry::Unknown
        } else {
            Carry::Dropped
        };
    }
    let to = hub::lands(e, d.network.as_str(), zone);
    match route(e, to, b) {
        // It comes off beside the receiver.
        _ if to.id == d.subnet => Carry::Hub,
        Ok(RouteTarget::Local) => Carry::Hub,
        _ => Carry::Unknown,
    }
}

fn subnet<'e>(e: &'e Estate, interface: &Interface) -> &'e Subnet {
    e.subnets.get(&interface.subnet).unwrap()
}

fn has_name(interface: &Interface, address: IpAddr) -> bool {
    address.is_ipv6() || interface.addresses4[0].public.is_some()
}

fn lock(e: &Estate, interface: &Interface) -> PublicAccessMode {
    lock_of(e, subnet(e, interface))
}

fn lock_of(e: &Estate, subnet: &Subnet) -> PublicAccessMode {
    let lock = &e.public_access[0];
    for (id, mode) in &lock.excluded_subnets {
        if *id == subnet.id {
            return lock.mode.min(*mode);
        }
    }
    for (id, mode) in &lock.excluded_networks {
        if *id == subnet.network {
            return lock.mode.min(*mode);
        }
    }
    lock.mode
}

/// Whether the firewalls of an interface let a packet pass.
fn filter(
    e: &Estate,
    own: &Interface,
    direction: Direction,
    remote: IpAddr,
    other: Option<&Interface>,
    l4: L4,
) -> Answer {
    if own.firewalls.is_empty() {
        return Yes;
    }
    let mut best = No;
    for id in &own.firewalls {
        for rule in e.firewalls.get(id).unwrap().rules(direction) {
            let answer = match &rule.remote {
                Remote::Firewall(id) => {
                    yes(other.is_some_and(|other| other.firewalls.contains(id)))
                }
                remote_ => names(e, remote_, remote),
            };
            if carries(rule.traffic, l4) {
                best = best.max(answer);
            }
        }
    }
    best
}

fn names(e: &Estate, remote: &Remote, address: IpAddr) -> Answer {
    match remote {
        Remote::Net(net) => yes(net.contains(&address)),
        Remote::PrefixList(id) => listed(e, id, address),
        Remote::Firewall(_) | Remote::Tag(_) => No,
    }
}

fn listed(e: &Estate, id: &PrefixListId, address: IpAddr) -> Answer {
    let list = e.prefix_lists.get(id).unwrap();
    let mine = (list.family == Family::V4) == address.is_ipv4();
    match &list.entries {
        Some(entries) => yes(entries.iter().any(|net| net.contains(&address))),
        None if mine => Unknown,
        None => No,
    }
}

/// Whether a flow passes the list of a subnet: packets one way, answers the other.
fn crosses(e: &Estate, id: &SubnetId, direction: Direction, remote: IpAddr, l4: L4) -> Answer {
    let Some(list) = &e.subnets.get(id).unwrap().firewall else {
        return Yes;
    };
    let list = e.firewalls.get(list).unwrap();
    let opposite = match direction {
        Direction::Ingress => Direction::Egress,
        Direction::Egress => Direction::Ingress,
    };
    let back = answer(l4).is_none_or(|answer| decides(e, list, opposite, remote, answer));
    yes(decides(e, list, direction, remote, l4) && back)
}

/// The same for packets that leave. Where the way is not known, nor is where answers come in.
fn leaves(e: &Estate, id: &SubnetId, remote: IpAddr, l4: L4, known: bool) -> Answer {
    let crosses = crosses(e, id, Direction::Egress, remote, l4);
    let list = &e.subnets.get(id).unwrap().firewall;
    let list = list.as_ref().map(|list| e.firewalls.get(list).unwrap());
    match list {
        Some(list) if !known && decides(e, list, Direction::Egress, remote, l4) => {
            crosses.max(Unknown)
        }
        _ => crosses,
    }
}

fn decides(e: &Estate, list: &Firewall, direction: Direction, remote: IpAddr, l4: L4) -> bool {
    let mut rules: Vec<&Rule> = list.rules(direction).collect();
    rules.sort_by_key(|rule| rule.order);
    for rule in rules {
        if carries(rule.traffic, l4) && names(e, &rule.remote, remote) == Yes {
            return rule.action == Action::Allow;
        }
    }
    false
}

/// The target of the best route, or that nobody knows.
fn route(e: &Estate, subnet: &Subnet, to: IpAddr) -> Result<RouteTarget, ()> {
    let table = subnet.route_table.as_ref().unwrap();
    route_of(e, e.route_tables.get(table).unwrap(), to)
}

fn route_of(e: &Estate, table: &RouteTable, to: IpAddr) -> Result<RouteTarget, ()> {
    let mut best: Vec<((u8, u8), RouteTarget)> = Vec::new();
    for route in &table.routes {
        for weight in weights(e, route, to) {
            let target = match route.state {
                RouteState::Active => route.target.clone(),
                RouteState::Blackhole => RouteTarget::Nowhere,
            };
            best.push((weight, target));
        }
    }
    let fits = |net: &IpNet| net.contains(&to);
    let is_local = table.routes.iter().any(|route| {
        let here = matches!(&route.destination, Destination::Net(net) if fits(net));
        here && route.target == RouteTarget::Local
    });
    // A learnt route takes nothing that a local one holds.
    best.retain(|((_, rank), _)| !(is_local && *rank == 0));
    let Some(top) = best.iter().map(|(weight, _)| *weight).max() else {
        return Ok(RouteTarget::Nowhere);
    };
    let mut targets: Vec<_> = best
        .into_iter()
        .filter(|(weight, _)| *weight == top)
        .collect();
    targets.dedup();
    match targets.as_slice() {
        [(_, target)] => Ok(target.clone()),
        _ => Err(()),
    }
}

/// Length and rank of a route's prefixes that hold an address.
fn weights(e: &Estate, route: &Route, to: IpAddr) -> Vec<(u8, u8)> {
    let fits = |net: &IpNet| net.contains(&to);
    match &route.destination {
        Destination::Net(net) if fits(net) => {
            let rank = match route.origin {
                RouteOrigin::Local => 3,
                RouteOrigin::Static => 2,
                RouteOrigin::Propagated => 0,
            };
            vec![(net.prefix_len(), rank)]
        }
        Destination::Net(_) => Vec::new(),
        Destination::PrefixList(id) => {
            let entries = e.prefix_lists.get(id).unwrap().entries.as_ref().unwrap();
            let entries = entries.iter().filter(|net| fits(net));
            let rank = u8::from(route.origin != RouteOrigin::Propagated);
            entries.map(|net| (net.prefix_len(), rank)).collect()
        }
    }
}

fn answer(l4: L4) -> Option<L4> {
    Some(match l4 {
        L4::Tcp {
            source,
            destination,
        } => L4::Tcp {
            source: destination,
            destination: source,
        },
        L4::Udp {
            source,
            destination,
        } => L4::Udp {
            source: destination,
            destination: source,
        },
        L4::Icmp { kind: 8, code } => L4::Icmp { kind: 0, code },
        L4::Icmp6 { kind: 128, code } => L4::Icmp6 { kind: 129, code },
        L4::Icmp { .. } | L4::Icmp6 { .. } => return None,
        L4::Other(number) => L4::Other(number),
    })
}

fn carries(traffic: Traffic, l4: L4) -> bool {
    match (traffic, l4) {
        (Traffic::All, _) => true,
        (Traffic::Tcp(ports), L4::Tcp { destination, .. })
        | (Traffic::Udp(ports), L4::Udp { destination, .. }) => {
            (ports.first()..=ports.last()).contains(&destination)
        }
        (Traffic::Icmp(IcmpMatch::Any), L4::Icmp { .. })
        | (Traffic::Icmp6(IcmpMatch::Any), L4::Icmp6 { .. }) => true,
        (Traffic::Icmp(IcmpMatch::Type(a)), L4::Icmp { kind, .. })
        | (Traffic::Icmp6(IcmpMatch::Type(a)), L4::Icmp6 { kind, .. }) => a == kind,
        (Traffic::Icmp(IcmpMatch::Code(a, b)), L4::Icmp { kind, code })
        | (Traffic::Icmp6(IcmpMatch::Code(a, b)), L4::Icmp6 { kind, code }) => {
            (a, b) == (kind, code)
        }
        (Traffic::Protocol(a), L4::Other(b)) => a == b,
        _ => false,
    }
}
