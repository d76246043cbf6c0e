"""CloudFormation types for IPv6 that moto lacks, and Fn::Cidr.

A template that a migration writes names them; moto stops at the first one. What they make
goes through the same backend, and so through the same rules, as the API's calls.
"""

import ipaddress

import moto.cloudformation.parsing as parsing
from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPC

_has_attribute = VPC.has_cfn_attr
_get_attribute = VPC.get_cfn_attribute
_create_subnet = Subnet.create_from_cloudformation_json.__func__
_clean_json = parsing.clean_json

TYPES: list[type] = []


def _type(name: str, create) -> type:
    """A resource type: `create(backend, properties)` makes the thing and gives its id."""

    def create_from(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        made = cls()
        made.made_id = create(
            ec2_backends[account_id][region_name], cloudformation_json["Properties"]
        )
        return made

    return type(
        name.replace("::", ""),
        (CloudFormationModel,),
        {
            # CloudFormation finds its types among the subclasses; nothing else names them.
            "cloudformation_name_type": staticmethod(lambda: ""),
            "cloudformation_type": staticmethod(lambda: name),
            "create_from_cloudformation_json": classmethod(create_from),
            "physical_resource_id": property(lambda self: self.made_id),
            "is_created": lambda self: True,
            "has_cfn_attr": classmethod(lambda cls, attribute: attribute == "Id"),
            "get_cfn_attribute": lambda self, attribute: self.made_id,
        },
    )


def _truth(value) -> bool:
    return str(value).lower() == "true"


def _vpc_cidr_block(backend, given):
    return backend.associate_vpc_cidr_block(
        given["VpcId"], given.get("CidrBlock"), _truth(given.get("AmazonProvidedIpv6CidrBlock"))
    )["association_id"]


def _subnet_cidr_block(backend, given):
    return backend.associate_subnet_cidr_block(given["SubnetId"], given["Ipv6CidrBlock"])[
        "associationId"
    ]


def _egress_only_gateway(backend, given):
    return backend.create_egress_only_internet_gateway(given["VpcId"]).id


def _acl(backend, given):
    return backend.create_network_acl(given["VpcId"]).id


def _acl_entry(backend, given):
    ports, icmp = given.get("PortRange") or {}, given.get("Icmp") or {}
    backend.create_network_acl_entry(
        network_acl_id=given["NetworkAclId"],
        rule_number=int(given["RuleNumber"]),
        protocol=str(given["Protocol"]),
        rule_action=given["RuleAction"],
        egress=_truth(given.get("Egress", False)),
        cidr_block=given.get("CidrBlock"),
        icmp_code=icmp.get("Code"),
        icmp_type=icmp.get("Type"),
        port_range_from=ports.get("From"),
        port_range_to=ports.get("To"),
        ipv6_cidr_block=given.get("Ipv6CidrBlock"),
    )
    return f"{given['NetworkAclId']}-{given['RuleNumber']}"


def _group_egress(backend, given):
    ranges = [{key: given[key]} for key in ("CidrIp", "CidrIpv6") if key in given]
    groups = [{"GroupId": given[key]} for key in ("DestinationSecurityGroupId",) if key in given]
    rules, _ = backend.authorize_security_group_egress(
        group_name_or_id=given["GroupId"],
        ip_protocol=str(given["IpProtocol"]),
        from_port=given.get("FromPort"),
        to_port=given.get("ToPort"),
        ip_ranges=ranges,
        source_groups=groups,
    )
    return rules[0].id


def _create_subnet_whole(
    cls, resource_name, cloudformation_json, account_id, region_name, **kwargs
):
    """moto drops what a subnet says about IPv6."""
    subnet = _create_subnet(
        cls, resource_name, cloudformation_json, account_id, region_name, **kwargs
    )
    given, backend = cloudformation_json["Properties"], ec2_backends[account_id][region_name]
    if given.get("Ipv6CidrBlock"):
        backend.associate_subnet_cidr_block(subnet.id, given["Ipv6CidrBlock"])
    if _truth(given.get("AssignIpv6AddressOnCreation", False)):
        backend.modify_subnet_attribute(subnet.id, "assign_ipv6_address_on_creation", True)
    return subnet


def _has_attribute_too(cls, attribute):
    return attribute == "Ipv6CidrBlocks" or _has_attribute(attribute)


def _get_attribute_too(self, attribute):
    if attribute == "Ipv6CidrBlocks":
        entries = self.get_cidr_block_association_set(ipv6=True)
        return [entry["cidr_block"] for entry in entries]
    return _get_attribute(self, attribute)


def _clean_json_too(resource, resources):
    if isinstance(resource, dict) and "Fn::Cidr" in resource:
        given = [parsing.clean_json(part, resources) for part in resource["Fn::Cidr"]]
        block = ipaddress.ip_network(given[0])
        bits = int(given[2]) if len(given) > 2 else (64 if block.version == 6 else 8)
        parts = block.subnets(new_prefix=block.max_prefixlen - bits)
        return [str(next(parts)) for _ in range(int(given[1]))]
    return _clean_json(resource, resources)


def install() -> None:
    # Kept here: the subclasses are known to Python only as long as somebody holds them.
    global TYPES
    TYPES = [
        _type("AWS::EC2::VPCCidrBlock", _vpc_cidr_block),
        _type("AWS::EC2::SubnetCidrBlock", _subnet_cidr_block),
        _type("AWS::EC2::EgressOnlyInternetGateway", _egress_only_gateway),
        _type("AWS::EC2::NetworkAcl", _acl),
        _type("AWS::EC2::NetworkAclEntry", _acl_entry),
        _type("AWS::EC2::SecurityGroupEgress", _group_egress),
    ]
    Subnet.create_from_cloudformation_json = classmethod(_create_subnet_whole)
    VPC.has_cfn_attr = classmethod(_has_attribute_too)
    VPC.get_cfn_attribute = _get_attribute_too
    parsing.clean_json = _clean_json_too
