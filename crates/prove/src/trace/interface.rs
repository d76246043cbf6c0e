//! Out of an interface and into one: own addresses, the provider's own services, neighbours.

use std::net::IpAddr;

use sixward_estate::{
    Direction, Interface, InterfaceOwner, Network, NetworkId, Provider, Subject, SubnetId,
};
use sixward_net::{Family, IpNet, Ipv4Net, Ipv6Net};

use super::atlas::{Carrier, covers};
use super::known::{self, Known};
use super::walk::{Next, Place, Stop, Walk};
use super::{Cause, Decision};
use crate::End;

impl<'a> Walk<'_, 'a> {
    /// Out of an interface: in its own name, past its firewalls, directly or through the subnet's edge.
    pub(super) fn out(&mut self, interface: &'a Interface) -> Next<'a> {
        let at = known::interface(self.atlas.estate, interface);
        let network = self.meet(interface)?;
        self.hop(at.clone(), Decision::Sent);
        if interface.own_addresses_only && !carries(interface, self.packet.source) {
            return self.refuse(at, Cause::NotOwnSource);
        }
        if carries(interface, self.packet.destination) {
            return self.deliver(at, End::Interface(interface.id.clone()));
        }
        if is_service(network, self.packet.destination) {
            return self.serve(network.subject());
        }
        self.guard(interface, Direction::Egress)?;
        let id = interface.subnet_in(self.packet.family());
        let Some(subnet) = self.atlas.estate.subnets.get(id) else {
            return self.doubt(unknown_subnet(id));
        };
        if covers(subnet, self.packet.destination) {
            self.hop(subnet.subject(), Decision::Direct);
            return self.find(network, subnet.subject());
        }
        Ok(Place::Leave(subnet))
    }

    /// Into the interface that the packet is for.
    pub(super) fn into(&mut self, interface: &'a Interface) -> Next<'a> {
        self.meet(interface)?;
        self.guard(interface, Direction::Ingress)?;
        let at = known::interface(self.atlas.estate, interface);
        self.deliver(at, End::Interface(interface.id.clone()))
    }

    /// To an interface that a route leads to. What an appliance does with a packet is its own affair.
    pub(super) fn forward(&mut self, interface: &'a Interface) -> Next<'a> {
        let at = known::interface(self.atlas.estate, interface);
        self.meet(interface)?;
        if carries(interface, self.packet.destination) {
            return Ok(Place::In(interface));
        }
        if interface.own_addresses_only {
            return self.refuse(at, Cause::NotForwarding);
        }
        self.guard(interface, Direction::Ingress)?;
        self.doubt(at)
    }

    /// Whoever carries the packet's destination in a network.
    pub(super) fn find(&mut self, network: &'a Network, subnet: Subject) -> Next<'a> {
        let found = self.atlas.carrier(&network.id, self.packet.destination);
        match self.settle(found)? {
            Some(Carrier::Interface(interface)) => Ok(Place::In(interface)),
            Some(Carrier::Nat(gateway)) => Ok(Place::Nat(gateway)),
            None => self.refuse(subnet, Cause::Nobody),
        }
    }

    /// A network by its id.
    pub(super) fn network(&mut self, id: &NetworkId) -> Result<&'a Network, Stop> {
        match self.atlas.estate.networks.get(id) {
            Some(network) => Ok(network),
            None => self.doubt(Subject::new("network", id.as_str(), "")),
        }
    }

    /// The interface and its owner are known for what they are.
    fn meet(&mut self, interface: &'a Interface) -> Result<&'a Network, Stop> {
        self.touch(known::interface(self.atlas.estate, interface))?;
        let owner = match &interface.owner {
            InterfaceOwner::Host(id) => Some(("host", id.as_str())),
            InterfaceOwner::Balancer(id) => Some(("balancer", id.as_str())),
            InterfaceOwner::Endpoint(id) => Some(("endpoint", id.as_str())),
            InterfaceOwner::Service(id) => Some(("service", id.as_str())),
            _ => None,
        };
        if let Some((noun, id)) = owner {
            self.touch(Subject::new(noun, id, ""))?;
        }
        if let Some(mouth) = &interface.tunnel
            && self.packet.family() == Family::V6
        {
            self.touch(Subject::new("tunnel", mouth.tunnel.as_str(), ""))?;
        }
        self.meet_network(&interface.network)
    }

    /// The network is known, and of a provider whose rules are these.
    pub(super) fn meet_network(&mut self, id: &NetworkId) -> Result<&'a Network, Stop> {
        let network = self.network(id)?;
        self.touch(network.subject())?;
        if network.place.provider == Provider::Azure {
            return self.doubt(network.subject());
        }
        Ok(network)
    }
}

/// Whether an address is the interface's own.
fn carries(interface: &Interface, address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => interface
            .addresses4
            .iter()
            .any(|own| own.address == address),
        IpAddr::V6(address) => {
            interface.addresses6.contains(&address)
                || interface.prefixes6.iter().any(|own| own.contains(&address))
        }
    }
}

const fn block4(a: u8, b: u8, c: u8, d: u8, length: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(
        std::net::Ipv4Addr::new(a, b, c, d),
        length,
    ))
}

/// Metadata, names and time: no filter applies to them and no route forwards them (Amazon VPC, Route
/// tables: "IPv4 and IPv6 traffic ... 169.254.168.0/22 ... fd00:ec2::/32"; Network ACLs: what they
/// do not filter).
const SERVICES: [IpNet; 3] = [
    block4(169, 254, 168, 0, 22),
    block4(169, 254, 169, 123, 32),
    IpNet::V6(Ipv6Net::new_assert(
        std::net::Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0),
        32,
    )),
];

/// Whether the provider itself answers at this address; the resolver is at the network's base plus two.
fn is_service(network: &Network, to: IpAddr) -> bool {
    if network.place.provider != Provider::Aws {
        return false;
    }
    let base = network
        .blocks4
        .first()
        .map(|block| u32::from(block.network()));
    let resolver = base.map(|base| IpAddr::from(std::net::Ipv4Addr::from(base + 2)));
    resolver == Some(to) || SERVICES.iter().any(|block| block.contains(&to))
}

fn unknown_subnet(id: &SubnetId) -> Subject {
    Subject::new("subnet", id.as_str(), "")
}
