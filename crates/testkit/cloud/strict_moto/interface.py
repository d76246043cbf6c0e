"""Which interface may have an IPv6 address, and which address."""

import ipaddress

from moto.core.responses import ActionResult
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces

from . import host, subnet
from .refusal import refusal

_describe = ElasticNetworkInterfaces.describe_network_interfaces
_interface_init = NetworkInterface.__init__

# The first four addresses and the last one of a subnet's prefix are the provider's
# (VPC user guide, "Subnet sizing for IPv6").
_RESERVED_LOW = 4


def pick(backend, block: ipaddress.IPv6Network) -> str:
    """The next free address: in order, so that a test reads the same each time."""
    taken = _taken(backend)
    number = int(block.network_address) + _RESERVED_LOW
    while str(ipaddress.IPv6Address(number)) in taken:
        number += 1
    return str(ipaddress.IPv6Address(number))


def _taken(backend) -> dict[str, str]:
    return {
        str(ipaddress.IPv6Address(address)): eni.id
        for eni in backend.enis.values()
        for address in eni.ipv6_addresses
    }


def _check_addresses(backend, block, texts: list[str]) -> list[str]:
    taken, checked = _taken(backend), []
    for text in texts:
        try:
            address = ipaddress.IPv6Address(text)
        except ValueError:
            raise refusal(
                "InvalidParameterValue", f"Invalid IPv6 address: {text}"
            ) from None
        offset = int(address) - int(block.network_address)
        if address not in block:
            raise refusal(
                "InvalidParameterValue",
                f"Address {address} does not fall within the subnet's address range",
            )
        if offset < _RESERVED_LOW or offset == block.num_addresses - 1:
            raise refusal(
                "InvalidParameterValue",
                f"Address {address} is in subnet's reserved address range",
            )
        if str(address) in taken or str(address) in checked:
            raise refusal("InvalidIPAddress.InUse", f"Address {address} is in use.")
        checked.append(str(address))
    return checked


def _required_prefix(of_subnet) -> ipaddress.IPv6Network:
    block = subnet.prefix(of_subnet)
    if block is None:
        # The code is a guess: the API reference names none for it.
        raise refusal(
            "InvalidParameterCombination",
            f"The subnet {of_subnet.id} has no IPv6 CIDR block associated with it.",
        )
    return block


def _assign_request(self):
    backend = self.ec2_backend
    eni = backend.get_network_interface(self._get_param("NetworkInterfaceId"))
    asked = self._get_param("Ipv6Addresses", [])
    count = self._get_int_param("Ipv6AddressCount", 0)
    if self._get_param("Ipv6Prefixes") or self._get_param("Ipv6PrefixCount"):
        raise refusal("UnsupportedOperation", "This test cloud serves no prefix delegation.")
    if bool(asked) == bool(count):
        raise refusal(
            "InvalidParameterCombination",
            "You can and can only specify one of ipv6-addresses or ipv6-address-count.",
        )
    if eni.instance is not None:
        host.require_ipv6(eni.instance.instance_type)
    block = _required_prefix(eni.subnet)
    new = _check_addresses(backend, block, asked)
    eni.ipv6_addresses.extend(new)
    for _ in range(count):
        new.append(pick(backend, block))
        eni.ipv6_addresses.append(new[-1])
    # "The new IPv6 addresses ... Existing IPv6 addresses that were assigned to the network
    # interface before the request are not included."
    return ActionResult({"AssignedIpv6Addresses": new, "NetworkInterfaceId": eni.id})


def _unassign_request(self):
    backend = self.ec2_backend
    eni = backend.get_network_interface(self._get_param("NetworkInterfaceId"))
    asked = [str(ipaddress.IPv6Address(a)) for a in self._get_param("Ipv6Addresses", [])]
    for address in asked:
        if address not in eni.ipv6_addresses:
            raise refusal(
                "InvalidParameterValue",
                f"Some of the specified addresses are not assigned to interface {eni.id}",
            )
    eni.ipv6_addresses = [a for a in eni.ipv6_addresses if a not in asked]
    return ActionResult({"NetworkInterfaceId": eni.id, "UnassignedIpv6Addresses": asked})


def _interface_init_checked(self, ec2_backend, of_subnet, *args, **kwargs):
    """A new interface: asked-for addresses are checked, and a subnet that assigns on
    creation gives one unasked ("network interfaces created in the specified subnet should be
    assigned an IPv6 address"); interfaces that exist already are not touched."""
    if isinstance(of_subnet, str):
        of_subnet = ec2_backend.get_subnet(of_subnet)
    asked = kwargs.pop("ipv6_addresses", None) or []
    count = int(kwargs.pop("ipv6_address_count", None) or 0)
    if not asked and not count and of_subnet.assign_ipv6_address_on_creation:
        count = 1
    given: list[str] = []
    if asked or count:
        block = _required_prefix(of_subnet)
        given = _check_addresses(ec2_backend, block, asked)
    _interface_init(self, ec2_backend, of_subnet, *args, ipv6_addresses=given, **kwargs)
    for _ in range(count):
        self.ipv6_addresses.append(pick(ec2_backend, block))


def _describe_request(self):
    """The public address belongs to the private one it stands for; moto prints it only
    beside the list."""
    for eni in self.ec2_backend.enis.values():
        for address in eni.private_ip_addresses:
            address.pop("Association", None)
            if eni.public_ip and address["PrivateIpAddress"] == eni.private_ip_address:
                address["Association"] = eni.association
    return _describe(self)


def install() -> None:
    NetworkInterface.__init__ = _interface_init_checked
    ElasticNetworkInterfaces.describe_network_interfaces = _describe_request
    ElasticNetworkInterfaces.assign_ipv6_addresses = _assign_request
    ElasticNetworkInterfaces.unassign_ipv6_addresses = _unassign_request
