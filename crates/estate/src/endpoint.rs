//! Private endpoints of services: AWS VPC endpoints, Azure private endpoints.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::table::item;
use crate::{
    EndpointId, FamilyMode, FirewallId, InterfaceId, NetworkId, PrefixListId, RouteTableId,
    SubnetId,
};

/// A way from a network to a service that does not cross the internet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Its name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// The network it serves.
    pub network: NetworkId,
    /// The service's name: `com.amazonaws.us-east-1.s3`.
    pub service: SmolStr,
    /// The families it answers.
    pub family: FamilyMode,
    /// How packets get to it.
    pub kind: EndpointKind,
}

/// How packets get to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointKind {
    /// By a prefix-list route in these tables.
    Gateway {
        /// The tables.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        route_tables: Vec<RouteTableId>,
        /// The list of the service's prefixes, where a route names it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prefix_list: Option<PrefixListId>,
    },
    /// By interfaces in these subnets.
    Interface {
        /// The interfaces.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        interfaces: Vec<InterfaceId>,
        /// The subnets.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        subnets: Vec<SubnetId>,
        /// The firewalls on the interfaces.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        firewalls: Vec<FirewallId>,
    },
    /// By a route to a chain of appliances (AWS Gateway Load Balancer endpoint).
    Inspection {
        /// The subnets.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        subnets: Vec<SubnetId>,
    },
}

item!(Endpoint => EndpointId);
