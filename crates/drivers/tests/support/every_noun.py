"""Adds one of every kind of thing that the product reads to the cloud at AWS_ENDPOINT_URL."""

import boto3

REGION = "us-east-1"
IMAGE = "ami-04681a1dbd79675a5"
ec2 = boto3.client("ec2", region_name=REGION)


def network(cidr: str) -> tuple[str, list[str]]:
    vpc = ec2.create_vpc(
        CidrBlock=cidr,
        AmazonProvidedIpv6CidrBlock=True,
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "é & <b>"}]}],
    )["Vpc"]["VpcId"]
    prefix = cidr.rsplit(".", 2)[0]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"{prefix}.{i}.0/24", AvailabilityZone=f"{REGION}{zone}")
        for i, zone in enumerate("ab")
    ]
    return vpc, [subnet["Subnet"]["SubnetId"] for subnet in subnets]


def gateways(vpc: str, table: str) -> None:
    eigw = ec2.create_egress_only_internet_gateway(VpcId=vpc)["EgressOnlyInternetGateway"]
    ec2.create_route(
        RouteTableId=table,
        DestinationIpv6CidrBlock="::/0",
        EgressOnlyInternetGatewayId=eigw["EgressOnlyInternetGatewayId"],
    )
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3", VpcEndpointType="Gateway", RouteTableIds=[table]
    )


def vpn(vpc: str) -> None:
    vgw = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=vpc)
    cgw = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="192.0.2.1", BgpAsn=65000)["CustomerGateway"]
    ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=cgw["CustomerGatewayId"], VpnGatewayId=vgw
    )


def transit(vpc: str, subnets: list[str], peer: str) -> None:
    tgw = ec2.create_transit_gateway(Description="hub")["TransitGateway"]["TransitGatewayId"]
    attachment = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=tgw, VpcId=vpc, SubnetIds=subnets, Options={"Ipv6Support": "enable"}
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=tgw)["TransitGatewayRouteTable"]
    of_table = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"]}
    ec2.associate_transit_gateway_route_table(TransitGatewayAttachmentId=attachment, **of_table)
    ec2.enable_transit_gateway_route_table_propagation(TransitGatewayAttachmentId=attachment, **of_table)
    ec2.create_transit_gateway_route(
        DestinationCidrBlock="10.9.0.0/16", TransitGatewayAttachmentId=attachment, **of_table
    )
    ec2.create_transit_gateway_route(DestinationCidrBlock="192.0.2.0/24", Blackhole=True, **of_table)
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=peer)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])


def firewalls(vpc: str, subnet: str) -> str:
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=100, Protocol="6", RuleAction="allow", Egress=False,
        Ipv6CidrBlock="2001:db8::/32", PortRange={"From": 443, "To": 443},
    )
    prefixes = ec2.create_managed_prefix_list(
        PrefixListName="offices", AddressFamily="IPv6", MaxEntries=5,
        Entries=[{"Cidr": "2001:db8::/32", "Description": "head office"}],
    )["PrefixList"]["PrefixListId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="all", Description="of everything")["GroupId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {**https, "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32", "Description": "a \"quoted\" one"}]},
            {**https, "FromPort": 80, "ToPort": 80, "PrefixListIds": [{"PrefixListId": prefixes}]},
            {"IpProtocol": "icmpv6", "FromPort": -1, "ToPort": -1, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
        ],
    )
    ec2.create_network_interface(SubnetId=subnet, Groups=[group], Description="loose")
    return group


def balancers(vpc: str, subnets: list[str], group: str) -> None:
    instance = ec2.run_instances(
        ImageId=IMAGE, InstanceType="t3.micro", SubnetId=subnets[0], SecurityGroupIds=[group], MinCount=1, MaxCount=1
    )["Instances"][0]["InstanceId"]
    elbv2 = boto3.client("elbv2", region_name=REGION)
    for kind, protocol in (("application", "HTTP"), ("network", "TCP")):
        balancer = elbv2.create_load_balancer(Name=kind, Type=kind, Subnets=subnets)["LoadBalancers"][0]
        pool = elbv2.create_target_group(
            Name=kind, Protocol=protocol, Port=80, VpcId=vpc, TargetType="instance"
        )["TargetGroups"][0]["TargetGroupArn"]
        elbv2.register_targets(TargetGroupArn=pool, Targets=[{"Id": instance}])
        elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol=protocol, Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": pool}],
        )
    boto3.client("elb", region_name=REGION).create_load_balancer(
        LoadBalancerName="classic", Subnets=subnets, SecurityGroups=[group],
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}],
    )


def stores(subnets: list[str], group: str) -> None:
    rds = boto3.client("rds", region_name=REGION)
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=subnets)
    user = {"MasterUsername": "admin", "MasterUserPassword": "hunter2hunter2"}
    rds.create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20,
        DBSubnetGroupName="db", VpcSecurityGroupIds=[group], **user,
    )
    rds.create_db_cluster(
        DBClusterIdentifier="aurora", Engine="aurora-postgresql", DBSubnetGroupName="db", **user
    )
    cache = boto3.client("elasticache", region_name=REGION)
    cache.create_cache_cluster(
        CacheClusterId="cache", Engine="redis", NumCacheNodes=1, CacheNodeType="cache.t3.micro"
    )
    cache.create_replication_group(
        ReplicationGroupId="group", ReplicationGroupDescription="two of them", Engine="redis",
        CacheNodeType="cache.t3.micro", NumCacheClusters=2,
    )


def main() -> None:
    vpc, subnets = network("10.8.0.0/16")
    peer, _ = network("10.9.0.0/16")
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    gateways(vpc, tables[0]["RouteTableId"])
    vpn(vpc)
    transit(vpc, subnets, peer)
    group = firewalls(vpc, subnets[0])
    balancers(vpc, subnets, group)
    stores(subnets, group)


if __name__ == "__main__":
    main()
