//! From what is written to whom it means.

use std::net::IpAddr;

use sixward_estate::{Estate, InterfaceId, InterfaceOwner, LinkId, LinkKind, NetworkId, Subject};

use super::Party;
use super::carrier::carriers;
use super::subject::owner_subject;
use crate::near::near;
use crate::question::{QuestionError, Written};

/// Whom a name means. An address may be somebody's in any of the states that are asked about.
pub(crate) fn find(written: Written, states: &[&Estate]) -> Result<Party, QuestionError> {
    let Some(estate) = states.first().copied() else {
        return Err(QuestionError::Outside);
    };
    match written {
        Written::Internet(at) => Ok(Party::Internet(at)),
        Written::Site(name, at) => {
            let id = LinkId::new(name.as_str());
            if estate.links.contains(&id) {
                return Ok(Party::Site(id, at));
            }
            let links = estate.links.iter();
            let sites = links.filter(|link| !matches!(link.kind, LinkKind::Peering { .. }));
            Err(unknown(name, sites.map(|link| link.id.as_str())))
        }
        Written::Foreign(name, at) => {
            let id = NetworkId::new(name.as_str());
            let foreign = foreign(estate);
            if foreign.contains(&&id) {
                return Ok(Party::Foreign(id, at));
            }
            Err(unknown(name, foreign.iter().map(|id| id.as_str())))
        }
        Written::Address(address) => of_address(address, states),
        Written::Name(name) => of_name(name, estate),
    }
}

fn of_address(address: IpAddr, states: &[&Estate]) -> Result<Party, QuestionError> {
    for estate in states {
        let found: Vec<_> = carriers(estate, address).collect();
        match found.as_slice() {
            [] => {}
            [_] => return Ok(Party::Address(address)),
            several => {
                let fits = several.iter().map(|interface| interface.id.to_string());
                return Err(QuestionError::Several {
                    name: address.to_string(),
                    fits: fits.collect(),
                });
            }
        }
    }
    Err(QuestionError::Stranger(address))
}

fn of_name(name: String, estate: &Estate) -> Result<Party, QuestionError> {
    let owners = owners(estate);
    let by_id = owners.iter().find(|(_, subject)| subject.id == name);
    if let Some((owner, _)) = by_id {
        return Ok(Party::Owner(owner.clone()));
    }
    let id = InterfaceId::new(name.as_str());
    if estate.interfaces.contains(&id) {
        return Ok(Party::Interface(id));
    }
    let mut found = owners.iter().filter(|(_, subject)| subject.name == name);
    let first = found.next();
    let more: Vec<_> = found.collect();
    match first {
        Some((owner, _)) if more.is_empty() => Ok(Party::Owner(owner.clone())),
        Some(first) => {
            let all = [first].into_iter().chain(more);
            let fits = all.map(|(_, subject)| subject.id.to_string()).collect();
            Err(QuestionError::Several { name, fits })
        }
        None => {
            let known = owners.iter();
            let known = known.flat_map(|(_, subject)| [subject.name.as_str(), subject.id.as_str()]);
            let interfaces = estate.interfaces.iter().map(|it| it.id.as_str());
            let words = ["internet"].into_iter();
            Err(unknown(name, known.chain(interfaces).chain(words)))
        }
    }
}

/// All that have names and may have interfaces.
fn owners(estate: &Estate) -> Vec<(InterfaceOwner, Subject)> {
    let hosts = estate
        .hosts
        .iter()
        .map(|it| InterfaceOwner::Host(it.id.clone()));
    let balancers = estate
        .balancers
        .iter()
        .map(|it| InterfaceOwner::Balancer(it.id.clone()));
    let endpoints = estate
        .endpoints
        .iter()
        .map(|it| InterfaceOwner::Endpoint(it.id.clone()));
    let services = estate
        .services
        .iter()
        .map(|it| InterfaceOwner::Service(it.id.clone()));
    let all = hosts.chain(balancers).chain(endpoints).chain(services);
    all.map(|owner| {
        let subject = owner_subject(estate, &owner);
        (owner, subject)
    })
    .collect()
}

/// Networks on the far side of peerings that are not in the estate.
fn foreign(estate: &Estate) -> Vec<&NetworkId> {
    let links = estate.links.iter();
    let sides = links.filter_map(|link| match &link.kind {
        LinkKind::Peering {
            requester,
            accepter,
        } => Some([&requester.network, &accepter.network]),
        _ => None,
    });
    sides
        .flatten()
        .filter(|id| !estate.networks.contains(id))
        .collect()
}

fn unknown<'a>(name: String, names: impl Iterator<Item = &'a str>) -> QuestionError {
    let near = near(&name, names.filter(|name| !name.is_empty()));
    let near = near.into_iter().map(str::to_owned).collect();
    QuestionError::Unknown { name, near }
}
