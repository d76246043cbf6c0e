//! What is found about firewalls: rules that wait for a person, and what the provider does with them
//! when the network gets IPv6 (Amazon VPC: Migrating to IPv6, step 3; Default network ACL).

use sixward_estate::{Action, Direction, Firewall, FirewallKind, Remote, Rule, Subject};
use sixward_net::{ANY4, ANY6, Family, Traffic};

use super::{RuleTwin, quota};
use crate::catalogue::Catalogue;
use crate::report::{Explain, Lines, Report, count};
use crate::survey::Survey;
use crate::twin::Twin;

/// Everything about firewalls. `unanswered` is the same survey without the answers: what is asked
/// does not depend on what was answered.
pub(crate) fn find(
    survey: &Survey<'_>,
    unanswered: &Survey<'_>,
    catalogue: &Catalogue,
    report: &mut Report,
) {
    let highest = quota::Highest::of(survey.estate());
    for id in super::concerned(survey) {
        let Some(firewall) = survey.estate().firewalls.get(&id) else {
            continue;
        };
        let asked = super::each_by_itself(unanswered, firewall);
        ask(firewall, &asked, report);
        let twins = if survey.intent.answers.is_empty() {
            super::held_back(firewall, asked)
        } else {
            super::twins(survey, firewall)
        };
        ask_exposed(survey, firewall, report);
        ask_behind(survey, firewall, &twins, report);
        still_waiting(survey, firewall, &twins, report);
        no_such_message(firewall, &twins, report);
        provider_half(survey, firewall, report);
        wider(firewall, report);
        quota::find(survey, catalogue, &highest, (firewall, &twins), report);
    }
}

pub(super) fn subject(firewall: &Firewall) -> Subject {
    Subject::new("firewall", firewall.id.as_str(), &firewall.name)
}

fn ask(firewall: &Firewall, asked: &[RuleTwin<'_>], report: &mut Report) {
    for twin in asked {
        if let Twin::Waits(wait) = &twin.remote {
            let seen = || format!("{}: {}", subject(firewall), said(twin.rule));
            report.questions.ask(wait, &firewall.network, seen);
            if twin.rule.action == Action::Deny {
                report.questions.denies(&wait.key);
            }
        }
    }
}

/// Rules for somebody whose IPv6 is answered, and would expose something.
fn ask_exposed(survey: &Survey<'_>, firewall: &Firewall, report: &mut Report) {
    let exposed = super::exposed(survey, firewall);
    if exposed.is_empty() {
        return;
    }
    let wait = super::expose(firewall, &exposed);
    for rule in firewall.rules(Direction::Ingress) {
        if super::admits_somebody(rule, &super::named_in(survey, firewall, rule)) {
            let seen = || format!("{}: {}", subject(firewall), said(rule));
            report.questions.ask(&wait, &firewall.network, seen);
        }
    }
}

/// Rules that wait only because a deny before them does.
fn ask_behind(
    survey: &Survey<'_>,
    firewall: &Firewall,
    twins: &[RuleTwin<'_>],
    report: &mut Report,
) {
    if firewall.kind == FirewallKind::Group {
        return;
    }
    let alone = super::each_by_itself(survey, firewall);
    for (twin, alone) in twins.iter().zip(&alone) {
        if let (Twin::Waits(wait), true) = (&twin.remote, twin.remote != alone.remote) {
            let seen = || {
                format!(
                    "{}: {}, held back by a deny before it",
                    subject(firewall),
                    said(twin.rule)
                )
            };
            report.questions.ask(wait, &firewall.network, seen);
            if twin.rule.action == Action::Deny {
                report.questions.denies(&wait.key);
            }
        }
    }
}

/// Rules that wait although their question has an answer: it says nothing in this network.
fn still_waiting(
    survey: &Survey<'_>,
    firewall: &Firewall,
    twins: &[RuleTwin<'_>],
    report: &mut Report,
) {
    for twin in twins {
        if let Twin::Waits(wait) = &twin.remote {
            let line = || format!("{}: {}", subject(firewall), said(twin.rule));
            report.waits(survey, &wait.key, line);
        }
    }
}

/// A rule with its owner's comment.
pub(super) fn said(rule: &Rule) -> String {
    if rule.note.is_empty() {
        rule.to_string()
    } else {
        format!("{rule} ({})", rule.note)
    }
}

fn no_such_message(firewall: &Firewall, twins: &[RuleTwin<'_>], report: &mut Report) {
    let silent = twins.iter().filter(|twin| twin.traffic.is_empty());
    let lines: Lines = silent.map(|twin| said(twin.rule)).collect();
    if lines.is_empty() {
        return;
    }
    report
        .note(
            super::NO_SUCH_MESSAGE,
            subject(firewall),
            format!(
                "{} of ICMP messages that IPv6 does not have",
                count(lines.count(), "rule speaks", "rules speak")
            ),
        )
        .way_out("nothing: the rule stays IPv4 only (RFC 7915 section 4.2)")
        .seen_in(lines);
}

/// What the provider adds by itself, and what it does not.
fn provider_half(survey: &Survey<'_>, firewall: &Firewall, report: &mut Report) {
    let aws = survey.provider(&firewall.network) == Some(sixward_estate::Provider::Aws);
    if !aws
        || firewall
            .rules
            .iter()
            .any(|rule| rule.family() == Some(Family::V6))
    {
        return;
    }
    match firewall.kind {
        FirewallKind::Group => {
            // A rule that names a group speaks for both families.
            let egress = firewall.rules(Direction::Egress);
            let mut egress = egress
                .filter(|rule| !matches!(rule.remote, Remote::Firewall(_)))
                .peekable();
            if egress.peek().is_some() && !firewall.is_untouched(Direction::Egress) {
                report
                    .warning(
                        super::EGRESS_CHANGED,
                        subject(firewall),
                        "changed egress rules: the provider will not add their IPv6 half",
                    )
                    .way_out("nothing: the plan adds the IPv6 half of each egress rule")
                    .seen_in(egress.map(Rule::to_string).collect::<Lines>());
            }
        }
        FirewallKind::List => {
            let changed = [Direction::Ingress, Direction::Egress]
                .into_iter()
                .filter(|direction| !firewall.is_untouched(*direction));
            let lines: Lines = changed
                .map(|direction| format!("{direction} rules"))
                .collect();
            if !lines.is_empty() {
                report
                    .warning(
                        super::LIST_NEEDS_V6,
                        subject(firewall),
                        "the provider adds IPv6 rules only to a list on subnets (network ACL) \
                             that is its own and unchanged, and nothing passes over IPv6 without",
                    )
                    .way_out(
                        "nothing: the plan adds the IPv6 half of each rule before any address is \
                         assigned",
                    )
                    .seen_in(lines);
            }
        }
        FirewallKind::Ordered => {}
    }
}

/// IPv6 rules from everywhere that are there already, for traffic that IPv4 does not admit.
fn wider(firewall: &Firewall, report: &mut Report) {
    if firewall.kind != FirewallKind::Group {
        return;
    }
    let from = |net: Remote| {
        firewall
            .rules(Direction::Ingress)
            .filter(move |rule| rule.action == Action::Allow && rule.remote == net)
    };
    let v4: Vec<Traffic> = from(ANY4.into()).map(|rule| rule.traffic).collect();
    let lines: Lines = from(ANY6.into())
        // ICMPv6 must pass where ICMP need not (RFC 4890).
        .filter(|rule| !matches!(rule.traffic, Traffic::Icmp6(_)))
        .filter(|rule| !v4.iter().any(|traffic| traffic.contains(rule.traffic)))
        .map(said)
        .collect();
    if lines.is_empty() {
        return;
    }
    report
        .warning(
            super::V6_WIDER,
            subject(firewall),
            format!(
                "{} everyone over IPv6 and nobody does over IPv4",
                count(lines.count(), "rule admits", "rules admit")
            ),
        )
        .way_out(
            "remove them, or leave them if this is meant: the plan changes no rule that is there",
        )
        .seen_in(lines);
}
