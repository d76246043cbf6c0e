//! Classic load balancers. They have a name instead of an id, and instances instead of target groups.
//!
//! The name is unique within an account and region, so the id here is `region/name`. For each port of
//! the instances there is a target group `region/name/port`, so that pools look alike everywhere.

use std::collections::BTreeSet;

use serde::Deserialize;
use sixward_estate::{
    Balancer, BalancerId, BalancerKind, Estate, FamilyMode, FirewallId, HostId, Listener,
    NetworkId, SmolStr, SubnetId, Target, TargetGroup, TargetGroupId, TargetKind,
};

use super::balancer::exposure;
use super::endpoint::sorted;
use super::file::Raw;
use super::merge::Trouble;
use super::place;
use super::stock::{Intake, Stock};
use super::value::{List, Maybe, Number, Text};
use crate::report::Report;
use crate::subject::found;

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a load balancer",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawClassic<'a> {
    load_balancer_name: Text<'a>,
    #[serde(rename = "DNSName")]
    dns_name: Text<'a>,
    #[serde(rename = "VPCId")]
    vpc_id: Text<'a>,
    scheme: Text<'a>,
    availability_zones: List<Text<'a>>,
    subnets: List<Text<'a>>,
    security_groups: List<Text<'a>>,
    instances: List<RawInstance<'a>>,
    listener_descriptions: List<RawDescription<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an instance",
    bound(deserialize = "'de: 'a")
)]
struct RawInstance<'a> {
    instance_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a listener",
    bound(deserialize = "'de: 'a")
)]
struct RawDescription<'a> {
    listener: Maybe<RawListener<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a listener",
    bound(deserialize = "'de: 'a")
)]
struct RawListener<'a> {
    protocol: Text<'a>,
    load_balancer_port: Number,
    instance_protocol: Text<'a>,
    instance_port: Number,
}

/// A classic load balancer with its instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pool {
    balancer: Balancer,
    groups: Vec<TargetGroup>,
}

found! { Pool { balancer: Balancer } }

impl<'de> Raw<'de> for RawClassic<'de> {
    fn take(self, intake: &mut Intake) {
        if self.load_balancer_name.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("load balancers");
        }
        let zone = self
            .availability_zones
            .first()
            .and_then(|zone| zone.given());
        let region = place::region_of(zone.unwrap_or_default());
        let name = &*self.load_balancer_name;
        let id = if region.is_empty() {
            name.to_owned()
        } else {
            format!("{region}/{name}")
        };
        let listeners: Vec<(Listener, TargetGroup)> = self
            .listener_descriptions
            .iter()
            .filter_map(|description| self.listener(&id, &description.listener))
            .collect();
        if listeners.len() < self.listener_descriptions.len() {
            intake.incomplete("listeners");
        }
        let (mut listeners, groups): (Vec<Listener>, Vec<TargetGroup>) =
            listeners.into_iter().unzip();
        listeners.sort();
        let balancer = Balancer {
            id: BalancerId::new(id),
            name: SmolStr::new(name),
            network: NetworkId::new(self.vpc_id.small()),
            kind: BalancerKind::Classic,
            exposure: exposure(&self.scheme),
            family: FamilyMode::V4,
            dns_name: self.dns_name.small(),
            subnets: sorted(&self.subnets, SubnetId::new),
            firewalls: sorted(&self.security_groups, FirewallId::new),
            listeners,
        };
        intake.stock.pools.insert(
            &intake.source,
            Pool { balancer, groups },
            Trouble::default(),
        );
    }
}

impl RawClassic<'_> {
    fn listener(&self, id: &str, raw: &RawListener<'_>) -> Option<(Listener, TargetGroup)> {
        let port = u16::try_from(raw.load_balancer_port.0?).ok()?;
        let target_port = u16::try_from(raw.instance_port.0?).ok()?;
        let hosts = self
            .instances
            .iter()
            .filter_map(|instance| instance.instance_id.given());
        let targets: BTreeSet<Target> = hosts
            .map(|id| Target {
                kind: TargetKind::Host(HostId::new(id)),
                port: Some(target_port),
            })
            .collect();
        let group = TargetGroup {
            id: TargetGroupId::new(format!("{id}/{target_port}")),
            name: self.load_balancer_name.small(),
            network: self.vpc_id.given().map(NetworkId::new),
            protocol: raw.instance_protocol.small(),
            family: FamilyMode::V4,
            targets: targets.into_iter().collect(),
        };
        let target_groups = vec![group.id.clone()];
        Some((
            Listener {
                protocol: raw.protocol.small(),
                port,
                target_groups,
            },
            group,
        ))
    }
}

/// Puts the classic load balancers in.
pub(super) fn build(stock: &mut Stock, estate: &mut Estate, report: &mut Report) {
    for Pool { balancer, groups } in std::mem::take(&mut stock.pools).settle(report, |_, _| {}) {
        for group in groups {
            estate.target_groups.insert(group);
        }
        estate.balancers.insert(balancer);
    }
}
