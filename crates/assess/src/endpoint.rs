//! How private endpoints come to IPv6.
//!
//! An endpoint by interfaces is switched in place where the service behind it has IPv6, which no dump
//! says: the owner does. Source: botocore 1.44.5 (`ModifyVpcEndpoint`: `IpAddressType`); AWS
//! `PrivateLink` guide.

use sixward_estate::intent::Profile;
use sixward_estate::{Code, Endpoint, EndpointKind, SmolStr, Subject, SubnetId};

use crate::host::{NO, YES};
use crate::report::{Explain, Lines, Report};
use crate::survey::Survey;
use crate::{Choice, Decision};

/// An endpoint's interfaces can be switched, where its service has IPv6.
pub const INTERFACE_V4: Code = Code::new("endpoint/interface-v4");
/// Some subnet of the endpoint gets no IPv6 block.
pub const SUBNETS_WITHOUT_V6: Code = Code::new("endpoint/subnets-without-v6");
/// An endpoint by route leads IPv4 only.
pub const GATEWAY_V4: Code = Code::new("endpoint/gateway-v4");
/// An endpoint leads through appliances.
pub const INSPECTION: Code = Code::new("endpoint/inspection");

/// How an endpoint comes to IPv6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointChange {
    /// By a field that can be set back, once its subnets have blocks.
    InPlace {
        /// The owner said that the service has IPv6. Without that it stays as it is.
        agreed: bool,
    },
    /// Not at all: it has IPv6, is to stay IPv4, or is of a kind that a plan does not change.
    Nothing,
    /// Not before a finding of this code is gone.
    Blocked(Code),
}

/// How an endpoint comes to IPv6.
pub fn change(survey: &Survey<'_>, endpoint: &Endpoint) -> EndpointChange {
    if endpoint.family.has_v6() || !wanted(survey, endpoint) {
        return EndpointChange::Nothing;
    }
    match &endpoint.kind {
        EndpointKind::Interface { subnets, .. } => {
            if lacking(survey, subnets).next().is_some() {
                return EndpointChange::Blocked(SUBNETS_WITHOUT_V6);
            }
            let answer = survey.intent.answer(&key(endpoint));
            let agreed = matches!(answer, Some([word]) if word == YES);
            EndpointChange::InPlace { agreed }
        }
        EndpointKind::Gateway { .. } | EndpointKind::Inspection { .. } => EndpointChange::Nothing,
    }
}

fn key(endpoint: &Endpoint) -> SmolStr {
    format!("endpoint:{}", endpoint.id).into()
}

fn wanted(survey: &Survey<'_>, endpoint: &Endpoint) -> bool {
    survey.selection.profile() == Profile::DualStack && survey.selection.network(&endpoint.network)
}

fn lacking<'a>(
    survey: &'a Survey<'_>,
    subnets: &'a [SubnetId],
) -> impl Iterator<Item = &'a SubnetId> {
    subnets.iter().filter(|id| !survey.subnet_gets_v6(id))
}

pub(crate) fn find(survey: &Survey<'_>, report: &mut Report) {
    for endpoint in &survey.estate().endpoints {
        if endpoint.family.has_v6() || !wanted(survey, endpoint) {
            continue;
        }
        match &endpoint.kind {
            EndpointKind::Interface { subnets, .. } => {
                let lines: Lines = lacking(survey, subnets).map(ToString::to_string).collect();
                interface(endpoint, lines, report);
            }
            EndpointKind::Gateway { .. } => gateway(endpoint, report),
            EndpointKind::Inspection { .. } => inspection(endpoint, report),
        }
    }
}

fn subject(endpoint: &Endpoint) -> Subject {
    Subject::new("endpoint", endpoint.id.as_str(), &endpoint.name)
}

fn interface(endpoint: &Endpoint, lacking: Lines, report: &mut Report) {
    if lacking.is_empty() {
        report.decisions.push(decision(endpoint));
        return;
    }
    let message = "it needs an IPv6 block in every subnet that it stands in, and some get none";
    report
        .blocker(SUBNETS_WITHOUT_V6, subject(endpoint), message)
        .way_out("select these subnets in the intent; until then it is reached over IPv4 as before")
        .seen_in(lacking);
}

fn decision(endpoint: &Endpoint) -> Decision {
    Decision {
        key: key(endpoint),
        code: INTERFACE_V4,
        subject: subject(endpoint),
        question: format!(
            "does {} answer over IPv6 at this endpoint? \
                 (describe-vpc-endpoint-services says it: SupportedIpAddressTypes)",
            endpoint.service
        ),
        choices: vec![
            Choice::new(NO, "it is reached over IPv4 only, as before"),
            Choice::new(
                YES,
                "it becomes dual-stack in place, after its subnets have blocks",
            ),
        ],
        meanwhile: "it is reached over IPv4 only, as before".to_owned(),
        evidence: vec![format!("families: {}", endpoint.family)],
    }
}

fn gateway(endpoint: &Endpoint, report: &mut Report) {
    let EndpointKind::Gateway { route_tables, .. } = &endpoint.kind else {
        return;
    };
    let tables: Lines = route_tables
        .iter()
        .map(|table| format!("route table {table}"))
        .collect();
    let message = format!(
        "its routes are IPv4 only: IPv6 traffic to {} leaves by the default route instead",
        endpoint.service
    );
    report
        .note(GATEWAY_V4, subject(endpoint), message)
        .way_out(
            "switch it to dual-stack where the service has it, or keep clients on the service's IPv4 \
             names; otherwise its traffic leaves the private path, may cost more, and escapes the \
             endpoint's policy",
        )
        .seen_in(tables);
}

fn inspection(endpoint: &Endpoint, report: &mut Report) {
    let message =
        "it leads through appliances, and IPv6 that has a route of its own goes round them";
    report
        .warning(INSPECTION, subject(endpoint), message)
        .way_out(
            "answer the decisions of the routes to it: same-target only if the \
                 appliances inspect IPv6",
        )
        .seen_in(format!("families: {}", endpoint.family));
}
