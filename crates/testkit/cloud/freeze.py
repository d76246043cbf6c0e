"""Turns a dump of the two-tier estate into the given files of scenarios/aws-two-tier.

    freeze.py DUMP IDS OUT     (IDS: what two_tier.py printed)

Ids become fixed and readable, the guide's own where it gives them; times, MAC addresses and
tokens are fixed; and what moto prints plainly otherwise than the provider is put right, from
public recordings of the same calls. Run by the tests of crates/testkit, which hold the given files to be what it writes.
"""

import json
import pathlib
import re
import sys

import botocore.session

REGION = "us-east-1"
WHEN = "2026-01-15T09:30:00.000Z"
ACCOUNT = "123456789012"
ID = re.compile(r"\b(?:[a-z]+-)+[0-9a-f]{17}\b")

# The guide names the two groups and nothing else.
ROLES = {
    "vpc": "vpc-0aa11aa11aa11aa11",
    "public_subnet": "subnet-0bb11bb11bb11bb11",
    "private_subnet": "subnet-0bb22bb22bb22bb22",
    "internet_gateway": "igw-0cc11cc11cc11cc11",
    "nat_gateway": "nat-0dd11dd11dd11dd11",
    "nat_address": "eipalloc-0dd11dd11dd11dd11",
    "web_address": "eipalloc-0a11a11a11a11a11a",
    "public_route_table": "rtb-0ee11ee11ee11ee11",
    "private_route_table": "rtb-0ee22ee22ee22ee22",
    "web_group": "sg-11aa22bb11aa22bb1",
    "db_group": "sg-33cc44dd33cc44dd3",
    "web_instance": "i-0a11a11a11a11a11a",
    "web_interface": "eni-0a11a11a11a11a11a",
    "db_instance": "i-0b22b22b22b22b22b",
    "db_interface": "eni-0b22b22b22b22b22b",
}
# The rest is numbered in the order in which it is met, by kind.
OTHERS = {
    "rtb": ["0ee00ee00ee00ee00"],
    "rtbassoc": ["0ee00ee00ee00ee00", "0ee11ee11ee11ee11", "0ee22ee22ee22ee22"],
    "acl": ["0ac00ac00ac00ac00"],
    "aclassoc": ["0ac11ac11ac11ac11", "0ac22ac22ac22ac22"],
    "sg": ["55ee66ff55ee66ff5"],
    "eni": ["0dd11dd11dd11dd11"],
    "eipassoc": ["0dd11dd11dd11dd11", "0a11a11a11a11a11a"],
    "vpc-cidr-assoc": ["0aa11aa11aa11aa11"],
    "r": ["0a11a11a11a11a11a", "0b22b22b22b22b22b"],
    "vol": ["0a11a11a11a11a11a", "0b22b22b22b22b22b"],
    "eni-attach": ["0a11a11a11a11a11a", "0b22b22b22b22b22b"],
    "pl": [],
}
MACS = {
    "10.0.0.4": "06:1f:5b:00:00:04",
    "10.0.0.10": "06:1f:5b:00:00:10",
    "10.0.1.10": "06:1f:5b:00:01:10",
}
# The provider's own prefix lists are the same in every account of the Region.
PREFIX_LISTS = {
    "com.amazonaws.us-east-1.s3": "pl-63a5400a",
    "com.amazonaws.us-east-1.dynamodb": "pl-02cd2c6b",
    "com.amazonaws.global.cloudfront.origin-facing": "pl-3b927c52",
}


def private_name(address: str) -> str:
    return f"ip-{address.replace('.', '-')}.ec2.internal"


def correct_vpcs(answer):
    for vpc in answer["Vpcs"]:
        vpc["DhcpOptionsId"] = "dopt-0d0c0d0c0d0c0d0c0"
        vpc["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "off"}
        if not vpc["Ipv6CidrBlockAssociationSet"]:
            del vpc["Ipv6CidrBlockAssociationSet"]


def correct_subnets(answer):
    for subnet in answer["Subnets"]:
        subnet["MapCustomerOwnedIpOnLaunch"] = False
        subnet["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "off"}


def correct_route_tables(answer):
    for table in answer["RouteTables"]:
        table["PropagatingVgws"] = []


def correct_groups(answer):
    for group in answer["SecurityGroups"]:
        if not group["Tags"]:
            del group["Tags"]


def correct_nat_gateways(answer):
    for nat in answer["NatGateways"]:
        nat["CreateTime"] = WHEN
        nat["ConnectivityType"] = "public"
        for address in nat["NatGatewayAddresses"]:
            address.update(IsPrimary=True, Status="succeeded")


def correct_addresses(answer):
    for address in answer["Addresses"]:
        address.update(PublicIpv4Pool="amazon", NetworkBorderGroup=REGION)
        if not address["InstanceId"]:
            del address["InstanceId"]


def correct_prefix_lists(answer):
    known = [entry for entry in answer["PrefixLists"] if entry["PrefixListName"] in PREFIX_LISTS]
    for entry in known:
        entry["PrefixListId"] = PREFIX_LISTS[entry["PrefixListName"]]
        entry["PrefixListArn"] = (
            f"arn:aws:ec2:{REGION}:aws:prefix-list/{entry['PrefixListId']}"
        )
    answer["PrefixLists"] = known


def correct_interface(eni):
    eni["MacAddress"] = MACS[eni["PrivateIpAddress"]]
    eni["PrivateDnsName"] = private_name(eni["PrivateIpAddress"])
    for address in eni["PrivateIpAddresses"]:
        address["PrivateDnsName"] = private_name(address["PrivateIpAddress"])
    for holder in [eni, *eni["PrivateIpAddresses"]]:
        # A VPC hands out public names only with EnableDnsHostnames, which this one has not.
        if holder.get("Association"):
            holder["Association"]["PublicDnsName"] = ""
        else:
            holder.pop("Association", None)
    attachment = eni["Attachment"]
    if eni["InterfaceType"] == "interface":
        attachment["DeleteOnTermination"] = True
        attachment["AttachTime"] = WHEN
    else:
        attachment["AttachmentId"] = "ela-attach-0dd11dd11dd11dd11"


def correct_interfaces(answer):
    for eni in answer["NetworkInterfaces"]:
        correct_interface(eni)
        if eni["RequesterManaged"]:
            eni["RequesterId"] = "123456789012"
        else:
            del eni["RequesterId"]
        eni["Operator"] = {"Managed": False}


def correct_instances(answer):
    for reservation in answer["Reservations"]:
        for instance in reservation["Instances"]:
            for eni in instance["NetworkInterfaces"]:
                correct_interface(eni)
            for device in instance["BlockDeviceMappings"]:
                device["DeviceName"] = instance["RootDeviceName"]
                device["Ebs"]["AttachTime"] = WHEN
            # Only Windows has a Platform.
            for name in ("Platform", "StateReason", "SriovNetSupport"):
                instance.pop(name, None)
            cores = {"t2.medium": 2, "m3.large": 1}[instance["InstanceType"]]
            instance.update(
                ClientToken="",
                LaunchTime=WHEN,
                PublicDnsName="",
                EnaSupport=True,
                CpuOptions={"CoreCount": cores, "ThreadsPerCore": 2 // cores},
                CapacityReservationSpecification={"CapacityReservationPreference": "open"},
                HibernationOptions={"Configured": False},
                EnclaveOptions={"Enabled": False},
                PlatformDetails="Linux/UNIX",
                UsageOperation="RunInstances",
                UsageOperationUpdateTime=WHEN,
            )


CORRECTIONS = {
    "ec2-describe-vpcs": correct_vpcs,
    "ec2-describe-subnets": correct_subnets,
    "ec2-describe-route-tables": correct_route_tables,
    "ec2-describe-security-groups": correct_groups,
    "ec2-describe-nat-gateways": correct_nat_gateways,
    "ec2-describe-addresses": correct_addresses,
    "ec2-describe-managed-prefix-lists": correct_prefix_lists,
    "ec2-describe-network-interfaces": correct_interfaces,
    "ec2-describe-instances": correct_instances,
}


def in_order(value, shape):
    """The keys in the order in which the CLI prints them: that of the service's model."""
    if shape.type_name == "structure":
        return {k: in_order(value[k], m) for k, m in shape.members.items() if k in value}
    if shape.type_name == "list":
        return [in_order(item, shape.member) for item in value]
    return value


def rename(text: str, names: dict[str, str], left: dict[str, list[str]]) -> str:
    def new(match):
        old = match.group(0)
        if old not in names and old not in names.values():
            kind = old.rpartition("-")[0]
            if kind in ("ami", "dopt", "ela-attach"):
                return old
            names[old] = f"{kind}-{left[kind].pop(0)}"
        return names.get(old, old)

    return ID.sub(new, text)


def main(dump: str, ids: str, out: str) -> None:
    names = {old: ROLES[role] for role, old in json.loads(pathlib.Path(ids).read_text()).items()}
    left = {kind: list(numbers) for kind, numbers in OTHERS.items()}
    models = botocore.session.get_session()
    target = pathlib.Path(out) / REGION
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted((pathlib.Path(dump) / REGION).glob("*.json")):
        answer = json.loads(path.read_text())
        CORRECTIONS.get(path.stem, lambda _: None)(answer)
        service, _, operation = path.stem.partition("-")
        model = models.get_service_model(service)
        named = "".join(
            {"db": "DB"}.get(word, word.capitalize()) for word in operation.split("-")
        )
        answer = in_order(answer, model.operation_model(named).output_shape)
        text = json.dumps(answer, indent=4, ensure_ascii=False) + "\n"
        (target / path.name).write_text(rename(text, names, left))


if __name__ == "__main__":
    main(*sys.argv[1:])
