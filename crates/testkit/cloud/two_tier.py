"""Builds the estate of the provider's migration guide and prints its ids as JSON.

    two_tier.py                (the endpoint from AWS_ENDPOINT_URL)

"Example: Enabling IPv6 in a VPC with a public and private subnet": a web server in a public
subnet, a database in a private one behind a NAT gateway, IPv4 only. The guide gives the
groups' rules and the instance types; addresses and names it leaves open are chosen here.

The account's default VPC is removed first, as many an organisation does: what is left is the
example and nothing else.
"""

import json

import boto3

ec2 = boto3.client("ec2", region_name="us-east-1")

# Amazon Linux 2: HVM with an EBS root, so the guide's way to resize the database is open.
IMAGE = "ami-04681a1dbd79675a5"


def remove_default_vpc() -> None:
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]:
        inside = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        for subnet in ec2.describe_subnets(Filters=inside)["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])


def named(kind: str, name: str) -> list:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def subnet(vpc: str, cidr: str, name: str) -> str:
    return ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=cidr,
        AvailabilityZone="us-east-1a",
        TagSpecifications=named("subnet", name),
    )["Subnet"]["SubnetId"]


def elastic_ip(name: str) -> str:
    return ec2.allocate_address(Domain="vpc", TagSpecifications=named("elastic-ip", name))[
        "AllocationId"
    ]


def route_table(vpc: str, of_subnet: str, name: str, **target) -> str:
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", name))[
        "RouteTable"
    ]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=of_subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
    return table


def group(vpc: str, name: str, description: str) -> str:
    return ec2.create_security_group(
        VpcId=vpc,
        GroupName=name,
        Description=description,
        TagSpecifications=named("security-group", name),
    )["GroupId"]


def tcp(port: int, **source) -> dict:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}


def instance(kind: str, of_subnet: str, address: str, of_group: str, name: str) -> tuple[str, str]:
    made = ec2.run_instances(
        ImageId=IMAGE,
        InstanceType=kind,
        SubnetId=of_subnet,
        PrivateIpAddress=address,
        SecurityGroupIds=[of_group],
        MinCount=1,
        MaxCount=1,
        TagSpecifications=named("instance", name),
    )["Instances"][0]
    return made["InstanceId"], made["NetworkInterfaces"][0]["NetworkInterfaceId"]


def build() -> dict:
    remove_default_vpc()
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=named("vpc", "example"))
    vpc = vpc["Vpc"]["VpcId"]
    public = subnet(vpc, "10.0.0.0/24", "public")
    private = subnet(vpc, "10.0.1.0/24", "private")

    igw = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "example"))
    igw = igw["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    nat_eip = elastic_ip("nat")
    nat = ec2.create_nat_gateway(
        SubnetId=public, AllocationId=nat_eip, TagSpecifications=named("natgateway", "example")
    )["NatGateway"]["NatGatewayId"]
    public_table = route_table(vpc, public, "public", GatewayId=igw)
    private_table = route_table(vpc, private, "private", NatGatewayId=nat)

    web = group(vpc, "web", "Web server")
    db = group(vpc, "db", "Database")
    anyone = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(
        GroupId=web,
        IpPermissions=[
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": db}]},
            tcp(80, **anyone),
            tcp(443, **anyone),
            tcp(22, IpRanges=[{"CidrIp": "203.0.113.123/32"}]),
        ],
    )
    ec2.authorize_security_group_ingress(
        GroupId=db, IpPermissions=[tcp(3306, UserIdGroupPairs=[{"GroupId": web}])]
    )

    web_instance, web_eni = instance("t2.medium", public, "10.0.0.10", web, "web")
    db_instance, db_eni = instance("m3.large", private, "10.0.1.10", db, "db")
    web_eip = elastic_ip("web")
    ec2.associate_address(AllocationId=web_eip, InstanceId=web_instance)

    return {
        "vpc": vpc,
        "public_subnet": public,
        "private_subnet": private,
        "internet_gateway": igw,
        "nat_gateway": nat,
        "nat_address": nat_eip,
        "web_address": web_eip,
        "public_route_table": public_table,
        "private_route_table": private_table,
        "web_group": web,
        "db_group": db,
        "web_instance": web_instance,
        "web_interface": web_eni,
        "db_instance": db_instance,
        "db_interface": db_eni,
    }


if __name__ == "__main__":
    print(json.dumps(build(), indent=2))
