//! `ElastiCache` clusters and replication groups.

use serde::Deserialize;
use sixward_estate::SmolStr;

use super::endpoint::family;
use super::file::Raw;
use super::merge::Trouble;
use super::service::{FoundService, RawMember, blank, engine, firewalls, group_key, is_deleted};
use super::stock::Intake;
use super::value::{List, Text};

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a cache cluster",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawCache<'a> {
    #[serde(rename = "ARN")]
    arn: Text<'a>,
    cache_cluster_id: Text<'a>,
    cache_cluster_status: Text<'a>,
    cache_subnet_group_name: Text<'a>,
    engine: Text<'a>,
    engine_version: Text<'a>,
    network_type: Text<'a>,
    security_groups: List<RawMember<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a replication group",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawReplication<'a> {
    #[serde(rename = "ARN")]
    arn: Text<'a>,
    replication_group_id: Text<'a>,
    status: Text<'a>,
    network_type: Text<'a>,
    member_clusters: List<Text<'a>>,
}

impl<'de> Raw<'de> for RawCache<'de> {
    fn take(self, intake: &mut Intake) {
        if is_deleted(&self.cache_cluster_status) {
            return;
        }
        if self.arn.is_empty() {
            return intake.incomplete("cache clusters");
        }
        let mut service = blank("elasticache-cluster", &self.arn, &self.cache_cluster_id);
        let group = group_key(&service.place.region, &self.cache_subnet_group_name);
        service.family = family(&self.network_type);
        service.firewalls = firewalls(&self.security_groups);
        service.engine = engine(&self.engine, &self.engine_version);
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

impl<'de> Raw<'de> for RawReplication<'de> {
    fn take(self, intake: &mut Intake) {
        if is_deleted(&self.status) {
            return;
        }
        if self.arn.is_empty() {
            return intake.incomplete("replication groups");
        }
        let mut service = blank(
            "elasticache-replication-group",
            &self.arn,
            &self.replication_group_id,
        );
        service.family = family(&self.network_type);
        let members = self.member_clusters.map(|member| member.small());
        let found = FoundService {
            service,
            group: SmolStr::default(),
            members,
        };
        intake
            .stock
            .services
            .insert(&intake.source, found, Trouble::default());
    }
}
