//! Input that is broken: errors name the place, and everything that can be read is read.

use expect_test::{Expect, expect};
use sixward_ingest::aws::Reader;

use crate::check::{count, read, shown};

fn refused(bytes: &[u8], expected: &Expect) {
    let error = Reader::new().read("dump/subnets.json", bytes).unwrap_err();
    expected.assert_eq(&format!("{error}\nhint: {}\n", error.hint()));
}

#[test]
fn what_cannot_be_read_is_an_error_that_names_the_place() {
    refused(
        br#"{"Subnets": [{"SubnetId": "subnet-1""#,
        &expect![[r#"
        cannot read `dump/subnets.json`: the file ends in the middle at line 1 column 36
        hint: the command was interrupted or the disk was full; run it again
    "#]],
    );
    refused(
        br#"{"Subnets": [{"SubnetId": "subnet-1"} {}]}"#,
        &expect![[r#"
        cannot read `dump/subnets.json`: expected `,` or `]` at line 1 column 39
        hint: use `--output json`, or leave the file out
    "#]],
    );
    refused(
        b"{\"Subnets\": [\n {\"SubnetId\": \"a\", \"VpcId\": \"b\"},\n {\"SubnetId\": 5}]}",
        &expect![[r#"
            cannot read `dump/subnets.json`: `Subnets[1].SubnetId` is wrong at line 3 column 15: found integer `5`, expected text
            hint: use the plain output of the command, without `--query`
        "#]],
    );
    refused(
        br#"{"Subnets": {"SubnetId": "subnet-1"}}"#,
        &expect![[r#"
            cannot read `dump/subnets.json`: `Subnets` is wrong at line 1 column 13: found map, expected a list
            hint: use the plain output of the command, without `--query`
        "#]],
    );
    refused(
        br#"{"Subnets": ["subnet-1"]}"#,
        &expect![[r#"
            cannot read `dump/subnets.json`: `Subnets[0]` is wrong at line 1 column 23: found string "subnet-1", expected a subnet
            hint: use the plain output of the command, without `--query`
        "#]],
    );
    refused(
        br#"{"SecurityGroups": [{"IpPermissions": [{"FromPort": "22"}]}]}"#,
        &expect![[r#"
            cannot read `dump/subnets.json`: `SecurityGroups[0].IpPermissions[0].FromPort` is wrong at line 1 column 56: found string "22", expected a whole number
            hint: use the plain output of the command, without `--query`
        "#]],
    );
    refused(
        br#"{"SecurityGroups": [{"IpPermissions": [{"FromPort": 99999999999999999999}]}]}"#,
        &expect![[r#"
            cannot read `dump/subnets.json`: `SecurityGroups[0].IpPermissions[0].FromPort` is wrong at line 1 column 72: found floating point `1e+20`, expected a whole number
            hint: use the plain output of the command, without `--query`
        "#]],
    );
    refused(
        br#"{"SecurityGroups": [{"IpPermissions": [{"FromPort": 18446744073709551615}]}]}"#,
        &expect![[r#"
            cannot read `dump/subnets.json`: `SecurityGroups[0].IpPermissions[0].FromPort` is wrong at line 1 column 72: found integer `18446744073709551615`, expected a whole number
            hint: use the plain output of the command, without `--query`
        "#]],
    );
    refused(
        br#"{"Subnets": [{"MapPublicIpOnLaunch": "yes"}]}"#,
        &expect![[r#"
            cannot read `dump/subnets.json`: `Subnets[0].MapPublicIpOnLaunch` is wrong at line 1 column 42: found string "yes", expected a boolean
            hint: use the plain output of the command, without `--query`
        "#]],
    );
    refused(
        br#"{"Subnets": [{"SubnetId": "a", "SubnetId": "b"}]}"#,
        &expect![[r#"
            cannot read `dump/subnets.json`: `Subnets[0].SubnetId` is wrong at line 1 column 41: duplicate field `SubnetId`
            hint: use the plain output of the command, without `--query`
        "#]],
    );
    refused(
        b"{\"Subnets\": [{\"SubnetId\": \"\xff\"}]}",
        &expect![[r#"
        cannot read `dump/subnets.json`: it is not UTF-8 (byte 27)
        hint: save it as UTF-8, or leave it out
    "#]],
    );
    refused(
        b"\xff\xfe{\0",
        &expect![[r#"
        cannot read `dump/subnets.json`: it is not UTF-8 (byte 0)
        hint: save it as UTF-8: `>` in older PowerShell writes UTF-16
    "#]],
    );
    refused(
        b"SUBNETS\tsubnet-1",
        &expect![[r#"
        cannot read `dump/subnets.json`: expected value at line 1 column 1
        hint: use `--output json`, or leave the file out
    "#]],
    );
    let deep = format!(r#"{{"Subnets": {}"#, "[".repeat(100_000));
    refused(
        deep.as_bytes(),
        &expect![[r#"
            cannot read `dump/subnets.json`: `Subnets[0][0]` is wrong at line 1 column 15: found sequence, expected text
            hint: use the plain output of the command, without `--query`
        "#]],
    );
}

#[test]
fn a_file_that_fails_leaves_nothing_behind() {
    let mut reader = Reader::new();
    reader
        .read(
            "a.json",
            br#"{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/8"}, 5]}"#,
        )
        .unwrap_err();
    let ingested = reader.finish();
    assert!(ingested.estate.networks.is_empty() && ingested.findings.is_empty());
}

#[test]
fn what_is_odd_is_a_finding() {
    let deep = format!(
        r#"{{"Other": {}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let vpc = r#"{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}"#;
    expect![[r#"
        networks {blocks4:[10.0.0.0/16],id:vpc-1,place:{provider:aws}}
        warning input/conflict network/vpc-1: the input holds 2 different descriptions of it; the first is used [a/vpcs.json, b/vpcs.json]
        warning input/truncated-listing file/cut/subnets.json: the listing goes on, and no file holds the rest []
        note input/empty-file file/empty.json: the file is empty []
        note input/unknown-file file/array.json: the file is no answer that is read []
        note input/unknown-file file/deep.json: the file is no answer that is read [`Other`]
        note input/unknown-file file/null.json: the file is no answer that is read []
        note input/unknown-key file/two-documents.json: some keys of the file are not read [`Whatever`]
    "#]].assert_eq(&shown(&[
        ("a/vpcs.json", vpc),
        ("array.json", "[1, 2]"),
        ("b/vpcs.json", r#"{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16"}]}"#),
        ("bom.json", "\u{feff}{\"Subnets\": []}"),
        ("cut/subnets.json", r#"{"Subnets": [], "NextToken": "more"}"#),
        ("deep.json", &deep),
        ("empty.json", " \n"),
        ("ends/1.json", r#"{"Addresses": [], "NextToken": "more"}"#),
        ("ends/2.json", r#"{"Addresses": []}"#),
        ("null.json", "null"),
        ("nulls.json", r#"{"Subnets": null, "Reservations": [{"Instances": null}], "InternetGateways": []}"#),
        ("two-documents.json", "{\"Vpcs\": [], \"NextToken\": \"x\"}\n{\"Vpcs\": [], \"Vpcs\": [], \"Whatever\": 1}"),
    ]));
}

#[test]
fn two_accounts_name_what_they_share() {
    let peering = |tags: &str| {
        format!(
            r#"{{"VpcPeeringConnections": [{{"VpcPeeringConnectionId": "pcx-1", "Status": {{"Code": "active"}}, "Tags": [{tags}],
                "RequesterVpcInfo": {{"VpcId": "vpc-1"}}, "AccepterVpcInfo": {{"VpcId": "vpc-2"}}}}]}}"#
        )
    };
    let named = |name: &str| peering(&format!(r#"{{"Key": "Name", "Value": "{name}"}}"#));
    let files = [
        ("1/p.json", peering("")),
        ("2/p.json", named("to-b")),
        ("3/p.json", named("to-a")),
    ];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    expect![[r#"
        links {id:pcx-1,kind:{peering:{accepter:{network:vpc-2,place:{provider:aws}},requester:{network:vpc-1,place:{provider:aws}}}},name:to-a}
    "#]].assert_eq(&shown(&files));
}

#[test]
fn many_of_one_kind_are_one_finding() {
    let gateways: Vec<String> = (0..50)
        .map(|n| format!(r#"{{"CarrierGatewayId": "cagw-{n:02}"}}"#))
        .collect();
    let text = format!(r#"{{"CarrierGateways": [{}]}}"#, gateways.join(","));
    let ingested = read([("a.json", text.as_bytes())]).unwrap();
    assert_eq!(ingested.estate.gaps.len(), 50);
    let [finding] = ingested.findings.as_slice() else {
        panic!("{:?}", ingested.findings)
    };
    assert_eq!(finding.message, "50 are not modelled");
    assert_eq!(finding.evidence.len(), 21);
}

#[test]
fn a_group_with_a_million_rules() {
    let ranges: Vec<String> = (0..1000)
        .map(|n| format!(r#"{{"CidrIp":"10.{}.{}.0/24"}}"#, n / 250, n % 250))
        .collect();
    let ranges = ranges.join(",");
    let permissions: Vec<String> = (1..=1000)
        .map(|port| {
            format!(
                r#"{{"IpProtocol":"tcp","FromPort":{port},"ToPort":{port},"IpRanges":[{ranges}]}}"#
            )
        })
        .collect();
    let text = format!(
        r#"{{"SecurityGroups":[{{"GroupId":"sg-1","GroupName":"g","VpcId":"vpc-1","IpPermissions":[{}]}}]}}"#,
        permissions.join(",")
    );
    let ingested = read([("sg.json", text.as_bytes())]).unwrap();
    expect![[r#"
        firewalls 1, rules 1000000
          warning input/missing-listing 1
    "#]]
    .assert_eq(&count(&ingested));
}
