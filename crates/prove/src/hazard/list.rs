//! Hazards of lists on subnets: opened for IPv6 (X3), and large packets that vanish (P6).

use std::collections::BTreeMap;

use sixward_estate::{
    Action, Direction, Finding, Firewall, FirewallId, FirewallKind, NetworkId, Rule, Severity,
    Subnet,
};
use sixward_net::{ANY4, ANY6, Family, IpNet, Ports, Traffic};

use super::admit::{self, Says};
use super::scene::{Scene, Side};
use super::{report, way};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let under = subnets_of_lists(scene);
    for list in &scene.now.estate.firewalls {
        let Some(subnets) = under.get(&list.id) else {
            continue;
        };
        if list.kind == FirewallKind::List && scene.now.is_known(&list.network) {
            found.extend(opened(scene, list));
            found.extend(overtaken(scene, list));
            if subnets.iter().any(|subnet| scene.now.is_live(&subnet.id)) {
                found.extend(too_big(scene, list));
            }
        }
    }
}

fn subnets_of_lists<'a>(scene: &Scene<'a>) -> BTreeMap<&'a FirewallId, Vec<&'a Subnet>> {
    let mut under = BTreeMap::<_, Vec<_>>::new();
    for subnet in &scene.now.estate.subnets {
        if let Some(list) = scene.now.list(subnet) {
            under.entry(&list.id).or_default().push(subnet);
        }
    }
    under
}

/// X3. The provider opens its own lists only where all of IPv4 is open, by what the rules are at that
/// moment (Amazon VPC, Default network ACL).
fn opened<'a>(scene: &Scene<'a>, list: &'a Firewall) -> Option<Finding> {
    let (side, list4) = scene.firewall4(list);
    let mut lines = Vec::new();
    let mut ways = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        let says6 = all(&scene.now, list, direction, IpNet::V6(way::GLOBAL));
        let says4 = all(side, list4, direction, IpNet::V4(ANY4));
        if says6 == Says::All && !matches!(says4, Says::All | Says::Unknown) {
            ways.push(direction.to_string());
            lines.extend(of(list, direction, Family::V6).map(Rule::to_string));
            lines.extend(of(list4, direction, Family::V4).map(Rule::to_string));
        }
    }
    if ways.is_empty() {
        return None;
    }
    let by = if list.default {
        "the provider, or somebody,"
    } else {
        "somebody"
    };
    let message = format!(
        "{by} opened its {} for all of IPv6, and over IPv4 it is narrower",
        ways.join(" and ")
    );
    let finding = Finding::new(
        Severity::Warning,
        super::LIST_OPENED,
        report::firewall(list),
        message,
    )
    .help("replace the rule for ::/0 by the IPv6 half of each IPv4 rule");
    Some(report::seen(finding, lines))
}

/// X3 where all of IPv4 is open, too: whoever wrote narrower IPv6 rules since then counts on a list that
/// was closed.
fn overtaken<'a>(scene: &Scene<'a>, list: &'a Firewall) -> Option<Finding> {
    let (_, list4) = scene.firewall4(list);
    let mut lines = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        let Some(wide) = all_open6(list, direction) else {
            continue;
        };
        let behind = of(list, direction, Family::V6).filter(|rule| rule.order > wide.order);
        let idle: Vec<_> = behind
            .filter(|rule| !list4.has(rule) && !is_twin(rule, list4))
            .map(Rule::to_string)
            .collect();
        if !idle.is_empty() {
            lines.push(wide.to_string());
            lines.extend(idle);
        }
    }
    if lines.is_empty() {
        return None;
    }
    let message = "it was opened for all of IPv6 before rules that were written for IPv6 since: they \
                   decide nothing";
    let (code, subject) = (super::LIST_OPENED, report::firewall(list));
    let finding = Finding::new(Severity::Warning, code, subject, message.to_owned())
        .help("take the rule for all of ::/0 away if the others are meant; else take those away");
    Some(report::seen(finding, lines))
}

/// The rule that lets all of IPv6 pass.
fn all_open6(list: &Firewall, direction: Direction) -> Option<&Rule> {
    let all = of(list, direction, Family::V6).filter(|rule| {
        rule.action == Action::Allow && rule.traffic == Traffic::All && rule.remote == ANY6.into()
    });
    all.min_by_key(|rule| rule.order)
}

/// Whether an IPv4 rule may be what a rule was mirrored from.
fn is_twin(rule: &Rule, list4: &Firewall) -> bool {
    of(list4, rule.direction, Family::V4)
        .any(|other| other.action == rule.action && other.traffic.v6_twin().contains(&rule.traffic))
}

fn all(side: &Side<'_>, list: &Firewall, direction: Direction, net: IpNet) -> Says {
    admit::list(side, list, direction, net, Traffic::All)
}

fn of(list: &Firewall, direction: Direction, family: Family) -> impl Iterator<Item = &Rule> {
    list.rules(direction)
        .filter(move |rule| rule.family() == Some(family))
}

/// P6. Routers of IPv6 do not fragment: the sender must hear that a packet is too big (RFC 4890
/// section 4.3.1), and a list keeps no state that would let the word in.
fn too_big(scene: &Scene<'_>, list: &Firewall) -> Option<Finding> {
    let side = &scene.now;
    let out = list.rules(Direction::Egress).filter(|rule| {
        rule.action == Action::Allow
            && [Traffic::Tcp(Ports::ALL), Traffic::Udp(Ports::ALL)]
                .iter()
                .any(|traffic| rule.traffic.overlaps(*traffic))
    });
    let deaf = out.filter(|rule| {
        let mut nets = admit::nets(side, rule).unwrap_or_default().iter();
        nets.any(|net| {
            let outside = matches!(net, IpNet::V6(_)) && !is_within(side, &list.network, net);
            outside && {
                let sent = admit::list(side, list, Direction::Egress, *net, rule.traffic);
                let ingress = Direction::Ingress;
                let heard = admit::list(side, list, ingress, *net, Traffic::PACKET_TOO_BIG);
                sent.passes() && matches!(heard, Says::Nothing | Says::Some)
            }
        })
    });
    let lines: Vec<_> = deaf.map(Rule::to_string).collect();
    if lines.is_empty() {
        return None;
    }
    let message = "it lets IPv6 out and not the word in that a packet is too big: large packets \
                   vanish, and connections hang after they are made";
    let (code, subject) = (super::PACKET_TOO_BIG, report::firewall(list));
    let finding = Finding::new(Severity::Warning, code, subject, message.to_owned())
        .help("allow ingress icmpv6/2/0 from ::/0, before every deny");
    Some(report::seen(finding, lines))
}

/// Within one network all links carry packets of one size.
fn is_within(side: &Side<'_>, network: &NetworkId, net: &IpNet) -> bool {
    let network = side.estate.networks.get(network);
    network.is_some_and(|network| {
        let mut blocks = network.blocks6.iter();
        blocks.any(|block| IpNet::V6(block.net).contains(net))
    })
}
