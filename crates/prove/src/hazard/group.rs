//! X2: rules for everyone on hosts that over IPv4 only the lack of a public address hides, or that have no
//! such rule there.

use std::collections::BTreeMap;

use sixward_estate::{
    Exposure, Finding, Firewall, FirewallId, FirewallKind, Interface, InterfaceOwner, Rule,
    Severity,
};
use sixward_net::Traffic;

use super::scene::{Scene, has_v6};
use super::{admit, report};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let open4 = open4(scene);
    for group in &scene.now.estate.firewalls {
        if group.kind != FirewallKind::Group || !scene.now.is_known(&group.network) {
            continue;
        }
        let rules: Vec<_> = admit::open6(&scene.now, group).collect();
        if !rules.is_empty() {
            tell(scene, &open4, group, &rules, found);
        }
    }
}

/// What everybody may begin over IPv4, by group.
type Open4<'a> = BTreeMap<&'a FirewallId, Vec<Traffic>>;

fn open4<'a>(scene: &Scene<'a>) -> Open4<'a> {
    let groups = scene.now.estate.firewalls.iter();
    let groups = groups.filter(|group| group.kind == FirewallKind::Group);
    let open = groups.map(|group| {
        let (side, group) = scene.firewall4(group);
        (&group.id, admit::open4(side, group))
    });
    open.collect()
}

fn tell(
    scene: &Scene<'_>,
    open4: &Open4<'_>,
    group: &Firewall,
    rules: &[&Rule],
    found: &mut Vec<Finding>,
) {
    let members = scene.now.index.interfaces_of_firewall(&group.id);
    let members = members.iter().copied();
    let live = members.filter(|it| has_v6(it) && !is_kept_inside(scene, it));
    let (open, mut closed): (Vec<_>, Vec<_>) = live
        .filter(|it| !scene.found4(it) || wider(open4, it, rules).next().is_some())
        .partition(|it| is_found(scene, open4, it, rules));
    closed.retain(|it| !scene.found4_but_for_a_lock(it));
    let seen = |finding: Finding, members: &[&Interface]| {
        let telling = rules.iter().filter(|rule| {
            let mut members = members.iter();
            members.any(|it| !scene.found4(it) || wider(open4, it, &[rule]).next().is_some())
        });
        let finding = report::seen(finding, telling.map(ToString::to_string));
        let names = members
            .iter()
            .map(|it| report::interface(scene.now.estate, it).to_string());
        report::seen(finding, names)
    };
    let finding = |severity, message: String| {
        Finding::new(severity, super::EXPOSED, report::firewall(group), message)
    };
    if !open.is_empty() {
        let message = format!(
            "the internet reaches {} under it over IPv6, and not over IPv4",
            interfaces(open.len()),
        );
        let mended = finding(Severity::Blocker, message).help(
            "take the IPv6 rule away or name in it who may come; or lead ::/0 of the subnet to an \
             egress-only gateway",
        );
        found.push(seen(mended, &open));
    }
    if !closed.is_empty() {
        let message = format!(
            "its rules admit everyone over IPv6 to {} that the internet does not find over IPv4: \
             only routes, lists or a lock keep it out",
            interfaces(closed.len()),
        );
        let mended = finding(Severity::Note, message)
            .help("nothing while they do; better, name in the rule who may come");
        found.push(seen(mended, &closed));
    }
}

/// Whether the internet can begin over IPv6 what it cannot over IPv4.
fn is_found<'a>(
    scene: &Scene<'a>,
    open4: &Open4<'_>,
    interface: &'a Interface,
    rules: &[&Rule],
) -> bool {
    let Some(subnet) = scene.now.estate.subnets.get(&interface.subnet) else {
        return false;
    };
    let passes = |rule: &&Rule| admit::past_list6(scene, subnet, rule);
    scene.finds6(subnet)
        && if scene.found4(interface) {
            wider(open4, interface, rules).any(|rule| passes(&rule))
        } else {
            rules.iter().any(passes)
        }
}

/// Rules for everyone over IPv6 whose traffic no group on the interface has for everyone over IPv4.
fn wider<'r>(
    open4: &Open4<'_>,
    interface: &Interface,
    rules: &'r [&'r Rule],
) -> impl Iterator<Item = &'r Rule> {
    let groups = interface.firewalls.iter().filter_map(|id| open4.get(id));
    let open: Vec<_> = groups.flatten().copied().collect();
    let rules = rules.iter().copied();
    rules.filter(move |rule| !admit::is_part(rule.traffic, &open))
}

/// The provider itself keeps the internet from internal balancers (Elastic Load Balancing,
/// `ipv6.deny_all_igw_traffic`).
fn is_kept_inside(scene: &Scene<'_>, interface: &Interface) -> bool {
    let InterfaceOwner::Balancer(id) = &interface.owner else {
        return false;
    };
    let balancer = scene.now.estate.balancers.get(id);
    balancer.is_some_and(|balancer| balancer.exposure == Exposure::Internal)
}

fn interfaces(count: usize) -> String {
    match count {
        1 => "1 interface".to_owned(),
        count => format!("{count} interfaces"),
    }
}
