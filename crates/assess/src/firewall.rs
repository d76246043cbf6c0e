//! What each firewall rule is in IPv6.
//!
//! A rule that names another firewall covers both families already. A rule from everywhere is
//! mirrored unless that would expose something that only the lack of a public IPv4 address hides:
//! over IPv6 every address is public. In a first-match list a deny that waits for a person holds back
//! the allow rules behind it that it might have stopped.

mod findings;
mod outlet;
mod quota;
pub mod under;

use std::collections::BTreeSet;

use sixward_estate::intent::{Egress, Profile};
use sixward_estate::{
    Action, Code, Direction, Exposure, Firewall, FirewallId, FirewallKind, InterfaceId, Remote,
    Rule,
};
use sixward_net::{Family, IpNet, Traffic};

use crate::Tier;
use crate::survey::Survey;
use crate::twin::{self, Realm, Twin, Wait, Why};

pub(crate) use findings::find;
pub(crate) use outlet::{Outlet, outlets};

/// A rule names a public address of somebody else.
pub const PUBLIC_SOURCE: Code = Code::new("firewall/public-source");
/// A rule names a public address of this estate.
pub const OWN_ADDRESS_SOURCE: Code = Code::new("firewall/own-address-source");
/// A rule names a prefix that is wider than what is known of it.
pub const WIDER_THAN_ESTATE: Code = Code::new("firewall/wider-than-estate");
/// A rule names a part of a subnet.
pub const PART_OF_SUBNET: Code = Code::new("firewall/part-of-subnet");
/// A rule names a private prefix that nobody in the estate has.
pub const UNKNOWN_PRIVATE: Code = Code::new("firewall/unknown-private");
/// A rule or route names a list of IPv4 prefixes.
pub const PREFIX_LIST_SOURCE: Code = Code::new("firewall/prefix-list");
/// A rule's twin would expose something.
pub const EXPOSES: Code = Code::new("firewall/exposes");
/// The provider will not add the IPv6 half of changed egress rules.
pub const EGRESS_CHANGED: Code = Code::new("firewall/egress-changed");
/// A list on subnets lets nothing pass over IPv6 until it has rules for it.
pub const LIST_NEEDS_V6: Code = Code::new("firewall/list-needs-v6");
/// A rule speaks of ICMP messages that IPv6 does not have.
pub const NO_SUCH_MESSAGE: Code = Code::new("firewall/no-such-message");
/// There are IPv6 rules already, and they admit more than those of IPv4.
pub const V6_WIDER: Code = Code::new("firewall/v6-wider-than-v4");
/// There would be more IPv6 rules than the provider allows.
pub const RULE_QUOTA: Code = Code::new("firewall/rule-quota");
/// There are not enough rule numbers for the IPv6 rules.
pub const NUMBERS_RUN_OUT: Code = Code::new("firewall/numbers-run-out");

/// An IPv4 rule and what it is in IPv6.
#[derive(Debug)]
pub struct RuleTwin<'a> {
    /// The IPv4 rule.
    pub rule: &'a Rule,
    /// Its traffic in IPv6: empty when IPv6 has no such message.
    pub traffic: Vec<Traffic>,
    /// Its remote in IPv6.
    pub remote: Twin,
}

/// The twins of all IPv4 rules of a firewall, in their order.
pub fn twins<'a>(survey: &Survey<'_>, firewall: &'a Firewall) -> Vec<RuleTwin<'a>> {
    held_back(firewall, each_by_itself(survey, firewall))
}

/// The twins before a waiting deny holds back what is behind it.
fn each_by_itself<'a>(survey: &Survey<'_>, firewall: &'a Firewall) -> Vec<RuleTwin<'a>> {
    let exposed = exposed(survey, firewall);
    firewall
        .rules
        .iter()
        .filter(|rule| rule.family() != Some(Family::V6))
        .map(|rule| RuleTwin {
            rule,
            traffic: rule.traffic.v6_twin(),
            remote: remote(survey, firewall, rule, &exposed),
        })
        .collect()
}

fn held_back<'a>(firewall: &Firewall, mut twins: Vec<RuleTwin<'a>>) -> Vec<RuleTwin<'a>> {
    if firewall.kind != FirewallKind::Group {
        hold_back(&mut twins);
    }
    twins
}

/// Whether a firewall is on something that gets IPv6, so that its rules matter.
pub fn concerned(survey: &Survey<'_>) -> BTreeSet<FirewallId> {
    let estate = survey.estate();
    let mut ids = BTreeSet::new();
    if survey.selection.profile() == Profile::DualStack {
        let inside = estate
            .firewalls
            .iter()
            .filter(|f| survey.selection.network(&f.network));
        ids.extend(inside.map(|firewall| firewall.id.clone()));
        return ids;
    }
    let subnets = estate
        .subnets
        .iter()
        .filter(|s| survey.selection.subnet(&s.id));
    ids.extend(subnets.filter_map(|subnet| subnet.firewall.clone()));
    let interfaces = estate
        .interfaces
        .iter()
        .filter(|i| survey.selection.interface(i));
    ids.extend(interfaces.flat_map(|interface| interface.firewalls.iter().cloned()));
    let edge = estate
        .balancers
        .iter()
        .filter(|b| b.exposure == Exposure::Internet);
    let edge = edge.filter(|b| survey.selection.network(&b.network));
    ids.extend(edge.flat_map(|balancer| balancer.firewalls.iter().cloned()));
    ids
}

/// Interfaces under a group that `::/0` would expose: they get an address in a subnet that the
/// internet finds the way into, and over IPv4 only NAT or the lack of a public address hides them.
pub(crate) fn exposed(survey: &Survey<'_>, firewall: &Firewall) -> Vec<InterfaceId> {
    let open = firewall.kind == FirewallKind::Group
        && firewall
            .rules(Direction::Ingress)
            .any(|rule| from_outside(&rule.remote));
    if !open {
        return Vec::new();
    }
    let members = survey.index.interfaces_of_firewall(&firewall.id).iter();
    let hidden = members.filter(|interface| {
        survey.selection.interface(interface)
            && !interface.has_public4()
            && survey.lets_in(&interface.subnet)
    });
    hidden.map(|interface| interface.id.clone()).collect()
}

fn remote(survey: &Survey<'_>, firewall: &Firewall, rule: &Rule, exposed: &[InterfaceId]) -> Twin {
    let twin = named_in(survey, firewall, rule);
    let may = || {
        let Wait { key, why } = expose(firewall, exposed);
        twin::answered(survey, key, why)
    };
    match twin {
        Twin::Any if rule.direction == Direction::Ingress && !exposed.is_empty() => may(),
        twin if admits_somebody(rule, &twin) && !exposed.is_empty() => both(twin, may()),
        Twin::Spans(_) if survey.selection.profile() == Profile::EastWestIpv4 => Twin::Nothing,
        twin => twin,
    }
}

/// What a rule's remote is in IPv6, whatever that would expose.
fn named_in(survey: &Survey<'_>, firewall: &Firewall, rule: &Rule) -> Twin {
    match &rule.remote {
        Remote::Net(IpNet::V4(net)) => {
            twin::of_net(survey, Realm::Of(firewall.network.clone()), *net)
        }
        Remote::PrefixList(list) => twin::of_list(survey, list),
        Remote::Net(IpNet::V6(_)) | Remote::Firewall(_) | Remote::Tag(_) => Twin::Itself,
    }
}

/// The question whether what is hidden may be exposed.
fn expose(firewall: &Firewall, exposed: &[InterfaceId]) -> Wait {
    Wait {
        key: format!("expose:{}", firewall.id).into(),
        why: Why::Exposes(exposed.to_vec()),
    }
}

/// Whether a rule admits somebody on the internet whose IPv6 a person named.
fn admits_somebody(rule: &Rule, twin: &Twin) -> bool {
    rule.direction == Direction::Ingress
        && from_outside(&rule.remote)
        && matches!(twin, Twin::Nets(_) | Twin::List(_))
}

/// Whether somebody on the internet is meant, or may be.
fn from_outside(remote: &Remote) -> bool {
    match remote {
        Remote::Net(IpNet::V4(net)) => twin::is_public(*net),
        Remote::PrefixList(_) => true,
        _ => false,
    }
}

/// Those that somebody is in IPv6, as far as they may come to what only the lack of an address hides.
fn both(twin: Twin, may: Twin) -> Twin {
    match (twin, may) {
        (twin, Twin::Any) => twin,
        (_, Twin::Waits(wait)) => Twin::Waits(wait),
        (Twin::Nets(nets), Twin::Nets(may)) => {
            let nets = nets.into_iter();
            let nets: Vec<_> = nets
                .filter(|net| may.iter().any(|other| other.contains(net)))
                .collect();
            if nets.is_empty() {
                Twin::Nothing
            } else {
                Twin::Nets(nets)
            }
        }
        (Twin::List(list), Twin::List(may)) if list == may => Twin::List(list),
        _ => Twin::Nothing,
    }
}

/// Makes every allow behind an open deny wait for the same answer, where both can match one packet.
fn hold_back(twins: &mut [RuleTwin<'_>]) {
    let mut open: Vec<(&Rule, Vec<Traffic>, twin::Wait)> = Vec::new();
    for twin in twins {
        match (&twin.remote, twin.rule.action) {
            (Twin::Waits(wait), Action::Deny) => {
                open.push((twin.rule, twin.traffic.clone(), wait.clone()));
            }
            (_, Action::Allow) => {
                let stopped = open.iter().find(|(deny, traffic, _)| {
                    deny.direction == twin.rule.direction
                        && overlap(traffic, &twin.traffic)
                        && meet(&deny.remote, &twin.rule.remote)
                });
                if let Some((_, _, wait)) = stopped {
                    twin.remote = Twin::Waits(wait.clone());
                }
            }
            _ => {}
        }
    }
}

/// Whether some address can be in both; what is not a prefix can be anything.
fn meet(one: &Remote, other: &Remote) -> bool {
    match (one, other) {
        (Remote::Net(one), Remote::Net(other)) => one.contains(other) || other.contains(one),
        _ => true,
    }
}

fn overlap(some: &[Traffic], others: &[Traffic]) -> bool {
    some.iter().any(|a| others.iter().any(|b| a.overlaps(*b)))
}

impl Survey<'_> {
    /// Whether the internet will find the way into a subnet over IPv6: by the route that its IPv4
    /// default route becomes, or by one that is there already.
    fn lets_in(&self, id: &sixward_estate::SubnetId) -> bool {
        let subnet = self.estate().subnets.get(id);
        let table = subnet.and_then(|subnet| self.index.route_table(subnet));
        let there = table.and_then(|table| table.default6());
        match there {
            Some(target) => crate::route::is_internet(self, target),
            None => self.selection.tier(id) == Tier::Public && !self.is_pinned(id),
        }
    }

    /// Whether a subnet must not reach the internet over IPv6.
    pub fn is_pinned(&self, subnet: &sixward_estate::SubnetId) -> bool {
        self.intent
            .subnets
            .get(subnet)
            .is_some_and(|special| special.egress == Egress::None)
    }
}
