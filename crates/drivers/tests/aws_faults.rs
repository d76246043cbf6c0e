//! A region that throttles, refuses, loses replies and talks nonsense: what each call
//! becomes, how often it was made, and that no secret shows.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a panic is a test's report"
)]

#[path = "support/child.rs"]
mod child;
#[path = "support/region.rs"]
mod region;

use child::{environment, run};
use region::{Region, Reply, ec2_error, query_error};
use sixward_drivers::Account;

fn account(region: &Region) -> Account {
    Account {
        region: "us-east-1".into(),
        profile: None,
        endpoint: Some(region.endpoint()),
    }
}

const VPCS: &str = "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>";

#[test]
fn each_fault_has_its_outcome() {
    let region = Region::start(|action, nth| match (action, nth) {
        ("DescribeVpcs", 1 | 2) => Reply::Answer(503, ec2_error("RequestLimitExceeded")),
        ("DescribeVpcs", _) => Reply::Answer(200, VPCS.into()),
        ("DescribeSubnets", _) => Reply::Answer(403, ec2_error("UnauthorizedOperation")),
        ("DescribeRouteTables", 1) => Reply::Lost,
        ("DescribeNatGateways", _) => {
            Reply::Answer(200, "<DescribeNatGatewaysResponse><nat".into())
        }
        ("DescribeNetworkAcls", _) => {
            Reply::Answer(200, "<html><body>sign in</body></html>".into())
        }
        ("DescribeIpv6Pools", _) => Reply::Answer(500, "<!doctype html><title>500</title>".into()),
        ("DescribeAddresses", _) => Reply::Answer(400, ec2_error("InvalidAction")),
        ("DescribeDBClusters", 1) => Reply::Answer(400, query_error("Throttling")),
        ("DescribeVpnGateways", _) => Reply::Answer(500, ec2_error("InternalError")),
        _ => Reply::Empty,
    });
    let outcome = run(&account(&region), &environment());
    outcome.assert_keeps_secrets();

    let path = |command: &str| format!("us-east-1/ec2-{command}.json");
    assert_eq!(outcome.result["account_id"], "123456789012");
    assert_eq!(outcome.result["sorted"], true);
    assert_eq!(
        outcome.dump(&path("describe-vpcs"))["Vpcs"][0]["VpcId"],
        "vpc-1"
    );
    assert_eq!(region.calls("DescribeVpcs"), 3);
    assert_eq!(outcome.text(&path("describe-route-tables")), Some("{}\n"));
    assert_eq!(region.calls("DescribeRouteTables"), 2);
    assert_eq!(region.calls("DescribeDBClusters"), 2);

    for (action, command, calls, class, reason) in [
        (
            "DescribeSubnets",
            "describe-subnets",
            1,
            "Denied",
            "UnauthorizedOperation: It says so.",
        ),
        (
            "DescribeNatGateways",
            "describe-nat-gateways",
            2,
            "Garbled",
            "",
        ),
        (
            "DescribeNetworkAcls",
            "describe-network-acls",
            2,
            "Garbled",
            "the answer is a <html> where",
        ),
        (
            "DescribeIpv6Pools",
            "describe-ipv6-pools",
            2,
            "Server",
            "HTTP 500 without an AWS error in it",
        ),
        (
            "DescribeAddresses",
            "describe-addresses",
            1,
            "NotImplemented",
            "InvalidAction",
        ),
        (
            "DescribeVpnGateways",
            "describe-vpn-gateways",
            4,
            "Server",
            "InternalError",
        ),
    ] {
        assert_eq!(region.calls(action), calls, "{action}");
        let unread = outcome
            .unread(&path(command))
            .unwrap_or_else(|| panic!("{action} was read"));
        assert_eq!(unread.0, class, "{action}");
        assert!(unread.1.starts_with(reason), "{action}: {}", unread.1);
        assert_eq!(outcome.text(&path(command)), None, "{action}");
    }
    assert_eq!(outcome.result["unread"].as_array().unwrap().len(), 6);
}

#[test]
fn pages_are_merged_and_a_lost_page_loses_the_list() {
    let vpc = |id: &str, next: &str| {
        format!(
            "<DescribeVpcsResponse><vpcSet><item><vpcId>{id}</vpcId></item></vpcSet>{next}</DescribeVpcsResponse>"
        )
    };
    let region = Region::start(move |action, nth| {
        match (action, nth) {
        ("DescribeVpcs", 1) => Reply::Answer(200, vpc("vpc-1", "<nextToken>two</nextToken>")),
        ("DescribeVpcs", _) => Reply::Answer(200, vpc("vpc-2", "")),
        ("DescribeSubnets", 1) => Reply::Answer(
            200,
            "<DescribeSubnetsResponse><subnetSet/><nextToken>two</nextToken></DescribeSubnetsResponse>".into(),
        ),
        ("DescribeSubnets", _) => Reply::Answer(403, ec2_error("UnauthorizedOperation")),
        _ => Reply::Empty,
    }
    });
    let outcome = run(&account(&region), &environment());
    let vpcs = outcome.dump("us-east-1/ec2-describe-vpcs.json");
    assert_eq!(
        vpcs,
        serde_json::json!({"Vpcs": [{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}]})
    );
    assert!(region.bodies("DescribeVpcs")[1].ends_with("&NextToken=two"));
    assert_eq!(
        outcome
            .unread("us-east-1/ec2-describe-subnets.json")
            .unwrap()
            .0,
        "Denied"
    );
}
