//! Databases and the group of private subnets that those of a network live in.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::{arn, moment};
use crate::model::{Database, Interface, Model, REGION, Role, Subnet, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    let databases = model.vpcs.iter().flat_map(|vpc| {
        let list = vpc.databases.iter().enumerate();
        list.map(|(place, it)| database(model, vpc, place, it))
    });
    folder.list("rds-describe-db-instances", "DBInstances", databases)?;
    let groups = model.vpcs.iter().map(|vpc| {
        let mut group = subnet_group(vpc);
        group["SupportedNetworkTypes"] = json!(["IPV4"]);
        group
    });
    folder.list("rds-describe-db-subnet-groups", "DBSubnetGroups", groups)
}

fn database(model: &Model, vpc: &Vpc, place: usize, database: &Database) -> Value {
    let is_mine = |it: &&Interface| matches!(it.role, Role::Database(of) if of == place);
    let mine = vpc.interfaces.iter().find(is_mine);
    let groups = mine.map_or(&[][..], |interface| interface.groups.as_slice());
    let groups = groups
        .iter()
        .map(|&group| json!({"Status": "active", "VpcSecurityGroupId": vpc.groups[group].id}));
    let (engine, port) = database.engine;
    let host = model.ids.digits("rds", vpc.number);
    json!({
        "AllocatedStorage": 100,
        "AutoMinorVersionUpgrade": true,
        "AvailabilityZone": mine.map(|interface| vpc.subnets[interface.subnet].zone.name()),
        "BackupRetentionPeriod": 7,
        "DBInstanceArn": arn("rds", &format!("db:{}", database.name)),
        "DBInstanceClass": "db.m5.large",
        "DBInstanceIdentifier": database.name,
        "DBInstanceStatus": "available",
        "DBSubnetGroup": subnet_group(vpc),
        "DbInstancePort": 0,
        "DeletionProtection": true,
        "Endpoint": {
            "Address": format!("{}.{host}.{REGION}.rds.amazonaws.com", database.name),
            "HostedZoneId": "Z2R2ITUGPM61AM",
            "Port": port,
        },
        "Engine": engine,
        "InstanceCreateTime": moment(vpc.number),
        "MasterUsername": "master",
        "MultiAZ": false,
        "NetworkType": "IPV4",
        "PubliclyAccessible": false,
        "StorageEncrypted": true,
        "StorageType": "gp3",
        "TagList": [],
        "VpcSecurityGroups": groups.collect::<Vec<_>>(),
    })
}

fn subnet_group(vpc: &Vpc) -> Value {
    let name = format!("private-{}", vpc.number);
    let private = vpc.subnets.iter().filter(|subnet| !subnet.public);
    json!({
        "DBSubnetGroupArn": arn("rds", &format!("subgrp:{name}")),
        "DBSubnetGroupDescription": "private subnets",
        "DBSubnetGroupName": name,
        "SubnetGroupStatus": "Complete",
        "Subnets": private.map(member).collect::<Vec<_>>(),
        "VpcId": vpc.id,
    })
}

fn member(subnet: &Subnet) -> Value {
    json!({
        "SubnetAvailabilityZone": {"Name": subnet.zone.name()},
        "SubnetIdentifier": subnet.id,
        "SubnetOutpost": {},
        "SubnetStatus": "Active",
    })
}
