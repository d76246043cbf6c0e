//! Routes of VPC route tables.

use sixward_estate::{Destination, GatewayId, Route, RouteTableId, RouteTarget};
use sixward_net::IpNet;

use super::Task;
use crate::aws::query::Call;

pub(super) fn add(table: &RouteTableId, route: &Route) -> Result<Task, &'static str> {
    let (parameter, target) = target(&route.target)?;
    let call = about("CreateRoute", table, &route.destination);
    Ok(Task::Call(call.with(parameter, &target)))
}

pub(super) fn remove(table: &RouteTableId, route: &Route) -> Task {
    Task::Call(about("DeleteRoute", table, &route.destination))
}

fn about(operation: &'static str, table: &RouteTableId, destination: &Destination) -> Call {
    let call = Call::new("ec2", operation).with("RouteTableId", table.as_str());
    match destination {
        Destination::Net(IpNet::V4(net)) => call.with("DestinationCidrBlock", &net.to_string()),
        Destination::Net(IpNet::V6(net)) => call.with("DestinationIpv6CidrBlock", &net.to_string()),
        Destination::PrefixList(list) => call.with("DestinationPrefixListId", list.as_str()),
    }
}

/// The parameter that a target goes by.
fn target(target: &RouteTarget) -> Result<(&'static str, String), &'static str> {
    let parameter = match target {
        RouteTarget::Gateway(id) => gateway(id),
        RouteTarget::Link(_) => "VpcPeeringConnectionId",
        RouteTarget::Transit(_) => "TransitGatewayId",
        RouteTarget::Interface(_) => "NetworkInterfaceId",
        RouteTarget::Host(_) => "InstanceId",
        RouteTarget::Endpoint(_) => "VpcEndpointId",
        RouteTarget::Local | RouteTarget::Unmodelled(_) | RouteTarget::Nowhere => {
            return Err("the target of the route is none that a call can name");
        }
    };
    Ok((parameter, target.to_string()))
}

/// What kind of gateway it is its id says, as all ids of EC2 do. One that is planned has no such id yet:
/// the only ones that are planned are egress-only.
fn gateway(id: &GatewayId) -> &'static str {
    match id.as_str().split('-').next() {
        Some("nat") => "NatGatewayId",
        Some("igw" | "vgw") => "GatewayId",
        _ => "EgressOnlyInternetGatewayId",
    }
}
