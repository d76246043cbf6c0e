//! Whether the IPv6 rules to come fit into what the provider allows.
//!
//! Rules are counted for each direction and each family by itself; a rule that names a group counts
//! in both families, a prefix list counts its maximum size (Amazon VPC quotas; Security group size).

use std::collections::BTreeSet;

use sixward_estate::{
    Direction, Estate, Firewall, FirewallKind, PrefixListId, Provider, Remote, Rule,
};
use sixward_net::{Family, Ipv6Net, Traffic};

use super::{RuleTwin, findings};
use crate::catalogue::{Catalogue, Quota};
use crate::report::{Explain, Report};
use crate::survey::Survey;
use crate::twin::{Span, Twin};

/// The most rules of IPv4 that any firewall has in one direction: a quota that somebody had raised
/// is at least that.
pub(super) struct Highest {
    group: usize,
    list: usize,
}

impl Highest {
    pub(super) fn of(estate: &Estate) -> Self {
        let highest = |kind| {
            let of_kind = estate
                .firewalls
                .iter()
                .filter(|firewall| firewall.kind == kind);
            let counts = of_kind.flat_map(|firewall| {
                DIRECTIONS.map(|direction| present(estate, firewall, direction, Family::V4))
            });
            counts.max().unwrap_or(0)
        };
        Self {
            group: highest(FirewallKind::Group),
            list: highest(FirewallKind::List),
        }
    }
}

/// Rule numbers of an ordered firewall: 100 to 4096 (Azure: How network security groups filter).
const PRIORITIES: usize = 4096 - 99;

const DIRECTIONS: [Direction; 2] = [Direction::Ingress, Direction::Egress];

pub(super) fn find(
    survey: &Survey<'_>,
    catalogue: &Catalogue,
    highest: &Highest,
    (firewall, twins): (&Firewall, &[RuleTwin<'_>]),
    report: &mut Report,
) {
    let aws = survey.provider(&firewall.network) == Some(Provider::Aws);
    let (quota, room) = match firewall.kind {
        FirewallKind::Group => {
            let quota = &catalogue.quotas.group_rules;
            (Some(quota), quota.count.max(highest.group))
        }
        FirewallKind::List => {
            let quota = &catalogue.quotas.list_rules;
            // The provider's last deny is one of them and not among the rules here.
            (Some(quota), quota.count.max(highest.list + 1) - 1)
        }
        FirewallKind::Ordered => (None, PRIORITIES),
    };
    for direction in DIRECTIONS {
        let there = present(survey.estate(), firewall, direction, Family::V6);
        let twins = || {
            twins
                .iter()
                .filter(move |twin| twin.rule.direction == direction)
        };
        let at_most: usize = twins().map(|twin| at_most(survey, twin)).sum();
        let used = firewall.rules(direction).count();
        if there.max(used) + at_most <= room {
            continue;
        }
        let coming = exactly(survey, firewall, direction, twins());
        match quota {
            Some(quota) if aws && there + coming > room => {
                overrun(firewall, direction, (there, coming, room), quota, report);
            }
            None if used + coming > room => run_out(firewall, direction, coming, report),
            _ => {}
        }
    }
}

fn overrun(
    firewall: &Firewall,
    direction: Direction,
    (there, coming, room): (usize, usize, usize),
    quota: &Quota,
    report: &mut Report,
) {
    let most = quota
        .maximum
        .map_or(String::new(), |most| format!(" (up to {most})"));
    report
        .blocker(
            super::RULE_QUOTA,
            findings::subject(firewall),
            format!(
                "it needs {} IPv6 {direction} rules and may have {room}",
                there + coming
            ),
        )
        .way_out(format!(
            "ask the provider to raise the quota{most}, put prefixes into a prefix \
                 list, or split the firewall"
        ))
        .seen_in(format!(
            "{there} there, {coming} to come; quota: {}",
            quota.what
        ));
}

/// Ordered firewalls number their rules, and no two rules of a direction share a number.
fn run_out(firewall: &Firewall, direction: Direction, coming: usize, report: &mut Report) {
    report
        .blocker(
            super::NUMBERS_RUN_OUT,
            findings::subject(firewall),
            format!("it has no {direction} rule numbers left for {coming} IPv6 rules"),
        )
        .way_out("join rules or split the firewall");
}

/// What the rules of one family count for, as they are.
fn present(estate: &Estate, firewall: &Firewall, direction: Direction, family: Family) -> usize {
    firewall
        .rules(direction)
        .map(|rule| weight(estate, rule, family))
        .sum()
}

fn weight(estate: &Estate, rule: &Rule, family: Family) -> usize {
    match &rule.remote {
        Remote::Net(_) => usize::from(rule.family() == Some(family)),
        Remote::Firewall(_) | Remote::Tag(_) => 1,
        Remote::PrefixList(id) => match estate.prefix_lists.get(id) {
            Some(list) if list.family == family => list_size(estate, id),
            _ => 0,
        },
    }
}

fn list_size(estate: &Estate, id: &PrefixListId) -> usize {
    estate.prefix_lists.get(id).map_or(1, |list| {
        let entries = || list.entries.as_ref().map(Vec::len);
        list.max_entries
            .and_then(|most| usize::try_from(most).ok())
            .or_else(entries)
            .unwrap_or(1)
    })
}

/// No fewer than the rules that a twin becomes; cheap.
fn at_most(survey: &Survey<'_>, twin: &RuleTwin<'_>) -> usize {
    let remotes = match &twin.remote {
        Twin::Any => 1,
        Twin::Spans(spans) => spans.iter().map(|span| prefixes(survey, span)).sum(),
        Twin::Nets(nets) => nets.len(),
        Twin::List(list) => list_size(survey.estate(), list),
        Twin::Itself | Twin::Nothing | Twin::Waits(_) => 0,
    };
    remotes * twin.traffic.len()
}

/// The rules that twins become, each once and without those that are there already.
fn exactly<'a>(
    survey: &Survey<'_>,
    firewall: &Firewall,
    direction: Direction,
    twins: impl Iterator<Item = &'a RuleTwin<'a>>,
) -> usize {
    let there: BTreeSet<(Traffic, Ipv6Net)> = firewall
        .rules(direction)
        .filter_map(|rule| match rule.remote {
            Remote::Net(sixward_net::IpNet::V6(net)) => Some((rule.traffic, net)),
            _ => None,
        })
        .collect();
    let (mut nets, mut spans, mut lists) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for twin in twins {
        for traffic in &twin.traffic {
            match &twin.remote {
                Twin::Any => {
                    nets.insert((*traffic, sixward_net::ANY6));
                }
                Twin::Nets(some) => nets.extend(some.iter().map(|net| (*traffic, *net))),
                Twin::Spans(some) => spans.extend(some.iter().map(|span| (*traffic, span))),
                Twin::List(list) => {
                    lists.insert((*traffic, list));
                }
                Twin::Itself | Twin::Nothing | Twin::Waits(_) => {}
            }
        }
    }
    nets.difference(&there).count()
        + spans
            .iter()
            .map(|(_, span)| prefixes(survey, span))
            .sum::<usize>()
        + lists
            .iter()
            .map(|(_, list)| list_size(survey.estate(), list))
            .sum::<usize>()
}

/// How many IPv6 prefixes a known thing has or will have; what gets no IPv6 counts for nothing.
fn prefixes(survey: &Survey<'_>, span: &Span) -> usize {
    let estate = survey.estate();
    match span {
        Span::Network(id) => usize::from(survey.gets_v6(id)),
        Span::Subnet(id) => {
            let has = || {
                estate
                    .subnets
                    .get(id)
                    .is_some_and(|subnet| subnet.block6.is_some())
            };
            usize::from(survey.selection.subnet(id) || has())
        }
        Span::Interface(id) => estate.interfaces.get(id).map_or(0, |interface| {
            if survey.selection.interface(interface) {
                interface.addresses4.len().max(interface.addresses6.len())
            } else {
                interface.addresses6.len()
            }
        }),
    }
}
