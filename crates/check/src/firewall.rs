//! What firewalls must let pass.
//!
//! Groups only allow, and any rule is enough; a rule that names a group has a column of its own. In a
//! list the lowest number decides, for a packet and for its answer (Amazon VPC: Security group rules;
//! Network ACLs).

use std::collections::BTreeMap;
use std::net::IpAddr;

use sixward_estate::{Action, Direction, Estate, Firewall, FirewallKind, PrefixListId, Remote};
use sixward_net::{Family, Traffic};
use smol_str::{SmolStr, format_smolstr};

use crate::facts::json;
use crate::table::{Column, Columns, Meaning, Span, Unknown, constant, is_gap, names, span, text};
use crate::traffic::Formula;

/// A range, and what a rule says of it.
type Part = (Span, (Action, Traffic));

pub(crate) fn firewall<'e>(estate: &Estate, it: &Firewall, family: Family) -> Columns<'e> {
    let mut columns = match it.kind {
        FirewallKind::List => list(estate, it, family),
        FirewallKind::Group | FirewallKind::Ordered => group(estate, it, family),
    };
    let head = json(&(&it.network, it.kind, it.default));
    columns.insert("head".into(), text(head));
    columns
}

fn group<'e>(estate: &Estate, it: &Firewall, family: Family) -> Columns<'e> {
    let mut columns = Columns::new();
    let known = it.kind == FirewallKind::Group;
    for side in [Direction::Ingress, Direction::Egress] {
        let (mut parts, mut may) = (Vec::new(), Vec::new());
        let mut unknown = not_modelled(estate, it);
        may.extend((!unknown.is_empty()).then_some(Traffic::All));
        let mut named: BTreeMap<_, Vec<Traffic>> = BTreeMap::new();
        let rules = it
            .rules(side)
            .filter(|rule| known && rule.action == Action::Allow);
        for rule in rules {
            if let Remote::Firewall(id) = &rule.remote {
                named.entry(id).or_default().push(rule.traffic);
            }
            let (spans, missing) = remote(estate, &rule.remote, family);
            may.extend(missing.is_some().then_some(rule.traffic));
            unknown.extend(missing);
            parts.extend(
                spans
                    .into_iter()
                    .map(|span| (span, (rule.action, rule.traffic))),
            );
        }
        let spans = parts.iter().map(|(span, _)| *span).collect();
        let at = Box::new(move |at| any(matching(&parts, at).into_iter().map(|part| part.1)));
        columns.insert(format_smolstr!("{side}"), Column { spans, at });
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

fn list<'e>(estate: &Estate, it: &Firewall, family: Family) -> Columns<'e> {
    let mut unknown = not_modelled(estate, it);
    let mut side = |side| {
        let mut rules: Vec<_> = it.rules(side).collect();
        rules.sort_by_key(|rule| rule.order);
        let mut parts: Vec<Part> = Vec::new();
        for rule in rules {
            let (spans, missing) = remote(estate, &rule.remote, family);
            unknown.extend(missing);
            parts.extend(
                spans
                    .into_iter()
                    .map(|span| (span, (rule.action, rule.traffic))),
            );
        }
        parts
    };
    let (egress, ingress) = (side(Direction::Egress), side(Direction::Ingress));
    let ways = [
        ("outward", &egress, &ingress),
        ("inward", &ingress, &egress),
    ];
    let columns = ways.map(|(name, begin, answer)| {
        let (begin, answer) = (begin.clone(), answer.clone());
        let spans = begin.iter().chain(&answer).map(|(span, _)| *span).collect();
        let at = Box::new(move |at| {
            let (begin, answer) = (matching(&begin, at), Some(matching(&answer, at)));
            Meaning::Traffic(Formula { begin, answer })
        });
        (name.into(), Column { spans, at })
    });
    columns
        .into_iter()
        .chain([("unknown".into(), names(&unknown))])
        .collect()
}

fn not_modelled(estate: &Estate, it: &Firewall) -> Unknown {
    let gap = it.kind == FirewallKind::Ordered || is_gap(estate, "firewall", it.id.as_str());
    gap.then(|| ("firewall", it.id.as_str().into()))
        .into_iter()
        .collect()
}

/// What is said of an address, in its order.
fn matching(parts: &[Part], at: IpAddr) -> Vec<(Action, Traffic)> {
    let parts = parts
        .iter()
        .filter(|(span, _)| span.0 <= at && at <= span.1);
    parts.map(|(_, part)| *part).collect()
}

/// Any of these, in an order that makes equal ones equal.
fn any(allowed: impl Iterator<Item = Traffic>) -> Meaning {
    let mut begin: Vec<_> = allowed.map(|traffic| (Action::Allow, traffic)).collect();
    begin.sort();
    begin.dedup();
    Meaning::Traffic(Formula {
        begin,
        answer: None,
    })
}

type Missing = Option<(&'static str, SmolStr)>;

/// The addresses of one family that the other end of a rule is, and what is not known of it.
fn remote(estate: &Estate, remote: &Remote, family: Family) -> (Vec<Span>, Missing) {
    match remote {
        Remote::Net(net) => (span(*net, family).into_iter().collect(), None),
        Remote::Firewall(_) => (Vec::new(), None),
        Remote::Tag(name) => (Vec::new(), Some(("tag", name.clone()))),
        Remote::PrefixList(id) => {
            let (entries, missing) = entries(estate, id, family);
            (entries.into_iter().map(|(span, _)| span).collect(), missing)
        }
    }
}

/// The entries of a prefix list with their lengths; the list when they are not known.
pub(crate) fn entries(
    estate: &Estate,
    id: &PrefixListId,
    family: Family,
) -> (Vec<(Span, u8)>, Missing) {
    match estate
        .prefix_lists
        .get(id)
        .map(|list| (list.family, &list.entries))
    {
        Some((other, _)) if other != family => (Vec::new(), None),
        Some((_, Some(nets))) => {
            let entry = |net: &ipnet::IpNet| Some((span(*net, family)?, net.prefix_len()));
            (nets.iter().filter_map(entry).collect(), None)
        }
        _ => (Vec::new(), Some(("prefix-list", id.as_str().into()))),
    }
}
