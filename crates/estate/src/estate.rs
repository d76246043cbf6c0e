//! The estate itself.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{
    Balancer, Endpoint, Firewall, Gateway, Host, Interface, Link, MachineType, Network, PrefixList,
    PublicAccess, PublicAddress, RouteTable, Service, Subject, Subnet, SubnetId, Table,
    TargetGroup, Transit, TransitTable, Tunnel,
};

/// Everything that is there, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Estate {
    /// Networks.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub networks: Table<Network>,
    /// Locks on public access, by place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub public_access: Vec<PublicAccess>,
    /// Subnets.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub subnets: Table<Subnet>,
    /// Route tables.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub route_tables: Table<RouteTable>,
    /// Gateways.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub gateways: Table<Gateway>,
    /// Public IPv4 addresses that are held.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub addresses: Table<PublicAddress>,
    /// Links.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub links: Table<Link>,
    /// Transit hubs.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub transits: Table<Transit>,
    /// Route tables of transit hubs.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub transit_tables: Table<TransitTable>,
    /// Private endpoints.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub endpoints: Table<Endpoint>,
    /// Firewalls.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub firewalls: Table<Firewall>,
    /// Prefix lists.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub prefix_lists: Table<PrefixList>,
    /// Interfaces.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub interfaces: Table<Interface>,
    /// Hosts.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub hosts: Table<Host>,
    /// Machine types as this estate's provider describes them.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub machine_types: Table<MachineType>,
    /// Load balancers.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub balancers: Table<Balancer>,
    /// Target groups.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub target_groups: Table<TargetGroup>,
    /// Managed services.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub services: Table<Service>,
    /// Tunnels.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub tunnels: Table<Tunnel>,
    /// What is there and is not modelled: nothing is proved about flows that touch it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// Something that is there and is not modelled, or could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// What it is.
    pub subject: Subject,
    /// Why it is a gap.
    pub reason: SmolStr,
}

impl Estate {
    /// The route table that holds for a subnet: the one it names, or its network's main one.
    ///
    /// It looks through all tables when the subnet names none; use [`crate::Index`] for many.
    pub fn route_table_of(&self, subnet: &SubnetId) -> Option<&RouteTable> {
        let subnet = self.subnets.get(subnet)?;
        match &subnet.route_table {
            Some(id) => self.route_tables.get(id),
            None => self
                .route_tables
                .iter()
                .find(|table| table.main && table.network == subnet.network),
        }
    }
}
