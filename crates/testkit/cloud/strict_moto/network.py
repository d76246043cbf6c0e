"""VPC prefixes: what associating an IPv6 prefix sets off, and when it may go again."""

import copy
import ipaddress

from moto.ec2.models.vpcs import VPC, VPCBackend, VPCEndPoint
from moto.ec2.responses.vpcs import VPCs

from . import firewall
from .refusal import refusal

_all_associations = VPC.get_cidr_block_association_set
_associate = VPCBackend.associate_vpc_cidr_block
_disassociate = VPCBackend.disassociate_vpc_cidr_block
_associate_entry = VPC.associate_vpc_cidr_block
_create_vpc = VPCBackend.create_vpc
_delete_vpc = VPCBackend.delete_vpc
_associate_request = VPCs.associate_vpc_cidr_block


def prefixes(vpc: VPC) -> list[ipaddress.IPv6Network]:
    """The IPv6 prefixes that the VPC has now."""
    return [
        ipaddress.IPv6Network(entry["cidr_block"])
        for entry in vpc.get_cidr_block_association_set(ipv6=True)
    ]


def _live_associations(self: VPC, ipv6: bool = False) -> list[dict]:
    """moto counts a disassociated IPv6 prefix as one that the VPC has, so new route tables
    and groups would still get its rules; only describe-vpcs goes on showing it."""
    entries = _all_associations(self, ipv6)
    return [e for e in entries if not ipv6 or e["cidr_block_state"]["state"] == "associated"]


def _shown_ipv6_associations(self: VPC) -> list[dict]:
    """What describe-vpcs prints: a disassociated prefix lingers with that state."""
    shown = []
    for entry in _all_associations(self, True):
        entry = copy.copy(entry)
        entry["ipv6CidrBlock"] = entry["cidr_block"]
        entry["ipv6CidrBlockState"] = entry["cidr_block_state"]
        # The border group is printed always; unasked for, it is the Region.
        entry["networkBorderGroup"] = (
            entry.get("ipv6_cidr_block_network_border_group") or self.ec2_backend.region_name
        )
        shown.append(entry)
    return shown


def _associate_entry_in_order(
    self: VPC, cidr_block, amazon_provided_ipv6_cidr_block=False, *args, **kwargs
):
    """moto's prefixes are random and not in canonical form (`:0c00::/56`); these look like
    the provider's in us-east-1 and come in order, so that a test reads the same each time."""
    # moto forgets those that have gone when a new one comes; the provider shows both, the
    # old one first, and whoever takes the first one takes the wrong one.
    gone = {
        id: old
        for id, old in self._cidr_block_association_set.items()
        if old["cidr_block_state"]["state"] == "disassociated"
    }
    entry = _associate_entry(self, cidr_block, amazon_provided_ipv6_cidr_block, *args, **kwargs)
    new = self._cidr_block_association_set.pop(entry["association_id"])
    self._cidr_block_association_set.update(gone)
    self._cidr_block_association_set[entry["association_id"]] = new
    if amazon_provided_ipv6_cidr_block:
        given = self.ec2_backend.__dict__.setdefault("_prefixes_given", [])
        given.append(entry["association_id"])
        entry["cidr_block"] = f"2600:1f18:{0x4A00 + len(given):x}:6b00::/56"
    return entry


def _associate_with_effects(self, vpc_id, cidr_block, amazon_provided_ipv6_cidr_block):
    entry = _associate(self, vpc_id, cidr_block, amazon_provided_ipv6_cidr_block)
    if amazon_provided_ipv6_cidr_block:
        entry["ipv6_cidr_block_network_border_group"] = self.region_name
        firewall.open_untouched(self, vpc_id)
    return entry


def _associate_request_checked(self):
    """moto takes a prefix from a pool for an IPv4 one, and from then on every describe-vpcs
    of the server fails; better no than that. Address pools are not served here."""
    if self._get_param("Ipv6Pool") or self._get_param("Ipv6IpamPoolId"):
        raise refusal("UnsupportedOperation", "This test cloud serves no IPv6 address pools.")
    return _associate_request(self)


def _create_with_effects(self, *args, **kwargs):
    vpc = _create_vpc(self, *args, **kwargs)
    firewall.admit_members(self, vpc.id)
    if prefixes(vpc):
        firewall.open_untouched(self, vpc.id)
    return vpc


def _delete_whole(self, vpc_id):
    """Its network ACLs go with it."""
    vpc = _delete_vpc(self, vpc_id)
    for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
        del self.network_acls[acl.id]
    return vpc


def _disassociate_checked(self, association_id):
    for vpc in self.vpcs.values():
        entry = vpc._cidr_block_association_set.get(association_id)
        if entry is None or ":" not in entry["cidr_block"]:
            continue
        block = ipaddress.IPv6Network(entry["cidr_block"])
        for subnet in self.describe_subnets():
            if subnet.vpc_id == vpc.id and subnet_uses(subnet, block):
                # Code and wording as seen in the field.
                raise refusal(
                    "InvalidCidrBlock.InUse",
                    f"The vpc {vpc.id} currently has a subnet within CIDR block {block}",
                )
    return _disassociate(self, association_id)


def subnet_uses(subnet, block: ipaddress.IPv6Network) -> bool:
    """Whether a prefix of the subnet lies in `block`."""
    return any(
        ipaddress.IPv6Network(entry["ipv6CidrBlock"]).subnet_of(block)
        for entry in subnet.ipv6_cidr_block_associations.values()
        if entry["ipv6CidrBlockState"]["State"] == "associated"
    )


def install() -> None:
    VPC.get_cidr_block_association_set = _live_associations
    VPC.ipv6_cidr_block_association_set = property(_shown_ipv6_associations)
    VPC.associate_vpc_cidr_block = _associate_entry_in_order
    VPCBackend.associate_vpc_cidr_block = _associate_with_effects
    VPCBackend.disassociate_vpc_cidr_block = _disassociate_checked
    VPCBackend.create_vpc = _create_with_effects
    VPCBackend.delete_vpc = _delete_whole
    VPCs.associate_vpc_cidr_block = _associate_request_checked
    # moto looks for a filter it does not know under its name: this one it lacks.
    VPCEndPoint.vpc_endpoint_id = property(lambda self: self.id)
