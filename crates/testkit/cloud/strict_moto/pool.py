"""Pools of the owner's own IPv6 addresses: there are none, and asking is answered. moto has no answer."""

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response


def _pools(self: EC2Response) -> ActionResult:
    return ActionResult({"Ipv6Pools": []})


def install() -> None:
    EC2Response.describe_ipv6_pools = _pools
