//! The internet, and the gateway to it: IPv4 translated one to one, IPv6 as it is.
//!
//! Amazon VPC: Internet gateways; Egress-only internet gateways.

use std::net::IpAddr;

use sixward_estate::{Direction, Gateway, GatewayKind, Network, NetworkId, SubnetId};

use super::atlas::{Public, owns};
use super::known::Known;
use super::lock::Way;
use super::walk::{Next, Place, Stop, Walk, internet};
use super::{Cause, Decision};
use crate::{End, Packet};

impl<'a> Walk<'_, 'a> {
    /// IPv4 by a public address of one's own, IPv6 as it is.
    pub(super) fn internet_out(&mut self, gateway: &'a Gateway, network: &'a Network) -> Next<'a> {
        let IpAddr::V4(private) = self.packet.source else {
            let subnet = self.own_subnet(gateway, network)?;
            self.lock(gateway, &network.id, subnet, Way::Plain, Direction::Egress)?;
            self.hop(gateway.subject(), Decision::Passed);
            return Ok(Place::Internet { ours: true });
        };
        let public = self.atlas.public_of(&network.id, private);
        let Some(public) = public else {
            return self.refuse(gateway.subject(), Cause::NoPublicAddress);
        };
        if let Some(mapped) = self.atlas.public(public) {
            self.lock(
                gateway,
                &network.id,
                Some(mapped.subnet),
                way(mapped),
                Direction::Egress,
            )?;
        }
        let source = public.into();
        let after = Packet {
            source,
            ..self.packet
        };
        self.translate(gateway.subject(), after);
        Ok(Place::Internet { ours: true })
    }

    /// In the internet: on to whoever in the estate has the address, or away.
    pub(super) fn internet(&mut self, ours: bool) -> Next<'a> {
        let Packet {
            source,
            destination,
            ..
        } = self.packet;
        if !is_routable(source) || !is_routable(destination) {
            return self.refuse(internet(), Cause::NotRoutable);
        }
        match destination {
            IpAddr::V4(address) => match self.atlas.public(address) {
                Some(public) => self.internet_in4(public),
                None => self.away(ours),
            },
            IpAddr::V6(address) => match self.atlas.network6(address) {
                Some(network) => self.internet_in6(network),
                None => self.away(ours),
            },
        }
    }

    fn away(&mut self, ours: bool) -> Next<'a> {
        if ours {
            return self.deliver(internet(), End::Internet);
        }
        self.refuse(internet(), Cause::NotOurs)
    }

    fn internet_in4(&mut self, public: Public<'a>) -> Next<'a> {
        let network = self.meet_network(public.network)?;
        let Some(gateway) = self.gateway_of(&network.id, &GatewayKind::Internet)? else {
            return self.refuse(network.subject(), Cause::NotOurs);
        };
        let ingress = Direction::Ingress;
        self.lock(
            gateway,
            &network.id,
            Some(public.subnet),
            way(public),
            ingress,
        )?;
        let destination = public.private.into();
        let after = Packet {
            destination,
            ..self.packet
        };
        self.translate(gateway.subject(), after);
        self.come_in(gateway, network)
    }

    fn internet_in6(&mut self, network: &'a Network) -> Next<'a> {
        self.meet_network(&network.id)?;
        let subnet = self.atlas.subnet(&network.id, self.packet.destination);
        let subnet = subnet.map(|subnet| &subnet.id);
        if let Some(gateway) = self.session.lets_in(&self.packet) {
            self.lock(
                gateway,
                &network.id,
                subnet,
                Way::Stateful,
                Direction::Ingress,
            )?;
            self.hop(gateway.subject(), Decision::Passed);
            return self.come_in(gateway, network);
        }
        if let Some(gateway) = self.gateway_of(&network.id, &GatewayKind::Internet)? {
            self.lock(gateway, &network.id, subnet, Way::Plain, Direction::Ingress)?;
            self.hop(gateway.subject(), Decision::Passed);
            return self.come_in(gateway, network);
        }
        match self.gateway_of(&network.id, &GatewayKind::EgressOnly)? {
            Some(gateway) => self.refuse(gateway.subject(), Cause::NoSession),
            None => self.refuse(network.subject(), Cause::NotOurs),
        }
    }

    fn gateway_of(
        &mut self,
        network: &NetworkId,
        kind: &GatewayKind,
    ) -> Result<Option<&'a Gateway>, Stop> {
        let gateway = self.atlas.index.gateway(network, kind);
        if let Some(gateway) = gateway {
            self.touch(gateway.subject())?;
        }
        Ok(gateway)
    }

    /// The subnet of an IPv6 source. A gateway carries nobody's packets but its own network's.
    pub(super) fn own_subnet(
        &mut self,
        gateway: &'a Gateway,
        network: &'a Network,
    ) -> Result<Option<&'a SubnetId>, Stop> {
        if !owns(network, self.packet.source) {
            return self.refuse(gateway.subject(), Cause::NoPublicAddress);
        }
        let subnet = self.atlas.subnet(&network.id, self.packet.source);
        Ok(subnet.map(|subnet| &subnet.id))
    }
}

fn way(public: Public<'_>) -> Way {
    if public.nat {
        Way::Stateful
    } else {
        Way::Plain
    }
}

/// Whether the internet carries packets from and to an address (RFC 6890). Documentation prefixes
/// stand for public addresses here: placeholders and examples are made of them.
fn is_routable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let shared = first == 100 && (64..128).contains(&second);
            let special = address.is_private() || address.is_loopback() || address.is_link_local();
            !(special || shared || first == 0 || first >= 224)
        }
        IpAddr::V6(address) => {
            // What IANA gives out of the global unicast space (RFC 4291).
            address.segments()[0] & 0xe000 == 0x2000
        }
    }
}
