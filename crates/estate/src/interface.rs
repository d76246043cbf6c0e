//! Network interfaces, those of hosts and those of managed services alike.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::Ipv6Net;
use serde::{Deserialize, Serialize};
use sixward_net::Family;
use smol_str::SmolStr;

use crate::table::item;
use crate::{
    BalancerId, EndpointId, FirewallId, GatewayId, HostId, InterfaceId, Mouth, NetworkId,
    ServiceId, SubnetId,
};

/// Where packets leave and enter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// Its id.
    pub id: InterfaceId,
    /// The network.
    pub network: NetworkId,
    /// The subnet.
    pub subnet: SubnetId,
    /// Whose it is.
    pub owner: InterfaceOwner,
    /// It is its host's first interface, the one that addresses go to.
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub primary: bool,
    /// IPv4 addresses, the primary one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses4: Vec<Private4>,
    /// IPv6 addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses6: Vec<Ipv6Addr>,
    /// IPv6 prefixes delegated to it (AWS: /80 each).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefixes6: Vec<Ipv6Net>,
    /// The firewalls it is under, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub firewalls: Vec<FirewallId>,
    /// It drops packets that are neither from nor to its own addresses.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub own_addresses_only: bool,
    /// Its IPv6 comes through a tunnel: in another subnet, and past other firewalls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tunnel: Option<Mouth>,
}

/// A private IPv4 address and the public one that is mapped to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Private4 {
    /// The private address.
    pub address: Ipv4Addr,
    /// The public address that the internet gateway maps to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<Ipv4Addr>,
    /// The owner holds the public address, so that a stop and start keeps it.
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub held: bool,
}

/// Whose interface it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InterfaceOwner {
    /// A host's.
    Host(HostId),
    /// A load balancer's.
    Balancer(BalancerId),
    /// A NAT gateway's.
    Gateway(GatewayId),
    /// An endpoint's.
    Endpoint(EndpointId),
    /// A managed service's that is in the estate.
    Service(ServiceId),
    /// A managed service's that is known only by the provider's words on the interface.
    Managed(SmolStr),
    /// Nobody's: it is not attached.
    Nobody,
}

item!(Interface => InterfaceId);

impl Interface {
    /// Whether the internet can reach it over IPv4, filters aside.
    pub fn has_public4(&self) -> bool {
        self.addresses4
            .iter()
            .any(|address| address.public.is_some())
    }

    /// The subnet that it is in to a family.
    pub fn subnet_in(&self, family: Family) -> &SubnetId {
        self.mouth(family)
            .map_or(&self.subnet, |mouth| &mouth.subnet)
    }

    /// The firewalls that see its packets of a family.
    pub fn firewalls_in(&self, family: Family) -> &[FirewallId] {
        self.mouth(family)
            .map_or(&self.firewalls, |mouth| &mouth.firewalls)
    }

    fn mouth(&self, family: Family) -> Option<&Mouth> {
        self.tunnel.as_ref().filter(|_| family == Family::V6)
    }

    /// Its host.
    pub fn host(&self) -> Option<&HostId> {
        match &self.owner {
            InterfaceOwner::Host(id) => Some(id),
            _ => None,
        }
    }
}

fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_true(value: &bool) -> bool {
    *value
}
