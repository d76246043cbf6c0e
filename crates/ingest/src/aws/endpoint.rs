//! VPC endpoints.

use std::collections::BTreeMap;

use serde::Deserialize;
use sixward_estate::{
    Destination, Endpoint, EndpointId, EndpointKind, Estate, FamilyMode, FirewallId, InterfaceId,
    NetworkId, PrefixListId, RouteTableId, RouteTarget, SubnetId,
};

use super::file::Raw;
use super::gateway::is_gone;
use super::merge::Trouble;
use super::stock::Intake;
use super::unmodelled::Unmodelled;
use super::value::{List, Tag, Text, name};

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an endpoint",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawEndpoint<'a> {
    vpc_endpoint_id: Text<'a>,
    vpc_endpoint_type: Text<'a>,
    vpc_id: Text<'a>,
    service_name: Text<'a>,
    state: Text<'a>,
    ip_address_type: Text<'a>,
    route_table_ids: List<Text<'a>>,
    subnet_ids: List<Text<'a>>,
    network_interface_ids: List<Text<'a>>,
    groups: List<RawGroup<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a group",
    bound(deserialize = "'de: 'a")
)]
struct RawGroup<'a> {
    group_id: Text<'a>,
}

impl<'de> Raw<'de> for RawEndpoint<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        if self.vpc_endpoint_id.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("endpoints");
        }
        let id = self.vpc_endpoint_id.small();
        let Some(kind) = self.kind() else {
            let what = format!("an endpoint of type `{}`", &*self.vpc_endpoint_type);
            intake
                .stock
                .unmodelled
                .insert(Unmodelled::new("endpoint", &id, what));
            return;
        };
        let endpoint = Endpoint {
            id: EndpointId::new(id),
            name: name(&self.tags),
            network: NetworkId::new(self.vpc_id.small()),
            service: self.service_name.small(),
            family: family(&self.ip_address_type),
            kind,
        };
        intake
            .stock
            .endpoints
            .insert(&intake.source, endpoint, Trouble::default());
    }
}

impl RawEndpoint<'_> {
    fn kind(&self) -> Option<EndpointKind> {
        let subnets = sorted(&self.subnet_ids, SubnetId::new);
        Some(match &*self.vpc_endpoint_type {
            // The first endpoints had no type.
            "Gateway" | "" => EndpointKind::Gateway {
                route_tables: sorted(&self.route_table_ids, RouteTableId::new),
                prefix_list: None,
            },
            "Interface" => {
                let groups = self
                    .groups
                    .iter()
                    .filter_map(|group| group.group_id.given());
                let mut firewalls: Vec<FirewallId> = groups.map(FirewallId::new).collect();
                firewalls.sort();
                let interfaces = sorted(&self.network_interface_ids, InterfaceId::new);
                EndpointKind::Interface {
                    interfaces,
                    subnets,
                    firewalls,
                }
            }
            "GatewayLoadBalancer" => EndpointKind::Inspection { subnets },
            _ => return None,
        })
    }
}

/// Ids of a list of texts, sorted.
pub(super) fn sorted<'a, T: Ord>(texts: &'a [Text<'_>], id: fn(&'a str) -> T) -> Vec<T> {
    let mut ids: Vec<T> = texts
        .iter()
        .filter_map(|text| text.given().map(id))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The families behind an `IpAddressType` or `NetworkType`.
pub(super) fn family(text: &str) -> FamilyMode {
    match text {
        "ipv4" | "IPV4" => FamilyMode::V4,
        "dualstack" | "dual_stack" | "DUAL" | "dual" => FamilyMode::Dual,
        "dualstack-without-public-ipv4" => FamilyMode::DualPrivate4,
        "ipv6" | "IPV6" => FamilyMode::V6,
        _ => FamilyMode::Unknown,
    }
}

/// Tells gateway endpoints which prefix list the routes to them name.
pub(super) fn connect(endpoints: Vec<Endpoint>, estate: &mut Estate) {
    let mut lists: BTreeMap<&EndpointId, &PrefixListId> = BTreeMap::new();
    for route in estate.route_tables.iter().flat_map(|table| &table.routes) {
        if let (Destination::PrefixList(list), RouteTarget::Endpoint(id)) =
            (&route.destination, &route.target)
        {
            lists.entry(id).or_insert(list);
        }
    }
    for mut endpoint in endpoints {
        if let EndpointKind::Gateway { prefix_list, .. } = &mut endpoint.kind {
            *prefix_list = lists.get(&endpoint.id).map(|list| (*list).clone());
        }
        estate.endpoints.insert(endpoint);
    }
}
