//! Networks, subnets, gateways, routes, links, endpoints: tables.

use expect_test::{Expect, expect};

use crate::check::shown;

fn check(json: &str, expected: &Expect) {
    expected.assert_eq(&shown(&[("us-east-1/file.json", json)]));
}

#[test]
fn blocks_by_state_and_source() {
    check(
        r#"{"Vpcs": [{"VpcId": "vpc-1", "OwnerId": "1", "CidrBlock": "10.0.0.9/16", "CidrBlockAssociationSet": [
            {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
            {"CidrBlock": "10.2.0.0/16", "CidrBlockState": {"State": "associating"}},
            {"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "disassociated"}}],
          "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": "2600:1f18:1::/56", "Ipv6CidrBlockState": {"State": "disassociated"}, "Ipv6Pool": "Amazon"},
            {"Ipv6CidrBlock": "2600:1f18:2::/56", "Ipv6CidrBlockState": {"State": "associated"}, "Ipv6Pool": "Amazon", "NetworkBorderGroup": "us-east-1"},
            {"Ipv6CidrBlock": "2600:1f18:3::/56", "Ipv6CidrBlockState": {"State": "associated"}, "Ipv6Pool": "Amazon", "NetworkBorderGroup": "us-west-2-lax-1"},
            {"Ipv6CidrBlock": "2a05::/56", "Ipv6CidrBlockState": {"State": "associated"}, "Ipv6Pool": "ipv6pool-ec2-1", "IpSource": "byoip"},
            {"Ipv6CidrBlock": "fd00::/56", "Ipv6CidrBlockState": {"State": "associated"}, "Ipv6Pool": "IPAM Managed", "IpSource": "none"}],
          "Tags": [{"Key": "Name", "Value": "main"}]},
          {"VpcId": "vpc-2", "CidrBlock": "10.0.0.0/33", "Tags": null, "Ipv6CidrBlockAssociationSet": null}]}"#,
        &expect![[r#"
            gaps {reason:its block `10.0.0.0/33` cannot be read,subject:{id:vpc-2,noun:network}}
            networks {blocks4:[10.0.0.0/16,10.2.0.0/16],blocks6:[{net:2600:1f18:2::/56,source:{provider:{}}},{net:2600:1f18:3::/56,source:{provider:{border_group:us-west-2-lax-1}}},{net:2a05::/56,source:{pool:ipv6pool-ec2-1}},{net:fd00::/56,source:{ipam:IPAM Managed}}],id:vpc-1,name:main,place:{account:1,provider:aws,region:us-east-1}}
            networks {id:vpc-2,place:{account:1,provider:aws,region:us-east-1}}
            warning input/bad-value network/vpc-2: its block `10.0.0.0/33` cannot be read [us-east-1/file.json]
        "#]],
    );
}

#[test]
fn a_lock_on_public_access_and_its_exclusions() {
    check(
        r#"{"VpcBlockPublicAccessOptions": {"AwsAccountId": "123456789012", "AwsRegion": "us-east-1", "State": "update-complete", "InternetGatewayBlockMode": "block-bidirectional"},
           "VpcBlockPublicAccessExclusions": [
             {"ExclusionId": "x-1", "InternetGatewayExclusionMode": "allow-egress", "ResourceArn": "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1", "State": "create-complete"},
             {"ExclusionId": "x-2", "InternetGatewayExclusionMode": "allow-bidirectional", "ResourceArn": "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1", "State": "create-complete"},
             {"ExclusionId": "x-3", "InternetGatewayExclusionMode": "allow-bidirectional", "ResourceArn": "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-2", "State": "delete-complete"}]}"#,
        &expect![[r#"
            public_access {excluded_networks:[[vpc-1,off]],excluded_subnets:[[subnet-1,block-ingress]],mode:block-bidirectional,place:{account:123456789012,provider:aws,region:us-east-1}}
        "#]],
    );
}

#[test]
fn routes_of_every_kind() {
    check(
        r#"{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
           "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"},
                       {"SubnetId": "subnet-2", "VpcId": "vpc-1", "AvailabilityZone": "us-east-1a", "Ipv6Native": true, "EnableDns64": true, "AssignIpv6AddressOnCreation": true,
                        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2600::/64", "Ipv6CidrBlockState": {"State": "associated"}}]}],
           "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "PropagatingVgws": [{"GatewayId": "vgw-1"}],
             "Associations": [{"Main": true, "AssociationState": {"State": "associated"}},
                              {"SubnetId": "subnet-1", "AssociationState": {"State": "disassociated"}},
                              {"SubnetId": "subnet-2", "AssociationState": {"State": "associated"}},
                              {"GatewayId": "igw-1"}],
             "Routes": [
              {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"},
              {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "Origin": "CreateRoute", "State": "blackhole"},
              {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "Origin": "CreateRoute", "State": "active"},
              {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation", "State": "active"},
              {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": "active"},
              {"DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": "pcx-1", "State": "active"},
              {"DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayId": "tgw-1", "State": "active"},
              {"DestinationCidrBlock": "10.3.0.0/16", "NetworkInterfaceId": "eni-1", "InstanceId": "i-1", "State": "active"},
              {"DestinationCidrBlock": "10.4.0.0/16", "CarrierGatewayId": "cagw-1", "State": "active"},
              {"DestinationCidrBlock": "10.5.0.0/16", "State": "blackhole"},
              {"DestinationCidrBlock": "10.6.0.0/16", "State": "active"},
              {"DestinationCidrBlock": "nonsense", "GatewayId": "igw-1", "State": "active"}]}]}"#,
        &expect![[r#"
            gaps {reason:its route to `10.4.0.0/16` leads to `cagw-1`, which is not modelled,subject:{id:rtb-1,noun:route-table}}
            gaps {reason:its route to `10.6.0.0/16` leads to `an unknown target`, which is not modelled,subject:{id:rtb-1,noun:route-table}}
            gaps {reason:its route's destination `nonsense` cannot be read,subject:{id:rtb-1,noun:route-table}}
            networks {blocks4:[10.0.0.0/16],id:vpc-1,place:{provider:aws,region:us-east-1}}
            route_tables {edges:[igw-1],id:rtb-1,main:true,network:vpc-1,propagated_from:[vgw-1],routes:[{destination:{net:0.0.0.0/0},state:blackhole,target:{gateway:nat-1}},{destination:{net:10.0.0.0/16},origin:local,target:local},{destination:{net:10.1.0.0/16},target:{link:pcx-1}},{destination:{net:10.2.0.0/16},target:{transit:tgw-1}},{destination:{net:10.3.0.0/16},target:{interface:eni-1}},{destination:{net:10.4.0.0/16},target:{unmodelled:cagw-1}},{destination:{net:10.5.0.0/16},state:blackhole,target:nowhere},{destination:{net:10.6.0.0/16},target:{unmodelled:an unknown target}},{destination:{net:10.9.0.0/16},origin:propagated,target:{gateway:vgw-1}},{destination:{net:::/0},target:{gateway:eigw-1}},{destination:{prefix-list:pl-1},target:{endpoint:vpce-1}}]}
            subnets {block4:10.0.1.0/24,id:subnet-1,network:vpc-1,zone:us-east-1a}
            subnets {assign6_on_create:true,block6:2600::/64,dns64:true,id:subnet-2,network:vpc-1,route_table:rtb-1,v6_only:true,zone:us-east-1a}
            warning input/bad-value route-table/rtb-1: its route's destination `nonsense` cannot be read [us-east-1/file.json]
            warning input/missing-listing endpoint/*: 1 is named, and no listing of them is in the input [endpoint/vpce-1]
            warning input/missing-listing firewall/*: no network ACL is in the input []
            warning input/missing-listing firewall/*: no security group is in the input []
            warning input/missing-listing gateway/*: 3 are named, and no listing of them is in the input [gateway/eigw-1, gateway/igw-1, gateway/vgw-1]
            warning input/missing-listing interface/*: 1 is named, and no listing of them is in the input [interface/eni-1]
            warning input/missing-listing link/*: 1 is named, and no listing of them is in the input [link/pcx-1]
            warning input/missing-listing prefix-list/*: 1 is named, and no listing of them is in the input [prefix-list/pl-1]
            warning input/missing-listing transit/*: 1 is named, and no listing of them is in the input [transit/tgw-1]
            warning input/not-modelled route-table/rtb-1: its route to `10.4.0.0/16` leads to `cagw-1`, which is not modelled [us-east-1/file.json]
            warning input/not-modelled route-table/rtb-1: its route to `10.6.0.0/16` leads to `an unknown target`, which is not modelled [us-east-1/file.json]
        "#]],
    );
}

#[test]
fn gateways_that_are_gone_are_not_there() {
    check(
        r#"{"InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}, {"InternetGatewayId": "igw-2", "Attachments": []}],
           "EgressOnlyInternetGateways": [{"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"State": "attached", "VpcId": "vpc-1"}]}],
           "VpnGateways": [{"VpnGatewayId": "vgw-1", "State": "deleted"}, {"VpnGatewayId": "vgw-2", "State": "available", "VpcAttachments": [{"State": "detached", "VpcId": "vpc-1"}]}],
           "NatGateways": [{"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "deleted"},
             {"NatGatewayId": "nat-2", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "available", "ConnectivityType": "private", "NatGatewayAddresses": [{"PrivateIp": "10.0.0.4", "NetworkInterfaceId": "eni-1"}]},
             {"NatGatewayId": "nat-3", "VpcId": "vpc-1", "State": "available", "AvailabilityMode": "regional"}],
           "Addresses": [{"AllocationId": "eipalloc-1", "PublicIp": "198.51.100.1", "Domain": "vpc", "NetworkBorderGroup": "us-east-1"}, {"AllocationId": "eipalloc-2", "PublicIp": "198.51.100.2", "PtrRecord": "x."}]}"#,
        &expect![[r#"
            addresses {address:198.51.100.1,id:eipalloc-1,place:{provider:aws,region:us-east-1}}
            gaps {reason:a regional NAT gateway is not modelled,subject:{id:nat-3,noun:gateway}}
            gateways {id:eigw-1,kind:egress-only,network:vpc-1}
            gateways {id:igw-1,kind:internet,network:vpc-1}
            gateways {id:igw-2,kind:internet}
            gateways {id:nat-2,kind:{nat:{addresses:[{interface:eni-1,private:10.0.0.4}],public:false,subnet:subnet-1}},network:vpc-1}
            gateways {id:vgw-2,kind:vpn}
            warning input/incomplete-item file/us-east-1/file.json: 1 of its addresses are incomplete and were left out []
            warning input/missing-listing interface/*: 1 is named, and no listing of them is in the input [interface/eni-1]
            warning input/missing-listing network/*: 1 is named, and no listing of them is in the input [network/vpc-1]
            warning input/missing-listing subnet/*: 1 is named, and no listing of them is in the input [subnet/subnet-1]
            warning input/not-modelled gateway/nat-3: a regional NAT gateway is not modelled []
        "#]],
    );
}

#[test]
fn peerings_and_vpn_connections() {
    check(
        r#"{"VpcPeeringConnections": [
             {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}, "RequesterVpcInfo": {"VpcId": "vpc-1", "OwnerId": "1", "Region": "us-east-1", "CidrBlock": "10.0.0.0/16", "CidrBlockSet": [{"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.8.0.0/16"}], "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": "2600::/56"}]}, "AccepterVpcInfo": {"VpcId": "vpc-9", "OwnerId": "2", "Region": "eu-west-1"}},
             {"VpcPeeringConnectionId": "pcx-2", "Status": {"Code": "deleted"}, "RequesterVpcInfo": {"VpcId": "vpc-1"}, "AccepterVpcInfo": {"VpcId": "vpc-9"}}],
           "VpnConnections": [{"VpnConnectionId": "vpn-1", "State": "available", "TransitGatewayId": "tgw-1", "Options": {"TunnelInsideIpVersion": "ipv6"}, "Routes": [{"DestinationCidrBlock": "2001:db8::/32", "State": "available"}, {"DestinationCidrBlock": "10.0.0.0/8", "State": "deleted"}]},
                              {"VpnConnectionId": "vpn-2", "State": "deleted"}]}"#,
        &expect![[r#"
            links {id:pcx-1,kind:{peering:{accepter:{network:vpc-9,place:{account:2,provider:aws,region:eu-west-1}},requester:{blocks4:[10.0.0.0/16,10.8.0.0/16],blocks6:[2600::/56],network:vpc-1,place:{account:1,provider:aws,region:us-east-1}}}}}
            links {id:vpn-1,kind:{vpn:{routes:[2001:db8::/32],transit:tgw-1,v6:true}}}
            warning input/missing-listing transit/*: 1 is named, and no listing of them is in the input [transit/tgw-1]
        "#]],
    );
}

#[test]
fn the_routes_of_a_transit_gateway_are_found_by_the_file_name() {
    let gateway = r#"{"TransitGateways": [{"TransitGatewayId": "tgw-1", "OwnerId": "1", "TransitGatewayArn": "arn:aws:ec2:us-east-1:1:transit-gateway/tgw-1"}],
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "ResourceType": "vpn", "ResourceId": "vpn-1", "State": "available"},
                                      {"TransitGatewayAttachmentId": "tgw-attach-2", "TransitGatewayId": "tgw-1", "ResourceType": "vpc", "ResourceId": "vpc-1", "State": "deleted"}],
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1"}, {"TransitGatewayRouteTableId": "tgw-rtb-12", "TransitGatewayId": "tgw-1"}]}"#;
    let routes = r#"{"Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}], "Type": "static", "State": "active"},
        {"DestinationCidrBlock": "::/0", "Type": "static", "State": "blackhole"}], "AdditionalRoutesAvailable": false}"#;
    let associations = r#"{"Associations": [{"TransitGatewayAttachmentId": "tgw-attach-1", "State": "associated"}]}"#;
    expect![[r#"
        gaps {reason:its routes are not in the input,subject:{id:tgw-rtb-1,noun:transit-table}}
        links {id:tgw-attach-1,kind:{transit:{other:vpn,table:tgw-rtb-12,transit:tgw-1}}}
        transit_tables {id:tgw-rtb-1,transit:tgw-1}
        transit_tables {id:tgw-rtb-12,routes:[{destination:0.0.0.0/0,origin:static,state:active,target:{link:tgw-attach-1}},{destination:::/0,origin:static,state:blackhole,target:nowhere}],transit:tgw-1}
        transits {id:tgw-1,place:{account:1,provider:aws,region:us-east-1}}
        warning input/missing-listing transit-table/tgw-rtb-1: its routes are not in the input []
        warning input/unnamed-listing file/routes-of-nobody.json: the file lists routes of a transit gateway and its name does not say of which []
    "#]].assert_eq(&shown(&[
        ("tgw.json", gateway),
        ("routes-tgw-rtb-12.json", routes),
        ("associations/tgw%2drtb%2d12.json", associations),
        ("routes-of-nobody.json", routes),
    ]));
}

#[test]
fn endpoints() {
    check(
        r#"{"VpcEndpoints": [
            {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Gateway", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.us-east-1.s3", "State": "available", "RouteTableIds": ["rtb-1"]},
            {"VpcEndpointId": "vpce-2", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.us-east-1.sqs", "State": "available", "SubnetIds": ["subnet-1"], "Groups": [{"GroupId": "sg-1"}], "IpAddressType": "dualstack", "NetworkInterfaceIds": ["eni-1"]},
            {"VpcEndpointId": "vpce-3", "VpcEndpointType": "GatewayLoadBalancer", "VpcId": "vpc-1", "State": "available", "SubnetIds": ["subnet-1"]},
            {"VpcEndpointId": "vpce-4", "VpcEndpointType": "ServiceNetwork", "VpcId": "vpc-1", "State": "available"},
            {"VpcEndpointId": "vpce-5", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "State": "deleted"}],
           "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": [{"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": "active"}]}],
           "PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.us-east-1.s3", "Cidrs": ["54.231.0.0/17"]}]}"#,
        &expect![[r#"
            endpoints {family:unknown,id:vpce-1,kind:{gateway:{prefix_list:pl-1,route_tables:[rtb-1]}},network:vpc-1,service:com.amazonaws.us-east-1.s3}
            endpoints {family:dual,id:vpce-2,kind:{interface:{firewalls:[sg-1],interfaces:[eni-1],subnets:[subnet-1]}},network:vpc-1,service:com.amazonaws.us-east-1.sqs}
            endpoints {family:unknown,id:vpce-3,kind:{inspection:{subnets:[subnet-1]}},network:vpc-1,service:}
            gaps {reason:an endpoint of type `ServiceNetwork` is not modelled,subject:{id:vpce-4,noun:endpoint}}
            prefix_lists {entries:[54.231.0.0/17],family:v4,id:pl-1,managed:true,name:com.amazonaws.us-east-1.s3,place:{provider:aws,region:us-east-1}}
            route_tables {id:rtb-1,network:vpc-1,routes:[{destination:{prefix-list:pl-1},target:{endpoint:vpce-1}}]}
            warning input/missing-listing firewall/*: 1 is named, and no listing of them is in the input [firewall/sg-1]
            warning input/missing-listing interface/*: 1 is named, and no listing of them is in the input [interface/eni-1]
            warning input/missing-listing network/*: 1 is named, and no listing of them is in the input [network/vpc-1]
            warning input/missing-listing subnet/*: 1 is named, and no listing of them is in the input [subnet/subnet-1]
            warning input/not-modelled endpoint/vpce-4: an endpoint of type `ServiceNetwork` is not modelled []
        "#]],
    );
}
