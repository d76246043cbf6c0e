//! A cloud with something in it, and what scripts make of that.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use sixward_estate::intent::Intent;
use sixward_estate::*;
use sixward_plan::{Change, Plan};
use sixward_testkit::{Cloud, TwoTier};

use crate::fixture::read;
use crate::shell::Written;

/// The guide's plan with its one open question answered: the database may be stopped.
pub(crate) fn guide(before: Estate, ids: &TwoTier) -> Plan {
    let answers = format!("[answers]\n\"restart:{}\" = \"yes\"\n", ids.db_instance);
    let plan = sixward_plan::plan(before, Intent::parse(&answers).unwrap());
    let resized = |step: &&sixward_plan::Step| matches!(step.change, Change::SetMachineType { .. });
    assert_eq!(
        plan.steps.iter().filter(resized).count(),
        1,
        "the database gets another type"
    );
    plan
}

pub(crate) fn discover(cloud: &Cloud) -> Estate {
    let folder = tempfile::tempdir().unwrap();
    cloud.dump(folder.path());
    read(folder.path())
}

/// An estate with the plan's symbols in place of what the provider chose, to be compared.
pub(crate) fn rebound(plan: &Plan, estate: &Estate) -> Estate {
    let mut text = String::from_utf8(write_snapshot(estate, &[]).unwrap()).unwrap();
    for network in &estate.networks {
        let symbol = plan.symbols.of(&network.id).unwrap();
        let real = network.blocks6.first().unwrap().net;
        let digits = |net: sixward_net::Ipv6Net| net.network().to_string().replace("00::", "");
        let stands = symbol.placeholder.network().to_string();
        let stands = stands.trim_end_matches("::");
        // 3fff:0:10::/56 and 2600:1f18:4a01:6b00::/56: the last group is written in full.
        let groups = stands.split(':').count();
        let full = format!("{stands}{}", ":0".repeat(4 - groups));
        text = renumbered(&text, &digits(real), full.strip_suffix('0').unwrap());
    }
    let made = plan.steps.iter().find_map(|step| match &step.change {
        Change::CreateGateway { gateway } => Some(gateway.id.clone()),
        _ => None,
    });
    let there = estate
        .gateways
        .iter()
        .find(|g| g.kind == GatewayKind::EgressOnly);
    if let (Some(made), Some(there)) = (made, there) {
        text = text.replace(there.id.as_str(), made.as_str());
    }
    read_snapshot(text.as_bytes()).unwrap().estate
}

/// Prefixes that begin with `from` begin with `to`; JSON strings are read and written as addresses, so
/// that each is in its canonical form.
fn renumbered(text: &str, from: &str, to: &str) -> String {
    let words = text.split('"').map(|word| match word.strip_prefix(from) {
        Some(rest) => {
            let word = format!("{to}{rest}");
            let (address, length) = word.split_once('/').unwrap_or((&word, ""));
            let address: std::net::Ipv6Addr = address.parse().unwrap();
            let slash = if length.is_empty() { "" } else { "/" };
            format!("{address}{slash}{length}")
        }
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join("\"")
}

/// Runs a script as a user would, only less patiently, with the `aws` of a folder.
pub(crate) fn run(
    cloud: &Cloud,
    aws: &Path,
    written: &Written,
    name: &str,
    args: &[&str],
) -> Output {
    let path = cloud
        .env()
        .into_iter()
        .find(|(name, _)| name == "PATH")
        .unwrap()
        .1;
    Command::new("bash")
        .arg(written.path(name))
        .args(args)
        .envs(cloud.env())
        .env("PATH", format!("{}:{path}", aws.display()))
        .env("SIXWARD_POLL", "0.2")
        .env("SIXWARD_SETTLE", "0")
        .output()
        .unwrap()
}

/// What a script said that had to stop.
pub(crate) fn stopped(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What the double can be asked to change the family of.
pub(crate) struct Shop {
    pub(crate) balancer: String,
    pub(crate) attached: String,
    pub(crate) table: String,
}

/// A load balancer, a database, and a hub with an attachment and a table.
pub(crate) fn shop(cloud: &Cloud, ids: &TwoTier) -> Shop {
    prefixes(cloud, ids);
    let balancer = cloud.aws(&[
        "elbv2",
        "create-load-balancer",
        "--name",
        "front",
        "--type",
        "network",
        "--subnets",
        &ids.public_subnet,
    ]);
    let balancer = text(&balancer["LoadBalancers"][0]["LoadBalancerArn"]);
    cloud.aws(&[
        "rds",
        "create-db-instance",
        "--db-instance-identifier",
        "orders",
        "--engine",
        "postgres",
        "--db-instance-class",
        "db.m5.large",
        "--allocated-storage",
        "20",
        "--master-username",
        "root",
        "--master-user-password",
        "not-a-secret",
        "--vpc-security-group-ids",
        &ids.db_group,
    ]);
    let hub =
        text(&cloud.aws(&["ec2", "create-transit-gateway"])["TransitGateway"]["TransitGatewayId"]);
    let attached = cloud.aws(&[
        "ec2",
        "create-transit-gateway-vpc-attachment",
        "--transit-gateway-id",
        &hub,
        "--vpc-id",
        &ids.vpc,
        "--subnet-ids",
        &ids.private_subnet,
    ]);
    let attached = text(&attached["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]);
    let table = cloud.aws(&[
        "ec2",
        "create-transit-gateway-route-table",
        "--transit-gateway-id",
        &hub,
    ]);
    let table = text(&table["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]);
    Shop {
        balancer,
        attached,
        table,
    }
}

/// A block for the VPC and one for its public subnet.
pub(crate) fn prefixes(cloud: &Cloud, ids: &TwoTier) {
    let given = cloud.aws(&[
        "ec2",
        "associate-vpc-cidr-block",
        "--amazon-provided-ipv6-cidr-block",
        "--vpc-id",
        &ids.vpc,
    ]);
    let block = text(&given["Ipv6CidrBlockAssociation"]["Ipv6CidrBlock"]).replace("/56", "/64");
    let subnet = [
        "--subnet-id",
        &ids.public_subnet,
        "--ipv6-cidr-block",
        &block,
    ];
    cloud.aws(&[&["ec2", "associate-subnet-cidr-block"], &subnet[..]].concat());
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
