//! VPCs.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::tags;
use crate::model::{Model, OWNER, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    folder.list(
        "ec2-describe-vpcs",
        "Vpcs",
        model.vpcs.iter().map(|it| vpc(model, it)),
    )
}

fn vpc(model: &Model, vpc: &Vpc) -> Value {
    let block = vpc.block.to_string();
    json!({
        "CidrBlock": block,
        "CidrBlockAssociationSet": [{
            "AssociationId": model.ids.of("vpc-cidr-assoc", vpc.number),
            "CidrBlock": block,
            "CidrBlockState": {"State": "associated"},
        }],
        "DhcpOptionsId": model.ids.of("dopt", 0),
        "InstanceTenancy": "default",
        "IsDefault": false,
        "OwnerId": OWNER,
        "State": "available",
        "Tags": tags(&vpc.name, vpc.number),
        "VpcId": vpc.id,
    })
}
