"""Network ACLs and security groups: what a VPC's first IPv6 prefix opens in them by itself,
ICMP types, canonical prefixes, and answers that list every rule."""

import copy
import ipaddress

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidPermissionNotFoundError, InvalidSecurityGroupNotFoundError
from moto.ec2.models.network_acls import NetworkAcl, NetworkAclBackend
from moto.ec2.models.security_groups import (
    SecurityGroup,
    SecurityGroupBackend,
    SecurityGroupRule,
)
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.ec2.responses.network_acls import NetworkACLs
from moto.ec2.responses.security_groups import SecurityGroups

from . import network
from .refusal import refusal

_create_acl = NetworkAclBackend.create_network_acl
_create_entry = NetworkAclBackend.create_network_acl_entry
_entry_request = NetworkACLs.create_network_acl_entry
_delete_entry_request = NetworkACLs.delete_network_acl_entry
_rule_init = SecurityGroupRule.__init__

_MOST_ENTRIES = 20
_DEFAULT_V4 = {(100, "allow"), (32767, "deny")}
_DEFAULT_V6 = {(101, "allow"), (32768, "deny")}


def open_untouched(backend, vpc_id: str) -> None:
    """What associating an IPv6 prefix with a VPC does to its filters.

    Network ACL guide: "if you associate an IPv6 CIDR block with your existing VPC, we
    automatically add rules that allow all IPv6 traffic to flow in and out of your subnet. We
    also add rules whose rule numbers are an asterisk that ensures that a packet is denied if
    it doesn't match any of the other numbered rules." Migration guide, step 3: the first
    "provided you haven't modified its default rules"; and "an outbound rule that allows all
    IPv6 traffic is automatically added [to] your security groups", but "if you modified the
    original outbound rules for your security group, this rule is not automatically added".

    The way back closes nothing: "Removing an IPv6 CIDR block does not automatically delete
    any security group rules, network ACL rules, or route table routes".
    """
    for acl in list(backend.network_acls.values()):
        if acl.vpc_id == vpc_id:
            for egress in (True, False):
                _open_acl(backend, acl, egress)
    for group in list(backend.groups[vpc_id].values()):
        _open_group(backend, group)


def _open_acl(backend, acl: NetworkAcl, egress: bool) -> None:
    entries = [entry for entry in acl.network_acl_entries if entry.egress == egress]
    numbers = {entry.rule_number for entry in entries}
    # The IPv6 '*' entry of an earlier prefix is nobody's modification: no call reaches it.
    entries = [entry for entry in entries if entry.rule_number != 32768]
    untouched = acl.default and all(_allows_or_denies_all_v4(entry) for entry in entries)
    untouched = untouched and {(e.rule_number, e.rule_action) for e in entries} == _DEFAULT_V4
    for number, action in sorted(_DEFAULT_V6):
        if number not in numbers and (untouched or action == "deny"):
            _add_all(backend, acl.id, number, action, egress, ipv6_cidr_block="::/0")


def _allows_or_denies_all_v4(entry) -> bool:
    return str(entry.protocol) == "-1" and entry.cidr_block == "0.0.0.0/0"


def _add_all(backend, acl_id, number, action, egress, cidr_block=None, ipv6_cidr_block=None):
    _create_entry(
        backend,
        network_acl_id=acl_id,
        rule_number=number,
        protocol="-1",
        rule_action=action,
        egress=egress,
        cidr_block=cidr_block,
        icmp_code=None,
        icmp_type=None,
        port_range_from=None,
        port_range_to=None,
        ipv6_cidr_block=ipv6_cidr_block,
    )


def _open_group(backend, group: SecurityGroup) -> None:
    if len(group.egress_rules) != 1:
        return
    only = group.egress_rules[0]
    if only.ip_protocol == "-1" and only.cidr_ipv4 == "0.0.0.0/0":
        group.egress_rules.append(
            SecurityGroupRule(backend, "-1", group.id, None, None, {"CidrIpv6": "::/0"})
        )


def admit_members(backend, vpc_id: str) -> None:
    """A VPC's default group admits its own members; in moto it admits nobody."""
    group = backend.get_default_security_group(vpc_id)
    group.ingress_rules.append(
        SecurityGroupRule(
            backend,
            "-1",
            group.id,
            None,
            None,
            None,
            {"GroupId": group.id, "UserId": backend.account_id, "OwnerId": backend.account_id},
            is_egress=False,
        )
    )


def _create_acl_whole(self, vpc_id, tags=None, default=False):
    """A custom ACL is born with the '*' entries; in moto it is empty."""
    acl = _create_acl(self, vpc_id, tags, default)
    for egress in (True, False):
        if not default:
            _add_all(self, acl.id, 32767, "deny", egress, cidr_block="0.0.0.0/0")
            if network.prefixes(self.get_vpc(vpc_id)):
                _add_all(self, acl.id, 32768, "deny", egress, ipv6_cidr_block="::/0")
    return acl


def _create_entry_canonical(self, **kwargs):
    # CreateNetworkAclEntry: "We modify the specified CIDR block to its canonical form".
    for name in ("cidr_block", "ipv6_cidr_block"):
        if kwargs.get(name):
            kwargs[name] = _canonical(kwargs[name])
    # Amazon VPC quotas, "Rules per network ACL": 20 in each direction, each family by itself, the
    # '*' entry among them.
    acl, family = self.get_network_acl(kwargs["network_acl_id"]), bool(kwargs.get("ipv6_cidr_block"))
    entries = [e for e in acl.network_acl_entries if e.egress == kwargs["egress"]]
    if len([e for e in entries if bool(e.ipv6_cidr_block) == family]) >= _MOST_ENTRIES:
        raise refusal(
            "NetworkAclEntryLimitExceeded", f"The maximum number of entries of {acl.id} is reached."
        )
    return _create_entry(self, **kwargs)


def _get_param_renamed(self, param_name, if_none=None):
    """moto asks for ICMP by its wire name, but the parsed request has the model's: lost."""
    if param_name.startswith("Icmp."):
        param_name = "IcmpTypeCode." + param_name.removeprefix("Icmp.")
    return EC2BaseResponse._get_param(self, param_name, if_none)


def _entry_request_checked(self):
    """What CreateNetworkAclEntry asks for: a number that is not the provider's own, a type
    for ICMP, ports for TCP and UDP, one remote prefix."""
    _require_own_number(self)
    protocol = str(self._get_param("Protocol"))
    if protocol in ("1", "58") and self._get_param("IcmpTypeCode") is None:
        raise refusal("MissingParameter", "The request must contain the parameter icmp.")
    if protocol in ("6", "17") and self._get_param("PortRange") is None:
        raise refusal("MissingParameter", "The request must contain the parameter portRange.")
    if bool(self._get_param("CidrBlock")) == bool(self._get_param("Ipv6CidrBlock")):
        raise refusal(
            "InvalidParameterCombination",
            "The request must contain exactly one of cidrBlock and ipv6CidrBlock.",
        )
    return _entry_request(self)


def _delete_entry_request_checked(self):
    _require_own_number(self)
    return _delete_entry_request(self)


def _require_own_number(self) -> None:
    # "Positive integer from 1 to 32766. The range 32767 to 65535 is reserved for internal
    # use."
    number = int(self._get_param("RuleNumber"))
    if not 1 <= number <= 32766:
        raise refusal(
            "InvalidParameterValue", f"Value ({number}) for parameter ruleNumber is invalid."
        )


def _sorted_entries(self: NetworkAcl) -> list:
    """Printed the way the rules are read: egress first, then by number."""
    return sorted(self.network_acl_entries, key=lambda e: (not e.egress, e.rule_number))


def _canonical(cidr: str) -> str:
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        raise refusal("InvalidParameterValue", f"CIDR block {cidr} is malformed") from None


def _rule_init_canonical(
    self, ec2_backend, ip_protocol, group_id, from_port, to_port, ip_range, *args, **kwargs
):
    # IpRange: "Amazon Web Services canonicalizes IPv4 and IPv6 CIDRs. For example, if you
    # specify 100.68.0.18/18 for the CIDR block," it becomes 100.68.0.0/18.
    if ip_range:
        ip_range = {
            key: _canonical(value) if key.startswith("Cidr") else value
            for key, value in ip_range.items()
        }
    # Protocol 58 may leave its types out, meaning all of them; moto wants numbers.
    if str(ip_protocol) in ("58", "icmpv6") or (ip_protocol and str(ip_protocol).isdigit()):
        from_port = -1 if from_port is None else from_port
        to_port = -1 if to_port is None else to_port
    _rule_init(
        self, ec2_backend, ip_protocol, group_id, from_port, to_port, ip_range, *args, **kwargs
    )
    if self.ip_protocol == "58":
        self.ip_protocol = "icmpv6"


def _authorize(direction):
    """Every permission of the call, or none: a duplicate among them leaves no trace."""

    def method(self):
        backend = self.ec2_backend
        group = None
        kept, added = ([], []), []
        try:
            for permission in self._process_rules_from_querystring():
                if group is None:
                    group = backend.get_security_group_by_name_or_id(
                        permission["group_name_or_id"]
                    )
                    if group is not None:
                        kept = copy.copy(group.ingress_rules), copy.copy(group.egress_rules)
                rules, _ = getattr(backend, f"authorize_security_group_{direction}")(**permission)
                added.extend(rules)
        except Exception:
            if group is not None:
                group.ingress_rules, group.egress_rules = list(kept[0]), list(kept[1])
            raise
        return ActionResult({"Return": True, "SecurityGroupRules": added})

    return method


def _revoke(direction):
    """moto strikes IPv6 from the request when the VPC has no prefix, and says that it is
    done; the rules that an earlier prefix left behind must stay removable."""

    def method(self, group_name_or_id, ip_protocol, from_port, to_port, ip_ranges,
               source_groups=None, prefix_list_ids=None, security_rule_ids=None, vpc_id=None):
        group = self.get_security_group_by_name_or_id(group_name_or_id, vpc_id)
        if group is None:
            raise InvalidSecurityGroupNotFoundError(group_name_or_id)
        rules = getattr(group, f"{direction}_rules")
        if security_rule_ids:
            gone = [rule for rule in rules if rule.id in security_rule_ids]
            complete = len(gone) == len(security_rule_ids)
        else:
            wanted = list(
                self._iterate_security_rules(
                    ip_protocol, group.group_id, from_port, to_port, ip_ranges,
                    self._add_source_group(source_groups, vpc_id), prefix_list_ids or [],
                    is_egress=direction == "egress",
                )
            )
            gone = [rule for rule in rules if rule in wanted]
            complete = all(rule in rules for rule in wanted)
        if not complete:
            raise InvalidPermissionNotFoundError()
        ids = {rule.id for rule in gone}
        setattr(group, f"{direction}_rules", [r for r in rules if r.id not in ids])

    return method


def install() -> None:
    NetworkAclBackend.create_network_acl = _create_acl_whole
    NetworkAclBackend.create_network_acl_entry = _create_entry_canonical
    NetworkAcl.entries = property(_sorted_entries)
    # moto looks for a filter it does not know under its name: this one it lacks.
    NetworkAcl.network_acl_id = property(lambda self: self.id)
    NetworkACLs._get_param = _get_param_renamed
    NetworkACLs.create_network_acl_entry = _entry_request_checked
    NetworkACLs.delete_network_acl_entry = _delete_entry_request_checked
    SecurityGroupRule.__init__ = _rule_init_canonical
    SecurityGroups.authorize_security_group_ingress = _authorize("ingress")
    SecurityGroups.authorize_security_group_egress = _authorize("egress")
    SecurityGroupBackend.revoke_security_group_ingress = _revoke("ingress")
    SecurityGroupBackend.revoke_security_group_egress = _revoke("egress")
