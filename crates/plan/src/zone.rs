//! Names: the last wave. A name answers with an IPv6 address only when all that serves it does.

use std::net::Ipv6Addr;

use sixward_assess::Survey;
use sixward_assess::zone::{Doors, is_public};
use sixward_estate::{Interface, Subject};

use crate::change::Change;
use crate::draft::{About, Draft};
use crate::step::Risk;

/// One step for each host that the internet reaches over IPv4 and that got an IPv6 address. Which
/// names lead there the zones will say.
pub(crate) fn steps(survey: &Survey<'_>, draft: &mut Draft) {
    let doors = Doors::new(survey);
    let assigned: Vec<_> = draft
        .steps
        .iter()
        .filter_map(|step| match &step.change {
            Change::AssignAddress {
                interface, address, ..
            } => Some((survey.estate().interfaces.get(interface)?, *address)),
            _ => None,
        })
        .filter(|(interface, _)| is_public(survey, interface))
        .filter(|(interface, _)| doors.before_host(interface).is_empty())
        .collect();
    for (interface, address) in assigned {
        publish(survey, interface, address, draft);
    }
}

fn publish(survey: &Survey<'_>, interface: &Interface, address: Ipv6Addr, draft: &mut Draft) {
    let Some(host) = interface
        .host()
        .and_then(|id| survey.estate().hosts.get(id))
    else {
        return;
    };
    let subject = Subject::new("host", host.id.as_str(), &host.name);
    let reason = "AAAA beside A, last of all: from here on clients choose IPv6";
    let change = Change::PublishNames {
        subject,
        addresses: vec![address],
    };
    draft.step(change, About::quiet(reason).risk(Risk::Medium));
}
