//! The same flow in the other family.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sixward_estate::{Estate, Interface, InterfaceId, InterfaceOwner};
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
        _ => Some(host(own, twins)),
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
    Some((witness.from.clone(), twin))
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
    match own {
        IpAddr::V4(own) => {
            let twin = twins.iter().find(|(v4, _)| v4.contains(&own));
            twin.map_or(HOST6, |(_, v6)| first(*v6)).into()
        }
        IpAddr::V6(own) => {
            let twin = twins.iter().find(|(_, v6)| v6.contains(&own));
            twin.map_or(HOST4, |(v4, _)| v4.network()).into()
        }
    }
}

fn first(net: Ipv6Net) -> Ipv6Addr {
    net.network()
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
