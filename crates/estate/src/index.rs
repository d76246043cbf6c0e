//! Ways back: which interfaces are in a subnet, which subnets are under a table.
//!
//! Built once in a pass over the estate, so that questions cost what they touch and not the estate.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::{
    Estate, Firewall, FirewallId, Gateway, GatewayKind, Host, HostId, Interface, NetworkId,
    RouteTable, RouteTableId, Subnet, SubnetId,
};

/// Ways back through an estate.
#[derive(Debug)]
pub struct Index<'a> {
    /// The estate it was made of.
    pub estate: &'a Estate,
    main_tables: BTreeMap<&'a NetworkId, &'a RouteTable>,
    subnets_of_network: BTreeMap<&'a NetworkId, Vec<&'a Subnet>>,
    subnets_of_table: BTreeMap<&'a RouteTableId, Vec<&'a Subnet>>,
    interfaces_of_subnet: BTreeMap<&'a SubnetId, Vec<&'a Interface>>,
    interfaces_of_firewall: BTreeMap<&'a FirewallId, Vec<&'a Interface>>,
    interfaces_of_host: BTreeMap<&'a HostId, Vec<&'a Interface>>,
    interface_of_address: BTreeMap<IpAddr, Vec<&'a Interface>>,
    gateways_of_network: BTreeMap<&'a NetworkId, Vec<&'a Gateway>>,
    firewalls_of_network: BTreeMap<&'a NetworkId, Vec<&'a Firewall>>,
    tables_of_network: BTreeMap<&'a NetworkId, Vec<&'a RouteTable>>,
}

impl<'a> Index<'a> {
    /// Indexes an estate.
    pub fn new(estate: &'a Estate) -> Self {
        let mut index = Self {
            estate,
            main_tables: BTreeMap::new(),
            subnets_of_network: BTreeMap::new(),
            subnets_of_table: BTreeMap::new(),
            interfaces_of_subnet: BTreeMap::new(),
            interfaces_of_firewall: BTreeMap::new(),
            interfaces_of_host: BTreeMap::new(),
            interface_of_address: BTreeMap::new(),
            gateways_of_network: BTreeMap::new(),
            firewalls_of_network: BTreeMap::new(),
            tables_of_network: BTreeMap::new(),
        };
        index.add_networks();
        index.add_interfaces();
        index
    }

    fn add_networks(&mut self) {
        for table in &self.estate.route_tables {
            self.tables_of_network
                .entry(&table.network)
                .or_default()
                .push(table);
            if table.main {
                self.main_tables.insert(&table.network, table);
            }
        }
        for gateway in &self.estate.gateways {
            if let Some(network) = &gateway.network {
                self.gateways_of_network
                    .entry(network)
                    .or_default()
                    .push(gateway);
            }
        }
        for firewall in &self.estate.firewalls {
            self.firewalls_of_network
                .entry(&firewall.network)
                .or_default()
                .push(firewall);
        }
        for subnet in &self.estate.subnets {
            self.subnets_of_network
                .entry(&subnet.network)
                .or_default()
                .push(subnet);
            if let Some(table) = self.route_table(subnet) {
                self.subnets_of_table
                    .entry(&table.id)
                    .or_default()
                    .push(subnet);
            }
        }
    }

    fn add_interfaces(&mut self) {
        for interface in &self.estate.interfaces {
            self.interfaces_of_subnet
                .entry(&interface.subnet)
                .or_default()
                .push(interface);
            for firewall in &interface.firewalls {
                self.interfaces_of_firewall
                    .entry(firewall)
                    .or_default()
                    .push(interface);
            }
            if let Some(host) = interface.host() {
                self.interfaces_of_host
                    .entry(host)
                    .or_default()
                    .push(interface);
            }
            for address in &interface.addresses4 {
                let public = address.public.map(IpAddr::V4);
                for address in [Some(IpAddr::V4(address.address)), public]
                    .into_iter()
                    .flatten()
                {
                    self.interface_of_address
                        .entry(address)
                        .or_default()
                        .push(interface);
                }
            }
        }
    }

    /// The route table that holds for a subnet.
    pub fn route_table(&self, subnet: &Subnet) -> Option<&'a RouteTable> {
        match &subnet.route_table {
            Some(id) => self.estate.route_tables.get(id),
            None => self.main_tables.get(&subnet.network).copied(),
        }
    }

    /// The subnets of a network.
    pub fn subnets_of_network(&self, id: &NetworkId) -> &[&'a Subnet] {
        self.subnets_of_network.get(id).map_or(&[], Vec::as_slice)
    }

    /// The subnets that a route table holds for.
    pub fn subnets_of_table(&self, id: &RouteTableId) -> &[&'a Subnet] {
        self.subnets_of_table.get(id).map_or(&[], Vec::as_slice)
    }

    /// The route tables of a network.
    pub fn tables_of_network(&self, id: &NetworkId) -> &[&'a RouteTable] {
        self.tables_of_network.get(id).map_or(&[], Vec::as_slice)
    }

    /// The gateways of a network.
    pub fn gateways_of_network(&self, id: &NetworkId) -> &[&'a Gateway] {
        self.gateways_of_network.get(id).map_or(&[], Vec::as_slice)
    }

    /// The network's gateway of a kind that has one only, such as the internet gateway.
    pub fn gateway(&self, id: &NetworkId, kind: &GatewayKind) -> Option<&'a Gateway> {
        self.gateways_of_network(id)
            .iter()
            .copied()
            .find(|gateway| gateway.kind == *kind)
    }

    /// The firewalls of a network.
    pub fn firewalls_of_network(&self, id: &NetworkId) -> &[&'a Firewall] {
        self.firewalls_of_network.get(id).map_or(&[], Vec::as_slice)
    }

    /// The interfaces in a subnet.
    pub fn interfaces_of_subnet(&self, id: &SubnetId) -> &[&'a Interface] {
        self.interfaces_of_subnet.get(id).map_or(&[], Vec::as_slice)
    }

    /// The interfaces under a firewall.
    pub fn interfaces_of_firewall(&self, id: &FirewallId) -> &[&'a Interface] {
        self.interfaces_of_firewall
            .get(id)
            .map_or(&[], Vec::as_slice)
    }

    /// The interfaces of a host.
    pub fn interfaces_of_host(&self, id: &HostId) -> &[&'a Interface] {
        self.interfaces_of_host.get(id).map_or(&[], Vec::as_slice)
    }

    /// The interface that addresses of a host go to.
    pub fn primary_interface(&self, host: &Host) -> Option<&'a Interface> {
        self.interfaces_of_host(&host.id)
            .iter()
            .copied()
            .find(|interface| interface.primary)
    }

    /// The interfaces that carry an IPv4 address, private or public. Private addresses may occur in
    /// more than one network.
    pub fn interfaces_of_address(&self, address: IpAddr) -> &[&'a Interface] {
        self.interface_of_address
            .get(&address)
            .map_or(&[], Vec::as_slice)
    }
}
