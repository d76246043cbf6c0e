//! Hosts, interfaces, load balancers, services: tables.

use expect_test::{Expect, expect};

use crate::check::shown;

fn check(json: &str, expected: &Expect) {
    expected.assert_eq(&shown(&[("us-east-1/file.json", json)]));
}

#[test]
fn hosts_with_what_images_and_groups_say() {
    check(
        r#"{"Reservations": [{"OwnerId": "1", "Instances": [
             {"InstanceId": "i-1", "VpcId": "vpc-1", "InstanceType": "t2.micro", "ImageId": "ami-1", "State": {"Code": 16, "Name": "running"}, "Platform": "windows", "Tags": [{"Key": "Name", "Value": "web"}]},
             {"InstanceId": "i-2", "VpcId": "vpc-1", "InstanceType": "m3.large", "VirtualizationType": "paravirtual", "RootDeviceType": "instance-store", "State": {"Name": "stopped"}, "PlatformDetails": "Linux/UNIX", "Tags": [{"Key": "aws:autoscaling:groupName", "Value": "asg"}],
              "NetworkInterfaces": [{"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Attachment": {"DeviceIndex": 0, "Status": "attached"}, "Groups": [{"GroupId": "sg-2"}, {"GroupId": "sg-1"}], "SourceDestCheck": false, "PrivateIpAddress": "10.0.0.2"}]},
             {"InstanceId": "i-3", "VpcId": "vpc-1", "State": {"Name": "terminated"}}]}],
           "Images": [{"ImageId": "ami-1", "VirtualizationType": "hvm", "RootDeviceType": "ebs", "BlockDeviceMappings": [{"VirtualName": "ephemeral0"}]}],
           "AutoScalingGroups": [{"AutoScalingGroupName": "group", "Instances": [{"InstanceId": "i-1"}]}],
           "InstanceTypes": [{"InstanceType": "t2.micro", "InstanceStorageSupported": false, "NetworkInfo": {"Ipv6Supported": true, "Ipv6AddressesPerInterface": 2}}]}"#,
        &expect![[r#"
            hosts {ephemeral_disk:true,id:i-1,image:ami-1,machine_type:t2.micro,name:web,network:vpc-1,platform:windows,root_device:volume,scaling_group:group,state:running,virtualization:hvm}
            hosts {id:i-2,machine_type:m3.large,network:vpc-1,platform:Linux/UNIX,root_device:instance-store,scaling_group:asg,state:stopped,virtualization:paravirtual}
            interfaces {addresses4:[{address:10.0.0.2}],firewalls:[sg-1,sg-2],id:eni-2,network:vpc-1,own_addresses_only:false,owner:{host:i-2},primary:true,subnet:subnet-1}
            machine_types {addresses6_per_interface:2,id:t2.micro,place:{provider:aws,region:us-east-1},v6:true}
            warning input/missing-listing firewall/*: 2 are named, and no listing of them is in the input [firewall/sg-1, firewall/sg-2]
            warning input/missing-listing network/*: 1 is named, and no listing of them is in the input [network/vpc-1]
            warning input/missing-listing subnet/*: 1 is named, and no listing of them is in the input [subnet/subnet-1]
        "#]],
    );
}

#[test]
fn interfaces_and_whose_they_are() {
    check(
        r#"{"NetworkInterfaces": [
             {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Attachment": {"InstanceId": "i-1", "DeviceIndex": 0, "Status": "attached"}, "Description": "Primary network interface",
              "PrivateIpAddresses": [{"Primary": false, "PrivateIpAddress": "10.0.0.3", "Association": {"PublicIp": "198.51.100.3", "IpOwnerId": "1"}}, {"Primary": true, "PrivateIpAddress": "10.0.0.9", "Association": {"PublicIp": "198.51.100.9", "IpOwnerId": "amazon"}}],
              "Ipv6Addresses": [{"Ipv6Address": "2600::9"}], "Ipv6Prefixes": [{"Ipv6Prefix": "2600:0:0:1::/80"}], "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}]},
             {"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Status": "available", "Description": "spare"},
             {"NetworkInterfaceId": "eni-3", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Attachment": {"InstanceOwnerId": "amazon-elb", "Status": "attached"}, "Description": "ELB app/web/0123", "PrivateIpAddress": "10.0.0.30", "Association": {"PublicIp": "198.51.100.30", "IpOwnerId": "amazon-elb"}},
             {"NetworkInterfaceId": "eni-4", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Attachment": {"InstanceOwnerId": "amazon-elb", "Status": "attached"}, "Description": "ELB old"},
             {"NetworkInterfaceId": "eni-5", "VpcId": "vpc-1", "SubnetId": "subnet-1", "InterfaceType": "lambda", "RequesterId": "AROA", "Attachment": {"InstanceOwnerId": "amazon-aws", "Status": "attached"}, "Description": "AWS Lambda VPC ENI-my-fun-d6f8bd4a-6b3d-4e1f-8a07-000000000000"},
             {"NetworkInterfaceId": "eni-6", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Groups": [{"GroupId": "sg-1"}], "Attachment": {"InstanceOwnerId": "amazon-rds", "Status": "attached"}, "Description": "RDSNetworkInterface"},
             {"NetworkInterfaceId": "eni-7", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Attachment": {"InstanceOwnerId": "amazon-aws", "Status": "attached"}, "Description": "VPC Endpoint Interface vpce-1"},
             {"NetworkInterfaceId": "eni-8", "VpcId": "vpc-1", "SubnetId": "subnet-1", "InterfaceType": "efs", "Attachment": {"Status": "attached"}, "Description": "EFS mount target for fs-1 (fsmt-1)"},
             {"NetworkInterfaceId": "eni-9", "VpcId": "vpc-1", "SubnetId": "subnet-1", "InterfaceType": "nat_gateway", "Attachment": {"Status": "attached"}, "Description": "Interface for NAT Gateway nat-gone"}],
           "LoadBalancers": [{"LoadBalancerArn": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/0123", "LoadBalancerName": "web", "VpcId": "vpc-1", "Type": "application", "Scheme": "internet-facing", "IpAddressType": "ipv4", "State": {"Code": "active"}}],
           "LoadBalancerDescriptions": [{"LoadBalancerName": "old", "VPCId": "vpc-1", "DNSName": "old.elb.amazonaws.com", "Scheme": "internal", "AvailabilityZones": ["us-east-1a"], "Subnets": ["subnet-1"], "Instances": [{"InstanceId": "i-1"}], "ListenerDescriptions": [{"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 8080}}]}],
           "Functions": [{"FunctionArn": "arn:aws:lambda:us-east-1:1:function:my-fun", "FunctionName": "my-fun", "Runtime": "python3.12", "VpcConfig": {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
                         {"FunctionArn": "arn:aws:lambda:us-east-1:1:function:my", "FunctionName": "my", "VpcConfig": {"VpcId": "vpc-1"}}],
           "DBInstances": [{"DBInstanceArn": "arn:aws:rds:us-east-1:1:db:db", "DBInstanceIdentifier": "db", "Engine": "postgres", "EngineVersion": "15.4", "NetworkType": "IPV4", "DBSubnetGroup": {"DBSubnetGroupName": "g", "VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-1"}], "SupportedNetworkTypes": ["IPV4", "DUAL"]}, "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}]}],
           "VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "State": "available"}],
           "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1a"}],
           "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "1"}]}"#,
        &expect![[r#"
            balancers {exposure:internet,family:v4,id:arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/0123,kind:application,name:web,network:vpc-1}
            balancers {dns_name:old.elb.amazonaws.com,exposure:internal,family:v4,id:us-east-1/old,kind:classic,listeners:[{port:80,protocol:HTTP,target_groups:[us-east-1/old/8080]}],name:old,network:vpc-1,subnets:[subnet-1]}
            endpoints {family:unknown,id:vpce-1,kind:{interface:{}},network:vpc-1,service:}
            gaps {reason:its IPv4 prefix `10.0.0.16/28` is not modelled,subject:{id:eni-1,noun:interface}}
            interfaces {addresses4:[{address:10.0.0.9,public:198.51.100.9},{address:10.0.0.3,held:true,public:198.51.100.3}],addresses6:[2600::9],id:eni-1,network:vpc-1,owner:{host:i-1},prefixes6:[2600:0:0:1::/80],primary:true,subnet:subnet-1}
            interfaces {id:eni-2,network:vpc-1,owner:nobody,subnet:subnet-1}
            interfaces {addresses4:[{address:10.0.0.30,public:198.51.100.30}],id:eni-3,network:vpc-1,owner:{balancer:arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/0123},subnet:subnet-1}
            interfaces {id:eni-4,network:vpc-1,owner:{balancer:us-east-1/old},subnet:subnet-1}
            interfaces {id:eni-5,network:vpc-1,owner:{service:arn:aws:lambda:us-east-1:1:function:my-fun},subnet:subnet-1}
            interfaces {firewalls:[sg-1],id:eni-6,network:vpc-1,owner:{service:arn:aws:rds:us-east-1:1:db:db},subnet:subnet-1}
            interfaces {id:eni-7,network:vpc-1,owner:{endpoint:vpce-1},subnet:subnet-1}
            interfaces {id:eni-8,network:vpc-1,owner:{managed:EFS mount target for fs-1 (fsmt-1)},subnet:subnet-1}
            interfaces {id:eni-9,network:vpc-1,owner:{managed:Interface for NAT Gateway nat-gone},subnet:subnet-1}
            networks {blocks4:[10.0.0.0/16],id:vpc-1,place:{account:1,provider:aws,region:us-east-1}}
            services {family:v4,id:arn:aws:lambda:us-east-1:1:function:my,kind:lambda,name:my,network:vpc-1,place:{account:1,provider:aws,region:us-east-1}}
            services {engine:python3.12,family:v4,firewalls:[sg-1],id:arn:aws:lambda:us-east-1:1:function:my-fun,kind:lambda,name:my-fun,network:vpc-1,place:{account:1,provider:aws,region:us-east-1},subnets:[subnet-1]}
            services {allowed:[v4,dual],engine:postgres 15.4,family:v4,firewalls:[sg-1],id:arn:aws:rds:us-east-1:1:db:db,kind:rds-instance,name:db,network:vpc-1,place:{account:1,provider:aws,region:us-east-1},subnets:[subnet-1]}
            subnets {block4:10.0.0.0/24,id:subnet-1,network:vpc-1,zone:us-east-1a}
            target_groups {family:v4,id:us-east-1/old/8080,name:old,network:vpc-1,protocol:HTTP,targets:[{kind:{host:i-1},port:8080}]}
            warning input/missing-listing firewall/*: 1 is named, and no listing of them is in the input [firewall/sg-1]
            warning input/missing-listing firewall/*: no network ACL is in the input []
            warning input/missing-listing firewall/*: no security group is in the input []
            warning input/missing-listing host/*: 1 is named, and no listing of them is in the input [host/i-1]
            warning input/missing-listing route-table/*: there are subnets, and no route table is in the input []
            warning input/not-modelled interface/eni-1: its IPv4 prefix `10.0.0.16/28` is not modelled [us-east-1/file.json]
        "#]],
    );
}

#[test]
fn balancers_listeners_groups_and_targets() {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:1";
    let balancers = format!(
        r#"{{"LoadBalancers": [{{"LoadBalancerArn": "{arn}:loadbalancer/net/n/1", "LoadBalancerName": "n", "VpcId": "vpc-1", "Type": "network", "Scheme": "internal", "IpAddressType": "dualstack", "AvailabilityZones": [{{"SubnetId": "subnet-1"}}]}}],
            "Listeners": [{{"ListenerArn": "{arn}:listener/net/n/1/a", "LoadBalancerArn": "{arn}:loadbalancer/net/n/1", "Port": 443, "Protocol": "TLS", "DefaultActions": [{{"Type": "forward", "ForwardConfig": {{"TargetGroups": [{{"TargetGroupArn": "{arn}:targetgroup/t/2"}}]}}}}]}},
                          {{"ListenerArn": "{arn}:listener/net/gone/1/a", "LoadBalancerArn": "{arn}:loadbalancer/net/gone/1", "Port": 80, "Protocol": "TCP"}}],
            "Rules": [{{"RuleArn": "{arn}:listener-rule/net/n/1/a/r", "Actions": [{{"TargetGroupArn": "{arn}:targetgroup/u/3"}}]}}],
            "TargetGroups": [{{"TargetGroupArn": "{arn}:targetgroup/t/2", "TargetGroupName": "t", "VpcId": "vpc-1", "Protocol": "TLS", "TargetType": "ip", "IpAddressType": "ipv6"}},
                             {{"TargetGroupArn": "{arn}:targetgroup/u/3", "TargetGroupName": "u", "TargetType": "lambda"}}]}}"#
    );
    let targets = r#"{"TargetHealthDescriptions": [{"Target": {"Id": "2600::1", "Port": 443}, "TargetHealth": {"State": "healthy"}}, {"Target": {"Id": "2600::2", "Port": 443}, "TargetHealth": {"State": "draining"}}]}"#;
    expect![[r#"
        balancers {exposure:internal,family:dual,id:arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/net/n/1,kind:network,listeners:[{port:443,protocol:TLS,target_groups:[arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/t/2,arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/u/3]}],name:n,network:vpc-1,subnets:[subnet-1]}
        target_groups {family:v6,id:arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/t/2,name:t,network:vpc-1,protocol:TLS,targets:[{kind:{address:2600::1},port:443}]}
        target_groups {family:unknown,id:arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/u/3,name:u}
        warning input/dangling balancer/arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/net/gone/1: a listener names it, and it is not in the input [listener/arn:aws:elasticloadbalancing:us-east-1:1:listener/net/gone/1/a]
        warning input/missing-listing network/*: 1 is named, and no listing of them is in the input [network/vpc-1]
        warning input/missing-listing subnet/*: 1 is named, and no listing of them is in the input [subnet/subnet-1]
    "#]].assert_eq(&shown(&[("lb.json", &balancers), ("health/t_2.json", targets)]));
}

#[test]
fn services() {
    check(
        r#"{"DBClusters": [{"DBClusterArn": "arn:aws:rds:us-east-1:1:cluster:c", "DBClusterIdentifier": "c", "DBSubnetGroup": "g", "Engine": "aurora-mysql", "EngineVersion": "5.7", "NetworkType": "DUAL", "DBClusterMembers": [{"DBInstanceIdentifier": "db"}]}],
           "DBSubnetGroups": [{"DBSubnetGroupName": "g", "DBSubnetGroupArn": "arn:aws:rds:us-east-1:1:subgrp:g", "VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-1"}], "SupportedNetworkTypes": ["IPV4"]}],
           "CacheClusters": [{"ARN": "arn:aws:elasticache:us-east-1:1:cluster:r-1", "CacheClusterId": "r-1", "Engine": "redis", "EngineVersion": "6.2", "CacheSubnetGroupName": "cg", "NetworkType": "ipv4", "SecurityGroups": [{"SecurityGroupId": "sg-1", "Status": "active"}]}],
           "CacheSubnetGroups": [{"CacheSubnetGroupName": "cg", "ARN": "arn:aws:elasticache:us-east-1:1:subnetgroup:cg", "VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-2"}]}],
           "ReplicationGroups": [{"ARN": "arn:aws:elasticache:us-east-1:1:replicationgroup:r", "ReplicationGroupId": "r", "Status": "available", "MemberClusters": ["r-1"], "NetworkType": "ipv4"}],
           "Clusters": [{"ClusterIdentifier": "w", "ClusterSubnetGroupName": "wg", "VpcId": "vpc-1", "AvailabilityZone": "us-east-1f", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}], "PubliclyAccessible": true}, {"Name": "an EMR cluster"}],
           "DomainStatusList": [{"ARN": "arn:aws:es:us-east-1:1:domain/d", "DomainName": "d", "EngineVersion": "OpenSearch_2.11", "VPCOptions": {"VPCId": "vpc-1", "SubnetIds": ["subnet-1"]}, "IPAddressType": "ipv4"}]}"#,
        &expect![[r#"
            services {engine:redis 6.2,family:v4,firewalls:[sg-1],id:arn:aws:elasticache:us-east-1:1:cluster:r-1,kind:elasticache-cluster,name:r-1,network:vpc-1,place:{provider:aws,region:us-east-1},subnets:[subnet-2]}
            services {engine:redis 6.2,family:v4,firewalls:[sg-1],id:arn:aws:elasticache:us-east-1:1:replicationgroup:r,kind:elasticache-replication-group,name:r,network:vpc-1,place:{provider:aws,region:us-east-1},subnets:[subnet-2]}
            services {engine:OpenSearch_2.11,family:v4,id:arn:aws:es:us-east-1:1:domain/d,kind:opensearch,name:d,network:vpc-1,place:{provider:aws,region:us-east-1},subnets:[subnet-1]}
            services {allowed:[v4],engine:aurora-mysql 5.7,family:dual,id:arn:aws:rds:us-east-1:1:cluster:c,kind:rds-cluster,name:c,network:vpc-1,place:{provider:aws,region:us-east-1},subnets:[subnet-1]}
            services {engine:redshift,family:unknown,firewalls:[sg-1],id:us-east-1/w,kind:redshift,name:w,network:vpc-1,place:{provider:aws,region:us-east-1},public:true}
            warning input/missing-listing firewall/*: 1 is named, and no listing of them is in the input [firewall/sg-1]
            warning input/missing-listing network/*: 1 is named, and no listing of them is in the input [network/vpc-1]
            warning input/missing-listing subnet/*: 2 are named, and no listing of them is in the input [subnet/subnet-1, subnet/subnet-2]
            note input/unknown-key file/us-east-1/file.json: some keys of the file are not read [`Clusters`]
        "#]],
    );
}

#[test]
fn a_subnet_group_without_a_region_is_found() {
    let text = r#"{"Clusters": [{"ClusterIdentifier": "w", "ClusterSubnetGroupName": "g", "VpcId": "vpc-1", "AvailabilityZone": "us-east-1f"}],
        "ClusterSubnetGroups": [{"ClusterSubnetGroupName": "g", "VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-1"}]}]}"#;
    let shown = shown(&[("redshift.json", text)]);
    assert!(shown.contains("subnets:[subnet-1]"), "{shown}");
}
