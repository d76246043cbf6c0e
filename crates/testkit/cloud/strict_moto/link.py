"""Static routes of transit gateways: one for a destination, leading where it was said to lead."""

from moto.ec2.models.transit_gateway_route_tables import TransitGatewayRouteTableBackend

from .refusal import refusal

_create = TransitGatewayRouteTableBackend.create_transit_gateway_route
_delete = TransitGatewayRouteTableBackend.delete_transit_gateway_route


def _create_checked(self, transit_gateway_route_table_id, destination_cidr_block, *args, **kwargs):
    table = self.transit_gateways_route_tables[transit_gateway_route_table_id]
    if destination_cidr_block in table.routes:
        raise refusal(
            "RouteAlreadyExists",
            f"Route {destination_cidr_block} already exists in {transit_gateway_route_table_id}.",
        )
    route = _create(self, transit_gateway_route_table_id, destination_cidr_block, *args, **kwargs)
    attachment = route.get("transitGatewayAttachments")
    if isinstance(attachment, dict):
        # A list in the model; moto has one outside of any list, which is not printed.
        route["transitGatewayAttachments"] = [attachment]
    return route


def _delete_checked(self, transit_gateway_route_table_id, destination_cidr_block):
    table = self.transit_gateways_route_tables[transit_gateway_route_table_id]
    if destination_cidr_block not in table.routes:
        raise refusal(
            "InvalidRoute.NotFound",
            f"Route {destination_cidr_block} does not exist in {transit_gateway_route_table_id}.",
        )
    return _delete(self, transit_gateway_route_table_id, destination_cidr_block)


def install() -> None:
    TransitGatewayRouteTableBackend.create_transit_gateway_route = _create_checked
    TransitGatewayRouteTableBackend.delete_transit_gateway_route = _delete_checked
