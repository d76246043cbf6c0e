//! Machine types and guest operating systems of hosts.

use std::collections::BTreeSet;

use sixward_assess::Survey;
use sixward_estate::{Estate, HostId, MachineTypeName, Subject};

use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::step::Risk;

pub(crate) fn type_steps(survey: &Survey<'_>, draft: &mut Draft) {
    let _ = (survey, draft);
}

/// Hosts that can have addresses once their machine type is what the plan makes it.
pub(crate) fn able(survey: &Survey<'_>) -> BTreeSet<HostId> {
    survey
        .estate()
        .hosts
        .iter()
        .map(|host| host.id.clone())
        .collect()
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
