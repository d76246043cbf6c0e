"""A load balancer speaks IPv6 only where all its subnets have an IPv6 prefix."""

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend

from . import subnet

_create = ELBv2Backend.create_load_balancer
_set_ip_address_type = ELBv2Backend.set_ip_address_type


def _require_prefixes(subnets) -> None:
    if any(subnet.prefix(of) is None for of in subnets):
        # Code and wording as seen in the field.
        raise ELBClientError(
            "ValidationError", "You must specify subnets with an associated IPv6 CIDR block."
        )


def _create_checked(self, *args, **kwargs):
    if kwargs.get("ip_address_type") == "dualstack":
        ids = list(kwargs.get("subnet_ids") or [])
        ids += [mapping["SubnetId"] for mapping in kwargs.get("subnet_mappings") or []]
        _require_prefixes(self.ec2_backend.get_subnet(id) for id in ids)
    return _create(self, *args, **kwargs)


def _set_ip_address_type_checked(self, arn, ip_type):
    balancer = self.load_balancers.get(arn)
    if balancer is not None and ip_type == "dualstack":
        _require_prefixes(balancer.subnets)
    return _set_ip_address_type(self, arn, ip_type)


def install() -> None:
    ELBv2Backend.create_load_balancer = _create_checked
    ELBv2Backend.set_ip_address_type = _set_ip_address_type_checked
