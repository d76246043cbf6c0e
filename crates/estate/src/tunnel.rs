//! Tunnels: private Teredo (RFC 4380), IPv6 for hosts whose network gives them none, by a server and a
//! relay of the operator's own.
//!
//! To the rest of the estate a tunnel is a subnet that has IPv6 only: the relay routes between it and its
//! network. Packets travel in UDP over IPv4, so that no firewall of the network and no list sees what is in
//! them; only what filters on the host itself does.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use sixward_net::{Ipv6Net, Teredo};

use crate::table::item;
use crate::{FirewallId, HostId, NetworkId, SubnetId, TunnelId};

/// A server and a relay, and the addresses of their clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tunnel {
    /// Its id.
    pub id: TunnelId,
    /// The network whose IPv6 the relay joins the clients to.
    pub network: NetworkId,
    /// The subnet that the clients are in to IPv6.
    pub subnet: SubnetId,
    /// The host that the server runs on.
    pub server: HostId,
    /// The server's address in the clients' addresses.
    pub primary: Ipv4Addr,
    /// Its other one, by which clients tell what NAT they are behind.
    pub secondary: Ipv4Addr,
    /// The host that the relay runs on.
    pub relay: HostId,
    /// The relay serves the internet too, and not its network alone.
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub internet: bool,
}

/// Where an interface's IPv6 comes through a tunnel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mouth {
    /// The tunnel.
    pub tunnel: TunnelId,
    /// The subnet that the interface is in to IPv6.
    pub subnet: SubnetId,
    /// What filters on the host itself, sorted: the only firewalls that see the packets.
    pub firewalls: Vec<FirewallId>,
}

item!(Tunnel => TunnelId);

impl Tunnel {
    /// The service port of its relay and its clients, so that rules and addresses can name it.
    pub const PORT: u16 = 3545;

    /// What all its clients' addresses begin with (RFC 4380 section 4).
    pub fn prefix(&self) -> Ipv6Net {
        let service = u128::from(Teredo::PREFIX.addr());
        let server = u128::from(u32::from(self.primary)) << 64;
        Ipv6Net::new_assert(Ipv6Addr::from(service | server), 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_in_its_prefix() {
        let tunnel = Tunnel {
            id: TunnelId::new("t"),
            network: NetworkId::new("n"),
            subnet: SubnetId::new("s"),
            server: HostId::new("h"),
            primary: Ipv4Addr::new(10, 240, 1, 1),
            secondary: Ipv4Addr::new(10, 240, 1, 2),
            relay: HostId::new("h"),
            internet: false,
        };
        let client = Teredo {
            server: tunnel.primary,
            flags: 0x14ff,
            client: "10.240.2.14:3545".parse().unwrap(),
        };
        assert!(tunnel.prefix().contains(&client.address()));
        assert_eq!(tunnel.prefix().to_string(), "2001:0:af0:101::/64");
    }
}
