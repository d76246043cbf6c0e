//! Load balancers of the second generation, their listeners, target groups and targets.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Deserialize;
use sixward_estate::{
    Balancer, BalancerId, BalancerKind, Estate, Exposure, FamilyMode, FirewallId, HostId, Listener,
    NetworkId, SmolStr, SubnetId, Target, TargetGroup, TargetGroupId, TargetKind,
};

pub(super) use super::classic::{Pool, RawClassic};
use super::endpoint::{family, sorted};
use super::file::Raw;
use super::gateway::is_gone;
use super::merge::Trouble;
use super::stock::{Intake, Stock};
use super::value::{List, Maybe, Number, State, Text};
use crate::report::Report;
use crate::subject::found;

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a load balancer",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawBalancer<'a> {
    load_balancer_arn: Text<'a>,
    load_balancer_name: Text<'a>,
    #[serde(rename = "DNSName")]
    dns_name: Text<'a>,
    vpc_id: Text<'a>,
    #[serde(rename = "Type")]
    kind: Text<'a>,
    scheme: Text<'a>,
    ip_address_type: Text<'a>,
    availability_zones: List<RawZone<'a>>,
    security_groups: List<Text<'a>>,
    state: State<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a zone",
    bound(deserialize = "'de: 'a")
)]
struct RawZone<'a> {
    subnet_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a listener",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawListener<'a> {
    listener_arn: Text<'a>,
    load_balancer_arn: Text<'a>,
    port: Number,
    protocol: Text<'a>,
    default_actions: List<RawAction<'a>>,
}

/// Batfish's form: the answer with the balancer that was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "listeners",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawListeners<'a> {
    listeners: List<RawListener<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an action",
    bound(deserialize = "'de: 'a")
)]
struct RawAction<'a> {
    target_group_arn: Text<'a>,
    forward_config: Maybe<RawForwardConfig<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a forward",
    bound(deserialize = "'de: 'a")
)]
struct RawForwardConfig<'a> {
    target_groups: List<RawGroup<'a>>,
}

/// A rule of a listener. Other services have rules too, without such an ARN.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a rule",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawForward<'a> {
    rule_arn: Text<'a>,
    actions: List<RawAction<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a target group",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawGroup<'a> {
    target_group_arn: Text<'a>,
    target_group_name: Text<'a>,
    vpc_id: Text<'a>,
    protocol: Text<'a>,
    target_type: Text<'a>,
    ip_address_type: Text<'a>,
}

/// A target and its health.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a target",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawTarget<'a> {
    target: Maybe<RawTargetId<'a>>,
    target_health: State<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a target",
    bound(deserialize = "'de: 'a")
)]
struct RawTargetId<'a> {
    id: Text<'a>,
    port: Number,
}

/// Batfish's form: the answer with the group that was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "targets",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawTargets<'a> {
    target_group_arn: Text<'a>,
    target_health_descriptions: List<RawTarget<'a>>,
}

/// A listener, by its ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundListener {
    id: SmolStr,
    balancer: BalancerId,
    listener: Listener,
}

/// A target group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundGroup {
    group: TargetGroup,
}

found! { FoundListener { id } as "listener" }
found! { FoundGroup { group: TargetGroup } }

impl<'de> Raw<'de> for RawBalancer<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        if self.load_balancer_arn.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("load balancers");
        }
        let mut trouble = Trouble::default();
        let kind = match &*self.kind {
            "application" => BalancerKind::Application,
            "network" => BalancerKind::Network,
            "gateway" => BalancerKind::Inspection,
            other => {
                trouble.unmodelled(format!("load balancers of type `{other}` are not modelled"));
                BalancerKind::Application
            }
        };
        let zones = self.availability_zones.iter();
        let mut subnets: Vec<SubnetId> = zones
            .filter_map(|zone| zone.subnet_id.given().map(SubnetId::new))
            .collect();
        subnets.sort();
        let balancer = Balancer {
            id: BalancerId::new(self.load_balancer_arn.small()),
            name: self.load_balancer_name.small(),
            network: NetworkId::new(self.vpc_id.small()),
            kind,
            exposure: exposure(&self.scheme),
            family: family(&self.ip_address_type),
            dns_name: self.dns_name.small(),
            subnets,
            firewalls: sorted(&self.security_groups, FirewallId::new),
            listeners: Vec::new(),
        };
        intake
            .stock
            .balancers
            .insert(&intake.source, balancer, trouble);
    }
}

pub(super) fn exposure(scheme: &str) -> Exposure {
    if scheme == "internet-facing" {
        Exposure::Internet
    } else {
        Exposure::Internal
    }
}

impl<'de> Raw<'de> for RawListener<'de> {
    fn take(self, intake: &mut Intake) {
        // Listeners of gateway load balancers have neither protocol nor port.
        let port = self.port.0.map_or(Ok(0), u16::try_from);
        let (Some(_), Ok(port)) = (self.load_balancer_arn.given(), port) else {
            return intake.incomplete("listeners");
        };
        let listener = Listener {
            protocol: self.protocol.small(),
            port,
            target_groups: groups(&self.default_actions)
                .map(TargetGroupId::new)
                .collect(),
        };
        let found = FoundListener {
            id: self.listener_arn.small(),
            balancer: BalancerId::new(self.load_balancer_arn.small()),
            listener,
        };
        intake
            .stock
            .listeners
            .insert(&intake.source, found, Trouble::default());
    }
}

impl<'de> Raw<'de> for RawListeners<'de> {
    fn take(self, intake: &mut Intake) {
        for listener in self.listeners {
            listener.take(intake);
        }
    }
}

impl<'de> Raw<'de> for RawForward<'de> {
    fn take(self, intake: &mut Intake) {
        // `…:listener-rule/app/name/hash/listener/rule` belongs to `…:listener/app/name/hash/listener`.
        let listener = self.rule_arn.replacen(":listener-rule/", ":listener/", 1);
        if let (true, Some((listener, _))) = (listener != *self.rule_arn, listener.rsplit_once('/'))
        {
            intake
                .stock
                .forwards
                .of_id(listener)
                .extend(groups(&self.actions).map(SmolStr::new));
        }
    }
}

fn groups<'a>(actions: &'a [RawAction<'_>]) -> impl Iterator<Item = &'a str> {
    let all = actions.iter().flat_map(|action| {
        let weighted = action.forward_config.target_groups.iter();
        std::iter::once(&action.target_group_arn)
            .chain(weighted.map(|group| &group.target_group_arn))
    });
    let ids: BTreeSet<&str> = all.filter_map(|id| id.given()).collect();
    ids.into_iter()
}

impl<'de> Raw<'de> for RawGroup<'de> {
    fn take(self, intake: &mut Intake) {
        if self.target_group_arn.is_empty() {
            return intake.incomplete("target groups");
        }
        let addressed = matches!(&*self.target_type, "" | "instance" | "ip");
        let family = match family(&self.ip_address_type) {
            // "The default value is ipv4" (CreateTargetGroup); older answers do not have it.
            FamilyMode::Unknown if addressed => FamilyMode::V4,
            family => family,
        };
        let group = TargetGroup {
            id: TargetGroupId::new(self.target_group_arn.small()),
            name: self.target_group_name.small(),
            network: self.vpc_id.given().map(NetworkId::new),
            protocol: self.protocol.small(),
            family,
            targets: Vec::new(),
        };
        intake
            .stock
            .target_groups
            .insert(&intake.source, FoundGroup { group }, Trouble::default());
    }
}

impl<'de> Raw<'de> for RawTarget<'de> {
    fn take(self, intake: &mut Intake) {
        let target = self.target();
        intake
            .stock
            .targets
            .of_file(&intake.source.path)
            .extend(target);
    }
}

impl<'de> Raw<'de> for RawTargets<'de> {
    fn take(self, intake: &mut Intake) {
        let targets = self
            .target_health_descriptions
            .iter()
            .filter_map(RawTarget::target);
        intake
            .stock
            .targets
            .of_id(&*self.target_group_arn)
            .extend(targets);
    }
}

impl RawTarget<'_> {
    /// Nothing when it is being taken out.
    fn target(&self) -> Option<Target> {
        let id = self.target.id.given()?;
        let kind = match id.parse::<IpAddr>() {
            Ok(address) => TargetKind::Address(address),
            Err(_) if id.starts_with("i-") => TargetKind::Host(HostId::new(id)),
            Err(_) if id.contains(":loadbalancer/") => TargetKind::Balancer(BalancerId::new(id)),
            Err(_) => TargetKind::Other(SmolStr::new(id)),
        };
        let port = self.target.port.0.and_then(|port| u16::try_from(port).ok());
        (&*self.target_health != "draining").then_some(Target { kind, port })
    }
}

/// Puts balancers, listeners, groups and targets together.
pub(super) fn build(stock: &mut Stock, estate: &mut Estate, report: &mut Report) {
    let balancers = std::mem::take(&mut stock.balancers).settle(report, |_, _| {});
    estate.balancers = balancers.into_iter().collect();
    let groups = std::mem::take(&mut stock.target_groups).settle(report, |_, _| {});
    let owners = groups.iter().map(|found| found.group.id.as_str());
    let targets = std::mem::take(&mut stock.targets);
    let mut targets: BTreeMap<SmolStr, BTreeSet<Target>> =
        targets.settle("targets of a target group", owners, report);
    for FoundGroup { mut group } in groups {
        let listed = targets.remove(group.id.as_str()).unwrap_or_default();
        group.targets = listed.into_iter().collect();
        estate.target_groups.insert(group);
    }
    let forwards = std::mem::take(&mut stock.forwards);
    let forwards = forwards.settle("rules of a listener", std::iter::empty(), report);
    for found in std::mem::take(&mut stock.listeners).settle(report, |_, _| {}) {
        add_listener(found, &forwards, estate, report);
    }
    super::classic::build(stock, estate, report);
}

fn add_listener(
    found: FoundListener,
    forwards: &BTreeMap<SmolStr, BTreeSet<SmolStr>>,
    estate: &mut Estate,
    report: &mut Report,
) {
    let FoundListener {
        id,
        balancer,
        mut listener,
    } = found;
    let more = forwards.get(&id).into_iter().flatten();
    listener
        .target_groups
        .extend(more.map(|id| TargetGroupId::new(id.clone())));
    listener.target_groups.sort();
    listener.target_groups.dedup();
    match estate.balancers.get_mut(&balancer) {
        Some(balancer) => {
            balancer.listeners.push(listener);
            balancer.listeners.sort();
        }
        None => crate::dangling::missing_balancer(&balancer, &id, report),
    }
}
