//! How hazards are told: subjects, and evidence that stays short.

use sixward_estate::{
    Estate, Finding, Firewall, Interface, InterfaceOwner, RouteTable, Subject, Subnet,
};

/// How many things of one kind a finding names.
const SHOWN: usize = 10;

pub(super) fn firewall(firewall: &Firewall) -> Subject {
    Subject::new("firewall", firewall.id.as_str(), &firewall.name)
}

pub(super) fn table(table: &RouteTable) -> Subject {
    Subject::new("route-table", table.id.as_str(), &table.name)
}

pub(super) fn subnet(subnet: &Subnet) -> Subject {
    Subject::new("subnet", subnet.id.as_str(), &subnet.name)
}

/// An interface by the name of its host, since it has none of its own.
pub(super) fn interface(estate: &Estate, interface: &Interface) -> Subject {
    let name = match &interface.owner {
        InterfaceOwner::Host(id) => estate.hosts.get(id).map(|host| host.name.as_str()),
        InterfaceOwner::Balancer(id) => estate.balancers.get(id).map(|it| it.name.as_str()),
        InterfaceOwner::Service(id) => estate.services.get(id).map(|it| it.name.as_str()),
        _ => None,
    };
    Subject::new("interface", interface.id.as_str(), name.unwrap_or_default())
}

/// The finding with lines of evidence, of which only the first are told.
pub(super) fn seen(finding: Finding, lines: impl IntoIterator<Item = String>) -> Finding {
    let mut lines = lines.into_iter();
    let mut finding = lines.by_ref().take(SHOWN).fold(finding, Finding::evidence);
    let more = lines.count();
    if more > 0 {
        finding = finding.evidence(format!("and {more} more"));
    }
    finding
}

/// `subnet a and 3 others`, `subnets a and b`.
pub(super) fn named(noun: &str, names: &[&str]) -> String {
    match names {
        [] => format!("no {noun}"),
        [one] => format!("{noun} {one}"),
        [one, two] => format!("{noun}s {one} and {two}"),
        [one, rest @ ..] => format!("{noun} {one} and {} others", rest.len()),
    }
}
