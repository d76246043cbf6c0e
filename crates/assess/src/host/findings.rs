//! What is found about hosts.

use std::collections::BTreeMap;

use sixward_estate::intent::Profile;
use sixward_estate::{Host, Interface, MachineTypeName, Subject, SubnetId};

use super::retype::say;
use super::{Readiness, readiness};
use crate::catalogue::Catalogue;
use crate::report::{Explain, Lines, Report, count};
use crate::survey::Survey;

/// Everything about hosts that are to get IPv6.
pub(crate) fn find(survey: &Survey<'_>, catalogue: &Catalogue, report: &mut Report) {
    if survey.selection.profile() == Profile::EdgeOnly {
        return;
    }
    let mut left_out: BTreeMap<&SubnetId, Lines> = BTreeMap::new();
    let mut not_known: BTreeMap<&MachineTypeName, Lines> = BTreeMap::new();
    for host in &survey.estate().hosts {
        if !survey.selection.network(&host.network) || skipped(survey, host) {
            continue;
        }
        let Some(interface) = survey.index.primary_interface(host) else {
            no_interface(host, report);
            continue;
        };
        if !survey.selection.interface(interface) {
            let lines = left_out.entry(&interface.subnet).or_default();
            lines.push(|| subject(host).to_string());
            continue;
        }
        let ready = readiness(survey, catalogue, host);
        if ready == Readiness::Blocked(super::TYPE_NOT_KNOWN) {
            let lines = not_known.entry(&host.machine_type).or_default();
            lines.push(|| subject(host).to_string());
        } else {
            say(survey, catalogue, host, &ready, report);
        }
        addresses(survey, catalogue, (host, interface, &ready), report);
        secondary(survey, host, report);
    }
    subnets_left_out(survey, left_out, report);
    types_not_known(not_known, report);
}

pub(crate) fn subject(host: &Host) -> Subject {
    Subject::new("host", host.id.as_str(), &host.name)
}

fn skipped(survey: &Survey<'_>, host: &Host) -> bool {
    let special = survey.intent.hosts.get(&host.id);
    special.is_some_and(|special| special.skip)
}

fn addresses(
    survey: &Survey<'_>,
    catalogue: &Catalogue,
    (host, interface, ready): (&Host, &Interface, &Readiness),
    report: &mut Report,
) {
    let kind = match ready {
        Readiness::Retype { to, .. } => to,
        _ => &host.machine_type,
    };
    let Some(machine) = catalogue.machine(survey.estate(), kind) else {
        return;
    };
    let wanted = interface.addresses4.len().max(interface.addresses6.len());
    if machine.v6 && wanted > usize::from(machine.addresses6) {
        report
            .warning(
                super::TOO_MANY_ADDRESSES,
                subject(host),
                format!(
                    "its first interface has {} and its type {kind} allows {} for IPv6",
                    count(wanted, "address", "addresses"),
                    machine.addresses6
                ),
            )
            .way_out(
                "name a bigger machine type in the intent, or spread the addresses over interfaces",
            )
            .seen_in(interface.id.to_string());
    }
}

fn secondary(survey: &Survey<'_>, host: &Host, report: &mut Report) {
    let interfaces = survey.index.interfaces_of_host(&host.id).iter();
    let others: Lines = interfaces
        .filter(|interface| !interface.primary)
        .map(|interface| format!("{} in {}", interface.id, interface.subnet))
        .collect();
    if !others.is_empty() {
        report
            .note(
                super::SECONDARY_INTERFACES,
                subject(host),
                format!(
                    "{} IPv4 only: addresses go to the first one",
                    count(
                        others.count(),
                        "more interface stays",
                        "more interfaces stay"
                    )
                ),
            )
            .way_out("assign addresses to them by hand where the guest is to use them")
            .seen_in(others);
    }
}

fn no_interface(host: &Host, report: &mut Report) {
    report
        .warning(
            super::NO_INTERFACE,
            subject(host),
            "its first interface was not read, so that it gets no IPv6 address",
        )
        .way_out("add the interfaces to the input (describe-network-interfaces)");
}

fn subnets_left_out(
    survey: &Survey<'_>,
    left_out: BTreeMap<&SubnetId, Lines>,
    report: &mut Report,
) {
    for (id, lines) in left_out {
        let name = survey
            .estate()
            .subnets
            .get(id)
            .map_or("", |subnet| subnet.name.as_str());
        report
            .note(
                super::SUBNET_LEFT_OUT,
                Subject::new("subnet", id.as_str(), name),
                format!(
                    "{} IPv4 only, because the subnet does",
                    count(lines.count(), "host in it stays", "hosts in it stay")
                ),
            )
            .way_out("select the subnet by the intent's profile, or end its skip")
            .seen_in(lines);
    }
}

fn types_not_known(not_known: BTreeMap<&MachineTypeName, Lines>, report: &mut Report) {
    for (kind, lines) in not_known {
        report
            .blocker(
                super::TYPE_NOT_KNOWN,
                Subject::new("machine-type", kind.as_str(), ""),
                "it is not known whether this machine type has IPv6, so that its hosts \
                     keep IPv4 only"
                    .to_owned(),
            )
            .way_out("add describe-instance-types to the input")
            .seen_in(lines);
    }
}
