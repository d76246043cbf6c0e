//! Tunnels: to the lab an interface whose IPv6 comes through one is two, of which one has the IPv4 and the
//! other, in the tunnel's subnet and behind the host's own filter, the IPv6. The packets of UDP that carry it
//! are not built: `teredod`'s own tests send those.

use std::borrow::Cow;

use sixward_estate::{Estate, Interface, InterfaceId};

/// The estate with each such interface as two.
pub(super) fn split(estate: &Estate) -> Cow<'_, Estate> {
    let through: Vec<_> = estate
        .interfaces
        .iter()
        .filter_map(|interface| Some((interface, interface.tunnel.as_ref()?)))
        .collect();
    if through.is_empty() {
        return Cow::Borrowed(estate);
    }
    let mut split = estate.clone();
    for (interface, mouth) in through {
        split.interfaces.insert(Interface {
            addresses6: Vec::new(),
            tunnel: None,
            ..interface.clone()
        });
        split.interfaces.insert(Interface {
            id: InterfaceId::new(format!("{}-{}", interface.id, mouth.tunnel)),
            subnet: mouth.subnet.clone(),
            firewalls: mouth.firewalls.clone(),
            addresses4: Vec::new(),
            primary: false,
            tunnel: None,
            ..interface.clone()
        });
    }
    Cow::Owned(split)
}
