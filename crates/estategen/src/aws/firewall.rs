//! Security groups and network ACLs.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::{arn, tags};
use crate::model::{Egress, Group, Model, OWNER, Rule, Source, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    let groups = model
        .vpcs
        .iter()
        .flat_map(|vpc| vpc.groups.iter().map(|it| group(vpc, it)));
    folder.list("ec2-describe-security-groups", "SecurityGroups", groups)?;
    let acls = model
        .vpcs
        .iter()
        .flat_map(|vpc| [Acl::Default, Acl::Public, Acl::Private].map(|it| acl(model, vpc, it)));
    folder.list("ec2-describe-network-acls", "NetworkAcls", acls)
}

fn group(vpc: &Vpc, group: &Group) -> Value {
    let description = if group.name == "default" {
        "default VPC security group"
    } else {
        "Managed by Terraform"
    };
    json!({
        "Description": description,
        "GroupId": group.id,
        "GroupName": group.name,
        "IpPermissions": group.ingress.iter().map(|rule| permission(vpc, rule)).collect::<Vec<_>>(),
        "IpPermissionsEgress": egress(vpc, group.egress),
        "OwnerId": OWNER,
        "SecurityGroupArn": arn("ec2", &format!("security-group/{}", group.id)),
        "Tags": [{"Key": "Name", "Value": group.name}],
        "VpcId": vpc.id,
    })
}

fn permission(vpc: &Vpc, rule: &Rule) -> Value {
    let ranges = rule.sources.iter().filter_map(|&source| range(vpc, source));
    let pairs = rule.sources.iter().filter_map(|source| match source {
        Source::Group(place) => Some(json!({"GroupId": vpc.groups[*place].id, "UserId": OWNER})),
        _ => None,
    });
    let (protocol, from, to) = rule.service;
    let mut permission = json!({
        "IpProtocol": protocol,
        "IpRanges": ranges.collect::<Vec<_>>(),
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": pairs.collect::<Vec<_>>(),
    });
    // With all protocols there are no ports.
    if protocol != "-1" {
        permission["FromPort"] = from.into();
        permission["ToPort"] = to.into();
    }
    permission
}

fn range(vpc: &Vpc, source: Source) -> Option<Value> {
    Some(match source {
        Source::Group(_) => return None,
        Source::Everyone => json!({"CidrIp": "0.0.0.0/0"}),
        Source::Network => json!({"CidrIp": vpc.block.to_string(), "Description": "inside"}),
        Source::Subnet(place) => json!({"CidrIp": vpc.subnets[place].block.to_string()}),
        Source::Office(host) => {
            json!({"CidrIp": format!("203.0.113.{host}/32"), "Description": "office"})
        }
    })
}

fn egress(vpc: &Vpc, egress: Egress) -> Vec<Value> {
    let any = ("-1", 0, 0);
    let rules = match egress {
        Egress::Untouched => vec![Rule {
            service: any,
            sources: vec![Source::Everyone],
        }],
        Egress::Inside => vec![Rule {
            service: any,
            sources: vec![Source::Network],
        }],
        Egress::Https => vec![
            Rule {
                service: ("tcp", 443, 443),
                sources: vec![Source::Everyone],
            },
            Rule {
                service: any,
                sources: vec![Source::Network],
            },
        ],
    };
    rules.iter().map(|rule| permission(vpc, rule)).collect()
}

/// The three network ACLs of a network. The default one is as it was created, which the
/// provider takes as leave to add IPv6 entries to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Acl {
    Default,
    Public,
    Private,
}

fn acl(model: &Model, vpc: &Vpc, acl: Acl) -> Value {
    let id = model.ids.of("acl", vpc.number * 3 + acl as u32);
    let subnets = vpc.subnets.iter().filter(|subnet| match acl {
        Acl::Default => !subnet.own_acl,
        Acl::Public => subnet.own_acl && subnet.public,
        Acl::Private => subnet.own_acl && !subnet.public,
    });
    let associations = subnets.map(|subnet| {
        json!({
            "NetworkAclAssociationId": model.ids.of("aclassoc", subnet.number),
            "NetworkAclId": id,
            "SubnetId": subnet.id,
        })
    });
    json!({
        "Associations": associations.collect::<Vec<_>>(),
        "Entries": entries(vpc, acl),
        "IsDefault": acl == Acl::Default,
        "NetworkAclId": id,
        "OwnerId": OWNER,
        "Tags": if acl == Acl::Default { json!([]) } else { tags(&vpc.name, vpc.number) },
        "VpcId": vpc.id,
    })
}

const HIGH_PORTS: (u16, u16) = (1024, 65535);

fn entries(vpc: &Vpc, acl: Acl) -> Vec<Value> {
    let inside = vpc.block.to_string();
    let tcp =
        |egress, number, from: &str, ports| entry(egress, number, "6", "allow", from, Some(ports));
    let all = |egress, number, action, from: &str| entry(egress, number, "-1", action, from, None);
    let mut entries = match acl {
        Acl::Default => vec![
            all(true, 100, "allow", "0.0.0.0/0"),
            all(false, 100, "allow", "0.0.0.0/0"),
        ],
        Acl::Public => vec![
            all(true, 100, "allow", "0.0.0.0/0"),
            tcp(false, 100, "0.0.0.0/0", (80, 80)),
            tcp(false, 110, "0.0.0.0/0", (443, 443)),
            tcp(false, 120, "0.0.0.0/0", HIGH_PORTS),
            all(false, 130, "allow", &inside),
        ],
        Acl::Private => vec![
            tcp(true, 100, "0.0.0.0/0", (443, 443)),
            tcp(true, 110, "0.0.0.0/0", HIGH_PORTS),
            all(true, 120, "allow", &inside),
            all(false, 90, "deny", "198.51.100.0/24"),
            all(false, 100, "allow", &inside),
            tcp(false, 110, "0.0.0.0/0", HIGH_PORTS),
        ],
    };
    let last = |egress| all(egress, 32_767, "deny", "0.0.0.0/0");
    entries.extend([last(true), last(false)]);
    entries
}

fn entry(
    egress: bool,
    number: u16,
    protocol: &str,
    action: &str,
    block: &str,
    ports: Option<(u16, u16)>,
) -> Value {
    let mut entry = json!({
        "CidrBlock": block,
        "Egress": egress,
        "Protocol": protocol,
        "RuleAction": action,
        "RuleNumber": number,
    });
    if let Some((from, to)) = ports {
        entry["PortRange"] = json!({"From": from, "To": to});
    }
    entry
}
