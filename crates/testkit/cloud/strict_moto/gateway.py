"""NAT gateways and their interface, and public addresses.

moto gives a NAT gateway an interface outside its subnet, in the VPC's default group, that
looks like any host's; whoever reads that estate sees a host where there is none.
"""

from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.nat_gateways import NatGatewayBackend

_create_nat = NatGatewayBackend.create_nat_gateway
_delete_nat = NatGatewayBackend.delete_nat_gateway
_address_init = ElasticAddress.__init__
_attachment = NetworkInterface.attachment


def _create_nat_whole(self, subnet_id, *args, **kwargs):
    nat = _create_nat(self, subnet_id, *args, **kwargs)
    nat.connectivity_type = nat.connectivity_type or "public"
    eni = nat._eni
    address = self.get_subnet(subnet_id).get_available_subnet_ip(nat)
    eni.private_ip_address = address
    eni.private_ip_addresses[0]["PrivateIpAddress"] = address
    nat.address_set[0].update(privateIp=address, isPrimary=True, status="succeeded")
    eni.description = f"Interface for NAT Gateway {nat.id}"
    eni.interface_type = "nat_gateway"
    eni.status = "in-use"
    eni.requester_managed = True
    # A gateway forwards what is not its own, and no security group applies to it.
    eni.source_dest_check = False
    eni._group_set = []
    eni.ipv6_addresses = []
    return nat


def _delete_nat_whole(self, nat_gateway_id):
    """Its interface goes with it, and its public address is free again."""
    nat = _delete_nat(self, nat_gateway_id)
    for address in nat.address_set:
        if address.get("associationId"):
            self.disassociate_address(association_id=address["associationId"])
    self.enis.pop(nat._eni.id, None)
    return nat


def _shown_attachment(self: NetworkInterface):
    if self.interface_type != "nat_gateway":
        return _attachment.fget(self)
    return {
        "AttachmentId": "ela-attach-" + self.id.removeprefix("eni-"),
        "DeleteOnTermination": False,
        "DeviceIndex": 1,
        "InstanceOwnerId": "amazon-aws",
        "Status": "attached",
    }


def _address_init_in_order(self, ec2_backend, domain, address=None, *args, **kwargs):
    """moto's public addresses are in 127.0.0.0/8. These are documentation addresses, in
    order, so that a test reads the same each time."""
    if address is None:
        given = ec2_backend.__dict__.setdefault("_addresses_given", [])
        given.append(domain)
        address = f"198.51.{100 + len(given) // 250}.{len(given) % 250}"
    _address_init(self, ec2_backend, domain, address, *args, **kwargs)


def install() -> None:
    NatGatewayBackend.create_nat_gateway = _create_nat_whole
    NatGatewayBackend.delete_nat_gateway = _delete_nat_whole
    NetworkInterface.attachment = property(_shown_attachment)
    ElasticAddress.__init__ = _address_init_in_order
