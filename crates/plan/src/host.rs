//! Machine types and guest operating systems of hosts.

use std::collections::BTreeSet;

use sixward_assess::Survey;
use sixward_assess::catalogue::Catalogue;
use sixward_assess::host::{Loss, Readiness, readiness};
use sixward_estate::{Estate, Host, HostId, HostState, MachineTypeName, SmolStr, Subject};

use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::step::{Cost, Downtime, Risk};

/// Machine types without IPv6 are changed; only for hosts that then get an address.
pub(crate) fn type_steps(survey: &Survey<'_>, catalogue: &Catalogue, draft: &mut Draft) {
    for host in survey
        .estate()
        .hosts
        .iter()
        .filter(|host| gets_address(survey, host))
    {
        let Readiness::Retype { to, loses, .. } = readiness(survey, catalogue, host) else {
            continue;
        };
        let from = host.machine_type.clone();
        let reason = format!("{from} cannot have IPv6 addresses");
        let downtime = match host.state {
            HostState::Running => Downtime::Restart,
            HostState::Stopped => Downtime::None,
        };
        let about = About::quiet(reason)
            .cost(Cost::MachineType)
            .downtime(downtime);
        let about = about.risk(Risk::High).loses(losses(&loses));
        draft.step(
            Change::SetMachineType {
                host: host.id.clone(),
                from,
                to,
            },
            about,
        );
    }
}

/// Hosts that can have addresses, once their machine type is what the plan makes it.
pub(crate) fn able(survey: &Survey<'_>, catalogue: &Catalogue) -> BTreeSet<HostId> {
    let hosts = survey.estate().hosts.iter().filter(|host| {
        matches!(
            readiness(survey, catalogue, host),
            Readiness::Ready | Readiness::Retype { .. }
        )
    });
    hosts.map(|host| host.id.clone()).collect()
}

fn gets_address(survey: &Survey<'_>, host: &Host) -> bool {
    let interface = survey.index.primary_interface(host);
    interface.is_some_and(|interface| survey.gets_address(interface))
}

/// What no undo brings back, in words.
fn losses(losses: &[Loss]) -> SmolStr {
    let words = losses.iter().filter_map(|loss| match loss {
        Loss::PublicAddress(address) => Some(format!("the public IPv4 address {address}")),
        Loss::InstanceStore => Some("what is on the instance store".to_owned()),
        Loss::Downtime => None,
    });
    words.collect::<Vec<_>>().join(", ").into()
}

/// One step for each host that got an address: the address arrives in the operating system.
pub(crate) fn guest_steps(survey: &Survey<'_>, draft: &mut Draft) {
    let assigned: BTreeSet<_> = draft
        .steps
        .iter()
        .filter_map(|step| match &step.change {
            Change::AssignAddress { interface, .. } => survey.estate().interfaces.get(interface),
            _ => None,
        })
        .filter_map(|interface| interface.host().cloned())
        .collect();
    for host in assigned {
        let reason = "an address that the guest does not take up serves nobody";
        draft.step(
            Change::ConfigureGuest { host },
            About::quiet(reason).risk(Risk::Low),
        );
    }
}

pub(crate) fn set_type(
    estate: &mut Estate,
    id: &HostId,
    from: &MachineTypeName,
    to: &MachineTypeName,
) -> Result<(), ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("host", id.as_str(), ""));
    let host = estate.hosts.get_mut(id).ok_or_else(missing)?;
    if host.machine_type != *from {
        let subject = Subject::new("host", id.as_str(), &host.name);
        return Err(ChangeError::Absent(
            subject,
            format!("the machine type `{from}`"),
        ));
    }
    host.machine_type = to.clone();
    Ok(())
}
