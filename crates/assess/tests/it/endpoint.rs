//! Private endpoints.

use expect_test::expect;
use sixward_estate::*;

use crate::build::two_tier;
use crate::show::check;

#[test]
fn endpoints_by_interface_by_route_and_through_appliances() {
    let build = two_tier()
        .endpoint(
            "vpce-sqs",
            "sqs",
            EndpointKind::Interface {
                interfaces: Vec::new(),
                subnets: vec![SubnetId::new("priv")],
                firewalls: Vec::new(),
            },
        )
        .endpoint(
            "vpce-s3",
            "s3",
            EndpointKind::Gateway {
                route_tables: vec![RouteTableId::new("rtb-priv")],
                prefix_list: Some(PrefixListId::new("pl-s3")),
            },
        )
        .endpoint(
            "vpce-gwlb",
            "inspect",
            EndpointKind::Inspection {
                subnets: vec![SubnetId::new("pub")],
            },
        );
    check(
        build,
        "",
        &["endpoint/"],
        &expect![[r#"
        warning endpoint/inspection endpoint/vpce-gwlb: it leads through appliances, and IPv6 goes round them where it has a route of its own
            help: answer the decisions of the routes to it: same-target only if the appliances inspect IPv6
            - families: IPv4 only
        note endpoint/gateway-v4 endpoint/vpce-s3: its routes are IPv4 only: IPv6 traffic to s3 leaves by the default route instead
            help: switch it to dual-stack where the service has it, or keep clients on the service's IPv4 names; otherwise its traffic leaves the private path, may cost more, and escapes the endpoint's policy
            - route table rtb-priv
        note endpoint/interface-v4 endpoint/vpce-sqs: sqs is reached over IPv4 only; it can be switched to dual-stack in place where the service has IPv6
            help: ask the provider whether the service has it (describe-vpc-endpoint-services: SupportedIpAddressTypes), and switch it after its subnets have blocks
            - families: IPv4 only
    "#]],
    );
}
