//! What firewalls say: groups, of which any rule allows, and lists, of which the first decides.
//!
//! Amazon VPC: Security group rules; Control subnet traffic with network ACLs.

use std::net::IpAddr;

use sixward_estate::{
    Action, Direction, Firewall, FirewallId, FirewallKind, NetworkId, PrefixListId, Remote, Rule,
    Subject,
};
use sixward_net::{Family, IcmpMatch, Ports, Traffic};

use super::atlas::Atlas;
use super::known::Known;
use crate::{L4, Packet};

/// What a firewall says of a packet.
#[derive(Debug)]
pub(super) enum Verdict<'a> {
    Allow(&'a Firewall, &'a Rule),
    Deny(&'a Rule),
    /// No rule speaks of it.
    Silent,
    /// A rule speaks of something that is not known.
    Unknown(Subject),
}

/// Whether a list lets everything of a family pass both ways, as its rules are written: none of that
/// family denies before the one that allows all.
pub(super) fn is_open(atlas: &Atlas<'_>, list: &Firewall, family: Family) -> bool {
    let lists = &atlas.estate.prefix_lists;
    let speaks = |rule: &&Rule| match &rule.remote {
        Remote::Net(net) => net.addr().is_ipv4() == (family == Family::V4),
        Remote::PrefixList(id) => lists.get(id).is_none_or(|list| list.family == family),
        _ => true,
    };
    let is_all = |rule: &&Rule| {
        let is_any = matches!(&rule.remote, Remote::Net(net) if net.prefix_len() == 0);
        is_any && rule.traffic == Traffic::All
    };
    [Direction::Ingress, Direction::Egress].iter().all(|way| {
        let mut rules: Vec<_> = list.rules(*way).filter(speaks).collect();
        rules.sort_by_key(|rule| rule.order);
        let all = rules.iter().position(is_all);
        let until = all.and_then(|at| rules.get(..=at));
        until.is_some_and(|rules| rules.iter().all(|rule| rule.action == Action::Allow))
    })
}

/// Whom a rule's remote is asked about: the packet's other end, seen from a network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'q> {
    pub(super) direction: Direction,
    pub(super) network: &'q NetworkId,
    pub(super) packet: &'q Packet,
}

enum Match {
    Yes,
    No,
    Unknown(Subject),
}

/// Groups together: any rule of any of them allows. One that names a group comes after those that
/// name addresses, since memberships do not hold on every way.
pub(super) fn any<'a>(
    atlas: &Atlas<'a>,
    groups: &[&'a Firewall],
    question: Question<'_>,
) -> Verdict<'a> {
    let mut named = None;
    let mut unknown = None;
    for group in groups {
        for rule in group.rules(question.direction) {
            match matches(atlas, group, rule, question) {
                Match::Yes if rule.action != Action::Allow => {}
                Match::Yes if matches!(rule.remote, Remote::Firewall(_)) => {
                    named.get_or_insert(Verdict::Allow(group, rule));
                }
                Match::Yes => return Verdict::Allow(group, rule),
                Match::No => {}
                Match::Unknown(subject) => unknown = Some(Verdict::Unknown(subject)),
            }
        }
    }
    named.or(unknown).unwrap_or(Verdict::Silent)
}

/// An ordered firewall: the lowest number that matches decides.
pub(super) fn first<'a>(
    atlas: &Atlas<'a>,
    firewall: &'a Firewall,
    question: Question<'_>,
) -> Verdict<'a> {
    let mut rules: Vec<&'a Rule> = firewall.rules(question.direction).collect();
    rules.sort_by_key(|rule| rule.order);
    for rule in rules {
        match matches(atlas, firewall, rule, question) {
            Match::Yes if rule.action == Action::Allow => return Verdict::Allow(firewall, rule),
            Match::Yes => return Verdict::Deny(rule),
            Match::No => {}
            Match::Unknown(subject) => return Verdict::Unknown(subject),
        }
    }
    Verdict::Silent
}

fn matches(atlas: &Atlas<'_>, firewall: &Firewall, rule: &Rule, question: Question<'_>) -> Match {
    if !carries(rule.traffic, question.packet.l4) {
        return Match::No;
    }
    let peer = match question.direction {
        Direction::Ingress => question.packet.source,
        Direction::Egress => question.packet.destination,
    };
    match &rule.remote {
        Remote::Net(net) => yes(net.contains(&peer)),
        Remote::Firewall(id) => is_member(atlas, id, peer, question.network),
        Remote::PrefixList(id) => is_listed(atlas, id, peer, question.packet.family()),
        Remote::Tag(_) => Match::Unknown(firewall.subject()),
    }
}

/// A port is always the destination's, whichever way the packet goes.
fn carries(traffic: Traffic, l4: L4) -> bool {
    match (traffic, l4) {
        (Traffic::All, _) => true,
        (Traffic::Tcp(ports), L4::Tcp { destination, .. })
        | (Traffic::Udp(ports), L4::Udp { destination, .. }) => {
            ports.contains(Ports::one(destination))
        }
        (Traffic::Icmp(wanted), L4::Icmp { kind, code })
        | (Traffic::Icmp6(wanted), L4::Icmp6 { kind, code }) => is_message(wanted, kind, code),
        (Traffic::Protocol(number), l4) => number == protocol(l4),
        _ => false,
    }
}

fn is_message(wanted: IcmpMatch, kind: u8, code: u8) -> bool {
    match wanted {
        IcmpMatch::Any => true,
        IcmpMatch::Type(only) => only == kind,
        IcmpMatch::Code(only, exactly) => (only, exactly) == (kind, code),
    }
}

fn protocol(l4: L4) -> u8 {
    match l4 {
        L4::Tcp { .. } => 6,
        L4::Udp { .. } => 17,
        L4::Icmp { .. } => 1,
        L4::Icmp6 { .. } => 58,
        L4::Other(number) => number,
    }
}

/// A reference means the private addresses of the members, in this network and in those linked to it.
///
/// Over a transit hub it holds only where both sides switched it on (SecurityGroupReferencingSupport),
/// which the estate does not say.
fn is_member(atlas: &Atlas<'_>, id: &FirewallId, peer: IpAddr, network: &NetworkId) -> Match {
    let mut answer = Match::No;
    let family = if peer.is_ipv4() {
        Family::V4
    } else {
        Family::V6
    };
    for member in atlas
        .interfaces(peer)
        .filter(|it| it.firewalls_in(family).contains(id))
    {
        if member.network == *network || atlas.are_near_peers(network, &member.network) {
            return Match::Yes;
        }
        if let Some(hub) = atlas.hub(network, &member.network) {
            answer = Match::Unknown(Subject::new("transit", hub.as_str(), ""));
        }
    }
    answer
}

fn is_listed(atlas: &Atlas<'_>, id: &PrefixListId, peer: IpAddr, family: Family) -> Match {
    let Some(list) = atlas.estate.prefix_lists.get(id) else {
        return Match::Unknown(Subject::new("prefix-list", id.as_str(), ""));
    };
    if list.family != family {
        return Match::No;
    }
    match &list.entries {
        Some(entries) if !atlas.has_gap(&list.subject()) => {
            yes(entries.iter().any(|net| net.contains(&peer)))
        }
        _ => Match::Unknown(list.subject()),
    }
}

fn yes(matches: bool) -> Match {
    if matches { Match::Yes } else { Match::No }
}

/// Whether a kind of firewall remembers what it let pass.
pub(super) fn is_stateful(kind: FirewallKind) -> bool {
    match kind {
        FirewallKind::Group | FirewallKind::Ordered => true,
        FirewallKind::List => false,
    }
}
