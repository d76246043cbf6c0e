//! Which interface carries an address, and which address an interface shows.

use std::net::IpAddr;

use sixward_estate::{Estate, FamilyMode, Interface, InterfaceOwner};
use sixward_net::Family;
use sixward_prove::End;

use super::{Seat, View};

/// Those who carry an address, private or public.
pub(crate) fn carriers(estate: &Estate, address: IpAddr) -> impl Iterator<Item = &Interface> {
    estate
        .interfaces
        .iter()
        .filter(move |interface| match address {
            IpAddr::V4(address) => {
                let mut own = interface.addresses4.iter();
                own.any(|own| own.address == address || own.public == Some(address))
            }
            IpAddr::V6(address) => {
                let mut prefixes = interface.prefixes6.iter();
                interface.addresses6.contains(&address)
                    || prefixes.any(|net| net.contains(&address))
            }
        })
}

/// The private address of a public one.
pub(super) fn private(interface: &Interface, address: IpAddr) -> IpAddr {
    let mut own = interface.addresses4.iter();
    let own = own.find(|own| {
        own.public
            .is_some_and(|public| IpAddr::V4(public) == address)
    });
    own.map_or(address, |own| own.address.into())
}

/// Where packets to or from an interface go.
pub(super) fn seat(interface: &Interface, family: Family, view: View) -> Option<Seat> {
    let address: IpAddr = match (family, view) {
        (Family::V4, View::Sender | View::Inside) => interface.addresses4.first()?.address.into(),
        (Family::V4, View::Public) => interface
            .addresses4
            .iter()
            .find_map(|own| own.public)?
            .into(),
        (Family::V6, _) => {
            let own = interface.addresses6.first().copied();
            own.or_else(|| Some(interface.prefixes6.first()?.network()))?
                .into()
        }
    };
    Some(Seat {
        end: End::Interface(interface.id.clone()),
        address,
    })
}

/// Whether something answers IPv6, at whatever address.
pub(super) fn answers6(estate: &Estate, owner: &InterfaceOwner) -> bool {
    let family = match owner {
        InterfaceOwner::Balancer(id) => estate.balancers.get(id).map(|it| it.family),
        InterfaceOwner::Endpoint(id) => estate.endpoints.get(id).map(|it| it.family),
        InterfaceOwner::Service(id) => estate.services.get(id).map(|it| it.family),
        _ => None,
    };
    family.is_some_and(FamilyMode::has_v6)
}
