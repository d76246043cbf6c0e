//! Load balancers, their target groups, and a file of listeners for each, since the tool
//! lists those by balancer only.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::{arn, moment};
use crate::model::{Balancer, Interface, Model, REGION, Role, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    let balancers = || {
        model
            .vpcs
            .iter()
            .flat_map(|vpc| vpc.balancers.iter().enumerate().map(move |it| (vpc, it)))
    };
    let list = balancers().map(|(vpc, (place, it))| balancer(vpc, place, it));
    folder.list("elbv2-describe-load-balancers", "LoadBalancers", list)?;
    let groups = balancers().map(|(vpc, (_, it))| target_group(model, vpc, it));
    folder.list("elbv2-describe-target-groups", "TargetGroups", groups)?;
    for (_, (_, it)) in balancers() {
        let name = format!("elbv2-describe-listeners-{}", it.name);
        folder.list(&name, "Listeners", [listener(model, it)])?;
    }
    Ok(())
}

fn balancer(vpc: &Vpc, place: usize, balancer: &Balancer) -> Value {
    let is_mine = |it: &&Interface| matches!(it.role, Role::Balancer(of) if of == place);
    let mine: Vec<_> = vpc.interfaces.iter().filter(is_mine).collect();
    let zones = mine.iter().map(|interface| {
        let subnet = &vpc.subnets[interface.subnet];
        json!({"LoadBalancerAddresses": [], "SubnetId": subnet.id, "ZoneName": subnet.zone.name()})
    });
    let (scheme, kind, zone) = if balancer.public {
        ("internet-facing", "application", "Z35SXDOTRQ7X7K")
    } else {
        ("internal", "network", "Z26RNL4JYFTOTI")
    };
    let inside = if balancer.public { "" } else { "internal-" };
    let host = format!("{inside}{}-{}", balancer.name, balancer.digits);
    // All interfaces of a balancer are in the same groups; the first speaks for them.
    let groups = mine
        .first()
        .map_or(&[][..], |first| first.groups.as_slice());
    json!({
        "AvailabilityZones": zones.collect::<Vec<_>>(),
        "CanonicalHostedZoneId": zone,
        "CreatedTime": moment(balancer.number),
        "DNSName": format!("{host}.elb.{REGION}.amazonaws.com"),
        "IpAddressType": "ipv4",
        "LoadBalancerArn": balancer_arn(balancer),
        "LoadBalancerName": balancer.name,
        "Scheme": scheme,
        "SecurityGroups": groups.iter().map(|&group| &vpc.groups[group].id).collect::<Vec<_>>(),
        "State": {"Code": "active"},
        "Type": kind,
        "VpcId": vpc.id,
    })
}

fn target_group(model: &Model, vpc: &Vpc, balancer: &Balancer) -> Value {
    let mut group = json!({
        "HealthCheckEnabled": true,
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckPort": "traffic-port",
        "HealthCheckProtocol": protocol(balancer),
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 3,
        "IpAddressType": "ipv4",
        "LoadBalancerArns": [balancer_arn(balancer)],
        "Port": port(balancer),
        "Protocol": protocol(balancer),
        "TargetGroupArn": group_arn(model, balancer),
        "TargetGroupName": balancer.name,
        "TargetType": "instance",
        "UnhealthyThresholdCount": 3,
        "VpcId": vpc.id,
    });
    if balancer.public {
        group["HealthCheckPath"] = "/".into();
        group["Matcher"] = json!({"HttpCode": "200"});
        group["ProtocolVersion"] = "HTTP1".into();
    }
    group
}

fn listener(model: &Model, balancer: &Balancer) -> Value {
    let path = path(balancer);
    let digits = model.ids.digits("listener", balancer.number);
    json!({
        "DefaultActions": [{
            "Order": 1,
            "TargetGroupArn": group_arn(model, balancer),
            "Type": "forward",
        }],
        "ListenerArn": arn("elasticloadbalancing", &format!("listener/{path}/{digits}")),
        "LoadBalancerArn": balancer_arn(balancer),
        "Port": port(balancer),
        "Protocol": protocol(balancer),
    })
}

fn balancer_arn(balancer: &Balancer) -> String {
    arn(
        "elasticloadbalancing",
        &format!("loadbalancer/{}", path(balancer)),
    )
}

fn group_arn(model: &Model, balancer: &Balancer) -> String {
    let digits = model.ids.digits("targetgroup", balancer.number);
    arn(
        "elasticloadbalancing",
        &format!("targetgroup/{}/{digits}", balancer.name),
    )
}

fn path(balancer: &Balancer) -> String {
    format!(
        "{}/{}/{}",
        if balancer.public { "app" } else { "net" },
        balancer.name,
        balancer.digits
    )
}

fn protocol(balancer: &Balancer) -> &'static str {
    if balancer.public { "HTTP" } else { "TCP" }
}

fn port(balancer: &Balancer) -> u16 {
    if balancer.public { 80 } else { 5432 }
}
