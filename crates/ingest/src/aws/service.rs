//! Managed services in VPCs: databases, caches, functions, warehouses, search domains.

use std::collections::BTreeMap;

use serde::Deserialize;
use sixward_estate::{
    Estate, FamilyMode, FirewallId, NetworkId, Service, ServiceId, SmolStr, SubnetId,
};

use super::endpoint::{family, sorted};
use super::file::Raw;
use super::gateway::is_gone;
use super::merge::Trouble;
use super::place;
use super::stock::{Intake, Stock};
use super::value::{List, Maybe, Text};
use crate::report::Report;
use crate::subject::found;

pub(super) use super::cache::{RawCache, RawReplication};
pub(super) use super::database::{RawDatabase, RawDatabaseCluster};

/// A subnet group of RDS, `ElastiCache` or Redshift.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a subnet group",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawSubnetGroup<'a> {
    #[serde(
        alias = "CacheSubnetGroupName",
        alias = "ClusterSubnetGroupName",
        rename = "DBSubnetGroupName"
    )]
    name: Text<'a>,
    #[serde(alias = "ARN", rename = "DBSubnetGroupArn")]
    arn: Text<'a>,
    vpc_id: Text<'a>,
    subnets: List<RawSubnet<'a>>,
    supported_network_types: List<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a subnet",
    bound(deserialize = "'de: 'a")
)]
struct RawSubnet<'a> {
    subnet_identifier: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a function",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawFunction<'a> {
    function_arn: Text<'a>,
    function_name: Text<'a>,
    runtime: Text<'a>,
    vpc_config: Maybe<RawPlacement<'a>>,
}

/// Where a function or a search domain is put.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a VPC config",
    bound(deserialize = "'de: 'a")
)]
struct RawPlacement<'a> {
    #[serde(alias = "VPCId")]
    vpc_id: Text<'a>,
    subnet_ids: List<Text<'a>>,
    security_group_ids: List<Text<'a>>,
    ipv6_allowed_for_dual_stack: Option<bool>,
}

/// A Redshift cluster. Other services have clusters too, with other keys.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a cluster",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawWarehouse<'a> {
    cluster_identifier: Text<'a>,
    cluster_subnet_group_name: Text<'a>,
    vpc_id: Text<'a>,
    vpc_security_groups: List<RawMember<'a>>,
    availability_zone: Text<'a>,
    publicly_accessible: Option<bool>,
    ip_address_type: Text<'a>,
    cluster_version: Text<'a>,
}

/// A security group of a service.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a group",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawMember<'a> {
    #[serde(alias = "SecurityGroupId")]
    vpc_security_group_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a domain",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawDomain<'a> {
    #[serde(rename = "ARN")]
    arn: Text<'a>,
    domain_name: Text<'a>,
    #[serde(alias = "ElasticsearchVersion")]
    engine_version: Text<'a>,
    #[serde(rename = "VPCOptions")]
    vpc_options: Maybe<RawPlacement<'a>>,
    #[serde(rename = "IPAddressType")]
    ip_address_type: Text<'a>,
    deleted: Option<bool>,
}

/// A service, and the subnet group that says where it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundService {
    pub(super) service: Service,
    /// `kind/region/name` of its subnet group; empty when it says itself where it is.
    pub(super) group: SmolStr,
    /// Services that it is made of.
    pub(super) members: Vec<SmolStr>,
}

/// A subnet group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SubnetGroup {
    /// Region and name, since names are unique within a region only.
    pub(super) id: SmolStr,
    pub(super) network: Option<NetworkId>,
    pub(super) subnets: Vec<SubnetId>,
    pub(super) allowed: Vec<FamilyMode>,
}

found! { FoundService { service: Service } }
found! { SubnetGroup { id } as "subnet-group" }

impl FoundService {
    /// A service that says where it is.
    pub(super) fn new(service: Service) -> Self {
        Self {
            service,
            group: SmolStr::default(),
            members: Vec::new(),
        }
    }
}

/// A service of which nothing but its name is known.
pub(super) fn blank(kind: &'static str, id: &str, name: &Text<'_>) -> Service {
    Service {
        id: ServiceId::new(id),
        kind: SmolStr::new_static(kind),
        name: name.small(),
        place: place::of_arn(id),
        network: None,
        family: FamilyMode::Unknown,
        allowed: Vec::new(),
        subnets: Vec::new(),
        firewalls: Vec::new(),
        engine: SmolStr::default(),
        public: false,
    }
}

pub(super) fn firewalls(members: &[RawMember<'_>]) -> Vec<FirewallId> {
    let ids = members
        .iter()
        .filter_map(|member| member.vpc_security_group_id.given());
    let mut ids: Vec<FirewallId> = ids.map(FirewallId::new).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// `postgres 15.4`.
pub(super) fn engine(name: &str, version: &str) -> SmolStr {
    SmolStr::new(format!("{name} {version}").trim())
}

/// The key of a subnet group.
pub(super) fn group_key(region: &str, name: &str) -> SmolStr {
    if name.is_empty() {
        SmolStr::default()
    } else {
        SmolStr::new(format!("{region}/{name}"))
    }
}

impl RawSubnetGroup<'_> {
    /// The group, as it stands in `region`.
    pub(super) fn group(&self, region: &str) -> SubnetGroup {
        let subnets = self
            .subnets
            .iter()
            .filter_map(|subnet| subnet.subnet_identifier.given());
        let mut subnets: Vec<SubnetId> = subnets.map(SubnetId::new).collect();
        subnets.sort();
        let types = self.supported_network_types.iter();
        let mut allowed: Vec<FamilyMode> = types.map(|text| family(text)).collect();
        allowed.sort();
        SubnetGroup {
            id: group_key(region, &self.name),
            network: self.vpc_id.given().map(NetworkId::new),
            subnets,
            allowed,
        }
    }
}

impl<'de> Raw<'de> for RawSubnetGroup<'de> {
    fn take(self, intake: &mut Intake) {
        if self.name.is_empty() {
            return intake.incomplete("subnet groups");
        }
        let mut place = place::of_arn(&self.arn);
        intake.source.hint.fill(&mut place);
        let group = self.group(&place.region);
        intake
            .stock
            .subnet_groups
            .insert(&intake.source, group, Trouble::default());
    }
}

impl<'de> Raw<'de> for RawFunction<'de> {
    fn take(self, intake: &mut Intake) {
        if self.function_arn.is_empty() {
            return intake.incomplete("functions");
        }
        let mut service = blank("lambda", &self.function_arn, &self.function_name);
        self.vpc_config.fill(&mut service);
        service.engine = self.runtime.small();
        if service.network.is_some() {
            let dual = self.vpc_config.ipv6_allowed_for_dual_stack == Some(true);
            service.family = if dual {
                FamilyMode::Dual
            } else {
                FamilyMode::V4
            };
        }
        intake.stock.services.insert(
            &intake.source,
            FoundService::new(service),
            Trouble::default(),
        );
    }
}

impl RawPlacement<'_> {
    fn fill(&self, service: &mut Service) {
        service.network = self.vpc_id.given().map(NetworkId::new);
        service.subnets = sorted(&self.subnet_ids, SubnetId::new);
        service.firewalls = sorted(&self.security_group_ids, FirewallId::new);
    }
}

impl<'de> Raw<'de> for RawWarehouse<'de> {
    fn take(self, intake: &mut Intake) {
        if self.cluster_identifier.is_empty() {
            intake.facts.unknown.insert(SmolStr::new_static("Clusters"));
            return;
        }
        let mut place = place::place("", place::region_of(&self.availability_zone));
        intake.source.hint.fill(&mut place);
        // A cluster has no ARN in this answer; its name is unique within a region.
        let id = group_key(&place.region, &self.cluster_identifier);
        let mut service = blank("redshift", &id, &self.cluster_identifier);
        let group = group_key(&place.region, &self.cluster_subnet_group_name);
        service.place = place;
        service.network = self.vpc_id.given().map(NetworkId::new);
        service.family = family(&self.ip_address_type);
        service.firewalls = firewalls(&self.vpc_security_groups);
        service.engine = engine("redshift", &self.cluster_version);
        service.public = self.publicly_accessible == Some(true);
        let found = FoundService {
            service,
            group,
            members: Vec::new(),
        };
        intake
            .stock
            .services
            .insert(&intake.source, found, Trouble::default());
    }
}

impl<'de> Raw<'de> for RawDomain<'de> {
    fn take(self, intake: &mut Intake) {
        if self.deleted == Some(true) {
            return;
        }
        if self.arn.is_empty() {
            return intake.incomplete("search domains");
        }
        let mut service = blank("opensearch", &self.arn, &self.domain_name);
        self.vpc_options.fill(&mut service);
        service.family = family(&self.ip_address_type);
        service.engine = self.engine_version.small();
        service.public = service.network.is_none();
        intake.stock.services.insert(
            &intake.source,
            FoundService::new(service),
            Trouble::default(),
        );
    }
}

/// Whether a service's status says that it is there no more.
pub(super) fn is_deleted(status: &str) -> bool {
    is_gone(status)
}

/// Puts the services together with their subnet groups and members.
pub(super) fn build(stock: &mut Stock, estate: &mut Estate, report: &mut Report) {
    let groups = std::mem::take(&mut stock.subnet_groups).settle(report, |_, _| {});
    let groups: BTreeMap<&str, &SubnetGroup> = groups
        .iter()
        .map(|group| (group.id.as_str(), group))
        .collect();
    let found = std::mem::take(&mut stock.services);
    let found = found.settle(report, |hint, found| hint.fill(&mut found.service.place));
    let mut wholes = Vec::new();
    for FoundService {
        mut service,
        group,
        members,
    } in found
    {
        if let Some(group) = groups
            .get(group.as_str())
            .or_else(|| groups.get(anywhere(&group)))
        {
            fill(&mut service, group);
        }
        if !members.is_empty() {
            wholes.push((service.id.clone(), members));
        }
        estate.services.insert(service);
    }
    for (whole, members) in wholes {
        fill_by_members(&whole, &members, estate);
    }
}

/// The key of a group whose listing does not say its region: Redshift's have no ARN.
fn anywhere(key: &str) -> &str {
    key.find('/')
        .and_then(|slash| key.get(slash..))
        .unwrap_or(key)
}

fn fill(service: &mut Service, group: &SubnetGroup) {
    service.network = service.network.take().or_else(|| group.network.clone());
    if service.subnets.is_empty() {
        service.subnets.clone_from(&group.subnets);
    }
    if service.allowed.is_empty() {
        service.allowed.clone_from(&group.allowed);
    }
}

/// A whole that does not say where it is stands where its members stand.
fn fill_by_members(whole: &ServiceId, members: &[SmolStr], estate: &mut Estate) {
    let Some(mut service) = estate.services.get(whole).cloned() else {
        return;
    };
    let same_place = |other: &&Service| {
        members.contains(&other.name) && other.id != service.id && other.place == service.place
    };
    let Some(member) = estate.services.iter().find(same_place).cloned() else {
        return;
    };
    if service.network.is_none() {
        service.network = member.network;
    }
    if service.subnets.is_empty() {
        service.subnets = member.subnets;
        service.allowed = member.allowed;
    }
    if service.firewalls.is_empty() {
        service.firewalls = member.firewalls;
    }
    if service.engine.is_empty() {
        service.engine = member.engine;
    }
    estate.services.insert(service);
}
