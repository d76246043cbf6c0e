//! Internet gateways, NAT gateways and elastic addresses.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::{moment, tags};
use crate::model::{Interface, Model, OWNER, REGION, Role, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    let internet = model.vpcs.iter().map(|vpc| internet_gateway(model, vpc));
    folder.list(
        "ec2-describe-internet-gateways",
        "InternetGateways",
        internet,
    )?;
    let nat = model.vpcs.iter().filter_map(|vpc| nat_gateway(model, vpc));
    folder.list("ec2-describe-nat-gateways", "NatGateways", nat)?;
    let interfaces = model.vpcs.iter().flat_map(|vpc| &vpc.interfaces);
    folder.list(
        "ec2-describe-addresses",
        "Addresses",
        interfaces.filter_map(|it| address(model, it)),
    )
}

pub(super) fn internet_gateway_id(model: &Model, vpc: &Vpc) -> String {
    model.ids.of("igw", vpc.number)
}

pub(super) fn nat_gateway_id(model: &Model, vpc: &Vpc) -> String {
    model.ids.of("nat", vpc.number)
}

fn internet_gateway(model: &Model, vpc: &Vpc) -> Value {
    json!({
        "Attachments": [{"State": "available", "VpcId": vpc.id}],
        "InternetGatewayId": internet_gateway_id(model, vpc),
        "OwnerId": OWNER,
        "Tags": tags(&vpc.name, vpc.number),
    })
}

fn nat_gateway(model: &Model, vpc: &Vpc) -> Option<Value> {
    let interface = vpc
        .interfaces
        .iter()
        .find(|interface| matches!(interface.role, Role::Nat))?;
    Some(json!({
        "ConnectivityType": "public",
        "CreateTime": moment(vpc.number),
        "NatGatewayAddresses": [{
            "AllocationId": model.ids.of("eipalloc", interface.number),
            "AssociationId": model.ids.of("eipassoc", interface.number),
            "IsPrimary": true,
            "NetworkInterfaceId": interface.id,
            "PrivateIp": interface.address,
            "PublicIp": interface.public.map(|public| public.address),
            "Status": "succeeded",
        }],
        "NatGatewayId": nat_gateway_id(model, vpc),
        "State": "available",
        "SubnetId": vpc.subnets[interface.subnet].id,
        "Tags": tags(&vpc.name, vpc.number),
        "VpcId": vpc.id,
    }))
}

fn address(model: &Model, interface: &Interface) -> Option<Value> {
    let public = interface.public.filter(|public| public.elastic)?;
    let mut address = json!({
        "AllocationId": model.ids.of("eipalloc", interface.number),
        "AssociationId": model.ids.of("eipassoc", interface.number),
        "Domain": "vpc",
        "NetworkBorderGroup": REGION,
        "NetworkInterfaceId": interface.id,
        "NetworkInterfaceOwnerId": OWNER,
        "PrivateIpAddress": interface.address,
        "PublicIp": public.address,
        "PublicIpv4Pool": "amazon",
        "Tags": [],
    });
    if matches!(interface.role, Role::Server(_)) {
        address["InstanceId"] = model.ids.of("i", interface.number).into();
    }
    Some(address)
}
