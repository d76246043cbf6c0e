//! Route tables: routes, and the subnets and gateways they hold for.

use serde::Deserialize;
use sixward_estate::{
    Destination, EndpointId, Estate, GatewayId, HostId, InterfaceId, LinkId, NetworkId,
    PrefixListId, Route, RouteOrigin, RouteState, RouteTable, RouteTableId, RouteTarget, SmolStr,
    SubnetId, TransitId,
};

use super::file::{Raw, ids};
use super::merge::Trouble;
use super::network::is_associated;
use super::stock::Intake;
use super::value::{List, State, Tag, Text, name};
use crate::report::Report;
use crate::subject::found;

/// A route table as the API describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a route table",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawRouteTable<'a> {
    route_table_id: Text<'a>,
    vpc_id: Text<'a>,
    associations: List<RawAssociation<'a>>,
    propagating_vgws: List<RawPropagating<'a>>,
    routes: List<RawRoute<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an association",
    bound(deserialize = "'de: 'a")
)]
struct RawAssociation<'a> {
    main: Option<bool>,
    subnet_id: Text<'a>,
    gateway_id: Text<'a>,
    association_state: State<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a gateway",
    bound(deserialize = "'de: 'a")
)]
struct RawPropagating<'a> {
    gateway_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a route",
    bound(deserialize = "'de: 'a")
)]
struct RawRoute<'a> {
    destination_cidr_block: Text<'a>,
    destination_ipv6_cidr_block: Text<'a>,
    destination_prefix_list_id: Text<'a>,
    gateway_id: Text<'a>,
    nat_gateway_id: Text<'a>,
    egress_only_internet_gateway_id: Text<'a>,
    transit_gateway_id: Text<'a>,
    vpc_peering_connection_id: Text<'a>,
    network_interface_id: Text<'a>,
    instance_id: Text<'a>,
    carrier_gateway_id: Text<'a>,
    local_gateway_id: Text<'a>,
    core_network_arn: Text<'a>,
    odb_network_arn: Text<'a>,
    origin: Text<'a>,
    state: Text<'a>,
}

/// A route table, and the subnets that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundTable {
    pub(super) table: RouteTable,
    pub(super) subnets: Vec<SubnetId>,
}

found! { FoundTable { table: RouteTable } }

impl<'de> Raw<'de> for RawRouteTable<'de> {
    fn take(self, intake: &mut Intake) {
        if self.route_table_id.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("route tables");
        }
        let mut trouble = Trouble::default();
        let held: Vec<&RawAssociation<'_>> = self
            .associations
            .iter()
            .filter(|association| is_associated(&association.association_state))
            .collect();
        let mut edges = some_ids(held.iter().map(|held| &held.gateway_id), GatewayId::new);
        let mut subnets = some_ids(held.iter().map(|held| &held.subnet_id), SubnetId::new);
        edges.sort();
        subnets.sort();
        let mut routes: Vec<Route> = self
            .routes
            .iter()
            .filter_map(|route| route.route(&mut trouble))
            .collect();
        routes.sort();
        routes.dedup();
        let table = RouteTable {
            id: RouteTableId::new(self.route_table_id.small()),
            name: name(&self.tags),
            network: NetworkId::new(self.vpc_id.small()),
            main: held
                .iter()
                .any(|association| association.main == Some(true)),
            edges,
            propagated_from: propagating(self.propagating_vgws),
            routes,
        };
        intake
            .stock
            .route_tables
            .insert(&intake.source, FoundTable { table, subnets }, trouble);
    }
}

fn some_ids<'a, T>(texts: impl Iterator<Item = &'a Text<'a>>, id: fn(SmolStr) -> T) -> Vec<T> {
    texts
        .filter_map(|text| text.given().map(|text| id(SmolStr::new(text))))
        .collect()
}

fn propagating(list: List<RawPropagating<'_>>) -> Vec<GatewayId> {
    let mut gateways = ids(list, |raw| raw.gateway_id.given().map(GatewayId::new));
    gateways.sort();
    gateways
}

impl RawRoute<'_> {
    fn route(&self, trouble: &mut Trouble) -> Option<Route> {
        let target = self.target();
        let destination = self.destination(trouble)?;
        if let RouteTarget::Unmodelled(name) = &target {
            trouble.unmodelled(format!(
                "its route to `{destination}` leads to `{name}`, which is not modelled"
            ));
        }
        Some(Route {
            destination,
            origin: self.origin(&target),
            state: self.state(),
            target,
        })
    }

    fn destination(&self, trouble: &mut Trouble) -> Option<Destination> {
        if let Some(list) = self.destination_prefix_list_id.given() {
            return Some(Destination::PrefixList(PrefixListId::new(list)));
        }
        if let Some(block) = self.destination_ipv6_cidr_block.given() {
            return trouble.net6("route's destination", block).map(Into::into);
        }
        if self.destination_cidr_block.is_empty() {
            trouble.add("it has a route without a destination");
        }
        trouble
            .net4("route's destination", &self.destination_cidr_block)
            .map(Into::into)
    }

    fn target(&self) -> RouteTarget {
        let gateway = |id: &str| RouteTarget::Gateway(GatewayId::new(id));
        if let Some(id) = self.gateway_id.given() {
            return match id {
                "local" => RouteTarget::Local,
                id if id.starts_with("vpce-") => RouteTarget::Endpoint(EndpointId::new(id)),
                id => gateway(id),
            };
        }
        let targets = [
            self.nat_gateway_id.given().map(gateway),
            self.egress_only_internet_gateway_id.given().map(gateway),
            self.transit_gateway_id
                .given()
                .map(|id| RouteTarget::Transit(TransitId::new(id))),
            self.vpc_peering_connection_id
                .given()
                .map(|id| RouteTarget::Link(LinkId::new(id))),
            self.network_interface_id
                .given()
                .map(|id| RouteTarget::Interface(InterfaceId::new(id))),
            self.instance_id
                .given()
                .map(|id| RouteTarget::Host(HostId::new(id))),
        ];
        let known = targets.into_iter().flatten().next();
        known.unwrap_or_else(|| self.unmodelled_target())
    }

    fn unmodelled_target(&self) -> RouteTarget {
        let names = [
            &self.carrier_gateway_id,
            &self.local_gateway_id,
            &self.core_network_arn,
            &self.odb_network_arn,
        ];
        match names.iter().find_map(|name| name.given()) {
            Some(name) => RouteTarget::Unmodelled(SmolStr::new(name)),
            None if &*self.state == "blackhole" => RouteTarget::Nowhere,
            None => RouteTarget::Unmodelled(SmolStr::new_static("an unknown target")),
        }
    }

    fn origin(&self, target: &RouteTarget) -> RouteOrigin {
        match &*self.origin {
            "CreateRouteTable" => RouteOrigin::Local,
            "EnableVgwRoutePropagation" | "Advertisement" => RouteOrigin::Propagated,
            "" if *target == RouteTarget::Local => RouteOrigin::Local,
            _ => RouteOrigin::Static,
        }
    }

    fn state(&self) -> RouteState {
        if &*self.state == "blackhole" {
            RouteState::Blackhole
        } else {
            RouteState::Active
        }
    }
}

/// Puts the tables in, and tells their subnets.
pub(super) fn connect(tables: Vec<FoundTable>, estate: &mut Estate, report: &mut Report) {
    for FoundTable { table, subnets } in tables {
        for id in subnets {
            match estate.subnets.get_mut(&id) {
                Some(subnet) if subnet.route_table.is_none() => {
                    subnet.route_table = Some(table.id.clone());
                }
                Some(subnet) => crate::dangling::two_for_one(subnet, "route tables", report),
                None => crate::dangling::missing_subnet(&id, &table, report),
            }
        }
        estate.route_tables.insert(table);
    }
}
