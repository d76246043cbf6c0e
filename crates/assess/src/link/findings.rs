//! What is found about links.
//!
//! A link carries IPv6 only where both ends have it and both route it; a packet that finds the way
//! there and none back is lost without a word (research: X8).

use std::collections::BTreeSet;

use sixward_estate::intent::Profile;
use sixward_estate::{
    Attachment, Link, LinkId, LinkKind, NetworkId, RouteTarget, SmolStr, Subject,
};

use crate::question::{leave_out, prefixes, same_target};
use crate::report::{Explain, Lines, Report};
use crate::survey::Survey;
use crate::twin::Twin;
use crate::{Choice, Decision, PREFIX_LIST};

/// Everything about links. `unanswered` is the same survey without the answers.
pub(crate) fn find(survey: &Survey<'_>, unanswered: &Survey<'_>, report: &mut Report) {
    // In the other profiles traffic between networks stays IPv4.
    if survey.selection.profile() != Profile::DualStack {
        return;
    }
    let routed = routed(survey);
    for link in &survey.estate().links {
        match &link.kind {
            LinkKind::Peering {
                requester,
                accepter,
            } => {
                let sides = [&requester.network, &accepter.network];
                peering(survey, link, sides, routed.contains(&link.id), report);
            }
            LinkKind::Transit(attachment) => transit(survey, link, attachment, report),
            LinkKind::Vpn { v6, .. } => vpn(link, *v6, report),
        }
    }
    questions(unanswered, report);
}

/// The decision about a hub's default route.
pub(crate) fn decision(
    key: &SmolStr,
    table: &str,
    destination: &str,
    network: &str,
    seen: Lines,
) -> Decision {
    Decision {
        key: key.clone(),
        code: super::HUB_DEFAULT,
        subject: Subject::new("transit-table", table, ""),
        question: format!(
            "does the hub lead IPv6 for everywhere to {network}, as it does IPv4? \
                 (egress-only gateways serve their own network only, so that {network} \
                 must have another way out for the others)"
        ),
        choices: vec![
            leave_out(),
            same_target("::/0 leads there too: its appliances must forward, and inspect, IPv6"),
            prefixes(),
            Choice::new(
                PREFIX_LIST,
                "the id of a list of IPv6 prefixes in this estate",
            ),
        ],
        meanwhile: format!(
            "the hub has no IPv6 route for {destination}: each network has its own way out"
        ),
        evidence: seen.into_vec(),
    }
}

fn subject(link: &Link) -> Subject {
    Subject::new("link", link.id.as_str(), &link.name)
}

/// Peerings that some table of a selected network routes to.
fn routed<'a>(survey: &Survey<'a>) -> BTreeSet<&'a LinkId> {
    let tables = survey.estate().route_tables.iter();
    let tables = tables.filter(|table| survey.selection.network(&table.network));
    let targets = tables
        .flat_map(|table| &table.routes)
        .map(|route| &route.target);
    targets
        .filter_map(|target| match target {
            RouteTarget::Link(link) => Some(link),
            _ => None,
        })
        .collect()
}

fn peering(
    survey: &Survey<'_>,
    link: &Link,
    sides: [&NetworkId; 2],
    routed: bool,
    report: &mut Report,
) {
    let selected = sides.iter().any(|side| survey.selection.network(side));
    let Some(other) = sides.iter().find(|side| !survey.gets_v6(side)) else {
        return;
    };
    if !selected {
        return;
    }
    let read = survey.estate().networks.contains(other);
    report
        .warning(
            super::HALF_OPEN,
            subject(link),
            format!(
                "its other side {other} {}, so that nothing passes here over IPv6",
                if read {
                    "gets no IPv6"
                } else {
                    "is not in the estate"
                }
            ),
        )
        .way_out(if read {
            "select that network too, or keep names from pointing across the link (AAAA)"
        } else {
            "add its dumps to the input, or agree with its owner on IPv6 routes of both sides"
        })
        .seen_in(
            if routed {
                "routes lead to it"
            } else {
                "no route leads to it"
            }
            .to_owned(),
        );
}

fn transit(survey: &Survey<'_>, link: &Link, attachment: &Attachment, report: &mut Report) {
    match &attachment.network {
        Some(network) if survey.selection.network(network) && !attachment.v6 => {
            report
                .note(
                    super::ATTACHMENT_V4,
                    subject(link),
                    format!("the attachment of {network} does not carry IPv6 yet"),
                )
                .way_out(
                    "nothing: the plan turns its IPv6 support on, after its subnets have blocks",
                )
                .seen_in("IPv6 support: off".to_owned());
        }
        Some(network) if survey.gets_v6(network) || !shares_hub(survey, attachment) => {}
        Some(network) => {
            report
                .warning(
                    super::HALF_OPEN,
                    subject(link),
                    format!("its network {network} gets no IPv6, and others on the hub do"),
                )
                .way_out("select that network too, or keep names from pointing there (AAAA)")
                .seen_in(format!("hub {}", attachment.transit));
        }
        None if shares_hub(survey, attachment) => {
            let other = if attachment.other.is_empty() {
                "something else"
            } else {
                &attachment.other
            };
            report
                .warning(
                    super::HALF_OPEN,
                    subject(link),
                    format!("behind it is {other}, and whether that carries IPv6 is not known"),
                )
                .way_out(
                    "announce IPv6 prefixes from there (BGP), or answer the decisions of the \
                     routes to it with leave-out",
                )
                .seen_in(format!("hub {}", attachment.transit));
        }
        None => {}
    }
}

/// Whether a network that gets IPv6 is on the same hub.
fn shares_hub(survey: &Survey<'_>, attachment: &Attachment) -> bool {
    survey.hub_gets_v6(&attachment.transit)
}

fn vpn(link: &Link, v6: bool, report: &mut Report) {
    if v6 {
        return;
    }
    report
        .warning(
            super::VPN_V4,
            subject(link),
            "it carries IPv4 only: a VPN connection carries one family",
        )
        .way_out(
            "make a second connection with IPv6 inside, at a transit hub: other \
             gateways take IPv4 only",
        )
        .seen_in("tunnels: IPv4 inside".to_owned());
}

fn questions(unanswered: &Survey<'_>, report: &mut Report) {
    for table in &unanswered.estate().transit_tables {
        if !unanswered.hub_gets_v6(&table.transit) {
            continue;
        }
        for twin in super::twins(unanswered, table) {
            let (Twin::Waits(wait), Some(network)) =
                (&twin.destination, super::attached(unanswered, twin.route))
            else {
                continue;
            };
            let seen = || {
                format!(
                    "transit-table/{}: {} to {network}",
                    table.id, twin.route.destination
                )
            };
            report.questions.ask(wait, network, seen);
        }
    }
}
