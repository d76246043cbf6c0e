//! How private endpoints come to IPv6.
//!
//! Source: botocore 1.44.5 (ModifyVpcEndpoint: IpAddressType, DnsOptions); AWS PrivateLink guide.

use sixward_estate::intent::Profile;
use sixward_estate::{Code, Endpoint, EndpointKind, Subject};

use crate::report::{Explain, Lines, Report};
use crate::survey::Survey;

/// An endpoint's interfaces can be switched, where its service has IPv6.
pub const INTERFACE_V4: Code = Code::new("endpoint/interface-v4");
/// An endpoint by route leads IPv4 only.
pub const GATEWAY_V4: Code = Code::new("endpoint/gateway-v4");
/// An endpoint leads through appliances.
pub const INSPECTION: Code = Code::new("endpoint/inspection");

/// How an endpoint comes to IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointChange {
    /// In place, if its service has IPv6: nobody but the provider can say.
    IfServiceDoes,
    /// Not at all: it has IPv6, is to stay IPv4, or some subnet of it gets no block.
    Nothing,
}

/// How an endpoint comes to IPv6.
pub fn change(survey: &Survey<'_>, endpoint: &Endpoint) -> EndpointChange {
    if endpoint.family.has_v6() || !wanted(survey, endpoint) {
        return EndpointChange::Nothing;
    }
    match &endpoint.kind {
        EndpointKind::Interface { subnets, .. }
            if subnets.iter().all(|id| survey.subnet_gets_v6(id)) =>
        {
            EndpointChange::IfServiceDoes
        }
        EndpointKind::Gateway { .. } => EndpointChange::IfServiceDoes,
        EndpointKind::Interface { .. } | EndpointKind::Inspection { .. } => EndpointChange::Nothing,
    }
}

fn wanted(survey: &Survey<'_>, endpoint: &Endpoint) -> bool {
    survey.selection.profile() == Profile::DualStack && survey.selection.network(&endpoint.network)
}

pub(crate) fn find(survey: &Survey<'_>, report: &mut Report) {
    for endpoint in &survey.estate().endpoints {
        if endpoint.family.has_v6() || !wanted(survey, endpoint) {
            continue;
        }
        match &endpoint.kind {
            EndpointKind::Interface { .. } => interface(endpoint, report),
            EndpointKind::Gateway { .. } => gateway(endpoint, report),
            EndpointKind::Inspection { .. } => inspection(endpoint, report),
        }
    }
}

fn subject(endpoint: &Endpoint) -> Subject {
    Subject::new("endpoint", endpoint.id.as_str(), &endpoint.name)
}

fn interface(endpoint: &Endpoint, report: &mut Report) {
    report
        .note(
            INTERFACE_V4,
            subject(endpoint),
            format!("{} is reached over IPv4 only; it can be switched to dual-stack in place where the service has IPv6", endpoint.service),
        )
        .way_out("ask the provider whether the service has it (describe-vpc-endpoint-services: SupportedIpAddressTypes), and switch it after its subnets have blocks")
        .seen_in(format!("families: {}", endpoint.family));
}

fn gateway(endpoint: &Endpoint, report: &mut Report) {
    let EndpointKind::Gateway { route_tables, .. } = &endpoint.kind else {
        return;
    };
    let tables: Lines = route_tables
        .iter()
        .map(|table| format!("route table {table}"))
        .collect();
    report
        .note(
            GATEWAY_V4,
            subject(endpoint),
            format!("its routes are IPv4 only: IPv6 traffic to {} leaves by the default route instead", endpoint.service),
        )
        .way_out("switch it to dual-stack where the service has it, or keep clients on the service's IPv4 names; otherwise its traffic leaves the private path, may cost more, and escapes the endpoint's policy")
        .seen_in(tables);
}

fn inspection(endpoint: &Endpoint, report: &mut Report) {
    report
        .warning(
            INSPECTION,
            subject(endpoint),
            "it leads through appliances, and IPv6 goes round them where it has a route of its own".to_owned(),
        )
        .way_out("answer the decisions of the routes to it: same-target only if the appliances inspect IPv6")
        .seen_in(format!("families: {}", endpoint.family));
}
