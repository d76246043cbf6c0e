//! NAT gateways, for IPv4 and from IPv6 to IPv4 (Amazon VPC: NAT gateway basics; DNS64 and NAT64).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sixward_estate::{Direction, Gateway, GatewayKind, Network, Subject, Subnet};
use sixward_net::Ipv6Net;

use super::Cause;
use super::atlas::{NAT_FIRST_PORT, covers};
use super::known::Known;
use super::walk::{Next, Place, Stop, Walk};
use crate::{L4, Packet};

/// The well-known prefix of RFC 6052.
const NAT64: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

impl<'a> Walk<'_, 'a> {
    /// Into the gateway's subnet, translated, and on along that subnet's table.
    pub(super) fn nat_out(
        &mut self,
        gateway: &'a Gateway,
        from: &'a Subnet,
        network: &'a Network,
    ) -> Next<'a> {
        let subnet = self.nat_subnet(gateway)?;
        if subnet.id == from.id {
            return self.refuse(gateway.subject(), Cause::OwnSubnet);
        }
        self.lock_behind(gateway, from)?;
        self.edge(subnet, Direction::Ingress)?;
        let Some((destination, l4)) = translated(&self.packet) else {
            return self.refuse(gateway.subject(), Cause::NotCarried);
        };
        self.chooser = self
            .chooser
            .into_iter()
            .chain([gateway])
            .max_by_key(|it| choices(it));
        let source = self.nat_address(gateway)?.into();
        let l4 = self.with_port(l4);
        let after = Packet {
            source,
            destination,
            l4,
        };
        self.session.translate(gateway, self.packet, after);
        self.translate(gateway.subject(), after);
        if covers(subnet, destination) {
            return Ok(Place::Within(network, Some(subnet)));
        }
        Ok(Place::Leave(subnet))
    }

    /// At the gateway's address: an answer goes back to who asked, anything else ends.
    pub(super) fn nat_in(&mut self, gateway: &'a Gateway) -> Next<'a> {
        self.touch(gateway.subject())?;
        let Some(back) = self.session.translate_back(gateway, &self.packet) else {
            return self.refuse(gateway.subject(), Cause::NoSession);
        };
        let subnet = self.nat_subnet(gateway)?;
        self.translate(gateway.subject(), back);
        if covers(subnet, self.packet.destination) {
            let network = self.network(&subnet.network)?;
            return Ok(Place::Within(network, Some(subnet)));
        }
        Ok(Place::Leave(subnet))
    }

    fn nat_subnet(&mut self, gateway: &'a Gateway) -> Result<&'a Subnet, Stop> {
        let GatewayKind::Nat { subnet, .. } = &gateway.kind else {
            return self.doubt(gateway.subject());
        };
        match self.atlas.estate.subnets.get(subnet) {
            Some(subnet) => Ok(subnet),
            None => self.doubt(Subject::new("subnet", subnet.as_str(), "")),
        }
    }

    fn nat_address(&mut self, gateway: &'a Gateway) -> Result<Ipv4Addr, Stop> {
        let GatewayKind::Nat { addresses, .. } = &gateway.kind else {
            return self.doubt(gateway.subject());
        };
        let address = addresses.get(self.choice.address).or(addresses.first());
        match address.and_then(|address| address.private) {
            Some(private) => Ok(private),
            None => self.doubt(gateway.subject()),
        }
    }

    fn with_port(&self, l4: L4) -> L4 {
        let chosen = |own: u16| self.choice.port.unwrap_or(own.max(NAT_FIRST_PORT));
        match l4 {
            L4::Tcp {
                source,
                destination,
            } => L4::Tcp {
                source: chosen(source),
                destination,
            },
            L4::Udp {
                source,
                destination,
            } => L4::Udp {
                source: chosen(source),
                destination,
            },
            other => other,
        }
    }
}

/// How many addresses it chooses from.
fn choices(gateway: &Gateway) -> usize {
    match &gateway.kind {
        GatewayKind::Nat { addresses, .. } => addresses.len(),
        _ => 0,
    }
}

/// Where a packet goes and what it carries in IPv4; nothing for what the gateway does not carry.
fn translated(packet: &Packet) -> Option<(IpAddr, L4)> {
    let to = match packet.destination {
        IpAddr::V4(to) => to,
        IpAddr::V6(to) if NAT64.contains(&to) => embedded(to),
        IpAddr::V6(_) => return None,
    };
    let l4 = match (packet.l4, packet.destination) {
        (L4::Icmp6 { kind: 128, code }, IpAddr::V6(_)) => L4::Icmp { kind: 8, code },
        (L4::Icmp { .. }, IpAddr::V6(_)) | (L4::Other(_) | L4::Icmp6 { .. }, _) => return None,
        (other, _) => other,
    };
    Some((to.into(), l4))
}

fn embedded(address: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}
