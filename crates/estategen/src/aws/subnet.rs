//! Subnets, with the number of addresses that are left in each.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::{arn, tags};
use crate::address::room;
use crate::model::{Model, OWNER, Subnet, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    let subnets = model.vpcs.iter().flat_map(|vpc| {
        let used = used(vpc);
        let subnets = vpc.subnets.iter().zip(used);
        subnets
            .map(|(it, used)| subnet(vpc, it, used))
            .collect::<Vec<_>>()
    });
    folder.list("ec2-describe-subnets", "Subnets", subnets)
}

fn used(vpc: &Vpc) -> Vec<u32> {
    let mut used = vec![0; vpc.subnets.len()];
    for interface in &vpc.interfaces {
        used[interface.subnet] += 1;
    }
    used
}

fn subnet(vpc: &Vpc, subnet: &Subnet, used: u32) -> Value {
    let side = if subnet.public { "public" } else { "private" };
    let name = format!("{}-{side}-{}", vpc.name, subnet.zone.name());
    json!({
        "AssignIpv6AddressOnCreation": false,
        "AvailabilityZone": subnet.zone.name(),
        "AvailabilityZoneId": subnet.zone.id(),
        "AvailableIpAddressCount": room(subnet.block) - used,
        "CidrBlock": subnet.block.to_string(),
        "DefaultForAz": false,
        "EnableDns64": false,
        "Ipv6CidrBlockAssociationSet": [],
        "Ipv6Native": false,
        "MapCustomerOwnedIpOnLaunch": false,
        "MapPublicIpOnLaunch": subnet.public,
        "OwnerId": OWNER,
        "PrivateDnsNameOptionsOnLaunch": {
            "EnableResourceNameDnsAAAARecord": false,
            "EnableResourceNameDnsARecord": false,
            "HostnameType": "ip-name",
        },
        "State": "available",
        "SubnetArn": arn("ec2", &format!("subnet/{}", subnet.id)),
        "SubnetId": subnet.id,
        "Tags": tags(&name, subnet.number),
        "VpcId": vpc.id,
    })
}
