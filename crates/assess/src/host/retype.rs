//! A host whose machine type has no IPv6, in words: what is asked, what is done, what is in the way.

use sixward_estate::{Code, Host, MachineTypeName};

use super::findings::subject;
use super::{Loss, Readiness, YES, restart_key};
use crate::catalogue::Catalogue;
use crate::report::{Explain, Report};
use crate::survey::Survey;
use crate::{Choice, Decision};

pub(super) fn say(
    survey: &Survey<'_>,
    catalogue: &Catalogue,
    host: &Host,
    ready: &Readiness,
    report: &mut Report,
) {
    // The question is the same whether it is answered or not.
    let machine = catalogue.machine(survey.estate(), &host.machine_type);
    let losses = machine
        .map(|machine| super::losses(survey, host, machine))
        .unwrap_or_default();
    let to = machine.and_then(|machine| super::successor(survey, catalogue, host, machine).ok());
    let asked = || decision(host, to.as_ref(), &losses);
    match ready {
        Readiness::Ready => {}
        Readiness::Waits(_) => report.decisions.push(asked()),
        Readiness::Retype { to, .. } => {
            if losses.iter().any(|loss| *loss != Loss::Downtime) {
                report.decisions.push(asked());
            }
            restart(catalogue, host, to, &losses, report);
        }
        Readiness::Blocked(code) if *code == super::RESTART_REFUSED => {
            report.decisions.push(asked());
            report
                .note(
                    super::RESTART_REFUSED,
                    subject(host),
                    format!(
                        "its machine type {} has no IPv6, and it is not to be restarted",
                        host.machine_type
                    ),
                )
                .way_out(format!(
                    "it keeps IPv4 only until \"{}\" is answered with yes",
                    restart_key(host)
                ));
        }
        Readiness::Blocked(code) => blocked(survey, host, code, report),
    }
}

fn decision(host: &Host, to: Option<&MachineTypeName>, losses: &[Loss]) -> Decision {
    let key = restart_key(host);
    let lost: Vec<_> = losses.iter().filter_map(|loss| lost(host, *loss)).collect();
    Decision {
        code: super::RESTART_LOSES,
        subject: subject(host),
        question: format!(
            "may {} be stopped, changed from {}, which has no IPv6, to {}, and started? \
                 it loses {}",
            subject(host),
            host.machine_type,
            to.map_or("another type", |to| to.as_str()),
            lost.join(", and ")
        ),
        choices: vec![
            Choice::new(super::NO, "it keeps IPv4 only"),
            Choice::new(YES, "it is stopped, changed and started, and loses that"),
        ],
        meanwhile: "it keeps IPv4 only".to_owned(),
        evidence: vec![format!("machine type {}", host.machine_type)],
        key,
    }
}

/// A loss for good, in words.
fn lost(host: &Host, loss: Loss) -> Option<String> {
    match loss {
        Loss::PublicAddress(address) => Some(format!(
            "its public address {address} (it gets another one)"
        )),
        Loss::InstanceStore if host.ephemeral_disk => {
            Some("all data on its instance-store volumes".to_owned())
        }
        Loss::InstanceStore => {
            Some("all data on instance-store volumes, which its machine type has".to_owned())
        }
        Loss::Downtime => None,
    }
}

fn restart(
    catalogue: &Catalogue,
    host: &Host,
    to: &MachineTypeName,
    losses: &[Loss],
    report: &mut Report,
) {
    if losses.is_empty() {
        stopped_already(host, to, report);
        return;
    }
    let runs = |name| catalogue.spec(name).is_some_and(|spec| spec.runs("i386"));
    let only_64 = runs(&host.machine_type) && !runs(to);
    report
        .warning(
            super::RESTART,
            subject(host),
            format!(
                "its machine type {} has no IPv6: it is stopped, becomes {to} and is \
                 started",
                host.machine_type
            ),
        )
        .way_out(if only_64 {
            format!(
                "plan a time for it; a 32-bit image does not start on {to}: name another \
                 type in the intent then"
            )
        } else {
            "plan a time for it, or name another type in the intent".to_owned()
        })
        .seen_in(format!("machine type {}", host.machine_type));
}

fn stopped_already(host: &Host, to: &MachineTypeName, report: &mut Report) {
    let kind = &host.machine_type;
    report
        .note(
            super::RESTART,
            subject(host),
            format!("its machine type {kind} has no IPv6: it is stopped already and becomes {to}"),
        )
        .way_out("nothing, or name another type in the intent")
        .seen_in(format!("machine type {kind}"));
}

fn blocked(survey: &Survey<'_>, host: &Host, code: &Code, report: &mut Report) {
    let kind = &host.machine_type;
    let chosen = survey.intent.hosts.get(&host.id);
    let chosen = chosen.and_then(|special| special.machine_type.as_ref());
    let (why, help, evidence) = match code.as_str() {
        "host/in-scaling-group" => (
            "its scaling group would undo a change".to_owned(),
            "change the machine type in the group's launch template and refresh the \
                 group: new hosts get an IPv6 address at launch",
            format!("scaling group {}", host.scaling_group),
        ),
        "host/instance-store-root" => (
            "it boots from its instance store, so that it cannot be stopped".to_owned(),
            "make an image of it, and launch a new host from that on a type with \
                 IPv6, with an IPv6 address at launch",
            "root device: instance store".to_owned(),
        ),
        "host/root-not-known" => (
            "it is not known whether it can be stopped".to_owned(),
            "give an input that says its root device (describe-instances), or change \
                 its type by hand",
            "root device: not known".to_owned(),
        ),
        "host/virtualization-not-known" => (
            "it is not known how its image is virtualized".to_owned(),
            "give an input that says its virtualization (describe-instances), or \
                 change its type by hand",
            "virtualization: not known".to_owned(),
        ),
        "host/paravirtual" => (
            "no type that boots its paravirtual image is big enough and has IPv6".to_owned(),
            "install its software anew on an HVM image and launch that with an IPv6 address",
            "virtualization: paravirtual".to_owned(),
        ),
        "host/chosen-type" => (
            format!(
                "the type {} that the intent names has no IPv6, is not known, or does \
                     not boot its image",
                chosen.map_or("", MachineTypeName::as_str)
            ),
            "name another machine type in the intent, or none",
            format!("hosts.{}.machine-type in the intent", host.id),
        ),
        _ => (
            "no type that is big enough is known to follow it".to_owned(),
            "name a machine type for this host in the intent",
            format!("machine type {kind}"),
        ),
    };
    report
        .blocker(
            code.clone(),
            subject(host),
            format!("its machine type {kind} has no IPv6, and {why}"),
        )
        .way_out(help)
        .seen_in(evidence);
}
