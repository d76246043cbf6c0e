//! The transit gateway that joins all networks, and peerings between a few of them.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::{arn, moment, tags};
use crate::model::{Interface, Model, OWNER, Peering, REGION, Role, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    folder.list(
        "ec2-describe-transit-gateways",
        "TransitGateways",
        [transit_gateway(model)],
    )?;
    let of_vpcs = model.vpcs.iter().map(|vpc| vpc_attachment(model, vpc));
    folder.list(
        "ec2-describe-transit-gateway-vpc-attachments",
        "TransitGatewayVpcAttachments",
        of_vpcs,
    )?;
    let all = model.vpcs.iter().map(|vpc| any_attachment(model, vpc));
    folder.list(
        "ec2-describe-transit-gateway-attachments",
        "TransitGatewayAttachments",
        all,
    )?;
    let tables = [transit_table(model)];
    folder.list(
        "ec2-describe-transit-gateway-route-tables",
        "TransitGatewayRouteTables",
        tables,
    )?;
    // The answer does not name the table that was searched: the file's name does.
    let routes = model.vpcs.iter().map(|vpc| transit_route(model, vpc));
    let name = format!(
        "ec2-search-transit-gateway-routes-{}",
        transit_table_id(model)
    );
    folder.list(&name, "Routes", routes)?;
    let peerings = model.peerings.iter().map(|it| peering(model, it));
    folder.list(
        "ec2-describe-vpc-peering-connections",
        "VpcPeeringConnections",
        peerings,
    )
}

pub(super) fn transit_gateway_id(model: &Model) -> String {
    model.ids.of("tgw", 0)
}

pub(super) fn attachment_id(model: &Model, vpc: &Vpc) -> String {
    model.ids.of("tgw-attach", vpc.number)
}

fn transit_table_id(model: &Model) -> String {
    model.ids.of("tgw-rtb", 0)
}

fn transit_gateway(model: &Model) -> Value {
    let id = transit_gateway_id(model);
    json!({
        "CreationTime": moment(0),
        "Description": "",
        "Options": {
            "AmazonSideAsn": 64512,
            "AssociationDefaultRouteTableId": transit_table_id(model),
            "AutoAcceptSharedAttachments": "disable",
            "DefaultRouteTableAssociation": "enable",
            "DefaultRouteTablePropagation": "enable",
            "DnsSupport": "enable",
            "MulticastSupport": "disable",
            "PropagationDefaultRouteTableId": transit_table_id(model),
            "VpnEcmpSupport": "enable",
        },
        "OwnerId": OWNER,
        "State": "available",
        "Tags": tags("backbone", 0),
        "TransitGatewayArn": arn("ec2", &format!("transit-gateway/{id}")),
        "TransitGatewayId": id,
    })
}

fn vpc_attachment(model: &Model, vpc: &Vpc) -> Value {
    let transit = |interface: &&Interface| matches!(interface.role, Role::Transit);
    let subnets = vpc
        .interfaces
        .iter()
        .filter(transit)
        .map(|it| vpc.subnets[it.subnet].id.as_str());
    json!({
        "CreationTime": moment(vpc.number),
        "Options": {
            "ApplianceModeSupport": "disable",
            "DnsSupport": "enable",
            "Ipv6Support": "disable",
            "SecurityGroupReferencingSupport": "disable",
        },
        "State": "available",
        "SubnetIds": subnets.collect::<Vec<_>>(),
        "Tags": tags(&vpc.name, vpc.number),
        "TransitGatewayAttachmentId": attachment_id(model, vpc),
        "TransitGatewayId": transit_gateway_id(model),
        "VpcId": vpc.id,
        "VpcOwnerId": OWNER,
    })
}

fn any_attachment(model: &Model, vpc: &Vpc) -> Value {
    json!({
        "Association": {
            "State": "associated",
            "TransitGatewayRouteTableId": transit_table_id(model),
        },
        "CreationTime": moment(vpc.number),
        "ResourceId": vpc.id,
        "ResourceOwnerId": OWNER,
        "ResourceType": "vpc",
        "State": "available",
        "Tags": tags(&vpc.name, vpc.number),
        "TransitGatewayAttachmentId": attachment_id(model, vpc),
        "TransitGatewayId": transit_gateway_id(model),
        "TransitGatewayOwnerId": OWNER,
    })
}

fn transit_table(model: &Model) -> Value {
    json!({
        "CreationTime": moment(0),
        "DefaultAssociationRouteTable": true,
        "DefaultPropagationRouteTable": true,
        "State": "available",
        "Tags": [],
        "TransitGatewayId": transit_gateway_id(model),
        "TransitGatewayRouteTableId": transit_table_id(model),
    })
}

fn transit_route(model: &Model, vpc: &Vpc) -> Value {
    json!({
        "DestinationCidrBlock": vpc.block.to_string(),
        "State": "active",
        "TransitGatewayAttachments": [{
            "ResourceId": vpc.id,
            "ResourceType": "vpc",
            "TransitGatewayAttachmentId": attachment_id(model, vpc),
        }],
        "Type": "propagated",
    })
}

fn peering(model: &Model, peering: &Peering) -> Value {
    json!({
        "AccepterVpcInfo": side(&model.vpcs[peering.accepter]),
        "RequesterVpcInfo": side(&model.vpcs[peering.requester]),
        "Status": {"Code": "active", "Message": "Active"},
        "Tags": [],
        "VpcPeeringConnectionId": peering.id,
    })
}

fn side(vpc: &Vpc) -> Value {
    let block = vpc.block.to_string();
    json!({
        "CidrBlock": block,
        "CidrBlockSet": [{"CidrBlock": block}],
        "OwnerId": OWNER,
        "PeeringOptions": {
            "AllowDnsResolutionFromRemoteVpc": false,
            "AllowEgressFromLocalClassicLinkToRemoteVpc": false,
            "AllowEgressFromLocalVpcToRemoteClassicLink": false,
        },
        "Region": REGION,
        "VpcId": vpc.id,
    })
}
