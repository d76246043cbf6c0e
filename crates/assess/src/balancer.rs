//! How load balancers come to IPv6.
//!
//! Application and network balancers change in place and speak to their targets over IPv4 as before;
//! the provider's first generation has no IPv6 in a network. Source: botocore 1.44.5 (elbv2
//! SetIpAddressType, SetSubnets); Elastic Load Balancing user guides.

use sixward_estate::intent::Profile;
use sixward_estate::{
    Balancer, BalancerKind, Code, Exposure, FamilyMode, Subject, SubnetId, TargetKind,
};

use crate::report::{Explain, Lines, Report};
use crate::survey::Survey;
use crate::zone::{self, Doors};

/// The balancer becomes dual-stack in place.
pub const IN_PLACE: Code = Code::new("balancer/in-place");
/// The balancer's generation has no IPv6.
pub const CLASSIC: Code = Code::new("balancer/classic");
/// Some subnet of the balancer gets no IPv6 block.
pub const SUBNETS_WITHOUT_V6: Code = Code::new("balancer/subnets-without-v6");
/// A dual-stack network balancer takes UDP only with prefixes for source NAT.
pub const UDP_NEEDS_SOURCE_NAT: Code = Code::new("balancer/udp-needs-source-nat");
/// The provider keeps the internet from internal dual-stack balancers.
pub const INTERNAL: Code = Code::new("balancer/internal");
/// Whether appliances behind the balancer inspect IPv6 is not known.
pub const INSPECTION: Code = Code::new("balancer/inspection");
/// IPv6 clients reach IPv4 targets from the balancer's own address.
pub const CLIENT_ADDRESS: Code = Code::new("balancer/client-address");

/// Clients could not reach the balancer over IPv6 as they do over IPv4.
pub const HELD_BACK: Code = Code::new("balancer/held-back");

/// How a balancer comes to IPv6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BalancerChange {
    /// By a field, once all its subnets have blocks; its targets stay as they are.
    InPlace,
    /// Not at all: it has IPv6 or is to stay IPv4.
    Nothing,
    /// Not before a finding of this code is gone.
    Blocked(Code),
}

/// How a balancer comes to IPv6.
pub fn change(survey: &Survey<'_>, balancer: &Balancer) -> BalancerChange {
    if balancer.family.has_v6() || !wanted(survey, balancer) {
        return BalancerChange::Nothing;
    }
    match balancer.kind {
        BalancerKind::Inspection => BalancerChange::Nothing,
        BalancerKind::Classic => BalancerChange::Blocked(CLASSIC),
        _ if lacking(survey, balancer).next().is_some() => {
            BalancerChange::Blocked(SUBNETS_WITHOUT_V6)
        }
        BalancerKind::Network if udp(balancer).next().is_some() => {
            BalancerChange::Blocked(UDP_NEEDS_SOURCE_NAT)
        }
        BalancerKind::Application | BalancerKind::Network if !shut(survey, balancer).is_empty() => {
            BalancerChange::Blocked(HELD_BACK)
        }
        BalancerKind::Application | BalancerKind::Network => BalancerChange::InPlace,
    }
}

/// What would stop its clients over IPv6: its name answers with AAAA as soon as it is dual-stack.
fn shut(survey: &Survey<'_>, balancer: &Balancer) -> Vec<String> {
    let everyone = balancer.exposure == Exposure::Internet;
    Doors::new(survey).shut(&balancer.firewalls, &balancer.subnets, everyone)
}

/// Balancers that face the internet change in every profile; what is inside only where all does.
fn wanted(survey: &Survey<'_>, balancer: &Balancer) -> bool {
    let outside = balancer.exposure == Exposure::Internet;
    survey.selection.network(&balancer.network)
        && (outside || survey.selection.profile() == Profile::DualStack)
}

fn lacking<'a>(
    survey: &'a Survey<'_>,
    balancer: &'a Balancer,
) -> impl Iterator<Item = &'a SubnetId> {
    balancer
        .subnets
        .iter()
        .filter(|id| !survey.subnet_gets_v6(id))
}

fn udp(balancer: &Balancer) -> impl Iterator<Item = String> {
    let udp = balancer.listeners.iter().filter(|listener| {
        matches!(
            listener.protocol.as_str(),
            "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC"
        )
    });
    udp.map(|listener| format!("listener {}/{}", listener.protocol, listener.port))
}

pub(crate) fn find(survey: &Survey<'_>, report: &mut Report) {
    for balancer in &survey.estate().balancers {
        if balancer.family.has_v6() || !wanted(survey, balancer) {
            continue;
        }
        match change(survey, balancer) {
            BalancerChange::InPlace => in_place(survey, balancer, report),
            BalancerChange::Blocked(code) if code == HELD_BACK => {
                held_back(survey, balancer, report);
            }
            BalancerChange::Blocked(code) => blocked(survey, balancer, code, report),
            BalancerChange::Nothing => inspection(balancer, report),
        }
    }
}

fn subject(balancer: &Balancer) -> Subject {
    Subject::new("balancer", balancer.id.as_str(), &balancer.name)
}

fn in_place(survey: &Survey<'_>, balancer: &Balancer, report: &mut Report) {
    report
        .note(
            IN_PLACE,
            subject(balancer),
            "it becomes dual-stack in place and speaks to its targets as before",
        )
        .way_out(
            "nothing; a target group's family cannot be changed, and IPv4 targets \
             keep working behind a dual-stack front",
        )
        .seen_in(format!("clients may use: {}", balancer.family));
    if balancer.exposure == Exposure::Internal {
        report
            .note(
                INTERNAL,
                subject(balancer),
                "it is internal, and the provider keeps the internet from it over IPv6 \
                 too",
            )
            .way_out(
                "nothing: an internal dual-stack balancer denies traffic through the \
                 internet gateway (ipv6.deny_all_igw_traffic)",
            );
    }
    let targets = v4_hosts(survey, balancer);
    if balancer.kind == BalancerKind::Network && !targets.is_empty() {
        report
            .warning(
                CLIENT_ADDRESS,
                subject(balancer),
                "clients that come over IPv6 reach its IPv4 targets from the balancer's \
                     own private addresses",
            )
            .way_out(
                "see to it that the targets' firewalls admit the balancer (its group, or \
                 its subnets), and that nothing relies on the clients' addresses",
            )
            .seen_in(targets);
    }
}

/// Targets that are spoken to over IPv4 and see their clients' own addresses.
fn v4_hosts(survey: &Survey<'_>, balancer: &Balancer) -> Lines {
    let ids = balancer
        .listeners
        .iter()
        .flat_map(|listener| &listener.target_groups);
    let groups = ids.filter_map(|id| survey.estate().target_groups.get(id));
    let groups = groups.filter(|group| group.family != FamilyMode::V6);
    let hosts = groups.flat_map(|group| {
        let hosts = group
            .targets
            .iter()
            .filter_map(|target| match &target.kind {
                TargetKind::Host(id) => Some(id),
                _ => None,
            });
        hosts.map(move |host| format!("host/{host} in {}", group.id))
    });
    let hosts: std::collections::BTreeSet<_> = hosts.collect();
    hosts.into_iter().collect()
}

fn blocked(survey: &Survey<'_>, balancer: &Balancer, code: Code, report: &mut Report) {
    let (message, help, lines) = match code.as_str() {
        "balancer/classic" => (
            "it is of the provider's first generation, which has no IPv6 in a network",
            "make an application or network balancer beside it, move the names, and remove it",
            Lines::from("kind: classic".to_owned()),
        ),
        "balancer/udp-needs-source-nat" => (
            "it listens for UDP, which a dual-stack network balancer takes only with \
                 IPv6 prefixes for source NAT",
            "turn on source NAT prefixes (EnablePrefixForIpv6SourceNat) together \
                 with dual-stack: it takes a /80 of each subnet; or put the UDP \
                 listeners on a balancer of their own",
            udp(balancer).collect(),
        ),
        _ => (
            "it needs an IPv6 block in every subnet that it stands in, and some get none",
            "select these subnets in the intent",
            lacking(survey, balancer).map(ToString::to_string).collect(),
        ),
    };
    report
        .blocker(code, subject(balancer), message)
        .way_out(help)
        .seen_in(lines);
}

fn held_back(survey: &Survey<'_>, balancer: &Balancer, report: &mut Report) {
    let lines = shut(survey, balancer);
    let message = format!(
        "it stays IPv4 only, since its name would answer with IPv6 addresses that not all clients \
         reach: {}",
        zone::first(&lines)
    );
    report
        .warning(HELD_BACK, subject(balancer), message)
        .way_out(
            "nothing if this is meant; else answer what these rules wait for, or change the intent",
        )
        .seen_in(lines.into_iter().collect::<Lines>());
}

fn inspection(balancer: &Balancer, report: &mut Report) {
    report
        .warning(
            INSPECTION,
            subject(balancer),
            "it leads through appliances, and whether they inspect IPv6 is not known",
        )
        .way_out(
            "see to it that they do before answering route decisions with \
             same-target; it stays as it is",
        )
        .seen_in("kind: inspection (gateway load balancer)".to_owned());
}
