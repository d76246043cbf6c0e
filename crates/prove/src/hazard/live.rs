//! X4: a rule that names a group speaks for both families, and so it goes live for IPv6 by itself when
//! addresses appear (Amazon VPC, Migrating to IPv6: "includes IPv6 communication by default").
//!
//! It says what it says over IPv4, unless a list or a route stops it there and not here. Only subnets
//! whose IPv4 list is not all open are looked at one with another.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{
    Action, Direction, Finding, Firewall, FirewallId, FirewallKind, LinkKind, NetworkId, Remote,
    RouteTarget, Rule, Severity, Subnet, SubnetId,
};
use sixward_net::{ANY4, IpNet, Traffic};

use super::admit::{self, Says};
use super::report;
use super::scene::{Scene, has_v6};
use super::way::{self, Way};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let mut places = Places::new(scene);
    for group in &scene.now.estate.firewalls {
        if group.kind != FirewallKind::Group || !scene.now.is_known(&group.network) {
            continue;
        }
        let mut wrong = Vec::new();
        for rule in group.rules(Direction::Ingress) {
            if let (Remote::Firewall(from), Action::Allow) = (&rule.remote, rule.action) {
                wrong.extend(places.first(from, &group.id, rule));
            }
        }
        if !wrong.is_empty() {
            found.push(tell(group, &wrong));
        }
    }
}

/// A way that a rule opens over IPv6 and not over IPv4.
struct Opened<'a> {
    rule: &'a Rule,
    from: &'a Subnet,
    to: &'a Subnet,
    why: String,
    live: bool,
}

fn tell(group: &Firewall, wrong: &[Opened<'_>]) -> Finding {
    let live = wrong.iter().any(|opened| opened.live);
    let (severity, when) = if live {
        (Severity::Blocker, "lets pass over IPv6")
    } else {
        (
            Severity::Warning,
            "will let pass over IPv6, as soon as addresses are there,",
        )
    };
    let message = format!(
        "{} a group {when} what is stopped over IPv4: such a rule speaks for both families",
        if wrong.len() == 1 {
            "a rule that names".to_owned()
        } else {
            format!("each of {} rules that name", wrong.len())
        }
    );
    let finding = Finding::new(
        severity,
        super::GROUP_GOES_LIVE,
        report::firewall(group),
        message,
    )
    .help(
        "give the list or the table on the way the IPv6 half of what stops IPv4 there, before \
             addresses; or name prefixes in the rule instead of the group",
    );
    let lines = wrong.iter().map(|opened| {
        let (from, to) = (report::subnet(opened.from), report::subnet(opened.to));
        format!("{}: {from} to {to}: {}", opened.rule, opened.why)
    });
    report::seen(finding, lines)
}

/// Where the members of each group are that have IPv6 or can have it.
struct Places<'s, 'a> {
    scene: &'s Scene<'a>,
    members: BTreeMap<&'a FirewallId, BTreeMap<&'a SubnetId, Place<'a>>>,
    peers: BTreeSet<(&'a NetworkId, &'a NetworkId)>,
    /// What was found between two subnets, for one kind of traffic.
    opened: BTreeMap<(&'a SubnetId, &'a SubnetId, Traffic), Option<String>>,
}

#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    subnet: &'a Subnet,
    live: bool,
    narrow_in: bool,
    narrow_out: bool,
}

impl<'s, 'a> Places<'s, 'a> {
    fn new(scene: &'s Scene<'a>) -> Self {
        let mut places = BTreeMap::new();
        for subnet in scene
            .now
            .subnets6()
            .filter(|subnet| subnet.block4.is_some())
        {
            let place = Place {
                subnet,
                live: false,
                narrow_in: is_narrow(scene, subnet, Direction::Ingress),
                narrow_out: is_narrow(scene, subnet, Direction::Egress),
            };
            places.insert(&subnet.id, place);
        }
        let mut members = BTreeMap::<_, BTreeMap<_, Place<'a>>>::new();
        for interface in &scene.now.estate.interfaces {
            let Some(place) = places.get(&interface.subnet) else {
                continue;
            };
            for firewall in &interface.firewalls {
                let of = members.entry(firewall).or_default();
                of.entry(&interface.subnet).or_insert(*place).live |= has_v6(interface);
            }
        }
        let peers = peers(scene);
        Self {
            scene,
            members,
            peers,
            opened: BTreeMap::new(),
        }
    }

    /// A way from one group to another that is open over IPv6 only; one with addresses before others.
    fn first(&mut self, from: &FirewallId, to: &FirewallId, rule: &'a Rule) -> Option<Opened<'a>> {
        let (from, to) = (self.members.get(from)?, self.members.get(to)?);
        let mut first = None;
        for (from, to) in from
            .values()
            .flat_map(|from| to.values().map(move |to| (from, to)))
        {
            let (one, other) = (from.subnet, to.subnet);
            // Whatever is open over IPv4 needs no second look.
            let near = one.network == other.network;
            if near && !from.narrow_out && !to.narrow_in {
                continue;
            }
            if one.id == other.id || !near && !self.peers.contains(&(&one.network, &other.network))
            {
                continue;
            }
            let known = (&one.id, &other.id, rule.traffic);
            let scene = self.scene;
            let opened = self.opened.entry(known);
            let opened = opened.or_insert_with(|| opened_for(scene, one, other, rule.traffic));
            let Some(why) = opened else {
                continue;
            };
            let live = from.live && to.live;
            if live || first.is_none() {
                let why = why.clone();
                let (from, to) = (one, other);
                first = Some(Opened {
                    rule,
                    from,
                    to,
                    why,
                    live,
                });
            }
            if live {
                break;
            }
        }
        first
    }
}

/// Why IPv4 is stopped between two subnets where IPv6 is not; nothing where both fare alike.
fn opened_for<'a>(
    scene: &Scene<'a>,
    one: &'a Subnet,
    other: &'a Subnet,
    traffic: Traffic,
) -> Option<String> {
    let apart = one.network != other.network;
    let why = stopped4(scene, one, other, traffic, apart)?;
    let twins = traffic.v6_twin().into_iter();
    let passes = twins
        .into_iter()
        .any(|twin| passes6(scene, one, other, twin));
    let routed = !apart || routed6(scene, one, other) && routed6(scene, other, one);
    (passes && routed).then_some(why)
}

/// What stops IPv4 between two subnets.
fn stopped4<'a>(
    scene: &Scene<'a>,
    one: &'a Subnet,
    other: &'a Subnet,
    traffic: Traffic,
    apart: bool,
) -> Option<String> {
    let (from, to) = (scene.yardstick(one), scene.yardstick(other));
    let (source, destination) = (IpNet::V4(from.1.block4?), IpNet::V4(to.1.block4?));
    for ((side, subnet), direction, net) in [
        (from, Direction::Egress, destination),
        (to, Direction::Ingress, source),
    ] {
        if admit::edge(side, subnet, direction, net, traffic) == Says::Nothing {
            let list = side.list(subnet)?;
            return Some(format!("{} stops its IPv4", report::firewall(list)));
        }
    }
    for ((side, subnet), net) in [(from, destination), (to, source)] {
        let table = side.index.route_table(subnet)?;
        if apart && !way::leads_inside(side, table, net) {
            return Some(format!(
                "{} has no route for its IPv4",
                report::table(table)
            ));
        }
    }
    None
}

fn passes6(scene: &Scene<'_>, one: &Subnet, other: &Subnet, traffic: Traffic) -> bool {
    let (Some(source), Some(destination)) = (one.block6, other.block6) else {
        return false;
    };
    let now = &scene.now;
    admit::edge(now, one, Direction::Egress, destination.into(), traffic).passes()
        && admit::edge(now, other, Direction::Ingress, source.into(), traffic).passes()
}

fn routed6(scene: &Scene<'_>, one: &Subnet, other: &Subnet) -> bool {
    let (now, to) = (&scene.now, other.block6);
    let table = now.index.route_table(one);
    let route = table
        .zip(to)
        .and_then(|(table, to)| way::longest(now, table, to.into()));
    route.is_some_and(|route| {
        matches!(route.target, RouteTarget::Link(_)) && way::kind(now, route) == Way::Elsewhere
    })
}

/// Whether the list of a subnet does not let all of IPv4 pass.
fn is_narrow(scene: &Scene<'_>, subnet: &Subnet, direction: Direction) -> bool {
    let Some(now) = scene.now.estate.subnets.get(&subnet.id) else {
        return false;
    };
    let (side, subnet) = scene.yardstick(now);
    admit::edge(side, subnet, direction, IpNet::V4(ANY4), Traffic::All) != Says::All
}

/// Networks with a peering between them: only there a group of the other side counts. Whether a hub
/// carries references is not read.
fn peers<'a>(scene: &Scene<'a>) -> BTreeSet<(&'a NetworkId, &'a NetworkId)> {
    let links = scene.now.estate.links.iter();
    let pairs = links.filter_map(|link| match &link.kind {
        LinkKind::Peering {
            requester,
            accepter,
        } => Some((&requester.network, &accepter.network)),
        _ => None,
    });
    pairs
        .flat_map(|(one, other)| [(one, other), (other, one)])
        .collect()
}
