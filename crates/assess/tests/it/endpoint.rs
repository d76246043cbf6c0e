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
            warning endpoint/inspection endpoint/vpce-gwlb: it leads through appliances, and IPv6 that has a route of its own goes round them
                help: answer the decisions of the routes to it: same-target only if the appliances inspect IPv6
                - families: IPv4 only
            note endpoint/gateway-v4 endpoint/vpce-s3: its routes are IPv4 only: IPv6 traffic to s3 leaves by the default route instead
                help: switch it to dual-stack where the service has it, or keep clients on the service's IPv4 names; otherwise its traffic leaves the private path, may cost more, and escapes the endpoint's policy
                - route table rtb-priv
            open endpoint:vpce-sqs endpoint/interface-v4 endpoint/vpce-sqs: does sqs answer over IPv6 at this endpoint? (describe-vpc-endpoint-services says it: SupportedIpAddressTypes)
                no: it is reached over IPv4 only, as before
                yes: it becomes dual-stack in place, after its subnets have blocks
                meanwhile: it is reached over IPv4 only, as before
                - families: IPv4 only
        "#]],
    );
}

#[test]
fn the_owner_says_whether_the_service_has_ipv6() {
    let build = || {
        let kind = EndpointKind::Interface {
            interfaces: Vec::new(),
            subnets: vec![SubnetId::new("priv")],
            firewalls: Vec::new(),
        };
        two_tier().endpoint("vpce-sqs", "sqs", kind)
    };
    let yes = "answers.\"endpoint:vpce-sqs\" = \"yes\"";
    check(
        build(),
        yes,
        &["endpoint/", "intent/"],
        &expect![[r#"
        answered endpoint:vpce-sqs endpoint/interface-v4 endpoint/vpce-sqs: does sqs answer over IPv6 at this endpoint? (describe-vpc-endpoint-services says it: SupportedIpAddressTypes)
            no: it is reached over IPv4 only, as before
            yes: it becomes dual-stack in place, after its subnets have blocks
            meanwhile: it is reached over IPv4 only, as before
            - families: IPv4 only
    "#]],
    );
    check(
        build(),
        "subnets.priv.skip = true",
        &["endpoint/"],
        &expect![[r#"
            blocker endpoint/subnets-without-v6 endpoint/vpce-sqs: it needs an IPv6 block in every subnet that it stands in, and some get none
                help: select these subnets in the intent; until then it is reached over IPv4 as before
                - priv
        "#]],
    );
}
