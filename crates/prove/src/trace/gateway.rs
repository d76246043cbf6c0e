//! Gateways: the internet's, egress-only, VPN; what comes in through them; endpoints of services.
//!
//! Amazon VPC: Internet gateways; Egress-only internet gateways; Gateway route tables.

use std::net::IpAddr;

use sixward_estate::{
    Direction, Endpoint, EndpointKind, Gateway, GatewayKind, Interface, LinkKind, Network,
    NetworkId, RouteTarget, Subnet,
};
use sixward_net::Family;

use super::Cause;
use super::Decision;
use super::atlas::{Public, owns};
use super::known::Known;
use super::lock::Way;
use super::walk::{Next, Place, Stop, Walk, internet};
use crate::{End, Packet};

impl<'a> Walk<'_, 'a> {
    /// Out through a gateway that a subnet's table names.
    pub(super) fn through(
        &mut self,
        gateway: &'a Gateway,
        subnet: &'a Subnet,
        network: &'a Network,
    ) -> Next<'a> {
        self.touch(gateway.subject())?;
        if gateway.network.as_ref() != Some(&network.id) {
            return self.refuse(gateway.subject(), Cause::Detached);
        }
        match gateway.kind {
            GatewayKind::Internet => self.internet_out(gateway, network),
            GatewayKind::Nat { .. } => self.nat_out(gateway, subnet, network),
            GatewayKind::EgressOnly => self.egress_only_out(gateway, network),
            GatewayKind::Vpn => self.vpn_out(gateway),
        }
    }

    /// IPv4 by a public address of one's own, IPv6 as it is.
    fn internet_out(&mut self, gateway: &'a Gateway, network: &'a Network) -> Next<'a> {
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

    fn egress_only_out(&mut self, gateway: &'a Gateway, network: &'a Network) -> Next<'a> {
        if self.packet.family() == Family::V4 {
            return self.refuse(gateway.subject(), Cause::NotCarried);
        }
        let subnet = self.own_subnet(gateway, network)?;
        if self.is_answer {
            // What came in some other way did not begin inside.
            return self.refuse(gateway.subject(), Cause::NoSession);
        }
        self.lock(
            gateway,
            &network.id,
            subnet,
            Way::Stateful,
            Direction::Egress,
        )?;
        self.session.let_out(gateway, self.packet);
        self.hop(gateway.subject(), Decision::Passed);
        Ok(Place::Internet { ours: true })
    }

    /// The subnet of an IPv6 source. A gateway carries nobody's packets but its own network's.
    fn own_subnet(
        &mut self,
        gateway: &'a Gateway,
        network: &'a Network,
    ) -> Result<Option<&'a sixward_estate::SubnetId>, Stop> {
        if !owns(network, self.packet.source) {
            return self.refuse(gateway.subject(), Cause::NoPublicAddress);
        }
        let subnet = self.atlas.subnet(&network.id, self.packet.source);
        Ok(subnet.map(|subnet| &subnet.id))
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

    /// In through a gateway, along its own table where it has one.
    pub(super) fn come_in(&mut self, gateway: &'a Gateway, network: &'a Network) -> Next<'a> {
        let tables = self.atlas.index.tables_of_network(&network.id);
        let edge = tables
            .iter()
            .find(|table| table.edges.contains(&gateway.id));
        let Some(table) = edge else {
            return Ok(Place::Within(network, None));
        };
        let route = self.pick(table, network)?;
        match &route.target {
            RouteTarget::Local => Ok(Place::Within(network, None)),
            RouteTarget::Interface(id) => match self.atlas.estate.interfaces.get(id) {
                Some(interface) => self.reach(interface, None),
                None => self.doubt(table.subject()),
            },
            _ => self.doubt(table.subject()),
        }
    }

    /// Over the edge of an interface's subnet and to the interface, whoever the packet is for.
    pub(super) fn reach(&mut self, interface: &'a Interface, from: Option<&'a Subnet>) -> Next<'a> {
        if from.is_none_or(|from| from.id != interface.subnet) {
            let Some(subnet) = self.atlas.estate.subnets.get(&interface.subnet) else {
                let subject = super::known::interface(self.atlas.estate, interface);
                return self.doubt(subject);
            };
            self.edge(subnet, Direction::Ingress)?;
        }
        Ok(Place::Forward(interface))
    }

    /// To the site behind a VPN gateway. Without static routes only a single connection says where to.
    fn vpn_out(&mut self, gateway: &'a Gateway) -> Next<'a> {
        let v6 = self.packet.family() == Family::V6;
        let mut any = false;
        let mut found = Vec::new();
        for link in &self.atlas.estate.links {
            let LinkKind::Vpn {
                gateway: Some(near),
                v6: carries6,
                routes,
                ..
            } = &link.kind
            else {
                continue;
            };
            if near != &gateway.id {
                continue;
            }
            any = true;
            if *carries6 == v6 {
                found.push((link, routes));
            }
        }
        if !any {
            return self.doubt(gateway.subject());
        }
        if found.is_empty() {
            return self.refuse(gateway.subject(), Cause::NotCarried);
        }
        if found.iter().any(|(_, routes)| !routes.is_empty()) {
            let to = self.packet.destination;
            found.retain(|(_, routes)| routes.iter().any(|net| net.contains(&to)));
        }
        match found.as_slice() {
            [] => self.refuse(gateway.subject(), Cause::NoRoute),
            [(link, _)] => {
                let link = *link;
                self.hop(gateway.subject(), Decision::Passed);
                self.touch(link.subject())?;
                self.deliver(link.subject(), End::Site(link.id.clone()))
            }
            _ => self.doubt(gateway.subject()),
        }
    }

    /// To a service by its endpoint. What the endpoint's policy says of callers is not looked at.
    pub(super) fn endpoint(&mut self, endpoint: &'a Endpoint, network: &'a Network) -> Next<'a> {
        self.touch(endpoint.subject())?;
        match endpoint.kind {
            EndpointKind::Gateway { .. } => {
                self.served = Some(network);
                self.serve(endpoint.subject())
            }
            EndpointKind::Interface { .. } | EndpointKind::Inspection { .. } => {
                self.doubt(endpoint.subject())
            }
        }
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
            let first = address.segments()[0];
            let nat64 = first == 0x64;
            let low = first == 0;
            let local = first & 0xfe00 == 0xfc00 || first & 0xff00 == 0xfe00;
            !(nat64 || low || local || address.is_multicast())
        }
    }
}
