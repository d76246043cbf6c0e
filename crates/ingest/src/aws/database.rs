//! RDS instances and clusters.

use serde::Deserialize;

use super::endpoint::family;
use super::file::Raw;
use super::merge::Trouble;
use super::service::{
    FoundService, RawMember, RawSubnetGroup, blank, engine, firewalls, group_key, is_deleted,
};
use super::stock::Intake;
use super::value::{List, Maybe, Text};

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a database",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawDatabase<'a> {
    #[serde(rename = "DBInstanceArn")]
    arn: Text<'a>,
    #[serde(rename = "DBInstanceIdentifier")]
    name: Text<'a>,
    #[serde(rename = "DBInstanceStatus")]
    status: Text<'a>,
    #[serde(rename = "DBSubnetGroup")]
    subnet_group: Maybe<RawSubnetGroup<'a>>,
    engine: Text<'a>,
    engine_version: Text<'a>,
    network_type: Text<'a>,
    vpc_security_groups: List<RawMember<'a>>,
    publicly_accessible: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a database cluster",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawDatabaseCluster<'a> {
    #[serde(rename = "DBClusterArn")]
    arn: Text<'a>,
    #[serde(rename = "DBClusterIdentifier")]
    name: Text<'a>,
    status: Text<'a>,
    /// Its name only.
    #[serde(rename = "DBSubnetGroup")]
    subnet_group: Text<'a>,
    engine: Text<'a>,
    engine_version: Text<'a>,
    network_type: Text<'a>,
    vpc_security_groups: List<RawMember<'a>>,
    publicly_accessible: Option<bool>,
    #[serde(rename = "DBClusterMembers")]
    members: List<RawInstance<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a member", bound(deserialize = "'de: 'a"))]
struct RawInstance<'a> {
    #[serde(rename = "DBInstanceIdentifier")]
    name: Text<'a>,
}

impl<'de> Raw<'de> for RawDatabase<'de> {
    fn take(self, intake: &mut Intake) {
        if is_deleted(&self.status) {
            return;
        }
        if self.arn.is_empty() {
            return intake.incomplete("databases");
        }
        let mut service = blank("rds-instance", &self.arn, &self.name);
        let group = self.subnet_group.group(&service.place.region);
        service.network = group.network;
        service.subnets = group.subnets;
        service.allowed = group.allowed;
        service.family = family(&self.network_type);
        service.firewalls = firewalls(&self.vpc_security_groups);
        service.engine = engine(&self.engine, &self.engine_version);
        service.public = self.publicly_accessible == Some(true);
        intake.stock.services.insert(
            &intake.source,
            FoundService::new(service),
            Trouble::default(),
        );
    }
}

impl<'de> Raw<'de> for RawDatabaseCluster<'de> {
    fn take(self, intake: &mut Intake) {
        if is_deleted(&self.status) {
            return;
        }
        if self.arn.is_empty() {
            return intake.incomplete("database clusters");
        }
        let mut service = blank("rds-cluster", &self.arn, &self.name);
        let group = group_key(&service.place.region, &self.subnet_group);
        service.family = family(&self.network_type);
        service.firewalls = firewalls(&self.vpc_security_groups);
        service.engine = engine(&self.engine, &self.engine_version);
        service.public = self.publicly_accessible == Some(true);
        let members = self.members.map(|member| member.name.small());
        let found = FoundService {
            service,
            group,
            members,
        };
        intake
            .stock
            .services
            .insert(&intake.source, found, Trouble::default());
    }
}
