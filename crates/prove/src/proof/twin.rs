//! The same flow in the other family.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sixward_estate::{Estate, Interface, InterfaceId, InterfaceOwner, Link, LinkKind};
use sixward_net::{Family, Ipv4Net, Ipv6Net};

use crate::symbolic::compare::Witness;
use crate::{End, L4, Packet};

/// Hosts that stand for the internet (RFC 5737, RFC 3849).
const HOST4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);
const HOST6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7);

/// The witness in the other family: IPv4 as it was at first, IPv6 as it is now. None when an end has
/// no address there.
pub(super) fn of(
    base: &Estate,
    state: &Estate,
    twins: &[(Ipv4Net, Ipv6Net)],
    witness: &Witness,
) -> Option<(End, Packet)> {
    let packet = witness.packet;
    let (family, estate) = match packet.family() {
        Family::V4 => (Family::V6, state),
        Family::V6 => (Family::V4, base),
    };
    let far = [&witness.from, &witness.to].contains(&&End::Internet);
    let address = |end: &End, own: IpAddr| match end {
        End::Interface(id) => named(estate.interfaces.get(id)?, family, far),
        End::Internet => Some(host(own, twins)),
        // Which hosts a site has nobody knows but by prefixes that were named.
        End::Site(_) | End::Foreign(_) => twin(own, twins),
    };
    let source = match &witness.from {
        // It sends in its own name; a gateway translates it.
        End::Interface(id) => named(estate.interfaces.get(id)?, family, false),
        end => address(end, packet.source),
    };
    let twin = Packet {
        source: source?,
        destination: address(&witness.to, packet.destination)?,
        l4: message(packet.l4),
    };
    Some((other(estate, &witness.from, family)?, twin))
}

/// An end in the other family: a VPN connection carries one.
fn other(estate: &Estate, end: &End, family: Family) -> Option<End> {
    let End::Site(id) = end else {
        return Some(end.clone());
    };
    let gateway_of = |link: &Link| match &link.kind {
        LinkKind::Vpn { gateway, v6, .. } => Some((gateway.clone(), *v6 == (family == Family::V6))),
        _ => None,
    };
    let Some((gateway, _)) = estate.links.get(id).and_then(gateway_of) else {
        return Some(end.clone());
    };
    let mut links = estate.links.iter();
    let link = links.find(|link| gateway_of(link) == Some((gateway.clone(), true)))?;
    Some(End::Site(link.id.clone()))
}

/// An interface as a person knows it: by its host's name, or by whose it is.
pub fn name(estate: &Estate, id: &InterfaceId) -> String {
    let interface = estate.interfaces.get(id);
    let Some(interface) = interface else {
        return id.to_string();
    };
    let host = interface.host().and_then(|host| estate.hosts.get(host));
    match (host, &interface.owner) {
        (Some(host), _) if host.name.is_empty() => host.id.to_string(),
        (Some(host), _) => host.name.to_string(),
        (None, InterfaceOwner::Balancer(balancer)) => format!("load balancer {balancer}"),
        (None, InterfaceOwner::Service(service)) => format!("service {service}"),
        (None, InterfaceOwner::Endpoint(endpoint)) => format!("endpoint {endpoint}"),
        (None, InterfaceOwner::Managed(word)) if !word.is_empty() => format!("{id} ({word})"),
        _ => id.to_string(),
    }
}

/// The address by which the other end calls an interface.
fn named(interface: &Interface, family: Family, far: bool) -> Option<IpAddr> {
    match family {
        Family::V6 => interface.addresses6.first().map(|own| (*own).into()),
        Family::V4 => {
            let own = interface.addresses4.first()?;
            let public = own.public.filter(|_| far);
            Some(public.unwrap_or(own.address).into())
        }
    }
}

fn host(own: IpAddr, twins: &[(Ipv4Net, Ipv6Net)]) -> IpAddr {
    twin(own, twins).unwrap_or(match own {
        IpAddr::V4(_) => HOST6.into(),
        IpAddr::V6(_) => HOST4.into(),
    })
}

/// A host of the prefix that is the twin of one's own.
fn twin(own: IpAddr, twins: &[(Ipv4Net, Ipv6Net)]) -> Option<IpAddr> {
    let mut twins = twins.iter();
    match own {
        IpAddr::V4(own) => {
            let twin = twins.find(|(v4, _)| v4.contains(&own));
            twin.map(|(_, v6)| v6.network().into())
        }
        IpAddr::V6(own) => {
            let twin = twins.find(|(_, v6)| v6.contains(&own));
            twin.map(|(v4, _)| v4.network().into())
        }
    }
}

/// Messages that say the same (RFC 7915).
fn message(l4: L4) -> L4 {
    match l4 {
        L4::Icmp { kind: 8, code } => L4::Icmp6 { kind: 128, code },
        L4::Icmp { kind: 0, code } => L4::Icmp6 { kind: 129, code },
        L4::Icmp6 { kind: 128, code } => L4::Icmp { kind: 8, code },
        L4::Icmp6 { kind: 129, code } => L4::Icmp { kind: 0, code },
        l4 => l4,
    }
}
