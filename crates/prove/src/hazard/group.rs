//! X2: rules for everyone on hosts that over IPv4 only the lack of a public address hides.

use sixward_estate::{
    Exposure, Finding, Firewall, FirewallKind, Interface, InterfaceOwner, Rule, Severity,
};

use super::scene::{Scene, has_v6};
use super::{admit, report};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for group in &scene.now.estate.firewalls {
        if group.kind != FirewallKind::Group || !scene.now.is_known(&group.network) {
            continue;
        }
        let rules: Vec<_> = admit::open6(&scene.now, group).collect();
        if !rules.is_empty() {
            tell(scene, group, &rules, found);
        }
    }
}

fn tell(scene: &Scene<'_>, group: &Firewall, rules: &[&Rule], found: &mut Vec<Finding>) {
    let members = scene
        .now
        .index
        .interfaces_of_firewall(&group.id)
        .iter()
        .copied();
    let hidden4 =
        members.filter(|it| has_v6(it) && !scene.found4(it) && !is_kept_inside(scene, it));
    let (open, mut closed): (Vec<_>, Vec<_>) = hidden4.partition(|it| is_found(scene, it, rules));
    closed.retain(|it| !scene.found4_but_for_a_lock(it));
    let seen = |finding: Finding, members: &[&Interface]| {
        let finding = report::seen(finding, rules.iter().map(ToString::to_string));
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
            "the internet reaches {} under it over IPv6, and does not find them over IPv4",
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

fn is_found(scene: &Scene<'_>, interface: &Interface, rules: &[&Rule]) -> bool {
    let subnet = scene.now.estate.subnets.get(&interface.subnet);
    subnet.is_some_and(|subnet| {
        scene.finds6(subnet)
            && rules
                .iter()
                .any(|rule| admit::past_list6(scene, subnet, rule))
    })
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
