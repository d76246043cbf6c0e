"""The address type of VPC endpoints, which moto takes and forgets."""

from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.responses.vpcs import VPCs

from . import subnet
from .refusal import refusal

_modify_request = VPCs.modify_vpc_endpoint


def _modify_request_whole(self):
    kind = self._get_param("IpAddressType")
    if kind is None:
        return _modify_request(self)
    endpoint = self.ec2_backend.describe_vpc_endpoints([self._get_param("VpcEndpointId")])[0]
    # PrivateLink guide, "IP address type": dualstack is supported "only if all selected
    # subnets have both IPv4 and IPv6 address ranges". The code is a guess.
    without = [
        id for id in endpoint.subnet_ids or [] if subnet.prefix(self.ec2_backend.get_subnet(id)) is None
    ]
    if kind != "ipv4" and without:
        raise refusal(
            "InvalidParameter", f"The subnet {without[0]} has no associated IPv6 CIDR block."
        )
    answer = _modify_request(self)
    endpoint.ip_address_type = kind
    return answer


def install() -> None:
    VPCEndPoint.ip_address_type = "ipv4"
    VPCs.modify_vpc_endpoint = _modify_request_whole
