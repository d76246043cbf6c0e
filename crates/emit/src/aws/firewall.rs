//! Rules of security groups and entries of network ACLs.

use sixward_estate::{Firewall, FirewallId, FirewallKind, Remote, Rule};
use sixward_net::{IcmpMatch, Ports, Traffic};

use super::line::{Context, Line, Mode};
use super::shell::{Noun, json};

pub(super) fn add(context: &Context<'_>, firewall: &FirewallId, rule: &Rule) -> Line {
    line(context, firewall, rule, Mode::Add)
}

pub(super) fn remove(context: &Context<'_>, firewall: &FirewallId, rule: &Rule) -> Line {
    line(context, firewall, rule, Mode::Remove)
}

fn line(context: &Context<'_>, id: &FirewallId, rule: &Rule, mode: Mode) -> Line {
    let kind = context
        .plan
        .before
        .firewalls
        .get(id)
        .map(|f: &Firewall| f.kind);
    let Some(remote) = remote(context, &rule.remote) else {
        return Line::by_hand("AWS has no service tags");
    };
    match (kind, rule.order) {
        (Some(FirewallKind::Ordered), _) => Line::by_hand("AWS has no such firewall"),
        (Some(FirewallKind::List) | None, Some(order)) => entry(id, rule, order, remote, mode),
        _ => group_rule(id, rule, remote, mode),
    }
}

fn group_rule(id: &FirewallId, rule: &Rule, remote: String, mode: Mode) -> Line {
    let (protocol, first, last) = match rule.traffic {
        Traffic::All => ("-1".to_owned(), -1, -1),
        Traffic::Tcp(ports) => named("tcp", range(ports)),
        Traffic::Udp(ports) => named("udp", range(ports)),
        Traffic::Icmp(message) => named("icmp", icmp(message)),
        Traffic::Icmp6(message) => named("icmpv6", icmp(message)),
        Traffic::Protocol(number) => (number.to_string(), -1, -1),
    };
    let args = [
        id.to_string(),
        rule.direction.to_string(),
        protocol,
        first.to_string(),
        last.to_string(),
        remote,
        json(&rule.note),
    ];
    match mode {
        Mode::Remove => Line::remove(Noun::Firewall, "group_rule", args),
        Mode::Add | Mode::Set => Line::add(Noun::Firewall, "group_rule", args),
    }
}

fn entry(id: &FirewallId, rule: &Rule, order: u32, remote: String, mode: Mode) -> Line {
    let (protocol, (first, last)) = match rule.traffic {
        Traffic::All => (-1, (-1, -1)),
        Traffic::Tcp(ports) => (6, range(ports)),
        Traffic::Udp(ports) => (17, range(ports)),
        Traffic::Icmp(message) => (1, icmp(message)),
        Traffic::Icmp6(message) => (58, icmp(message)),
        Traffic::Protocol(number) => (i32::from(number), (-1, -1)),
    };
    let args = [
        id.to_string(),
        rule.direction.to_string(),
        order.to_string(),
        rule.action.to_string(),
        protocol.to_string(),
        first.to_string(),
        last.to_string(),
        remote,
    ];
    match mode {
        Mode::Remove => Line::remove(Noun::Firewall, "acl_entry", args),
        Mode::Add | Mode::Set => Line::add(Noun::Firewall, "acl_entry", args),
    }
}

fn remote(context: &Context<'_>, remote: &Remote) -> Option<String> {
    match remote {
        Remote::Net(net) => Some(context.net(*net)),
        Remote::Firewall(id) => Some(id.to_string()),
        Remote::PrefixList(list) => Some(list.to_string()),
        Remote::Tag(_) => None,
    }
}

fn named(protocol: &str, (first, last): (i32, i32)) -> (String, i32, i32) {
    (protocol.to_owned(), first, last)
}

fn range(ports: Ports) -> (i32, i32) {
    (ports.first().into(), ports.last().into())
}

/// Type and code; -1 is all of them.
fn icmp(message: IcmpMatch) -> (i32, i32) {
    match message {
        IcmpMatch::Any => (-1, -1),
        IcmpMatch::Type(kind) => (kind.into(), -1),
        IcmpMatch::Code(kind, code) => (kind.into(), code.into()),
    }
}
