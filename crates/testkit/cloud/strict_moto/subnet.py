"""Which IPv6 prefix a subnet may have, when it may go, and the subnet's IPv6 switches."""

import ipaddress

from moto.ec2.models.subnets import Subnet, SubnetBackend
from moto.ec2.responses.subnets import Subnets

from . import network
from .refusal import refusal

_associate = SubnetBackend.associate_subnet_cidr_block
_disassociate = SubnetBackend.disassociate_subnet_cidr_block
_create = SubnetBackend.create_subnet
_delete = SubnetBackend.delete_subnet
_modify = SubnetBackend.modify_subnet_attribute
_modify_request = Subnets.modify_subnet_attribute


def prefix(subnet: Subnet) -> ipaddress.IPv6Network | None:
    """The IPv6 prefix that the subnet has now."""
    for entry in subnet.ipv6_cidr_block_associations.values():
        if entry["ipv6CidrBlockState"]["State"] == "associated":
            return ipaddress.IPv6Network(entry["ipv6CidrBlock"])
    return None


def _check_new_prefix(backend, vpc_id: str, text: str) -> ipaddress.IPv6Network:
    try:
        new = ipaddress.IPv6Network(text)
    except ValueError:
        raise refusal(
            "InvalidParameterValue", f"invalid value for parameter ipv6-cidr-block: {text}"
        ) from None
    # VPC user guide, "Subnet sizing for IPv6": /44 to /64 in increments of /4.
    if not 44 <= new.prefixlen <= 64 or new.prefixlen % 4 != 0:
        raise refusal(
            "InvalidParameterValue", f"invalid value for parameter ipv6-cidr-block: {text}"
        )
    if not any(new.subnet_of(p) for p in network.prefixes(backend.get_vpc(vpc_id))):
        raise refusal("InvalidSubnet.Range", f"The IPv6 CIDR '{text}' is invalid.")
    for other in backend.describe_subnets():
        taken = prefix(other)
        if other.vpc_id == vpc_id and taken is not None and taken.overlaps(new):
            raise refusal(
                "InvalidSubnet.Conflict",
                f"The IPv6 CIDR '{text}' conflicts with another subnet",
            )
    return new


def _associate_checked(self, subnet_id, ipv6_cidr_block):
    subnet = self.get_subnet(subnet_id)
    # "You can only associate a single IPv6 CIDR block with your subnet." The reference
    # names no code for it; this is the VPC's.
    if prefix(subnet) is not None:
        raise refusal(
            "CidrLimitExceeded",
            f"This network '{subnet_id}' has met its maximum number of allowed CIDRs: 1",
        )
    new = _check_new_prefix(self, subnet.vpc_id, ipv6_cidr_block)
    # An association that has gone leaves no entry behind on a subnet.
    subnet.ipv6_cidr_block_associations.clear()
    return _associate(self, subnet_id, str(new))


def _create_checked(self, vpc_id, cidr_block, ipv6_cidr_block=None, *args, **kwargs):
    if ipv6_cidr_block:
        ipv6_cidr_block = str(_check_new_prefix(self, vpc_id, ipv6_cidr_block))
    subnet = _create(self, vpc_id, cidr_block, ipv6_cidr_block, *args, **kwargs)
    if not self.get_vpc(vpc_id).is_default:
        # moto takes the first subnet of a zone for a default one, public addresses and all.
        subnet.default_for_az = subnet.map_public_ip_on_launch = False
    return subnet


def _delete_whole(self, subnet_id):
    """Its place in a network ACL goes with it."""
    for acl in self.network_acls.values():
        gone = [id for id, a in acl._associations.items() if a.subnet_id == subnet_id]
        for association in gone:
            del acl._associations[association]
    return _delete(self, subnet_id)


def _disassociate_checked(self, association_id):
    subnet = self.get_subnet_from_ipv6_association(association_id)
    if subnet is not None:
        may_not = (
            f"The subnet IPv6 CIDR block with association ID {association_id} "
            "may not be disassociated, because"
        )
        # Both are what stops a roll-back that goes in the wrong order. The first one's
        # wording is seen in the field; the second one's is modelled on it, the guide says
        # only "you must first unassign any IPv6 addresses that are assigned to any
        # instances in your subnet".
        if subnet.assign_ipv6_address_on_creation:
            raise refusal(
                "InvalidCidrBlock.InUse",
                f"{may_not} its subnet has assign-ipv6-address-on-creation set to true.",
            )
        for eni in self.get_all_network_interfaces():
            if eni.subnet.id == subnet.id and eni.ipv6_addresses:
                raise refusal(
                    "InvalidCidrBlock.InUse",
                    f"{may_not} network interface {eni.id} has an address of it.",
                )
    return _disassociate(self, association_id)


def _shown_associations(self: Subnet) -> list[dict]:
    """moto puts a dict where the state's name belongs, and prints that dict as text."""
    return [
        {
            "ipv6CidrBlock": entry["ipv6CidrBlock"],
            "associationId": entry["associationId"],
            "ipv6CidrBlockState": {"state": entry["ipv6CidrBlockState"]["State"]},
        }
        for entry in self.ipv6_cidr_block_associations.values()
        if entry["ipv6CidrBlockState"]["State"] == "associated"
    ]


def _modify_checked(self, subnet_id, attr_name, attr_value):
    subnet = self.get_subnet(subnet_id)
    if attr_name == "assign_ipv6_address_on_creation" and attr_value and prefix(subnet) is None:
        raise refusal(
            "InvalidParameterValue",
            "Invalid value 'true' for assign-ipv6-address-on-creation. "
            "Cannot set assign-ipv6-address-on-creation to true unless the subnet "
            f"({subnet_id}) has an IPv6 CIDR block associated with it.",
        )
    return _modify(self, subnet_id, attr_name, attr_value)


def _modify_request_whole(self):
    """moto drops these two switches in silence, and takes several at once."""
    # "You can only modify one attribute at a time."
    if len([name for name in self.params if name not in ("SubnetId", "DryRun")]) > 1:
        raise refusal(
            "InvalidParameterCombination", "You can only modify one attribute at a time."
        )
    subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
    dns64 = self._get_param("EnableDns64.Value")
    if dns64 is not None:
        subnet.enable_dns64 = dns64
    aaaa = self._get_param("EnableResourceNameDnsAAAARecordOnLaunch.Value")
    if aaaa is not None:
        subnet.private_dns_name_options_on_launch["EnableResourceNameDnsAAAARecord"] = aaaa
    return _modify_request(self)


def install() -> None:
    Subnet.enable_dns64 = False
    Subnet.ipv6_cidr_block_association_set = property(_shown_associations)
    SubnetBackend.associate_subnet_cidr_block = _associate_checked
    SubnetBackend.disassociate_subnet_cidr_block = _disassociate_checked
    SubnetBackend.create_subnet = _create_checked
    SubnetBackend.delete_subnet = _delete_whole
    SubnetBackend.modify_subnet_attribute = _modify_checked
    Subnets.modify_subnet_attribute = _modify_request_whole
