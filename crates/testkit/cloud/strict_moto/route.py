"""One route per destination, in canonical form, and blackholes."""

import ipaddress

from moto.ec2.models.route_tables import Route, RouteBackend
from moto.ec2.utils import generate_route_id

from .refusal import refusal

_create = RouteBackend.create_route


def _canonical(cidr: str | None) -> str | None:
    # CreateRoute: "We modify the specified CIDR block to its canonical form".
    if cidr is None:
        return None
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        raise refusal(
            "InvalidParameterValue",
            f"Value ({cidr}) for parameter destinationCidrBlock is invalid. "
            "This is not a valid CIDR block.",
        ) from None


def _create_checked(
    self,
    route_table_id,
    destination_cidr_block,
    destination_ipv6_cidr_block=None,
    destination_prefix_list_id=None,
    *args,
    **kwargs,
):
    v4, v6 = _canonical(destination_cidr_block), _canonical(destination_ipv6_cidr_block)
    table = self.get_route_table(route_table_id)
    if generate_route_id(route_table_id, v4, v6, destination_prefix_list_id) in table._routes:
        raise refusal(
            "RouteAlreadyExists",
            f"The route identified by {v4 or v6 or destination_prefix_list_id} already exists.",
        )
    return _create(self, route_table_id, v4, v6, destination_prefix_list_id, *args, **kwargs)


def _state(self: Route) -> str:
    """A route outlives its gateway as a blackhole: it drops, and still wins its prefix."""
    backend = self.route_table.ec2_backend
    egress = self.egress_only_igw
    if egress is not None and egress.id not in backend.egress_only_internet_gateways:
        return "blackhole"
    if self.nat_gateway is not None and self.nat_gateway.state == "deleted":
        return "blackhole"
    return "active"


def install() -> None:
    RouteBackend.create_route = _create_checked
    Route.state = property(_state)
