//! Security groups, network ACLs, prefix lists: tables.

use expect_test::{Expect, expect};

use crate::check::shown;

fn check(json: &str, expected: &Expect) {
    expected.assert_eq(&shown(&[("us-east-1/file.json", json)]));
}

#[test]
fn every_permission_and_range_is_a_rule() {
    check(
        r#"{"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1", "OwnerId": "1",
            "IpPermissions": [
              {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}, {"CidrIp": "10.1.2.3/8"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
               "PrefixListIds": [{"PrefixListId": "pl-1"}],
               "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": "1"}, {"GroupId": "sg-far", "UserId": "2"}, {"GroupId": "sg-gone", "UserId": "1"}, {"GroupName": "classic"}]},
              {"IpProtocol": "icmp", "FromPort": -1, "ToPort": 9, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
              {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 21, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
              {"IpProtocol": "58", "FromPort": 2, "ToPort": 0, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
              {"IpProtocol": "50", "IpRanges": [{"CidrIp": "192.0.2.0/24"}, {"CidrIp": "300.0.0.0/8"}]}],
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "FromPort": null}]}]}"#,
        &expect![[r#"
            firewalls {id:sg-1,kind:group,name:web,network:vpc-1,rules:[{direction:ingress,note:all,remote:{net:0.0.0.0/0},traffic:tcp/443},{direction:ingress,remote:{net:10.0.0.0/8},traffic:tcp/443},{direction:ingress,remote:{net:::/0},traffic:tcp/443},{direction:ingress,remote:{firewall:sg-1},traffic:tcp/443},{direction:ingress,remote:{firewall:sg-far},traffic:tcp/443},{direction:ingress,remote:{firewall:sg-gone},traffic:tcp/443},{direction:ingress,remote:{prefix-list:pl-1},traffic:tcp/443},{direction:ingress,remote:{net:::/0},traffic:icmpv6/2/0},{direction:ingress,remote:{net:192.0.2.0/24},traffic:protocol/50},{direction:egress,remote:{net:0.0.0.0/0},traffic:all}]}
            gaps {reason:its ingress rule cannot be read: ICMP code 9 has no type,subject:{id:sg-1,name:web,noun:firewall}}
            gaps {reason:its ingress rule cannot be read: ports 22 to 21 are no range,subject:{id:sg-1,name:web,noun:firewall}}
            gaps {reason:its rule names group `classic` without an id,subject:{id:sg-1,name:web,noun:firewall}}
            gaps {reason:its rule's range `300.0.0.0/8` cannot be read,subject:{id:sg-1,name:web,noun:firewall}}
            warning input/bad-rule firewall/sg-1 (web): its ingress rule cannot be read: ICMP code 9 has no type [us-east-1/file.json]
            warning input/bad-rule firewall/sg-1 (web): its ingress rule cannot be read: ports 22 to 21 are no range [us-east-1/file.json]
            warning input/bad-rule firewall/sg-1 (web): its rule names group `classic` without an id [us-east-1/file.json]
            warning input/bad-value firewall/sg-1 (web): its rule's range `300.0.0.0/8` cannot be read [us-east-1/file.json]
            warning input/dangling firewall/sg-gone: it is named, and it is not in the input [firewall/sg-1 (web)]
            warning input/missing-listing network/*: 1 is named, and no listing of them is in the input [network/vpc-1]
            warning input/missing-listing prefix-list/*: 1 is named, and no listing of them is in the input [prefix-list/pl-1]
            note input/dangling firewall/sg-far: it belongs to another account or a peer, and is not in the input [firewall/sg-1 (web)]
        "#]],
    );
}

#[test]
fn lists_are_sorted_and_their_end_is_implicit() {
    check(
        r#"{"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Associations": [{"SubnetId": "subnet-1"}], "Entries": [
            {"RuleNumber": 32767, "Egress": false, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"},
            {"RuleNumber": 32768, "Egress": false, "Protocol": "-1", "RuleAction": "deny", "Ipv6CidrBlock": "::/0"},
            {"RuleNumber": 200, "Egress": false, "Protocol": "6", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 1024, "To": 65535}},
            {"RuleNumber": 100, "Egress": false, "Protocol": "1", "RuleAction": "deny", "CidrBlock": "10.0.0.1/8", "IcmpTypeCode": {"Type": 8, "Code": -1}},
            {"RuleNumber": 100, "Egress": true, "Protocol": "-1", "RuleAction": "allow", "Ipv6CidrBlock": "::/0", "PortRange": null, "IcmpTypeCode": null},
            {"RuleNumber": 110, "Egress": true, "Protocol": "6", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"},
            {"RuleNumber": 120, "Egress": true, "Protocol": "6", "RuleAction": "permit", "CidrBlock": "0.0.0.0/0"},
            {"RuleNumber": 130, "Egress": true, "Protocol": "6", "RuleAction": "allow"}]}],
           "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}]}"#,
        &expect![[r#"
            firewalls {default:true,id:acl-1,kind:list,network:vpc-1,rules:[{action:deny,direction:ingress,order:100,remote:{net:10.0.0.0/8},traffic:icmp/8},{direction:ingress,order:200,remote:{net:0.0.0.0/0},traffic:tcp/1024-65535},{direction:egress,order:100,remote:{net:::/0},traffic:all},{direction:egress,order:110,remote:{net:0.0.0.0/0},traffic:tcp}]}
            gaps {reason:its egress rule 120 cannot be read: action `permit` is not known,subject:{id:acl-1,noun:firewall}}
            gaps {reason:its egress rule 130 cannot be read: `` is no block,subject:{id:acl-1,noun:firewall}}
            subnets {block4:10.0.0.0/24,firewall:acl-1,id:subnet-1,network:vpc-1}
            warning input/bad-rule firewall/acl-1: its egress rule 120 cannot be read: action `permit` is not known [us-east-1/file.json]
            warning input/bad-rule firewall/acl-1: its egress rule 130 cannot be read: `` is no block [us-east-1/file.json]
            warning input/missing-listing network/*: 1 is named, and no listing of them is in the input [network/vpc-1]
            warning input/missing-listing route-table/*: there are subnets, and no route table is in the input []
        "#]],
    );
}

#[test]
fn prefix_lists_by_three_commands() {
    expect![[r#"
        prefix_lists {entries:[2001:db8::/32],family:v6,id:pl-1,max_entries:25,name:mine,place:{account:123456789012,provider:aws,region:us-west-2}}
        prefix_lists {entries:[54.231.0.0/17],family:v4,id:pl-2,managed:true,name:com.amazonaws.us-west-2.s3,place:{provider:aws,region:us-west-2}}
        prefix_lists {entries:[52.94.0.0/22],family:v4,id:pl-3,managed:true,name:com.amazonaws.us-west-2.dynamodb,place:{provider:aws,region:us-west-2}}
        warning input/unnamed-listing file/entries.json: the file lists entries of a prefix list and its name does not say of which []
    "#]].assert_eq(&shown(&[
        ("managed.json", r#"{"PrefixLists": [{"PrefixListId": "pl-1", "AddressFamily": "IPv6", "PrefixListArn": "arn:aws:ec2:us-west-2:123456789012:prefix-list/pl-1", "PrefixListName": "mine", "MaxEntries": 25, "OwnerId": "123456789012"},
            {"PrefixListId": "pl-2", "AddressFamily": "IPv4", "PrefixListArn": "arn:aws:ec2:us-west-2:aws:prefix-list/pl-2", "PrefixListName": "com.amazonaws.us-west-2.s3", "OwnerId": "AWS"}]}"#),
        ("old.json", r#"{"PrefixLists": [{"PrefixListId": "pl-2", "PrefixListName": "com.amazonaws.us-west-2.s3", "Cidrs": ["54.231.0.0/17"]}, {"PrefixListId": "pl-3", "PrefixListName": "com.amazonaws.us-west-2.dynamodb", "Cidrs": ["52.94.0.0/22"]}]}"#),
        ("entries-pl-1.json", r#"{"Entries": [{"Cidr": "2001:db8::/32", "Description": "x"}]}"#),
        ("entries.json", r#"{"Entries": [{"Cidr": "2001:db8::/32"}]}"#),
    ]));
}
