//! Addresses of interfaces.

use std::net::Ipv6Addr;

use sixward_assess::Survey;
use sixward_assess::catalogue::Catalogue;
use sixward_estate::intent::AddressChoice;
use sixward_estate::{Estate, Interface, InterfaceId, Subject};

use crate::address::AddressPlan;
use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::host;
use crate::step::Risk;

pub(crate) fn steps(
    survey: &Survey<'_>,
    catalogue: &Catalogue,
    addresses: &AddressPlan,
    draft: &mut Draft,
) {
    let automatic = survey.intent.addresses == AddressChoice::Automatic;
    let hosts = host::able(survey, catalogue);
    for interface in &survey.estate().interfaces {
        let able = interface.host().is_some_and(|host| hosts.contains(host));
        let wanted = survey.gets_address(interface) && interface.addresses6.is_empty();
        if !(able && wanted) {
            continue;
        }
        let Some(address) = addresses.address(interface) else {
            continue;
        };
        let change = Change::AssignAddress {
            interface: interface.id.clone(),
            address,
            automatic,
        };
        // Rules that name a firewall speak for both families: from here on they are live.
        let reason = "its filters and routes are in place; rules that name groups now cover IPv6";
        draft.step(change, About::quiet(reason).risk(Risk::Low));
    }
}

pub(crate) fn assign(
    estate: &mut Estate,
    id: &InterfaceId,
    address: Ipv6Addr,
) -> Result<(), ChangeError> {
    let interface = find(estate, id)?;
    if interface.addresses6.contains(&address) {
        return Err(ChangeError::Exists(subject(interface), address.to_string()));
    }
    interface.addresses6.push(address);
    interface.addresses6.sort_unstable();
    Ok(())
}

pub(crate) fn unassign(
    estate: &mut Estate,
    id: &InterfaceId,
    address: Ipv6Addr,
) -> Result<(), ChangeError> {
    let interface = find(estate, id)?;
    let there = interface
        .addresses6
        .iter()
        .position(|other| *other == address);
    let at = there.ok_or_else(|| ChangeError::Absent(subject(interface), address.to_string()))?;
    interface.addresses6.remove(at);
    Ok(())
}

fn find<'a>(estate: &'a mut Estate, id: &InterfaceId) -> Result<&'a mut Interface, ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("interface", id.as_str(), ""));
    estate.interfaces.get_mut(id).ok_or_else(missing)
}

fn subject(interface: &Interface) -> Subject {
    Subject::new("interface", interface.id.as_str(), "")
}
