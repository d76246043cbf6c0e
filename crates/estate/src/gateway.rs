//! Gateways of one network, and the public addresses that are held.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::table::item;
use crate::{AddressId, GatewayId, InterfaceId, NetworkId, Place, SubnetId};

/// A way out of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gateway {
    /// Its id.
    pub id: GatewayId,
    /// Its name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// The network it is attached to; none while it is detached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkId>,
    /// What it does.
    pub kind: GatewayKind,
}

/// What a gateway does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GatewayKind {
    /// To the internet and from it: 1:1 NAT for IPv4, pass-through for IPv6.
    Internet,
    /// Source NAT for IPv4 flows that begin inside, and NAT64 for `64:ff9b::/96`.
    Nat {
        /// The subnet it stands in.
        subnet: SubnetId,
        /// It reaches the internet; a private one only translates between networks.
        public: bool,
        /// Its addresses.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        addresses: Vec<NatAddress>,
    },
    /// IPv6 flows that begin inside, stateful.
    EgressOnly,
    /// The near end of VPN connections and Direct Connect.
    Vpn,
}

/// An address that a NAT gateway translates to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NatAddress {
    /// The public address; none on a private gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<Ipv4Addr>,
    /// The private address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<Ipv4Addr>,
    /// The interface that carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<InterfaceId>,
}

/// A public IPv4 address that the owner holds (AWS Elastic IP); it survives a stop and start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAddress {
    /// Its id.
    pub id: AddressId,
    /// The address.
    pub address: Ipv4Addr,
    /// Where it stands.
    pub place: Place,
    /// The interface that carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<InterfaceId>,
}

item!(Gateway => GatewayId, PublicAddress => AddressId);
