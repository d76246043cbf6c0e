//! Ids as types of their own, so that a subnet's id cannot be given where a network's is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// The id as the provider writes it.
            pub fn new(id: impl Into<SmolStr>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )*};
}

ids! {
    /// A network: AWS VPC, Azure `VNet`.
    NetworkId;
    /// A subnet.
    SubnetId;
    /// A route table.
    RouteTableId;
    /// A gateway: internet, NAT, egress-only, VPN.
    GatewayId;
    /// A firewall: AWS security group or network ACL, Azure NSG.
    FirewallId;
    /// A prefix list that rules and routes may name.
    PrefixListId;
    /// A network interface.
    InterfaceId;
    /// A host: AWS instance, Azure VM, a server in a rack.
    HostId;
    /// A load balancer.
    BalancerId;
    /// A group of targets behind a load balancer.
    TargetGroupId;
    /// A private endpoint of a service.
    EndpointId;
    /// A link between networks: peering, transit attachment, VPN connection.
    LinkId;
    /// A transit hub: AWS transit gateway.
    TransitId;
    /// A route table of a transit hub.
    TransitTableId;
    /// A public address that is held: AWS Elastic IP.
    AddressId;
    /// A managed service, such as a database.
    ServiceId;
    /// A tunnel: private Teredo.
    TunnelId;
    /// The name of a machine type: `t2.medium`.
    MachineTypeName;
}
