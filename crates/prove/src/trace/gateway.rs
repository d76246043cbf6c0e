//! Gateways: which one it is, egress-only and VPN; what comes in through one; endpoints of services.
//!
//! Amazon VPC: Egress-only internet gateways; Gateway route tables; Gateway endpoints.

use sixward_estate::{
    Direction, Endpoint, EndpointKind, Gateway, GatewayKind, Interface, LinkKind, Network,
    RouteTarget, Subnet,
};
use sixward_net::Family;

use super::known::{self, Known};
use super::lock::Way;
use super::walk::{Next, Place, Walk};
use super::{Cause, Decision};
use crate::End;

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
        let id = interface.subnet_in(self.packet.family());
        if from.is_none_or(|from| from.id != *id) {
            let Some(subnet) = self.atlas.estate.subnets.get(id) else {
                let subject = known::interface(self.atlas.estate, interface);
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
