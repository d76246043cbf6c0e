//! Transit gateways: attachments and static routes.

use sixward_estate::{LinkId, TransitRoute, TransitTableId, TransitTarget};

use super::Task;
use crate::aws::query::Call;

pub(super) fn set_attachment_v6(link: &LinkId, on: bool) -> Task {
    let value = if on { "enable" } else { "disable" };
    let call = Call::new("ec2", "ModifyTransitGatewayVpcAttachment")
        .with("TransitGatewayAttachmentId", link.as_str());
    Task::Call(call.with("Options.Ipv6Support", value))
}

pub(super) fn add_route(table: &TransitTableId, route: &TransitRoute) -> Task {
    let call = about("CreateTransitGatewayRoute", table, route);
    Task::Call(match &route.target {
        TransitTarget::Link(link) => call.with("TransitGatewayAttachmentId", link.as_str()),
        TransitTarget::Nowhere => call.with("Blackhole", "true"),
    })
}

pub(super) fn remove_route(table: &TransitTableId, route: &TransitRoute) -> Task {
    Task::Call(about("DeleteTransitGatewayRoute", table, route))
}

fn about(operation: &'static str, table: &TransitTableId, route: &TransitRoute) -> Call {
    Call::new("ec2", operation)
        .with("TransitGatewayRouteTableId", table.as_str())
        .with("DestinationCidrBlock", &route.destination.to_string())
}
