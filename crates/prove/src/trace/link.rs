//! Between networks: peering, transit hubs, sites.
//!
//! Amazon VPC peering: Unsupported configurations. AWS transit gateways: How transit gateways work;
//! How network ACLs work with transit gateways.

use sixward_estate::{
    Attachment, Direction, Link, LinkKind, Network, NetworkId, Provider, RouteState, RouteTarget,
    Subject, Subnet, SubnetId, TransitId, TransitTarget,
};
use sixward_net::Family;

use super::atlas::{covers, owns};
use super::filter::is_open;
use super::known::Known;
use super::route::longest;
use super::walk::{Next, Place, Stop, Walk};
use super::{Cause, Decision};
use crate::End;

impl<'a> Walk<'_, 'a> {
    /// Over a peering: only from the near network and only to the far one.
    pub(super) fn peering(&mut self, link: &'a Link, near: &'a Network) -> Next<'a> {
        self.touch(link.subject())?;
        let Some(side) = link.peer_of(&near.id) else {
            return self.doubt(link.subject());
        };
        let to = self.packet.destination;
        if !owns(near, self.packet.source) {
            return self.refuse(link.subject(), Cause::NotTransitive);
        }
        if let Some(far) = self.atlas.estate.networks.get(&side.network) {
            if !owns(far, to) {
                return self.refuse(link.subject(), Cause::NotTransitive);
            }
            self.hop(link.subject(), Decision::Passed);
            return Ok(Place::Within(far, None));
        }
        if side.blocks4.is_empty() && side.blocks6.is_empty() {
            return self.doubt(link.subject());
        }
        let in4 = side
            .blocks4
            .iter()
            .any(|&block| sixward_net::IpNet::V4(block).contains(&to));
        let in6 = side
            .blocks6
            .iter()
            .any(|&block| sixward_net::IpNet::V6(block).contains(&to));
        if !in4 && !in6 {
            return self.refuse(link.subject(), Cause::NotTransitive);
        }
        self.deliver(link.subject(), End::Foreign(side.network.clone()))
    }

    /// From a network that is not in the estate. Its own routes are not known: they are taken to lead here.
    pub(super) fn foreign(&mut self, far: &'a NetworkId) -> Next<'a> {
        let estate = self.atlas.estate;
        let to = self.packet.destination;
        let links = estate.links.iter();
        let near = links.filter_map(|link| {
            let side = link.peer_of(far)?;
            let network = estate.networks.get(&side.network)?;
            owns(network, to).then_some((link, network))
        });
        let near: Vec<_> = near.collect();
        match near.as_slice() {
            [(link, network)] => {
                let (link, network) = (*link, *network);
                self.hop(link.subject(), Decision::Sent);
                self.touch(link.subject())?;
                Ok(Place::Within(network, None))
            }
            [] => self.refuse(
                Subject::new("network", far.as_str(), ""),
                Cause::NotTransitive,
            ),
            _ => self.doubt(Subject::new("network", far.as_str(), "")),
        }
    }

    /// From a site. Its own routes are not known: they are taken to lead here.
    pub(super) fn site(&mut self, link: &'a Link) -> Next<'a> {
        self.hop(link.subject(), Decision::Sent);
        self.touch(link.subject())?;
        match &link.kind {
            LinkKind::Vpn {
                gateway: Some(id),
                v6,
                ..
            } => {
                if (self.packet.family() == Family::V6) != *v6 {
                    return self.refuse(link.subject(), Cause::NotCarried);
                }
                let Some(gateway) = self.atlas.estate.gateways.get(id) else {
                    return self.doubt(Subject::new("gateway", id.as_str(), ""));
                };
                self.touch(gateway.subject())?;
                let Some(network) = &gateway.network else {
                    return self.refuse(gateway.subject(), Cause::Detached);
                };
                let network = self.meet_network(network)?;
                self.hop(gateway.subject(), Decision::Passed);
                self.come_in(gateway, network)
            }
            LinkKind::Transit(attachment) if is_site(attachment) => Ok(Place::Hub(link, None)),
            _ => self.doubt(link.subject()),
        }
    }

    /// Onto a transit hub, by the hub's interface in the sender's zone and past that subnet's list.
    pub(super) fn board(&mut self, hub: &TransitId, from: &'a Subnet) -> Next<'a> {
        self.touch(Subject::new("transit", hub.as_str(), ""))?;
        let link = self.atlas.attachment(&from.network, hub);
        let Some((link, attachment)) = link.and_then(|link| Some((link, link.attachment()?)))
        else {
            return self.doubt(Subject::new("transit", hub.as_str(), ""));
        };
        self.touch(link.subject())?;
        let subnets = self.subnets(link, &attachment.subnets)?;
        let Some(entry) = subnets.into_iter().find(|subnet| subnet.zone == from.zone) else {
            return self.refuse(link.subject(), Cause::NoZone);
        };
        self.edge(entry, Direction::Ingress)?;
        self.hop(link.subject(), Decision::Passed);
        Ok(Place::Hub(link, Some(&from.zone)))
    }

    /// With a hub, which routes by the table of the attachment that the packet comes from.
    pub(super) fn hub(&mut self, link: &'a Link, zone: Option<&'a str>) -> Next<'a> {
        let Some(attachment) = link.attachment() else {
            return self.doubt(link.subject());
        };
        let Some(id) = &attachment.table else {
            return self.refuse(link.subject(), Cause::NoTable);
        };
        let Some(table) = self.atlas.estate.transit_tables.get(id) else {
            return self.doubt(Subject::new("transit-table", id.as_str(), ""));
        };
        self.touch(table.subject())?;
        let route = match super::route::longest_of_hub(table, self.packet.destination) {
            Ok(Some(route)) => route,
            Ok(None) => return self.refuse(table.subject(), Cause::NoRoute),
            Err(subject) => return self.doubt(subject),
        };
        self.hop(table.subject(), Decision::Switched(route.clone()));
        match &route.target {
            TransitTarget::Link(id) if route.state == RouteState::Active => {
                match self.atlas.estate.links.get(id) {
                    Some(link) => self.land(link, zone),
                    None => self.doubt(Subject::new("link", id.as_str(), "")),
                }
            }
            _ => self.refuse(table.subject(), Cause::Blackhole),
        }
    }

    /// Off the hub: to a site, or into a network by the hub's interface, in the sender's zone if it can.
    fn land(&mut self, link: &'a Link, zone: Option<&str>) -> Next<'a> {
        self.touch(link.subject())?;
        let Some(attachment) = link.attachment() else {
            return self.doubt(link.subject());
        };
        if is_site(attachment) {
            return self.deliver(link.subject(), End::Site(link.id.clone()));
        }
        let network = attachment.network.as_ref();
        let Some(network) = network.and_then(|id| self.atlas.estate.networks.get(id)) else {
            return self.doubt(link.subject());
        };
        self.meet_network(&network.id)?;
        let subnets = self.subnets(link, &attachment.subnets)?;
        let mut near: Vec<_> = subnets.clone();
        near.retain(|subnet| Some(subnet.zone.as_str()) == zone);
        let subnets = if near.is_empty() { subnets } else { near };
        let to = self.packet.destination;
        let alike = |one: &'a Subnet, other: &'a Subnet| {
            let same = one.route_table == other.route_table
                && one.firewall == other.firewall
                && covers(one, to) == covers(other, to);
            same || (self.is_plain(network, one) && self.is_plain(network, other))
        };
        let Some((first, others)) = subnets.split_first() else {
            return self.doubt(link.subject());
        };
        if !others.iter().all(|other| alike(first, other)) {
            return self.doubt(link.subject());
        }
        self.hop(link.subject(), Decision::Passed);
        if covers(first, to) {
            return Ok(Place::Within(network, Some(first)));
        }
        Ok(Place::Leave(first))
    }

    /// Whether a packet that comes off a hub in a subnet is brought to its end whatever it is.
    fn is_plain(&self, network: &'a Network, subnet: &'a Subnet) -> bool {
        let to = self.packet.destination;
        let atlas = self.atlas;
        let firewalls = &atlas.estate.firewalls;
        let list = match &subnet.firewall {
            Some(id) => firewalls.get(id),
            None => atlas.default_list(&network.id),
        };
        // Every subnet is under a list there: without one, the input did not hold it.
        let always = network.place.provider == Provider::Aws;
        let is_open = list.map_or(!always, |list| {
            !atlas.has_gap(&list.subject()) && is_open(atlas, list, self.packet.family())
        });
        let is_local = || {
            let table = atlas.index.route_table(subnet);
            let route = table.map(|table| longest(atlas, table, network, to));
            matches!(route, Some(Ok(Some(route))) if route.target == RouteTarget::Local)
        };
        is_open && !atlas.has_gap(&subnet.subject()) && (covers(subnet, to) || is_local())
    }

    fn subnets(&mut self, link: &'a Link, ids: &'a [SubnetId]) -> Result<Vec<&'a Subnet>, Stop> {
        let subnets = ids.iter().map(|id| self.atlas.estate.subnets.get(id));
        match subnets.collect::<Option<Vec<_>>>() {
            Some(subnets) if !subnets.is_empty() => Ok(subnets),
            _ => self.doubt(link.subject()),
        }
    }
}

/// Whether what is attached is a site, and neither a network nor another hub.
fn is_site(attachment: &Attachment) -> bool {
    attachment.network.is_none() && attachment.other != "peering"
}
