//! Rows 1 to 9 of `../shared/research/reach.md` section 4: Batfish's verdicts on its own estates.
//!
//! The estates are copies (`crates/ingest/tests/estates/ORIGIN.md`); each test names the Java test that
//! asserts the verdict (batfish/batfish, `representation/aws/<Test>.java`). Batfish's dispositions read
//! here: DENIED_IN at a host is "no ingress rule", at a gateway its own cause; NULL_ROUTED is "in no
//! subnet"; NEIGHBOR_UNREACHABLE and DELIVERED_TO_SUBNET are "nobody"; NO_ROUTE is "no route";
//! EXITS_NETWORK is "delivered". Batfish begins some flows at a router; they begin at a host here.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use sixward_estate::{Estate, LinkId};
use sixward_prove::trace::Tracer;
use sixward_prove::{End, L4};

use crate::given::{end, interface, packet, tcp};

/// `AwsConfigurationSubnetTest.testInstanceToInstance`: direct, no list, DENIED_IN at the second host.
#[test]
fn row1_within_a_subnet_it_is_direct() {
    let estate = read("subnet");
    let from = "eni-010f649a7fc5c1e34";
    check(
        &estate,
        from,
        "10.10.1.228",
        "10.10.1.44",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.10.1.228 -> 10.10.1.44
              ->  eni-010f649a7fc5c1e34                   sends
              ->  sg-03dbad9f9c0cd1949 (launch-wizard-2)  allow egress all to 0.0.0.0/0
              ->  subnet-06c8307e34ffadb04                directly, within the subnet
              ->  eni-029bf1092de61fb40                   drops: no ingress rule of sg-02566e413c0030c70
            dropped: no ingress rule of sg-02566e413c0030c70"#]],
    );
}

/// `AwsConfigurationSubnetTest.testInstanceToOutsideSubnet`: the list on the way out, then NULL_ROUTED.
#[test]
fn row1_to_a_place_outside_the_subnet() {
    let estate = read("subnet");
    let from = "eni-010f649a7fc5c1e34";
    check(
        &estate,
        from,
        "10.10.1.228",
        "10.10.0.1",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.10.1.228 -> 10.10.0.1
              ->  eni-010f649a7fc5c1e34                   sends
              ->  sg-03dbad9f9c0cd1949 (launch-wizard-2)  allow egress all to 0.0.0.0/0
              ->  acl-07102431133dec52a                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-07243bb4843d61c35                   route 10.10.0.0/16 to local
              ->  vpc-062867d29dbf9386f                   drops: the address is in no subnet
            dropped: the address is in no subnet"#]],
    );
}

/// `AwsConfigurationPublicSubnetTest.testFromInternetToValidPublicIp`: translated, then DENIED_IN.
#[test]
fn row2_from_the_internet() {
    let estate = read("public-subnet");
    check(
        &estate,
        "internet",
        "8.8.8.8",
        "18.216.80.133",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 8.8.8.8 -> 18.216.80.133
              ->  internet               sends
              ->  igw-0a409e562d251f766  translates to: tcp 40000>80 8.8.8.8 -> 10.0.0.91
              ->  acl-0d9449710ec85473c  ingress 100 allow all from 0.0.0.0/0
              ->  eni-00064850627e198ee  drops: no ingress rule of sg-09ccba6656672061b
            dropped: no ingress rule of sg-09ccba6656672061b"#]],
    );
}

/// `AwsConfigurationPublicSubnetTest.testFromInternetToInvalidPublicIp` and `…ToPrivateIp`: NULL_ROUTED.
#[test]
fn row2_from_the_internet_to_nobody() {
    let estate = read("public-subnet");
    check(
        &estate,
        "internet",
        "8.8.8.8",
        "54.191.107.23",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 8.8.8.8 -> 54.191.107.23
              ->  internet  sends
              ->  internet  drops: nothing here has the address
            dropped: nothing here has the address"#]],
    );
    check(
        &estate,
        "internet",
        "8.8.8.8",
        "10.0.0.91",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 8.8.8.8 -> 10.0.0.91
              ->  internet  sends
              ->  internet  drops: not an address of the internet
            dropped: not an address of the internet"#]],
    );
}

/// `AwsConfigurationPublicSubnetTest.testToInternet`: translated, EXITS_NETWORK.
#[test]
fn row2_to_the_internet() {
    let estate = read("public-subnet");
    let from = "eni-00064850627e198ee";
    check(
        &estate,
        from,
        "10.0.0.91",
        "8.8.8.8",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.0.0.91 -> 8.8.8.8
              ->  eni-00064850627e198ee                   sends
              ->  sg-09ccba6656672061b (launch-wizard-1)  allow egress all to 0.0.0.0/0
              ->  acl-0d9449710ec85473c                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-0489000c9e6c299e8                   route 0.0.0.0/0 to igw-0a409e562d251f766
              ->  igw-0a409e562d251f766                   translates to: tcp 40000>80 18.216.80.133 -> 8.8.8.8
              ->  internet                                receives
              <-  internet                                sends
              <-  igw-0a409e562d251f766                   translates to: tcp 80>40000 8.8.8.8 -> 10.0.0.91
              <-  acl-0d9449710ec85473c                   ingress 100 allow all from 0.0.0.0/0
              <-  eni-00064850627e198ee                   allow ingress of an answer
              <-  eni-00064850627e198ee                   receives
            delivered to internet"#]],
    );
}

/// `AwsConfigurationPublicSubnetTest.testToInternetInvalidPrivateIp`: DENIED_IN at the gateway. Batfish
/// starts behind the interface's own check, which is switched off here for that.
#[test]
fn row3_without_a_public_address() {
    let mut estate = read("public-subnet");
    let from = "eni-00064850627e198ee";
    interface(&mut estate, from).own_addresses_only = false;
    check(
        &estate,
        from,
        "10.0.0.92",
        "8.8.8.8",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.0.0.92 -> 8.8.8.8
              ->  eni-00064850627e198ee                   sends
              ->  sg-09ccba6656672061b (launch-wizard-1)  allow egress all to 0.0.0.0/0
              ->  acl-0d9449710ec85473c                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-0489000c9e6c299e8                   route 0.0.0.0/0 to igw-0a409e562d251f766
              ->  igw-0a409e562d251f766                   drops: the source has no public address
            dropped: the source has no public address"#]],
    );
}

/// `AwsConfigurationPublicPrivateSubnetTest.testFromPrivateToPublicSubnet`: by its public address the
/// host is not found (NO_ROUTE at the VPN gateway), by its private one it is (DENIED_IN).
#[test]
fn row4_from_private_to_public() {
    let estate = read("public-private-subnet");
    let from = "eni-07c1506e49d784fe0";
    check(
        &estate,
        from,
        "10.0.1.204",
        "13.58.55.60",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.0.1.204 -> 13.58.55.60
              ->  eni-07c1506e49d784fe0                   sends
              ->  sg-063f2bb51713c3236 (launch-wizard-3)  allow egress all to 0.0.0.0/0
              ->  acl-0ae73e62fae564306                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-002f0eabf583bf991                   route 0.0.0.0/0 to vgw-070087240d6fa2989
              ->  vgw-070087240d6fa2989                   drops: no route
            dropped: no route"#]],
    );
    check(
        &estate,
        from,
        "10.0.1.204",
        "10.0.0.47",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.0.1.204 -> 10.0.0.47
              ->  eni-07c1506e49d784fe0                   sends
              ->  sg-063f2bb51713c3236 (launch-wizard-3)  allow egress all to 0.0.0.0/0
              ->  acl-0ae73e62fae564306                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-002f0eabf583bf991                   route 10.0.0.0/16 to local
              ->  acl-0ae73e62fae564306                   ingress 100 allow all from 0.0.0.0/0
              ->  eni-09da8cad43844dc1f                   drops: no ingress rule of sg-0662342465612f419
            dropped: no ingress rule of sg-0662342465612f419"#]],
    );
}

/// `AwsConfigurationPublicPrivateSubnetTest.testFromVgw`: the public subnet's private address is reached.
#[test]
fn row4_from_the_site_to_the_public_subnet() {
    let estate = read("public-private-subnet");
    let site = "site vpn-05044757278685fd3";
    check(
        &estate,
        site,
        "19.168.0.1",
        "10.0.0.47",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 19.168.0.1 -> 10.0.0.47
              ->  vpn-05044757278685fd3  sends
              ->  vgw-070087240d6fa2989  passes
              ->  acl-0ae73e62fae564306  ingress 100 allow all from 0.0.0.0/0
              ->  eni-09da8cad43844dc1f  drops: no ingress rule of sg-0662342465612f419
            dropped: no ingress rule of sg-0662342465612f419"#]],
    );
}

/// `AwsConfigurationPublicPrivateSubnetTest.testToSite`: one host by the internet, the other by the VPN.
#[test]
fn row4_to_the_site() {
    let estate = read("public-private-subnet");
    let (public, private) = ("eni-09da8cad43844dc1f", "eni-07c1506e49d784fe0");
    check(
        &estate,
        public,
        "10.0.0.47",
        "19.168.0.0",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.0.0.47 -> 19.168.0.0
              ->  eni-09da8cad43844dc1f                   sends
              ->  sg-0662342465612f419 (launch-wizard-2)  allow egress all to 0.0.0.0/0
              ->  acl-0ae73e62fae564306                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-0d20fcae075afe460                   route 0.0.0.0/0 to igw-0eac198308206c358
              ->  igw-0eac198308206c358                   translates to: tcp 40000>80 13.58.55.60 -> 19.168.0.0
              ->  internet                                receives
              <-  internet                                sends
              <-  igw-0eac198308206c358                   translates to: tcp 80>40000 19.168.0.0 -> 10.0.0.47
              <-  acl-0ae73e62fae564306                   ingress 100 allow all from 0.0.0.0/0
              <-  eni-09da8cad43844dc1f                   allow ingress of an answer
              <-  eni-09da8cad43844dc1f                   receives
            delivered to internet"#]],
    );
    check(
        &estate,
        private,
        "10.0.1.204",
        "19.168.0.0",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.0.1.204 -> 19.168.0.0
              ->  eni-07c1506e49d784fe0                   sends
              ->  sg-063f2bb51713c3236 (launch-wizard-3)  allow egress all to 0.0.0.0/0
              ->  acl-0ae73e62fae564306                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-002f0eabf583bf991                   route 0.0.0.0/0 to vgw-070087240d6fa2989
              ->  vgw-070087240d6fa2989                   passes
              ->  vpn-05044757278685fd3                   receives
              <-  vpn-05044757278685fd3                   sends
              <-  vgw-070087240d6fa2989                   passes
              <-  acl-0ae73e62fae564306                   ingress 100 allow all from 0.0.0.0/0
              <-  eni-07c1506e49d784fe0                   allow ingress of an answer
              <-  eni-07c1506e49d784fe0                   receives
            delivered to site behind vpn-05044757278685fd3"#]],
    );
}

/// `AwsConfigurationNatGatewayTest.testInstanceToInternet_bidirectional`.
#[test]
fn row5_through_nat_and_back() {
    let estate = read("nat-gateway");
    let from = "eni-0e4ce6a7777b9bff8";
    check(
        &estate,
        from,
        "10.1.1.98",
        "8.8.8.8",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.1.1.98 -> 8.8.8.8
              ->  eni-0e4ce6a7777b9bff8 (test1)                                sends
              ->  sg-0253af84ae6485905 (terraform-20200303012059260200000002)  allow egress all to 0.0.0.0/0
              ->  acl-0380e24eb934b075e                                        egress 100 allow all to 0.0.0.0/0
              ->  rtb-02fe228b42de92a7c (vpc_a_public)                         route 0.0.0.0/0 to nat-07ab4846da51f4612
              ->  acl-0792adae678b88f85 (main)                                 ingress 200 allow all from 0.0.0.0/0
              ->  nat-07ab4846da51f4612                                        translates to: tcp 40000>80 10.1.250.210 -> 8.8.8.8
              ->  acl-0792adae678b88f85 (main)                                 egress 100 allow all to 0.0.0.0/0
              ->  rtb-0ddf14681733ed0b7 (vpc_a_public)                         route 0.0.0.0/0 to igw-071753b9c23d8a9b2
              ->  igw-071753b9c23d8a9b2 (vpc_a)                                translates to: tcp 40000>80 3.135.127.225 -> 8.8.8.8
              ->  internet                                                     receives
              <-  internet                                                     sends
              <-  igw-071753b9c23d8a9b2 (vpc_a)                                translates to: tcp 80>40000 8.8.8.8 -> 10.1.250.210
              <-  acl-0792adae678b88f85 (main)                                 ingress 200 allow all from 0.0.0.0/0
              <-  nat-07ab4846da51f4612                                        translates to: tcp 80>40000 8.8.8.8 -> 10.1.1.98
              <-  acl-0792adae678b88f85 (main)                                 egress 100 allow all to 0.0.0.0/0
              <-  rtb-0ddf14681733ed0b7 (vpc_a_public)                         route 10.1.0.0/16 to local
              <-  acl-0380e24eb934b075e                                        ingress 100 allow all from 0.0.0.0/0
              <-  eni-0e4ce6a7777b9bff8 (test1)                                allow ingress of an answer
              <-  eni-0e4ce6a7777b9bff8 (test1)                                receives
            delivered to internet"#]],
    );
}

/// `AwsConfigurationNatGatewayTest.testUnsupportedIpProtocol`, `.testNonSessionPacket`,
/// `.testIntraSubnetPacket`: DENIED_IN at the NAT gateway.
#[test]
fn row6_what_nat_does_not_take() {
    let estate = read("nat-gateway");
    let from = "eni-0e4ce6a7777b9bff8";
    check(
        &estate,
        from,
        "10.1.1.98",
        "8.8.8.8",
        L4::Other(107),
        &expect![[r#"
            v4  protocol 107 10.1.1.98 -> 8.8.8.8
              ->  eni-0e4ce6a7777b9bff8 (test1)                                sends
              ->  sg-0253af84ae6485905 (terraform-20200303012059260200000002)  allow egress all to 0.0.0.0/0
              ->  acl-0380e24eb934b075e                                        egress 100 allow all to 0.0.0.0/0
              ->  rtb-02fe228b42de92a7c (vpc_a_public)                         route 0.0.0.0/0 to nat-07ab4846da51f4612
              ->  acl-0792adae678b88f85 (main)                                 ingress 200 allow all from 0.0.0.0/0
              ->  nat-07ab4846da51f4612                                        drops: does not carry this family or protocol
            dropped: does not carry this family or protocol"#]],
    );
    check(
        &estate,
        "internet",
        "8.8.8.8",
        "3.135.127.225",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 8.8.8.8 -> 3.135.127.225
              ->  internet                       sends
              ->  igw-071753b9c23d8a9b2 (vpc_a)  translates to: tcp 40000>80 8.8.8.8 -> 10.1.250.210
              ->  acl-0792adae678b88f85 (main)   ingress 200 allow all from 0.0.0.0/0
              ->  nat-07ab4846da51f4612          drops: nothing inside began this
            dropped: nothing inside began this"#]],
    );
    let beside = "eni-068fb5a0a9a57f23c";
    check(
        &estate,
        beside,
        "10.1.250.116",
        "10.1.250.210",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.1.250.116 -> 10.1.250.210
              ->  eni-068fb5a0a9a57f23c (Jump Host)                            sends
              ->  sg-0253af84ae6485905 (terraform-20200303012059260200000002)  allow egress all to 0.0.0.0/0
              ->  subnet-0428892a357fa1f94 (Public Subnet)                     directly, within the subnet
              ->  nat-07ab4846da51f4612                                        drops: nothing inside began this
            dropped: nothing inside began this"#]],
    );
}

/// `AwsConfigurationVpcPeeringTest`, its five tests: A to B, B to A, A to an unused subnet (NO_ROUTE), B to
/// an unused subnet (NULL_ROUTED), B to an unused address (DELIVERED_TO_SUBNET).
#[test]
fn row7_peering() {
    let estate = read("vpc-peering");
    let (a, b) = ("eni-0f0708220e812876c", "eni-0024c0af5aa1387e5");
    let (a4, b4) = ("10.10.10.157", "192.168.1.106");
    check(
        &estate,
        a,
        a4,
        b4,
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.10.10.157 -> 192.168.1.106
              ->  eni-0f0708220e812876c                   sends
              ->  sg-09606ce9642cac154 (launch-wizard-2)  allow egress all to 0.0.0.0/0
              ->  acl-0b0c7a5db2fc8fa08                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-0891861fffaea6d52                   route 192.168.1.0/24 to pcx-0b89b559e3319d6cf
              ->  pcx-0b89b559e3319d6cf (A-B)             passes
              ->  acl-060c3d111b1e1692d                   ingress 100 allow all from 0.0.0.0/0
              ->  eni-0024c0af5aa1387e5                   drops: no ingress rule of sg-065c26b39e45ae384
            dropped: no ingress rule of sg-065c26b39e45ae384"#]],
    );
    check(
        &estate,
        b,
        b4,
        a4,
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 192.168.1.106 -> 10.10.10.157
              ->  eni-0024c0af5aa1387e5                   sends
              ->  sg-065c26b39e45ae384 (launch-wizard-1)  allow egress all to 0.0.0.0/0
              ->  acl-060c3d111b1e1692d                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-017c36290c9baf017                   route 10.10.0.0/16 to pcx-0b89b559e3319d6cf
              ->  pcx-0b89b559e3319d6cf (A-B)             passes
              ->  acl-0b0c7a5db2fc8fa08                   ingress 100 allow all from 0.0.0.0/0
              ->  eni-0f0708220e812876c                   drops: no ingress rule of sg-09606ce9642cac154
            dropped: no ingress rule of sg-09606ce9642cac154"#]],
    );
    check(
        &estate,
        a,
        a4,
        "192.168.100.1",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.10.10.157 -> 192.168.100.1
              ->  eni-0f0708220e812876c                   sends
              ->  sg-09606ce9642cac154 (launch-wizard-2)  allow egress all to 0.0.0.0/0
              ->  acl-0b0c7a5db2fc8fa08                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-0891861fffaea6d52                   drops: no route
            dropped: no route"#]],
    );
    check(
        &estate,
        b,
        b4,
        "10.10.100.1",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 192.168.1.106 -> 10.10.100.1
              ->  eni-0024c0af5aa1387e5                   sends
              ->  sg-065c26b39e45ae384 (launch-wizard-1)  allow egress all to 0.0.0.0/0
              ->  acl-060c3d111b1e1692d                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-017c36290c9baf017                   route 10.10.0.0/16 to pcx-0b89b559e3319d6cf
              ->  pcx-0b89b559e3319d6cf (A-B)             passes
              ->  vpc-0404e08ceddf7f650 (VPC A)           drops: the address is in no subnet
            dropped: the address is in no subnet"#]],
    );
    check(
        &estate,
        b,
        b4,
        "10.10.10.11",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 192.168.1.106 -> 10.10.10.11
              ->  eni-0024c0af5aa1387e5                   sends
              ->  sg-065c26b39e45ae384 (launch-wizard-1)  allow egress all to 0.0.0.0/0
              ->  acl-060c3d111b1e1692d                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-017c36290c9baf017                   route 10.10.0.0/16 to pcx-0b89b559e3319d6cf
              ->  pcx-0b89b559e3319d6cf (A-B)             passes
              ->  acl-0b0c7a5db2fc8fa08                   ingress 100 allow all from 0.0.0.0/0
              ->  subnet-006a19c846f047bd7 (subnet A)     drops: nobody has the address
            dropped: nobody has the address"#]],
    );
}

/// `AwsConfigurationTransitGatewayTest.testFromAtoB`, `.testFromBtoA`: DENIED_IN at the far host.
#[test]
fn row8_over_a_hub() {
    let estate = read("transit-gateway");
    let (a, b) = ("eni-0f0708220e812876c", "eni-0024c0af5aa1387e5");
    check(
        &estate,
        a,
        "10.10.10.157",
        "192.168.1.106",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.10.10.157 -> 192.168.1.106
              ->  eni-0f0708220e812876c                    sends
              ->  sg-09606ce9642cac154 (launch-wizard-2)   allow egress all to 0.0.0.0/0
              ->  acl-0b0c7a5db2fc8fa08                    egress 100 allow all to 0.0.0.0/0
              ->  rtb-0891861fffaea6d52                    route 192.168.0.0/16 to tgw-044be4464fcc69aff
              ->  acl-0b0c7a5db2fc8fa08                    ingress 100 allow all from 0.0.0.0/0
              ->  tgw-attach-07f5ec59e9f540021 (tgw-vpcA)  passes
              ->  tgw-rtb-0fa40c8df355dce6e                route 192.168.0.0/16 to tgw-attach-0ae2696617bb06fb4
              ->  tgw-attach-0ae2696617bb06fb4 (tgw-vpcB)  passes
              ->  subnet-0ebf6378a79a3e534 (subnet B)      directly, within the subnet
              ->  eni-0024c0af5aa1387e5                    drops: no ingress rule of sg-065c26b39e45ae384
            dropped: no ingress rule of sg-065c26b39e45ae384"#]],
    );
    check(
        &estate,
        b,
        "192.168.1.106",
        "10.10.10.157",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 192.168.1.106 -> 10.10.10.157
              ->  eni-0024c0af5aa1387e5                    sends
              ->  sg-065c26b39e45ae384 (launch-wizard-1)   allow egress all to 0.0.0.0/0
              ->  acl-060c3d111b1e1692d                    egress 100 allow all to 0.0.0.0/0
              ->  rtb-017c36290c9baf017                    route 10.10.0.0/16 to tgw-044be4464fcc69aff
              ->  acl-060c3d111b1e1692d                    ingress 100 allow all from 0.0.0.0/0
              ->  tgw-attach-0ae2696617bb06fb4 (tgw-vpcB)  passes
              ->  tgw-rtb-0fa40c8df355dce6e                route 10.10.0.0/16 to tgw-attach-07f5ec59e9f540021
              ->  tgw-attach-07f5ec59e9f540021 (tgw-vpcA)  passes
              ->  subnet-006a19c846f047bd7 (subnet A)      directly, within the subnet
              ->  eni-0f0708220e812876c                    drops: no ingress rule of sg-09606ce9642cac154
            dropped: no ingress rule of sg-09606ce9642cac154"#]],
    );
}

/// `AwsConfigurationTransitGatewayTest.testFromA2toB`: from a zone without the hub NULL_ROUTED;
/// `.testFromBtoA2`: into that zone the packet still comes.
#[test]
fn row8_a_zone_without_the_hub() {
    let estate = read("transit-gateway");
    let (a2, b) = ("eni-030eeb1fb8c2d6654", "eni-0024c0af5aa1387e5");
    check(
        &estate,
        a2,
        "10.10.20.154",
        "192.168.1.106",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.10.20.154 -> 192.168.1.106
              ->  eni-030eeb1fb8c2d6654                    sends
              ->  sg-051f619de836dbaf3 (launch-wizard-3)   allow egress all to 0.0.0.0/0
              ->  acl-0b0c7a5db2fc8fa08                    egress 100 allow all to 0.0.0.0/0
              ->  rtb-0891861fffaea6d52                    route 192.168.0.0/16 to tgw-044be4464fcc69aff
              ->  tgw-attach-07f5ec59e9f540021 (tgw-vpcA)  drops: no interface of the hub in the sender's zone
            dropped: no interface of the hub in the sender's zone"#]],
    );
    check(
        &estate,
        b,
        "192.168.1.106",
        "10.10.20.154",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 192.168.1.106 -> 10.10.20.154
              ->  eni-0024c0af5aa1387e5                    sends
              ->  sg-065c26b39e45ae384 (launch-wizard-1)   allow egress all to 0.0.0.0/0
              ->  acl-060c3d111b1e1692d                    egress 100 allow all to 0.0.0.0/0
              ->  rtb-017c36290c9baf017                    route 10.10.0.0/16 to tgw-044be4464fcc69aff
              ->  acl-060c3d111b1e1692d                    ingress 100 allow all from 0.0.0.0/0
              ->  tgw-attach-0ae2696617bb06fb4 (tgw-vpcB)  passes
              ->  tgw-rtb-0fa40c8df355dce6e                route 10.10.0.0/16 to tgw-attach-07f5ec59e9f540021
              ->  tgw-attach-07f5ec59e9f540021 (tgw-vpcA)  passes
              ->  acl-0b0c7a5db2fc8fa08                    egress 100 allow all to 0.0.0.0/0
              ->  rtb-0891861fffaea6d52                    route 10.10.0.0/16 to local
              ->  acl-0b0c7a5db2fc8fa08                    ingress 100 allow all from 0.0.0.0/0
              ->  eni-030eeb1fb8c2d6654                    drops: no ingress rule of sg-051f619de836dbaf3
            dropped: no ingress rule of sg-051f619de836dbaf3"#]],
    );
}

/// `AwsConfigurationVpnGatewayTest.testFromOnPrem`: DENIED_IN, NEIGHBOR_UNREACHABLE, NULL_ROUTED. (The
/// gateway's address outside the tunnel, which Batfish asks about too, is not part of an estate.)
#[test]
fn row9_from_a_site() {
    let estate = read("vpn-gateway");
    let site = "site vpn-03701a53bba3c48b7";
    for (to, want) in [
        (
            "10.0.1.204",
            &expect![[r#"
            v4  tcp 40000>80 172.16.0.1 -> 10.0.1.204
              ->  vpn-03701a53bba3c48b7  sends
              ->  vgw-0c09bd7fadac961bf  passes
              ->  acl-0ae73e62fae564306  ingress 100 allow all from 0.0.0.0/0
              ->  eni-07c1506e49d784fe0  drops: no ingress rule of sg-063f2bb51713c3236
            dropped: no ingress rule of sg-063f2bb51713c3236"#]],
        ),
        (
            "10.0.1.205",
            &expect![[r#"
                v4  tcp 40000>80 172.16.0.1 -> 10.0.1.205
                  ->  vpn-03701a53bba3c48b7                      sends
                  ->  vgw-0c09bd7fadac961bf                      passes
                  ->  acl-0ae73e62fae564306                      ingress 100 allow all from 0.0.0.0/0
                  ->  subnet-0f263105946ad1a1d (Private subnet)  drops: nobody has the address
                dropped: nobody has the address"#]],
        ),
        (
            "10.0.2.1",
            &expect![[r#"
            v4  tcp 40000>80 172.16.0.1 -> 10.0.2.1
              ->  vpn-03701a53bba3c48b7  sends
              ->  vgw-0c09bd7fadac961bf  passes
              ->  vpc-0b966fdeb36d5e43f  drops: the address is in no subnet
            dropped: the address is in no subnet"#]],
        ),
    ] {
        check(&estate, site, "172.16.0.1", to, tcp(80), want);
    }
}

/// `AwsConfigurationVpnGatewayTest.testToOnPrem`: everything goes to the site. What the site's router then
/// does (NO_ROUTE) is the site's.
#[test]
fn row9_to_a_site() {
    let estate = read("vpn-gateway");
    let from = "eni-07c1506e49d784fe0";
    check(
        &estate,
        from,
        "10.0.1.204",
        "8.8.8.8",
        tcp(80),
        &expect![[r#"
            v4  tcp 40000>80 10.0.1.204 -> 8.8.8.8
              ->  eni-07c1506e49d784fe0                   sends
              ->  sg-063f2bb51713c3236 (launch-wizard-3)  allow egress all to 0.0.0.0/0
              ->  acl-0ae73e62fae564306                   egress 100 allow all to 0.0.0.0/0
              ->  rtb-0d20fcae075afe460                   route 0.0.0.0/0 to vgw-0c09bd7fadac961bf
              ->  vgw-0c09bd7fadac961bf                   passes
              ->  vpn-03701a53bba3c48b7                   receives
              <-  vpn-03701a53bba3c48b7                   sends
              <-  vgw-0c09bd7fadac961bf                   passes
              <-  acl-0ae73e62fae564306                   ingress 100 allow all from 0.0.0.0/0
              <-  eni-07c1506e49d784fe0                   allow ingress of an answer
              <-  eni-07c1506e49d784fe0                   receives
            delivered to site behind vpn-03701a53bba3c48b7"#]],
    );
}

fn check(estate: &Estate, from: &str, source: &str, to: &str, l4: L4, want: &Expect) {
    let from = match from.strip_prefix("site ") {
        Some(link) => End::Site(LinkId::new(link)),
        None => end(from),
    };
    let trace = Tracer::new(estate).trace(&from, packet(source, to, l4));
    want.assert_eq(&trace.to_string());
}

fn read(name: &str) -> Estate {
    let estates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/tests/estates");
    read_folder(&estates.join(format!("batfish-{name}")))
}

/// The estate of a folder of dumps.
pub(crate) fn read_folder(folder: &Path) -> Estate {
    let mut reader = sixward_ingest::aws::Reader::new();
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|it| it.unwrap().path()));
        } else if path.extension().is_some_and(|it| it == "json") {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            reader.read(name, &fs::read(&path).unwrap()).unwrap();
        }
    }
    reader.finish().estate
}
