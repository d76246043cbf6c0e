//! Over the edge of a subnet: its list, its route table, and where the route leads.

use sixward_estate::{
    Direction, Network, Route, RouteState, RouteTable, RouteTarget, Subject, Subnet,
};

use super::atlas::owns;
use super::known::Known;
use super::walk::{Next, Place, Stop, Walk};
use super::{Cause, Decision};

impl<'a> Walk<'_, 'a> {
    /// Out of a subnet and along its table.
    pub(super) fn leave(&mut self, subnet: &'a Subnet) -> Next<'a> {
        if self.left.contains(&(&subnet.id, self.packet)) {
            return self.refuse(subnet.subject(), Cause::Loop);
        }
        self.left.push((&subnet.id, self.packet));
        self.edge(subnet, Direction::Egress)?;
        let network = self.meet_network(&subnet.network)?;
        let Some(table) = self.atlas.index.route_table(subnet) else {
            return self.doubt(subnet.subject());
        };
        let route = self.pick(table, network)?;
        self.follow(&route.target, subnet, network)
    }

    /// With the network's router: into the subnet of the destination, and to whoever has the address.
    pub(super) fn within(&mut self, network: &'a Network, from: Option<&'a Subnet>) -> Next<'a> {
        self.meet_network(&network.id)?;
        let Some(subnet) = self.atlas.subnet(&network.id, self.packet.destination) else {
            let is_ours = owns(network, self.packet.destination);
            let cause = if is_ours {
                Cause::NoSubnet
            } else {
                Cause::NotTransitive
            };
            return self.refuse(network.subject(), cause);
        };
        if from.is_some_and(|from| from.id == subnet.id) {
            self.hop(subnet.subject(), Decision::Direct);
        } else {
            self.edge(subnet, Direction::Ingress)?;
        }
        self.find(network, subnet.subject())
    }

    /// The table's route for the packet, when it leads anywhere.
    pub(super) fn pick(
        &mut self,
        table: &'a RouteTable,
        network: &'a Network,
    ) -> Result<Route, Stop> {
        self.touch(table.subject())?;
        let to = self.packet.destination;
        match super::route::longest(self.atlas, table, network, to) {
            Err(subject) => self.doubt(subject),
            Ok(None) => self.refuse(table.subject(), Cause::NoRoute),
            Ok(Some(route)) => {
                self.hop(table.subject(), Decision::Routed(route.clone()));
                let is_gone = route.state == RouteState::Blackhole;
                if is_gone || route.target == RouteTarget::Nowhere {
                    return self.refuse(table.subject(), Cause::Blackhole);
                }
                Ok(route)
            }
        }
    }

    fn follow(
        &mut self,
        target: &RouteTarget,
        subnet: &'a Subnet,
        network: &'a Network,
    ) -> Next<'a> {
        let estate = self.atlas.estate;
        match target {
            RouteTarget::Local => Ok(Place::Within(network, Some(subnet))),
            RouteTarget::Gateway(id) => match estate.gateways.get(id) {
                Some(gateway) => self.through(gateway, subnet, network),
                None => self.doubt(Subject::new("gateway", id.as_str(), "")),
            },
            RouteTarget::Link(id) => match estate.links.get(id) {
                Some(link) => self.peering(link, network),
                None => self.doubt(Subject::new("link", id.as_str(), "")),
            },
            RouteTarget::Transit(id) => self.board(id, subnet),
            RouteTarget::Interface(id) => match estate.interfaces.get(id) {
                Some(interface) => self.reach(interface, Some(subnet)),
                None => self.doubt(Subject::new("interface", id.as_str(), "")),
            },
            RouteTarget::Host(id) => {
                let host = estate.hosts.get(id);
                match host.and_then(|host| self.atlas.index.primary_interface(host)) {
                    Some(interface) => self.reach(interface, Some(subnet)),
                    None => self.doubt(Subject::new("host", id.as_str(), "")),
                }
            }
            RouteTarget::Endpoint(id) => match estate.endpoints.get(id) {
                Some(endpoint) => self.endpoint(endpoint, network),
                None => self.doubt(Subject::new("endpoint", id.as_str(), "")),
            },
            RouteTarget::Unmodelled(name) => self.doubt(Subject::new("gateway", name, "")),
            RouteTarget::Nowhere => self.doubt(subnet.subject()),
        }
    }
}
