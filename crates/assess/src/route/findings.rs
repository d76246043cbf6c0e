//! What is found about routes.

use std::collections::BTreeSet;

use sixward_estate::{
    Destination, GatewayId, Provider, RouteOrigin, RouteState, RouteTable, RouteTableId,
    RouteTarget, SmolStr, Subject,
};
use sixward_net::IpNet;

use super::RouteTwin;
use crate::catalogue::Catalogue;
use crate::question::{egress_only, leave_out, prefixes, same_target};
use crate::report::{Explain, Lines, Report, count};
use crate::survey::Survey;
use crate::twin::{Span, Twin};
use crate::{Choice, Decision, PREFIX_LIST};

/// Everything about routes. `unanswered` is the same survey without the answers.
pub(crate) fn find(
    survey: &Survey<'_>,
    unanswered: &Survey<'_>,
    catalogue: &Catalogue,
    report: &mut Report,
) {
    for table in &survey.estate().route_tables {
        if !survey.selection.network(&table.network) {
            continue;
        }
        edge(survey, table, report);
        if !super::concerned(survey, table) {
            continue;
        }
        for twin in super::twins(unanswered, table) {
            if let Twin::Waits(wait) = &twin.destination {
                let seen = || {
                    format!(
                        "{}: {} to {}",
                        subject(table),
                        twin.route.destination,
                        twin.route.target
                    )
                };
                report.questions.ask(wait, &table.network, seen);
            }
        }
        states(survey, table, report);
        lets_in(survey, table, report);
        let twins = super::twins(survey, table);
        for twin in &twins {
            if let Twin::Waits(wait) = &twin.destination {
                let line = || format!("{}: {}", subject(table), twin.route.destination);
                report.waits(survey, &wait.key, line);
            }
        }
        quota(survey, catalogue, (table, &twins), report);
    }
}

/// The decision about a route of `table` to `destination` that leads `through` something.
pub(crate) fn decision(
    survey: &Survey<'_>,
    key: &SmolStr,
    (table, destination, through): (&str, &str, &str),
    seen: Lines,
) -> Decision {
    let tables = &survey.estate().route_tables;
    let known = tables.get(&RouteTableId::new(table));
    let name = known.map_or("", |table| table.name.as_str());
    let default = destination == "0.0.0.0/0";
    let mut choices = vec![leave_out()];
    if default {
        choices.push(egress_only());
        choices.push(same_target(
            "IPv6 goes to the same target: it must forward, and inspect, IPv6",
        ));
    }
    choices.push(prefixes());
    choices.push(Choice::new(
        PREFIX_LIST,
        "the id of a list of IPv6 prefixes in this estate, to the same target",
    ));
    Decision {
        key: key.clone(),
        code: super::THROUGH_MIDDLE,
        subject: Subject::new("route-table", table, name),
        question: if default {
            format!(
                "IPv4 leaves through {through}: how does IPv6 leave? (whatever {through} \
                     inspects or forbids, IPv6 that goes round it escapes)"
            )
        } else {
            format!(
                "which IPv6 prefixes lie behind {through}, as {destination} does over \
                     IPv4? (they are routed to the same target, which must forward, and \
                     inspect, IPv6)"
            )
        },
        choices,
        meanwhile: format!("{destination} has no IPv6 route in this table"),
        evidence: seen.into_vec(),
    }
}

fn subject(table: &RouteTable) -> Subject {
    Subject::new("route-table", table.id.as_str(), &table.name)
}

fn states(survey: &Survey<'_>, table: &RouteTable, report: &mut Report) {
    let mut gone = Lines::default();
    let mut learnt = Lines::default();
    let mut not_modelled = Lines::default();
    for route in &table.routes {
        let line = || format!("{} to {}", route.destination, route.target);
        if super::is_v6(survey, &route.destination) {
            continue;
        }
        if route.state == RouteState::Blackhole {
            gone.push(line);
        } else if route.origin == RouteOrigin::Propagated {
            learnt.push(line);
        } else if matches!(route.target, RouteTarget::Unmodelled(_)) {
            not_modelled.push(line);
        }
    }
    if !gone.is_empty() {
        let lead = count(gone.count(), "route leads", "routes lead");
        report
            .warning(
                super::BLACKHOLE,
                subject(table),
                format!("{lead} nowhere any more (blackhole), and IPv6 gets none for it"),
            )
            .way_out("remove them, or mend their targets first if IPv6 is to have them")
            .seen_in(gone);
    }
    if !learnt.is_empty() || !table.propagated_from.is_empty() {
        let from: Lines = table
            .propagated_from
            .iter()
            .map(GatewayId::to_string)
            .collect();
        report
            .warning(
                super::PROPAGATED,
                subject(table),
                format!(
                    "it learns {} from {}: those of IPv6 come only if they are announced",
                    count(learnt.count(), "route", "routes"),
                    if from.is_empty() {
                        "a gateway".to_owned()
                    } else {
                        from.joined()
                    }
                ),
            )
            .way_out(
                "announce the IPv6 prefixes over BGP (an IPv6 peer on the connection); \
                 the plan adds no route for them",
            )
            .seen_in(learnt);
    }
    if !not_modelled.is_empty() {
        report
            .warning(
                super::NOT_MODELLED,
                subject(table),
                format!(
                    "{} to something that is not modelled, and IPv6 gets none for it",
                    count(not_modelled.count(), "route leads", "routes lead")
                ),
            )
            .way_out("add the IPv6 routes by hand, and check what they bypass")
            .seen_in(not_modelled);
    }
}

/// An IPv6 default route that somebody made, and that is more open than the IPv4 one.
fn lets_in(survey: &Survey<'_>, table: &RouteTable, report: &mut Report) {
    let (Some(v4), Some(v6)) = (table.default4(), table.default6()) else {
        return;
    };
    if super::is_internet(survey, v4) || !super::is_internet(survey, v6) {
        return;
    }
    report
        .warning(
            super::V6_LETS_IN,
            subject(table),
            format!(
                "over IPv6 its default route leads to {v6}, which lets the internet in; over IPv4 it \
                 leads to {v4}"
            ),
        )
        .way_out("lead ::/0 to an egress-only gateway instead, before more addresses are assigned")
        .seen_in(format!("::/0 to {v6}"));
}

/// Inbound traffic that a gateway's own table leads through an appliance or an endpoint.
fn edge(survey: &Survey<'_>, table: &RouteTable, report: &mut Report) {
    if table.edges.is_empty() {
        return;
    }
    let led = table.routes.iter().filter(|route| {
        route.target != RouteTarget::Local && !super::is_v6(survey, &route.destination)
    });
    let lines: Lines = led
        .map(|route| format!("{} to {}", route.destination, route.target))
        .collect();
    if lines.is_empty() {
        return;
    }
    let gateways: Lines = table.edges.iter().map(GatewayId::to_string).collect();
    report
        .warning(
            super::EDGE_V4_ONLY,
            subject(table),
            format!(
                "what comes in by {} over IPv4 is led through a middle, and IPv6 would \
                 go round it",
                gateways.joined()
            ),
        )
        .way_out(
            "add the IPv6 routes of this table by hand once the subnets have blocks, \
             before any default route for IPv6",
        )
        .seen_in(lines);
}

fn quota(
    survey: &Survey<'_>,
    catalogue: &Catalogue,
    (table, twins): (&RouteTable, &[RouteTwin<'_>]),
    report: &mut Report,
) {
    if survey.provider(&table.network) != Some(Provider::Aws) {
        return;
    }
    let counts = || {
        table
            .routes
            .iter()
            .filter(|route| route.origin == RouteOrigin::Static)
    };
    let there = counts()
        .filter(|route| super::is_v6(survey, &route.destination))
        .count();
    let coming: usize = twins.iter().map(|twin| becomes(survey, twin)).sum();
    let v4 = counts().count() - there;
    let room = catalogue.quotas.table_routes.count.max(v4);
    if there + coming > room {
        report
            .blocker(
                super::ROUTE_QUOTA,
                subject(table),
                format!(
                    "it needs {} IPv6 routes and may have {room}",
                    there + coming
                ),
            )
            .way_out("ask the provider to raise the quota, or answer with fewer prefixes")
            .seen_in(format!(
                "{there} there, {coming} to come; quota: {}",
                catalogue.quotas.table_routes.what
            ));
    }
}

/// How many routes a twin becomes.
fn becomes(survey: &Survey<'_>, twin: &RouteTwin<'_>) -> usize {
    match &twin.destination {
        Twin::Any | Twin::List(_) => 1,
        Twin::Nets(nets) => nets.iter().collect::<BTreeSet<_>>().len(),
        Twin::Spans(spans) => {
            let gets = |span: &&Span| match span {
                Span::Network(id) => survey.gets_v6(id),
                Span::Subnet(id) => survey.subnet_gets_v6(id),
                Span::Interface(_) => true,
            };
            spans.iter().filter(gets).count()
        }
        Twin::Itself => usize::from(!matches!(
            twin.route.destination,
            Destination::Net(IpNet::V6(_))
        )),
        Twin::Nothing | Twin::Waits(_) => 0,
    }
}
