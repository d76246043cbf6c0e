"""Each rule of strict_moto, seen from outside: boto3 against the server, one test a rule.

Run it with the tools' Python: python test_strict_moto.py [name ...]
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import subprocess
import sys

import boto3
import botocore.config
import botocore.exceptions

HERE = pathlib.Path(__file__).resolve().parent


@contextlib.contextmanager
def refused(code: str, says: str = ""):
    """The call inside must be refused with `code`, and the message must hold `says`."""
    try:
        yield
    except botocore.exceptions.ClientError as error:
        got = error.response["Error"]
        assert got["Code"] == code, f"{got['Code']}, not {code}: {got['Message']}"
        assert says in got["Message"], got["Message"]
    else:
        raise AssertionError(f"{code} expected, but it was done")


class Estate:
    """A VPC with two subnets, made new for each test."""

    def __init__(self, client):
        self.client = client
        self.ec2 = ec2 = client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.one = self.subnet("10.0.0.0/24")
        self.two = self.subnet("10.0.1.0/24")

    def subnet(self, cidr):
        return self.ec2.create_subnet(
            VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone="us-east-1a"
        )["Subnet"]["SubnetId"]

    def with_prefix(self) -> str:
        """Associates a prefix and gives its text without the length and the colons."""
        answer = self.ec2.associate_vpc_cidr_block(
            VpcId=self.vpc, AmazonProvidedIpv6CidrBlock=True
        )["Ipv6CidrBlockAssociation"]
        self.vpc_association = answer["AssociationId"]
        self.block = answer["Ipv6CidrBlock"]
        return self.block.removesuffix("00::/56")

    def associate(self, subnet, block):
        return self.ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=block)[
            "Ipv6CidrBlockAssociation"
        ]["AssociationId"]

    def acl(self, **filters):
        wanted = [{"Name": "vpc-id", "Values": [self.vpc]}]
        return self.ec2.describe_network_acls(Filters=wanted)["NetworkAcls"][0]

    def group(self, name):
        return self.ec2.create_security_group(
            GroupName=name, Description=name, VpcId=self.vpc
        )["GroupId"]

    def egress(self, group):
        found = self.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        return found["IpPermissionsEgress"]

    def instance(self, kind, subnet=None):
        made = self.ec2.run_instances(
            ImageId="ami-03cf127a",
            InstanceType=kind,
            SubnetId=subnet or self.one,
            MinCount=1,
            MaxCount=1,
        )["Instances"][0]
        return made["InstanceId"], made["NetworkInterfaces"][0]["NetworkInterfaceId"]


def test_subnet_prefix_must_lie_in_the_vpc_and_have_a_legal_length(e):
    with refused("InvalidSubnet.Range"):
        e.associate(e.one, "2001:db8::/64")
    base = e.with_prefix()
    with refused("InvalidSubnet.Range", "The IPv6 CIDR '2001:db8::/64' is invalid."):
        e.associate(e.one, "2001:db8::/64")
    for block in ("zz::/64", f"{base}00::/62", f"{base}00::/68", f"{base}00::1/64"):
        with refused("InvalidParameterValue", "ipv6-cidr-block"):
            e.associate(e.one, block)
    e.associate(e.one, f"{base}00::/60")


def test_subnet_prefixes_do_not_overlap(e):
    base = e.with_prefix()
    e.associate(e.one, f"{base}00::/60")
    with refused("InvalidSubnet.Conflict"):
        e.associate(e.two, f"{base}01::/64")
    with refused("InvalidSubnet.Conflict"):
        e.ec2.create_subnet(VpcId=e.vpc, CidrBlock="10.0.2.0/24", Ipv6CidrBlock=f"{base}02::/64")
    e.associate(e.two, f"{base}10::/64")


def test_a_subnet_has_one_prefix_and_its_state_is_a_word(e):
    base = e.with_prefix()
    e.associate(e.one, f"{base}00::/64")
    with refused("CidrLimitExceeded"):
        e.associate(e.one, f"{base}01::/64")
    shown = e.ec2.describe_subnets(SubnetIds=[e.one])["Subnets"][0]
    (entry,) = shown["Ipv6CidrBlockAssociationSet"]
    assert entry["Ipv6CidrBlockState"] == {"State": "associated"}, entry
    assert entry["Ipv6CidrBlock"] == f"{base}00::/64"


def test_a_prefix_adds_local_routes_and_leaves_them_when_it_goes(e):
    e.with_prefix()

    def local():
        wanted = [{"Name": "vpc-id", "Values": [e.vpc]}]
        tables = e.ec2.describe_route_tables(Filters=wanted)["RouteTables"]
        return [r.get("DestinationIpv6CidrBlock") for t in tables for r in t["Routes"]]

    assert e.block in local()
    e.ec2.disassociate_vpc_cidr_block(AssociationId=e.vpc_association)
    assert e.block not in local()


def test_a_prefix_opens_the_default_acl_if_untouched(e):
    e.with_prefix()
    entries = e.acl()["Entries"]
    for egress in (True, False):
        ours = [x for x in entries if x["Egress"] == egress]
        assert [x["RuleNumber"] for x in ours] == [100, 101, 32767, 32768], ours
        assert ours[1]["Ipv6CidrBlock"] == "::/0" and ours[1]["RuleAction"] == "allow"
        assert ours[3]["Ipv6CidrBlock"] == "::/0" and ours[3]["RuleAction"] == "deny"


def test_a_modified_acl_gets_only_the_deny_and_only_in_its_direction(e):
    acl = e.acl()["NetworkAclId"]
    e.ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=90, Protocol="6", RuleAction="deny", Egress=False,
        CidrBlock="192.0.2.9/24", PortRange={"From": 22, "To": 22},
    )
    e.with_prefix()
    entries = e.acl()["Entries"]
    inbound = [x["RuleNumber"] for x in entries if not x["Egress"]]
    outbound = [x["RuleNumber"] for x in entries if x["Egress"]]
    assert inbound == [90, 100, 32767, 32768], inbound
    assert outbound == [100, 101, 32767, 32768], outbound
    assert any(x.get("CidrBlock") == "192.0.2.0/24" for x in entries), "not canonical"


def test_a_custom_acl_denies_and_gets_only_the_deny(e):
    acl = e.ec2.create_network_acl(VpcId=e.vpc)["NetworkAcl"]["NetworkAclId"]

    def numbers():
        shown = e.ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]
        return [x["RuleNumber"] for x in shown["Entries"]]

    assert numbers() == [32767, 32767]
    e.with_prefix()
    assert numbers() == [32767, 32768] * 2
    later = e.ec2.create_network_acl(VpcId=e.vpc)["NetworkAcl"]["Entries"]
    assert [x["RuleNumber"] for x in later] == [32767, 32768] * 2


def test_a_prefix_opens_the_egress_of_untouched_groups_only(e):
    plain, modified = e.group("plain"), e.group("modified")
    e.ec2.authorize_security_group_egress(
        GroupId=modified,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 25, "ToPort": 25,
                        "IpRanges": [{"CidrIp": "198.51.100.0/24"}]}],
    )
    e.with_prefix()
    assert e.egress(plain)[0]["Ipv6Ranges"] == [{"CidrIpv6": "::/0"}]
    assert not any(p["Ipv6Ranges"] for p in e.egress(modified))


def test_ipv6_egress_can_be_revoked_when_the_prefix_is_gone(e):
    group = e.group("plain")
    e.with_prefix()
    e.ec2.disassociate_vpc_cidr_block(AssociationId=e.vpc_association)
    rule = [{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]
    e.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=rule)
    assert not e.egress(group)[0]["Ipv6Ranges"]
    with refused("InvalidPermission.NotFound"):
        e.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=rule)


def test_a_vpc_prefix_in_use_stays(e):
    base = e.with_prefix()
    association = e.associate(e.one, f"{base}00::/64")
    with refused("InvalidCidrBlock.InUse", "currently has a subnet within CIDR block"):
        e.ec2.disassociate_vpc_cidr_block(AssociationId=e.vpc_association)
    e.ec2.disassociate_subnet_cidr_block(AssociationId=association)
    e.ec2.disassociate_vpc_cidr_block(AssociationId=e.vpc_association)


def test_a_disassociated_vpc_prefix_lingers_but_does_not_count(e):
    e.with_prefix()
    e.ec2.disassociate_vpc_cidr_block(AssociationId=e.vpc_association)
    shown = e.ec2.describe_vpcs(VpcIds=[e.vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    assert [x["Ipv6CidrBlockState"]["State"] for x in shown] == ["disassociated"], shown
    assert not e.egress(e.group("later"))[0]["Ipv6Ranges"]
    e.with_prefix()
    shown = e.ec2.describe_vpcs(VpcIds=[e.vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    states = [x["Ipv6CidrBlockState"]["State"] for x in shown]
    assert states == ["disassociated", "associated"], shown


def test_a_subnet_prefix_in_use_stays(e):
    base = e.with_prefix()
    association = e.associate(e.one, f"{base}00::/64")
    switch = lambda on: e.ec2.modify_subnet_attribute(
        SubnetId=e.one, AssignIpv6AddressOnCreation={"Value": on}
    )
    switch(True)
    with refused("InvalidCidrBlock.InUse", "has assign-ipv6-address-on-creation set to true"):
        e.ec2.disassociate_subnet_cidr_block(AssociationId=association)
    switch(False)
    _, eni = e.instance("t2.medium")
    given = e.ec2.assign_ipv6_addresses(NetworkInterfaceId=eni, Ipv6AddressCount=1)
    with refused("InvalidCidrBlock.InUse"):
        e.ec2.disassociate_subnet_cidr_block(AssociationId=association)
    e.ec2.unassign_ipv6_addresses(
        NetworkInterfaceId=eni, Ipv6Addresses=given["AssignedIpv6Addresses"]
    )
    e.ec2.disassociate_subnet_cidr_block(AssociationId=association)
    shown = e.ec2.describe_subnets(SubnetIds=[e.one])["Subnets"][0]
    assert shown["Ipv6CidrBlockAssociationSet"] == []
    e.associate(e.one, f"{base}00::/64")


def test_a_route_exists_once_and_outlives_its_gateway(e):
    wanted = [{"Name": "vpc-id", "Values": [e.vpc]}]
    table = e.ec2.describe_route_tables(Filters=wanted)["RouteTables"][0]["RouteTableId"]
    gateway = e.ec2.create_egress_only_internet_gateway(VpcId=e.vpc)
    gateway = gateway["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    route = lambda to: e.ec2.create_route(
        RouteTableId=table, DestinationIpv6CidrBlock=to, EgressOnlyInternetGatewayId=gateway
    )
    route("::/0")
    for same in ("::/0", "::1/0"):
        with refused("RouteAlreadyExists"):
            route(same)
    e.ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=gateway)
    routes = e.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert [r["State"] for r in routes] == ["active", "blackhole"], routes


def test_a_nat_gateway_is_no_host(e):
    address = e.ec2.allocate_address(Domain="vpc")
    nat = e.ec2.create_nat_gateway(SubnetId=e.one, AllocationId=address["AllocationId"])
    nat = nat["NatGateway"]["NatGatewayId"]
    wanted = [{"Name": "subnet-id", "Values": [e.one]}]
    interfaces = lambda: e.ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    (eni,) = interfaces()
    assert eni["InterfaceType"] == "nat_gateway" and eni["Groups"] == [], eni
    assert eni["PrivateIpAddress"].startswith("10.0.0."), eni
    assert eni["PrivateIpAddresses"][0]["Association"]["PublicIp"] == address["PublicIp"]
    e.ec2.delete_nat_gateway(NatGatewayId=nat)
    assert not interfaces()
    assert "AssociationId" not in e.ec2.describe_addresses()["Addresses"][0]


def test_a_default_group_admits_its_members_and_goes_with_its_vpc(e):
    wanted = [{"Name": "vpc-id", "Values": [e.vpc]}]
    (group,) = e.ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    assert rule["UserIdGroupPairs"][0]["GroupId"] == group["GroupId"], rule
    assert not e.ec2.describe_subnets(SubnetIds=[e.one])["Subnets"][0]["DefaultForAz"]
    for subnet in (e.one, e.two):
        e.ec2.delete_subnet(SubnetId=subnet)
    assert not e.acl()["Associations"]
    e.ec2.delete_vpc(VpcId=e.vpc)
    assert not e.ec2.describe_network_acls(Filters=wanted)["NetworkAcls"]


def test_a_client_token_makes_one_thing(e):
    make = lambda vpc, token: e.ec2.create_egress_only_internet_gateway(
        VpcId=vpc, ClientToken=token
    )["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    first = make(e.vpc, "a")
    assert make(e.vpc, "a") == first
    assert make(e.vpc, "b") != first
    assert len(e.ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"]) == 2
    other = e.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    with refused("IdempotentParameterMismatch"):
        make(other, "a")


def test_dry_run_does_nothing(e):
    acl = e.acl()["NetworkAclId"]
    before = len(e.ec2.describe_vpcs()["Vpcs"])
    for call in (
        lambda: e.ec2.create_vpc(CidrBlock="10.1.0.0/16", DryRun=True),
        lambda: e.ec2.create_egress_only_internet_gateway(VpcId=e.vpc, DryRun=True),
        lambda: e.ec2.create_network_acl_entry(
            NetworkAclId=acl, RuleNumber=7, Protocol="-1", RuleAction="allow", Egress=False,
            CidrBlock="0.0.0.0/0", DryRun=True,
        ),
        lambda: e.ec2.delete_subnet(SubnetId=e.one, DryRun=True),
    ):
        with refused("DryRunOperation"):
            call()
    assert len(e.ec2.describe_vpcs()["Vpcs"]) == before
    assert not e.ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"]
    assert len(e.acl()["Entries"]) == 4
    assert e.ec2.describe_subnets(SubnetIds=[e.one])["Subnets"]


def test_a_running_instance_keeps_its_type(e):
    instance, _ = e.instance("m3.large")
    change = lambda to: e.ec2.modify_instance_attribute(
        InstanceId=instance, InstanceType={"Value": to}
    )
    with refused("IncorrectInstanceState"):
        change("m4.large")
    e.ec2.stop_instances(InstanceIds=[instance])
    change("m4.large")
    e.ec2.start_instances(InstanceIds=[instance])
    shown = e.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert shown["InstanceType"] == "m4.large" and shown["State"]["Name"] == "running"


def test_an_old_instance_type_gets_no_address(e):
    base = e.with_prefix()
    e.associate(e.one, f"{base}00::/64")
    instance, eni = e.instance("m3.large")
    with refused("UnsupportedOperation", "not supported on m3.large"):
        e.ec2.assign_ipv6_addresses(NetworkInterfaceId=eni, Ipv6AddressCount=1)
    e.ec2.modify_subnet_attribute(SubnetId=e.one, AssignIpv6AddressOnCreation={"Value": True})
    with refused("UnsupportedOperation", "not supported on m3.large"):
        e.instance("m3.large")
    # A type without IPv6 is no way back for an instance that has an address.
    instance, _ = e.instance("t2.medium")
    e.ec2.stop_instances(InstanceIds=[instance])
    with refused("UnsupportedOperation", "not supported on m3.large"):
        e.ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "m3.large"})


def test_an_address_comes_from_the_subnet_and_is_given_once(e):
    _, eni = e.instance("t2.medium")
    _, other = e.instance("t2.medium")
    give = lambda to, *addresses: e.ec2.assign_ipv6_addresses(
        NetworkInterfaceId=to, Ipv6Addresses=list(addresses)
    )["AssignedIpv6Addresses"]
    with refused("InvalidParameterCombination"):
        e.ec2.assign_ipv6_addresses(NetworkInterfaceId=eni, Ipv6AddressCount=1)
    base = e.with_prefix()
    e.associate(e.one, f"{base}00::/64")
    for outside in (f"{base}01::5", "2001:db8::5", f"{base}00::1"):
        with refused("InvalidParameterValue"):
            give(eni, outside)
    assert give(eni, f"{base}00:0:0:0:a") == [f"{base}00::a"]
    for again in (eni, other):
        with refused("InvalidIPAddress.InUse"):
            give(again, f"{base}00::a")
    # Only what this call added.
    assert give(eni, f"{base}00::b") == [f"{base}00::b"]
    more = e.ec2.assign_ipv6_addresses(NetworkInterfaceId=eni, Ipv6AddressCount=2)
    assert len(more["AssignedIpv6Addresses"]) == 2
    shown = e.ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"][0]
    assert len(shown["Ipv6Addresses"]) == 4


def test_assign_on_creation_needs_a_prefix_and_concerns_new_interfaces(e):
    switch = lambda: e.ec2.modify_subnet_attribute(
        SubnetId=e.one, AssignIpv6AddressOnCreation={"Value": True}
    )
    with refused("InvalidParameterValue"):
        switch()
    base = e.with_prefix()
    e.associate(e.one, f"{base}00::/64")
    before, _ = e.instance("t2.medium")
    switch()
    after, _ = e.instance("t2.medium")
    shown = {
        i["InstanceId"]: i
        for r in e.ec2.describe_instances(InstanceIds=[before, after])["Reservations"]
        for i in r["Instances"]
    }
    assert "Ipv6Address" not in shown[before]
    assert shown[after]["Ipv6Address"] == f"{base}00::4"


def test_a_dual_stack_balancer_needs_prefixes(e):
    elbv2 = e.client("elbv2")
    make = lambda name, **more: elbv2.create_load_balancer(
        Name=name, Type="network", Subnets=[e.one], **more
    )
    arn = make("a")["LoadBalancers"][0]["LoadBalancerArn"]
    switch = lambda: elbv2.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="dualstack")
    with refused("ValidationError", "an associated IPv6 CIDR block"):
        switch()
    with refused("ValidationError", "an associated IPv6 CIDR block"):
        make("b", IpAddressType="dualstack")
    e.associate(e.one, f"{e.with_prefix()}00::/64")
    switch()
    make("c", IpAddressType="dualstack")


def test_an_aaaa_record_holds_an_ipv6_address(e):
    route53 = e.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]

    def upsert(value):
        records = {"Name": "www.example.com", "Type": "AAAA", "TTL": 60,
                   "ResourceRecords": [{"Value": value}]}
        change = {"Action": "UPSERT", "ResourceRecordSet": records}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})

    with refused("InvalidChangeBatch", "not a valid IPv6 address"):
        upsert("10.0.0.1")
    upsert("2001:db8::1")


def test_dns_switches_are_kept(e):
    with refused("InvalidParameterCombination"):
        e.ec2.modify_subnet_attribute(
            SubnetId=e.one, EnableDns64={"Value": True}, MapPublicIpOnLaunch={"Value": True}
        )
    e.ec2.modify_subnet_attribute(SubnetId=e.one, EnableDns64={"Value": True})
    e.ec2.modify_subnet_attribute(
        SubnetId=e.one, EnableResourceNameDnsAAAARecordOnLaunch={"Value": True}
    )
    shown = e.ec2.describe_subnets(SubnetIds=[e.one])["Subnets"][0]
    assert shown["EnableDns64"] is True
    assert shown["PrivateDnsNameOptionsOnLaunch"]["EnableResourceNameDnsAAAARecord"] is True


def test_icmp_types_are_kept(e):
    acl = e.acl()["NetworkAclId"]
    for number, kind in ((110, 2), (111, 128)):
        e.ec2.create_network_acl_entry(
            NetworkAclId=acl, RuleNumber=number, Protocol="58", RuleAction="allow",
            Egress=False, Ipv6CidrBlock="2001:db8::1/32", IcmpTypeCode={"Type": kind, "Code": -1},
        )
    entries = {x["RuleNumber"]: x for x in e.acl()["Entries"] if not x["Egress"]}
    assert entries[110]["IcmpTypeCode"] == {"Type": 2, "Code": -1}, entries[110]
    assert entries[111]["IcmpTypeCode"]["Type"] == 128
    assert entries[110]["Ipv6CidrBlock"] == "2001:db8::/32"


def test_an_acl_entry_is_whole_and_has_a_number_of_its_own(e):
    acl = e.acl()["NetworkAclId"]
    add = lambda number, protocol, **more: e.ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=number, Protocol=protocol, RuleAction="allow",
        Egress=False, **more,
    )
    for number in (0, 32767, 32768):
        with refused("InvalidParameterValue"):
            add(number, "-1", Ipv6CidrBlock="::/0")
        with refused("InvalidParameterValue"):
            e.ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=number, Egress=False)
    for protocol in ("58", "6", "17"):
        with refused("MissingParameter"):
            add(110, protocol, Ipv6CidrBlock="::/0")
    with refused("InvalidParameterCombination"):
        add(110, "-1", Ipv6CidrBlock="::/0", CidrBlock="0.0.0.0/0")
    # One row of numbers for both families.
    with refused("NetworkAclEntryAlreadyExists"):
        add(100, "-1", Ipv6CidrBlock="::/0")


def test_an_acl_has_so_many_entries_and_is_found_by_its_id(e):
    acl = e.acl()["NetworkAclId"]
    add = lambda number: e.ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=number, Protocol="-1", RuleAction="allow",
        Egress=False, CidrBlock="10.0.0.0/8",
    )
    for number in range(1, 19):
        add(number)
    with refused("NetworkAclEntryLimitExceeded"):
        add(19)
    e.ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=19, Protocol="-1", RuleAction="allow", Egress=False,
        Ipv6CidrBlock="::/0",
    )
    wanted = [{"Name": "network-acl-id", "Values": [acl]}]
    assert len(e.ec2.describe_network_acls(Filters=wanted)["NetworkAcls"]) == 1


def test_a_second_prefix_opens_the_default_acl_again(e):
    e.with_prefix()
    acl = e.acl()["NetworkAclId"]
    for egress in (True, False):
        e.ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=101, Egress=egress)
    e.ec2.disassociate_vpc_cidr_block(AssociationId=e.vpc_association)
    e.with_prefix()
    opened = [entry for entry in e.acl()["Entries"] if entry["RuleNumber"] == 101]
    assert len(opened) == 2, e.acl()


def test_a_transit_route_exists_once_and_leads_somewhere(e):
    tgw = e.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    attachment = e.ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=tgw, VpcId=e.vpc, SubnetIds=[e.one]
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    table = e.ec2.create_transit_gateway_route_table(TransitGatewayId=tgw)["TransitGatewayRouteTable"]
    route = {
        "TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"],
        "DestinationCidrBlock": "2001:db8::/32",
    }
    made = e.ec2.create_transit_gateway_route(TransitGatewayAttachmentId=attachment, **route)
    to = made["Route"]["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"]
    assert to == attachment, made
    with refused("RouteAlreadyExists"):
        e.ec2.create_transit_gateway_route(Blackhole=True, **route)
    e.ec2.delete_transit_gateway_route(**route)
    with refused("InvalidRoute.NotFound"):
        e.ec2.delete_transit_gateway_route(**route)


def test_an_endpoint_keeps_its_address_type(e):
    service = "com.amazonaws.us-east-1.ec2"
    endpoint = e.ec2.create_vpc_endpoint(
        VpcId=e.vpc, ServiceName=service, VpcEndpointType="Interface", SubnetIds=[e.one]
    )["VpcEndpoint"]["VpcEndpointId"]
    kind = lambda: e.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0][
        "IpAddressType"
    ]
    assert kind() == "ipv4"
    with refused("InvalidParameter"):
        e.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, IpAddressType="dualstack")
    e.associate(e.one, e.with_prefix() + "01::/64")
    e.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, IpAddressType="dualstack")
    assert kind() == "dualstack"


def test_a_database_has_a_network_type(e):
    rds = e.client("rds")
    made = rds.create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres",
        AllocatedStorage=20, MasterUsername="admin", MasterUserPassword="hunter2hunter2",
    )["DBInstance"]
    assert made["NetworkType"] == "IPV4", made
    made = rds.modify_db_instance(
        DBInstanceIdentifier="db", NetworkType="DUAL", ApplyImmediately=True
    )["DBInstance"]
    assert made["NetworkType"] == "DUAL", made


def test_authorize_answers_every_rule_in_canonical_form(e):
    group = e.group("web")
    port = lambda n, to: {"IpProtocol": "tcp", "FromPort": n, "ToPort": n,
                          "Ipv6Ranges": [{"CidrIpv6": to}]}
    answer = e.ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[port(80, "::/0"), port(443, "2001:db8::7/64"),
                       {"IpProtocol": "icmpv6", "FromPort": -1, "ToPort": -1,
                        "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}],
    )["SecurityGroupRules"]
    assert [r["CidrIpv6"] for r in answer] == ["::/0", "2001:db8::/64", "::/0"], answer
    assert answer[2]["IpProtocol"] == "icmpv6"
    # All or nothing: the second permission is a duplicate, so the first is not kept.
    with refused("InvalidPermission.Duplicate"):
        e.ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[port(8080, "::/0"), port(443, "2001:db8::/64")]
        )
    shown = e.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert len(shown["IpPermissions"]) == 3


def test_answers_come_in_pages(e):
    for n in range(2, 9):
        e.subnet(f"10.0.{n}.0/24")
    seen, token = [], {}
    while True:
        page = e.ec2.describe_subnets(MaxResults=5, **token)
        assert len(page["Subnets"]) <= 5
        seen += [s["SubnetId"] for s in page["Subnets"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert len(seen) == len(set(seen)) == len(e.ec2.describe_subnets()["Subnets"]) > 5
    for _ in range(6):
        e.instance("t2.medium")
        e.group(f"g{_}")
        e.ec2.create_vpc(CidrBlock="10.8.0.0/16")
    for verb, key in (
        ("vpcs", "Vpcs"), ("route_tables", "RouteTables"), ("network_acls", "NetworkAcls"),
        ("security_groups", "SecurityGroups"), ("network_interfaces", "NetworkInterfaces"),
        ("instances", "Reservations"),
    ):
        first = getattr(e.ec2, f"describe_{verb}")(MaxResults=5)
        assert len(first[key]) == 5 and first["NextToken"], verb
        pages = e.ec2.get_paginator(f"describe_{verb}").paginate(PaginationConfig={"PageSize": 5})
        whole = getattr(e.ec2, f"describe_{verb}")()[key]
        assert sum(len(p[key]) for p in pages) == len(whole), verb
    with refused("InvalidParameterValue"):
        e.ec2.describe_subnets(MaxResults=1001)
    with refused("InvalidParameterCombination"):
        e.ec2.describe_instances(MaxResults=5, InstanceIds=[e.instance("t2.medium")[0]])
    assert e.ec2.describe_subnets(MaxResults=5, SubnetIds=[e.one])["Subnets"]


def test_address_pools_are_refused_and_do_no_harm(e):
    with refused("UnsupportedOperation"):
        e.ec2.associate_vpc_cidr_block(
            VpcId=e.vpc, Ipv6Pool="ipv6pool-ec2-1", Ipv6CidrBlock="2001:db8::/56"
        )
    assert e.ec2.describe_vpcs()["Vpcs"]


def test_a_template_makes_a_vpc_dual_stack(e):
    ref = lambda name: {"Ref": name}
    kind = lambda name, **given: {"Type": f"AWS::EC2::{name}", "Properties": given}
    block = {"Fn::Select": [0, {"Fn::GetAtt": ["Vpc", "Ipv6CidrBlocks"]}]}
    subnet = {"Fn::Select": [1, {"Fn::Cidr": [block, 4, 64]}]}
    after = lambda part: {**part, "DependsOn": "Prefix"}
    template = {
        "Resources": {
            "Vpc": kind("VPC", CidrBlock="10.5.0.0/16"),
            "Prefix": kind("VPCCidrBlock", VpcId=ref("Vpc"), AmazonProvidedIpv6CidrBlock=True),
            "Subnet": kind("Subnet", VpcId=ref("Vpc"), CidrBlock="10.5.0.0/24"),
            "SubnetPrefix": after(
                kind("SubnetCidrBlock", SubnetId=ref("Subnet"), Ipv6CidrBlock=subnet)
            ),
            "Other": after(
                kind(
                    "Subnet", VpcId=ref("Vpc"), CidrBlock="10.5.1.0/24",
                    Ipv6CidrBlock={"Fn::Select": [2, {"Fn::Cidr": [block, 4, 64]}]},
                    AssignIpv6AddressOnCreation=True,
                )
            ),
            "Egress": kind("EgressOnlyInternetGateway", VpcId=ref("Vpc")),
            "Acl": kind("NetworkAcl", VpcId=ref("Vpc")),
            "Entry": kind(
                "NetworkAclEntry", NetworkAclId=ref("Acl"), RuleNumber=110, Protocol=58,
                RuleAction="allow", Ipv6CidrBlock="::/0", Icmp={"Type": 2, "Code": -1},
            ),
        }
    }
    formation = e.client("cloudformation")
    formation.create_stack(StackName="s", TemplateBody=json.dumps(template))
    (stack,) = formation.describe_stacks(StackName="s")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    made = {
        part["LogicalResourceId"]: part["PhysicalResourceId"]
        for part in formation.describe_stack_resources(StackName="s")["StackResources"]
    }
    shown = e.ec2.describe_subnets(SubnetIds=[made["Subnet"]])["Subnets"][0]
    assert shown["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].endswith("01::/64"), shown
    shown = e.ec2.describe_subnets(SubnetIds=[made["Other"]])["Subnets"][0]
    assert shown["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].endswith("02::/64"), shown
    assert shown["AssignIpv6AddressOnCreation"] is True
    acl = e.ec2.describe_network_acls(NetworkAclIds=[made["Acl"]])["NetworkAcls"][0]
    assert any(x.get("IcmpTypeCode") for x in acl["Entries"]), acl


def test_public_access_is_off_until_switched(e):
    shown = e.ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert shown["InternetGatewayBlockMode"] == "off", shown
    e.ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-ingress")
    shown = e.ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert shown["InternetGatewayBlockMode"] == "block-ingress"
    e.ec2.create_vpc_block_public_access_exclusion(
        SubnetId=e.one, InternetGatewayExclusionMode="allow-egress"
    )
    (found,) = e.ec2.describe_vpc_block_public_access_exclusions()[
        "VpcBlockPublicAccessExclusions"
    ]
    assert found["ResourceArn"].endswith(f":subnet/{e.one}")


def test_an_object_is_put_once_where_none_is(e):
    s3 = e.client("s3")
    s3.create_bucket(Bucket="once")

    def put(n):
        try:
            s3.put_object(Bucket="once", Key="k", Body=b"%d" % n, IfNoneMatch="*")
        except botocore.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "PreconditionFailed"
            return 0
        return 1

    with concurrent.futures.ThreadPoolExecutor(8) as many:
        assert sum(many.map(put, range(32))) == 1
    there = s3.head_object(Bucket="once", Key="k")["ETag"]
    s3.put_object(Bucket="once", Key="k", Body=b"next", IfMatch=there)
    with refused("PreconditionFailed"):
        s3.put_object(Bucket="once", Key="k", Body=b"late", IfMatch=there)


def main() -> int:
    server = subprocess.Popen(
        [sys.executable, "-m", "strict_moto", "--until-stdin-closes"],
        cwd=HERE,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    endpoint = server.stdout.readline().strip()
    assert endpoint, "the server did not start"
    client = lambda service: boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=botocore.config.Config(
            retries={"max_attempts": 0}, parameter_validation=False
        ),
    )
    tests = {name: t for name, t in globals().items() if name.startswith("test_")}
    chosen = sys.argv[1:] or list(tests)
    failed = []
    for name in chosen:
        try:
            tests[name](Estate(client))
        except Exception as error:  # reported below; the other rules are still of interest
            failed.append(name)
            print(f"FAIL {name}: {type(error).__name__}: {error}")
        reset(endpoint)
    server.stdin.close()
    server.wait()
    print(f"{len(chosen) - len(failed)} of {len(chosen)} rules hold")
    return 1 if failed else 0


def reset(endpoint: str) -> None:
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST"))


if __name__ == "__main__":
    sys.exit(main())
