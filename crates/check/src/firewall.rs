//! What firewalls must let pass.
//!
//! Groups only allow, and any rule is enough; a rule that names a group has a column of its own. In a
//! list the lowest number decides, for a packet and for its answer (Amazon VPC: Security group rules;
//! Network ACLs).

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use sixward_estate::{Action, Direction, Estate, Firewall, FirewallKind, Remote, Rule};
use sixward_net::{Family, Traffic};
use smol_str::format_smolstr;

use crate::table::{Column, Columns, Meaning, Unknown, constant, is_gap, is_of, listed, names};
use crate::traffic::Formula;

/// What a rule says of a prefix.
type Part = (IpNet, (Action, Traffic));

pub(crate) fn firewall(estate: &Estate, it: &Firewall, family: Family) -> Columns {
    let mut unknown = Unknown::new();
    if it.kind == FirewallKind::Ordered || is_gap(estate, "firewall", it.id.as_str()) {
        unknown.insert(("firewall", it.id.as_str().into()));
    }
    let mut columns = Columns::new();
    if it.kind == FirewallKind::List {
        let mut side = |side| {
            let mut rules: Vec<_> = it.rules(side).collect();
            rules.sort_by_key(|rule| rule.order);
            let parts = rules.into_iter();
            let parts = parts.flat_map(|rule| parts_of(estate, rule, family, &mut unknown));
            parts.collect::<Vec<_>>()
        };
        let (egress, ingress) = (side(Direction::Egress), side(Direction::Ingress));
        columns.insert("outward".into(), answered(&egress, &ingress));
        columns.insert("inward".into(), answered(&ingress, &egress));
        columns.insert("unknown".into(), names(&unknown));
        return columns;
    }
    for side in [Direction::Ingress, Direction::Egress] {
        let mut unknown = unknown.clone();
        let mut may: Vec<_> = unknown.iter().map(|_| Traffic::All).collect();
        let (mut parts, mut named) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
        let known = it.kind == FirewallKind::Group;
        let rules = it
            .rules(side)
            .filter(|rule| known && rule.action == Action::Allow);
        for rule in rules {
            if let Remote::Firewall(id) = &rule.remote {
                named.entry(id).or_default().push(rule.traffic);
            }
            let mut missing = Unknown::new();
            parts.extend(parts_of(estate, rule, family, &mut missing));
            may.extend(missing.iter().map(|_| rule.traffic));
            unknown.extend(missing);
        }
        let nets = parts.iter().map(|(net, _)| *net).collect();
        let at = Box::new(move |at| any(matching(&parts, at).into_iter().map(|(_, it)| it)));
        columns.insert(format_smolstr!("{side}"), Column { nets, at });
        columns.insert(format_smolstr!("{side} unknown"), names(&unknown));
        let named = named
            .into_iter()
            .map(|(id, all)| (format_smolstr!("{side} group {id}"), all));
        for (name, all) in named.chain([(format_smolstr!("{side} may"), may)]) {
            columns.insert(name, constant(move || any(all.iter().copied())));
        }
    }
    columns
}

/// What begins one way, and is answered the other.
fn answered(begin: &[Part], answer: &[Part]) -> Column {
    let (begin, answer) = (begin.to_vec(), answer.to_vec());
    let nets = begin.iter().chain(&answer).map(|(net, _)| *net).collect();
    let at = Box::new(move |at| {
        let (begin, answer) = (matching(&begin, at), Some(matching(&answer, at)));
        Meaning::Traffic(Formula { begin, answer })
    });
    Column { nets, at }
}

/// What is said of an address, in its order.
fn matching(parts: &[Part], at: IpAddr) -> Vec<(Action, Traffic)> {
    let parts = parts.iter().filter(|(net, _)| net.contains(&at));
    parts.map(|(_, part)| *part).collect()
}

/// Any of these, in an order that makes equal ones equal.
fn any(allowed: impl Iterator<Item = Traffic>) -> Meaning {
    let mut begin: Vec<_> = allowed.map(|traffic| (Action::Allow, traffic)).collect();
    begin.sort();
    begin.dedup();
    let answer = None;
    Meaning::Traffic(Formula { begin, answer })
}

/// What a rule says of the prefixes of a family; rules that name groups say nothing of prefixes.
fn parts_of(estate: &Estate, rule: &Rule, family: Family, unknown: &mut Unknown) -> Vec<Part> {
    let nets = match &rule.remote {
        Remote::Net(net) if is_of(family, net.addr()) => vec![*net],
        Remote::Net(_) | Remote::Firewall(_) => Vec::new(),
        Remote::PrefixList(id) => listed(estate, id, family, unknown),
        Remote::Tag(name) => {
            unknown.insert(("tag", name.clone()));
            Vec::new()
        }
    };
    let part = |net| (net, (rule.action, rule.traffic));
    nets.into_iter().map(part).collect()
}
