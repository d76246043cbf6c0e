//! Firewall rules: each IPv4 rule's twin, as `assess` says what it is.
//!
//! In a first-match list the twins keep the order of the IPv4 rules, and deny rules are added a wave
//! before allow rules, so that no moment between two steps is more open than the end. Families share
//! the numbers of a list and nothing else (Amazon VPC, Network ACLs).

use std::collections::BTreeSet;

use sixward_assess::{Survey, Twin, firewall::RuleTwin};
use sixward_estate::{
    Action, Direction, Estate, Firewall, FirewallId, FirewallKind, Remote, Rule, SmolStr, Subject,
};
use sixward_net::{ANY6, Family, Traffic};

use crate::address::AddressPlan;
use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::route::prefixes;
use crate::step::Risk;

/// The highest number that an entry of an AWS network ACL can have.
const HIGHEST_ORDER: u32 = 32_766;

pub(crate) fn deny_steps(survey: &Survey<'_>, addresses: &AddressPlan, draft: &mut Draft) {
    steps(survey, addresses, draft, Action::Deny);
}

pub(crate) fn allow_steps(survey: &Survey<'_>, addresses: &AddressPlan, draft: &mut Draft) {
    steps(survey, addresses, draft, Action::Allow);
}

fn steps(survey: &Survey<'_>, addresses: &AddressPlan, draft: &mut Draft, action: Action) {
    for id in sixward_assess::firewall::concerned(survey) {
        let Some(firewall) = survey.estate().firewalls.get(&id) else {
            continue;
        };
        // The state already holds what the provider opened by itself.
        let Some(now) = draft.state.firewalls.get(&id) else {
            continue;
        };
        let rules = match firewall.kind {
            FirewallKind::Group if action == Action::Deny => continue,
            FirewallKind::Group => group_rules(survey, addresses, firewall, now),
            FirewallKind::List => list_rules(survey, addresses, firewall, now),
            FirewallKind::Ordered => Vec::new(),
        };
        for (rule, about) in rules.into_iter().filter(|(rule, _)| rule.action == action) {
            draft.step(
                Change::AddRule {
                    firewall: id.clone(),
                    rule,
                },
                about,
            );
        }
    }
}

fn group_rules(
    survey: &Survey<'_>,
    addresses: &AddressPlan,
    firewall: &Firewall,
    now: &Firewall,
) -> Vec<(Rule, About)> {
    let mut rules: Vec<(Rule, About)> = Vec::new();
    // A million rules may stand here: what is there is looked up, not searched.
    let mut there: BTreeSet<_> = now.rules.iter().map(meaning).collect();
    for twin in sixward_assess::firewall::twins(survey, firewall) {
        for rule in twin_rules(survey, addresses, &twin) {
            if there.insert(meaning(&rule)) {
                rules.push((rule, about(&twin)));
            }
        }
    }
    rules
}

fn list_rules(
    survey: &Survey<'_>,
    addresses: &AddressPlan,
    firewall: &Firewall,
    now: &Firewall,
) -> Vec<(Rule, About)> {
    let twins = sixward_assess::firewall::twins(survey, firewall);
    let mut rules = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        let mut numbers = Numbers::new(now, direction);
        for twin in twins.iter().filter(|twin| twin.rule.direction == direction) {
            for rule in twin_rules(survey, addresses, twin) {
                if let Some(there) = now.rules.iter().find(|other| other.same_meaning(&rule)) {
                    numbers.pass(there.order);
                } else if let Some(order) = numbers.after(twin.rule.order) {
                    rules.push((
                        Rule {
                            order: Some(order),
                            ..rule
                        },
                        about(twin),
                    ));
                }
            }
        }
        rules.extend(packet_too_big(now, direction, &rules, &mut numbers));
    }
    rules
}

/// The IPv6 rules that a twin stands for, without a number.
fn twin_rules(survey: &Survey<'_>, addresses: &AddressPlan, twin: &RuleTwin<'_>) -> Vec<Rule> {
    let remotes: Vec<_> = match &twin.remote {
        Twin::List(list) => vec![Remote::PrefixList(list.clone())],
        remote => prefixes(survey, addresses, remote)
            .into_iter()
            .map(Remote::from)
            .collect(),
    };
    let rules = twin.traffic.iter().flat_map(|traffic| {
        remotes.iter().map(|remote| Rule {
            direction: twin.rule.direction,
            order: None,
            action: twin.rule.action,
            traffic: *traffic,
            remote: remote.clone(),
            note: twin.rule.note.clone(),
        })
    });
    rules.collect()
}

pub(crate) fn about(twin: &RuleTwin<'_>) -> About {
    let reason = match twin.rule.order {
        Some(order) => format!("entry {order} says the same of {}", twin.rule.remote),
        None => format!("the rule for {} says the same", twin.rule.remote),
    };
    About::quiet(reason).risk(Risk::Low)
}

/// The entry without which path MTU discovery fails: lists keep no state, so that the message must be
/// let in and out by itself (RFC 4890 section 4.3.1; Amazon VPC, Path MTU Discovery). Groups keep
/// state and let it pass as an answer.
fn packet_too_big(
    now: &Firewall,
    direction: Direction,
    planned: &[(Rule, About)],
    numbers: &mut Numbers,
) -> Option<(Rule, About)> {
    let planned = planned.iter().map(|(rule, _)| rule);
    let v6: Vec<_> = now
        .rules
        .iter()
        .chain(planned)
        .filter(|rule| rule.direction == direction && rule.family() == Some(Family::V6))
        .collect();
    let lets_pass = |rule: &&&Rule| {
        rule.action == Action::Allow
            && rule.remote == Remote::from(ANY6)
            && rule.traffic.contains(Traffic::PACKET_TOO_BIG)
    };
    let allows = v6.iter().any(|rule| rule.action == Action::Allow);
    if !allows || v6.iter().any(|rule| lets_pass(&rule)) {
        return None;
    }
    let first = v6.iter().filter_map(|rule| rule.order).min();
    let rule = Rule {
        direction,
        order: Some(numbers.before(first)?),
        action: Action::Allow,
        traffic: Traffic::PACKET_TOO_BIG,
        remote: Remote::from(ANY6),
        note: SmolStr::default(),
    };
    let reason = "path MTU discovery: IPv6 routers do not fragment, and a list keeps no state";
    Some((rule, About::quiet(reason).risk(Risk::Low)))
}

/// The numbers of one direction of a list.
struct Numbers {
    taken: BTreeSet<u32>,
    last: u32,
}

impl Numbers {
    fn new(firewall: &Firewall, direction: Direction) -> Self {
        let taken = firewall
            .rules(direction)
            .filter_map(|rule| rule.order)
            .collect();
        Self { taken, last: 0 }
    }

    /// A rule of this number is there already: what follows comes behind it.
    fn pass(&mut self, order: Option<u32>) {
        self.last = self.last.max(order.unwrap_or(0));
    }

    /// The next free number behind the IPv4 rule and behind the twins so far.
    fn after(&mut self, order: Option<u32>) -> Option<u32> {
        let from = self.last.max(order.unwrap_or(0)) + 1;
        let free = (from..=HIGHEST_ORDER).find(|number| !self.taken.contains(number))?;
        self.taken.insert(free);
        self.last = free;
        Some(free)
    }

    /// The nearest free number before all of them.
    fn before(&mut self, order: Option<u32>) -> Option<u32> {
        let to = order.unwrap_or(HIGHEST_ORDER);
        let free = (1..to).rev().find(|number| !self.taken.contains(number))?;
        self.taken.insert(free);
        Some(free)
    }
}

fn meaning(rule: &Rule) -> (Direction, Action, Traffic, Remote) {
    (
        rule.direction,
        rule.action,
        rule.traffic,
        rule.remote.clone(),
    )
}

pub(crate) fn add(estate: &mut Estate, id: &FirewallId, rule: &Rule) -> Result<(), ChangeError> {
    let firewall = find(estate, id)?;
    let taken = |other: &Rule| {
        rule.order.is_some() && other.order == rule.order && other.direction == rule.direction
    };
    if firewall
        .rules
        .iter()
        .any(|other| other == rule || taken(other))
    {
        return Err(ChangeError::Exists(subject(firewall), rule.to_string()));
    }
    firewall.add(rule.clone());
    Ok(())
}

pub(crate) fn remove(estate: &mut Estate, id: &FirewallId, rule: &Rule) -> Result<(), ChangeError> {
    let firewall = find(estate, id)?;
    match firewall.rules.iter().position(|other| other == rule) {
        Some(at) => {
            firewall.rules.remove(at);
            Ok(())
        }
        None => Err(ChangeError::Absent(subject(firewall), rule.to_string())),
    }
}

fn find<'a>(estate: &'a mut Estate, id: &FirewallId) -> Result<&'a mut Firewall, ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("firewall", id.as_str(), ""));
    estate.firewalls.get_mut(id).ok_or_else(missing)
}

fn subject(firewall: &Firewall) -> Subject {
    Subject::new("firewall", firewall.id.as_str(), &firewall.name)
}
