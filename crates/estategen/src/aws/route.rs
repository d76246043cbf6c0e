//! Route tables: an unused main one, one for the public subnets and one for the private.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::gateway::{internet_gateway_id, nat_gateway_id};
use super::link::transit_gateway_id;
use super::tags;
use crate::model::{Model, OWNER, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    let tables = (0..).zip(&model.vpcs).flat_map(|(place, vpc)| {
        [
            main_table(model, vpc),
            side_table(model, place, true),
            side_table(model, place, false),
        ]
    });
    folder.list("ec2-describe-route-tables", "RouteTables", tables)
}

fn main_table(model: &Model, vpc: &Vpc) -> Value {
    let id = model.ids.of("rtb", vpc.number * 3);
    let association = json!({
        "AssociationState": {"State": "associated"},
        "Main": true,
        "RouteTableAssociationId": model.ids.of("rtbassoc-main", vpc.number).replace("-main", ""),
        "RouteTableId": id,
    });
    table(vpc, &id, &[association], &[local(vpc)], &json!([]))
}

fn side_table(model: &Model, place: usize, public: bool) -> Value {
    let vpc = &model.vpcs[place];
    let id = model
        .ids
        .of("rtb", vpc.number * 3 + if public { 1 } else { 2 });
    let subnets = vpc.subnets.iter().filter(|subnet| subnet.public == public);
    let associations = subnets.map(|subnet| {
        json!({
            "AssociationState": {"State": "associated"},
            "Main": false,
            "RouteTableAssociationId": model.ids.of("rtbassoc", subnet.number),
            "RouteTableId": id,
            "SubnetId": subnet.id,
        })
    });
    let mut routes = vec![local(vpc)];
    if public {
        routes.push(route(
            "0.0.0.0/0",
            "GatewayId",
            &internet_gateway_id(model, vpc),
        ));
    } else {
        routes.push(route(
            "0.0.0.0/0",
            "NatGatewayId",
            &nat_gateway_id(model, vpc),
        ));
        routes.extend(elsewhere(model, place));
    }
    let name = format!("{}-{}", vpc.name, if public { "public" } else { "private" });
    table(
        vpc,
        &id,
        &associations.collect::<Vec<_>>(),
        &routes,
        &tags(&name, vpc.number),
    )
}

/// Private networks over the transit gateway, neighbours over their peering.
fn elsewhere(model: &Model, place: usize) -> Vec<Value> {
    let private = ["10.0.0.0/8", "172.16.0.0/12", "100.64.0.0/10"];
    // The rarer ranges are in use only once the first is full.
    let ranges = if model.vpcs.len() > 256 {
        private.as_slice()
    } else {
        &private[..1]
    };
    let transit = transit_gateway_id(model);
    let mut routes: Vec<_> = ranges
        .iter()
        .map(|range| route(range, "TransitGatewayId", &transit))
        .collect();
    for peering in &model.peerings {
        let peer = match place {
            place if place == peering.requester => peering.accepter,
            place if place == peering.accepter => peering.requester,
            _ => continue,
        };
        let block = model.vpcs[peer].block.to_string();
        routes.push(route(&block, "VpcPeeringConnectionId", &peering.id));
    }
    routes
}

fn local(vpc: &Vpc) -> Value {
    let mut local = route(&vpc.block.to_string(), "GatewayId", "local");
    local["Origin"] = "CreateRouteTable".into();
    local
}

fn route(destination: &str, kind: &str, target: &str) -> Value {
    json!({"DestinationCidrBlock": destination, kind: target, "Origin": "CreateRoute", "State": "active"})
}

fn table(vpc: &Vpc, id: &str, associations: &[Value], routes: &[Value], tags: &Value) -> Value {
    json!({
        "Associations": associations,
        "OwnerId": OWNER,
        "PropagatingVgws": [],
        "RouteTableId": id,
        "Routes": routes,
        "Tags": tags,
        "VpcId": vpc.id,
    })
}
