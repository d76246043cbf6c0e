//! An estate as one family sees it: where IPv6 comes through a tunnel, interfaces are elsewhere.

use sixward_estate::{Estate, Interface, InterfaceId};
use sixward_net::Family;

/// An interface as a family sees it: of a tunnel's, IPv6 is elsewhere and under other groups.
pub(crate) fn view(estate: &Estate, id: &InterfaceId, family: Family) -> Interface {
    let mut own = estate.interfaces.get(id).unwrap().clone();
    if let (Some(mouth), Family::V6) = (&own.tunnel, family) {
        (own.subnet, own.firewalls) = (mouth.subnet.clone(), mouth.firewalls.clone());
    }
    own
}

/// All of an estate as a family sees it.
pub(crate) fn whole(estate: &Estate, family: Family) -> Estate {
    let mut seen = estate.clone();
    for own in &estate.interfaces {
        seen.interfaces.insert(Interface {
            tunnel: None,
            ..view(estate, &own.id, family)
        });
    }
    seen
}
