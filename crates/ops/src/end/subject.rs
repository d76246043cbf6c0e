//! Whoever has interfaces, as reports name it.

use sixward_estate::{Estate, InterfaceId, InterfaceOwner, Subject};

/// The owner of an interface.
pub(super) fn owner_subject(estate: &Estate, owner: &InterfaceOwner) -> Subject {
    match owner {
        InterfaceOwner::Host(id) => {
            let name = estate.hosts.get(id).map(|it| it.name.as_str());
            Subject::new("host", id.as_str(), name.unwrap_or_default())
        }
        InterfaceOwner::Balancer(id) => {
            let name = estate.balancers.get(id).map(|it| it.name.as_str());
            Subject::new("balancer", id.as_str(), name.unwrap_or_default())
        }
        InterfaceOwner::Endpoint(id) => {
            let name = estate.endpoints.get(id).map(|it| it.name.as_str());
            Subject::new("endpoint", id.as_str(), name.unwrap_or_default())
        }
        InterfaceOwner::Service(id) => {
            let name = estate.services.get(id).map(|it| it.name.as_str());
            Subject::new("service", id.as_str(), name.unwrap_or_default())
        }
        InterfaceOwner::Gateway(id) => {
            let name = estate.gateways.get(id).map(|it| it.name.as_str());
            Subject::new("gateway", id.as_str(), name.unwrap_or_default())
        }
        InterfaceOwner::Managed(words) => Subject::new("service", words, ""),
        InterfaceOwner::Nobody => Subject::new("interface", "", ""),
    }
}

/// An interface by its owner's name, since it has none of its own.
pub(super) fn interface_subject(estate: &Estate, id: &InterfaceId) -> Subject {
    let owner = estate
        .interfaces
        .get(id)
        .map(|it| owner_subject(estate, &it.owner));
    let name = owner.map(|owner| owner.name).unwrap_or_default();
    Subject::new("interface", id.as_str(), name)
}
