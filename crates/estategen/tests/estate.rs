//! An estate that is not one would make every bench and every test on it worthless: what
//! is referred to exists, addresses are where they belong, and the same seed repeats.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use sixward_estategen::{Scale, write_aws};

const SCALE: Scale = Scale {
    vpcs: 12,
    subnets: 144,
    groups: 120,
    interfaces: 600,
};

/// All lists of a dump, by key.
fn written(scale: Scale, seed: u64) -> BTreeMap<String, Vec<Value>> {
    let dir = tempfile::tempdir().unwrap();
    write_aws(dir.path(), scale, seed).unwrap();
    let mut lists = BTreeMap::<String, Vec<Value>>::new();
    for text in texts(dir.path()).values() {
        let file: BTreeMap<String, Vec<Value>> = serde_json::from_str(text).unwrap();
        for (key, items) in file {
            lists.entry(key).or_default().extend(items);
        }
    }
    lists
}

fn texts(dir: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(dir.join("us-east-1"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

/// Calls `see` with every key and text in a tree.
fn walk<'a>(value: &'a Value, key: &'a str, see: &mut impl FnMut(&'a str, &'a str)) {
    match value {
        Value::String(text) => see(key, text),
        Value::Array(items) => items.iter().for_each(|item| walk(item, key, see)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| walk(value, key, see)),
        _ => {}
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let write = |seed| {
        let dir = tempfile::tempdir().unwrap();
        let written = write_aws(dir.path(), Scale::interfaces(200), seed).unwrap();
        let texts: Vec<_> = texts(dir.path()).into_values().collect();
        assert_eq!(written.files as usize, texts.len());
        assert_eq!(
            written.bytes,
            texts.iter().map(|text| text.len() as u64).sum::<u64>()
        );
        texts
    };
    let first = write(1);
    assert!(first == write(1));
    assert!(first != write(2));
}

#[test]
fn the_scale_is_kept() {
    let lists = written(SCALE, 1);
    let counts = [
        "Vpcs",
        "Subnets",
        "SecurityGroups",
        "NetworkInterfaces",
        "RouteTables",
    ]
    .map(|key| lists[key].len());
    assert_eq!(counts, [12, 144, 120, 600, 36]);
    let expected = [
        "Addresses",
        "DBInstances",
        "DBSubnetGroups",
        "InternetGateways",
        "Listeners",
        "LoadBalancers",
        "NatGateways",
        "NetworkAcls",
        "NetworkInterfaces",
        "Reservations",
        "RouteTables",
        "Routes",
        "SecurityGroups",
        "Subnets",
        "TargetGroups",
        "TransitGatewayAttachments",
        "TransitGatewayRouteTables",
        "TransitGatewayVpcAttachments",
        "TransitGateways",
        "VpcPeeringConnections",
        "Vpcs",
    ];
    assert_eq!(
        lists.keys().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
    assert!(lists.values().all(|list| !list.is_empty()));
}

#[test]
fn what_is_referred_to_exists() {
    let lists = written(SCALE, 2);
    let mut known = BTreeSet::from(["local"]);
    let define = |known: &mut BTreeSet<_>, list: &'static str, key: &str| {
        for item in &lists[list] {
            assert!(
                known.insert(item[key].as_str().unwrap()),
                "{list}: {} twice",
                item[key]
            );
        }
    };
    let mut define = |list, key| define(&mut known, list, key);
    define("Vpcs", "VpcId");
    define("Subnets", "SubnetId");
    define("SecurityGroups", "GroupId");
    define("NetworkInterfaces", "NetworkInterfaceId");
    define("RouteTables", "RouteTableId");
    define("NetworkAcls", "NetworkAclId");
    define("InternetGateways", "InternetGatewayId");
    define("NatGateways", "NatGatewayId");
    define("TransitGateways", "TransitGatewayId");
    define("TransitGatewayAttachments", "TransitGatewayAttachmentId");
    define("TransitGatewayRouteTables", "TransitGatewayRouteTableId");
    define("VpcPeeringConnections", "VpcPeeringConnectionId");
    define("LoadBalancers", "LoadBalancerArn");
    define("TargetGroups", "TargetGroupArn");
    define("Addresses", "AllocationId");
    let instances: Vec<_> = lists["Reservations"]
        .iter()
        .map(|it| &it["Instances"][0])
        .collect();
    known.extend(
        instances
            .iter()
            .map(|instance| instance["InstanceId"].as_str().unwrap()),
    );
    let references = [
        "VpcId",
        "SubnetId",
        "SubnetIds",
        "SubnetIdentifier",
        "GroupId",
        "VpcSecurityGroupId",
        "NetworkInterfaceId",
        "RouteTableId",
        "NetworkAclId",
        "GatewayId",
        "NatGatewayId",
        "TransitGatewayId",
        "TransitGatewayAttachmentId",
        "TransitGatewayRouteTableId",
        "VpcPeeringConnectionId",
        "LoadBalancerArn",
        "LoadBalancerArns",
        "TargetGroupArn",
        "AllocationId",
        "InstanceId",
        "ResourceId",
    ];
    for (list, items) in &lists {
        let mut see = |key: &str, text: &str| {
            assert!(
                !references.contains(&key) || known.contains(text),
                "{list}: {key} {text} does not exist"
            );
        };
        for item in items {
            walk(item, "", &mut see);
        }
    }
}

#[test]
fn instances_and_interfaces_agree() {
    let lists = written(SCALE, 3);
    let attached: BTreeMap<_, _> = lists["NetworkInterfaces"]
        .iter()
        .filter_map(|it| {
            Some((
                it["NetworkInterfaceId"].as_str()?,
                it["Attachment"]["InstanceId"].as_str()?,
            ))
        })
        .collect();
    let mut listed = BTreeMap::new();
    for instance in lists["Reservations"].iter().map(|it| &it["Instances"][0]) {
        for interface in instance["NetworkInterfaces"].as_array().unwrap() {
            listed.insert(
                interface["NetworkInterfaceId"].as_str().unwrap(),
                instance["InstanceId"].as_str().unwrap(),
            );
        }
    }
    assert_eq!(attached, listed);
}

#[test]
fn addresses_are_unique_and_in_their_subnet() {
    // Close to full, so that subnets overflow into each other.
    let tight = Scale {
        vpcs: 1,
        subnets: 6,
        groups: 8,
        interfaces: 6 * 220,
    };
    for lists in [written(SCALE, 4), written(tight, 4)] {
        let blocks: BTreeMap<_, _> = lists["Subnets"]
            .iter()
            .map(|it| (it["SubnetId"].clone().to_string(), block(&it["CidrBlock"])))
            .collect();
        let mut seen = BTreeSet::new();
        let mut public = BTreeSet::new();
        for interface in &lists["NetworkInterfaces"] {
            let address = address(&interface["PrivateIpAddress"]);
            let (first, last) = blocks[&interface["SubnetId"].to_string()];
            assert!(first + 4 <= address && address < last, "{interface}");
            assert!(seen.insert(address), "{interface}");
            let association = &interface["Association"]["PublicIp"];
            assert!(
                association.is_null() || public.insert(association.to_string()),
                "{interface}"
            );
        }
        let mut ends = blocks.values().copied().collect::<Vec<_>>();
        ends.sort_unstable();
        assert!(
            ends.windows(2).all(|pair| pair[0].1 < pair[1].0),
            "subnets overlap"
        );
    }
}

#[test]
fn the_mix_is_that_of_an_estate_that_has_grown() {
    let lists = written(
        Scale {
            vpcs: 2,
            subnets: 60,
            groups: 300,
            interfaces: 2_000,
        },
        5,
    );
    let instances: Vec<_> = lists["Reservations"]
        .iter()
        .map(|it| &it["Instances"][0])
        .collect();
    let share = |list: &[&Value], is: &dyn Fn(&Value) -> bool| {
        1_000 * list.iter().filter(|item| is(item)).count() / list.len()
    };
    let old = |it: &Value| {
        it["InstanceType"].as_str().unwrap().starts_with("m1")
            || it["InstanceType"].as_str().unwrap().starts_with("m3")
    };
    assert!(
        (15..35).contains(&share(&instances, &old)),
        "types without IPv6"
    );
    assert!((1..12).contains(&share(&instances, &|it| it["RootDeviceType"] == "instance-store")));
    let interfaces: Vec<_> = lists["NetworkInterfaces"].iter().collect();
    assert!(
        (250..320).contains(&share(&interfaces, &|it| it["Association"].is_object())),
        "public"
    );
    assert!(
        (30..120).contains(&share(&interfaces, &|it| it["RequesterManaged"] == true)),
        "managed"
    );
    let subnets = lists["Subnets"].len();
    let custom: usize = lists["NetworkAcls"]
        .iter()
        .filter(|it| it["IsDefault"] == false)
        .map(|it| it["Associations"].as_array().unwrap().len())
        .sum();
    assert!(
        (30..37).contains(&(100 * custom / subnets)),
        "{custom} of {subnets} subnets with an ACL of their own"
    );
    let rules: Vec<_> = lists["SecurityGroups"]
        .iter()
        .flat_map(|it| it["IpPermissions"].as_array().unwrap())
        .collect();
    let references = share(&rules, &|it| {
        it["UserIdGroupPairs"]
            .as_array()
            .is_some_and(|pairs| !pairs.is_empty())
    });
    assert!((550..700).contains(&references), "{references}");
}

fn address(text: &Value) -> u32 {
    text.as_str()
        .unwrap()
        .parse::<std::net::Ipv4Addr>()
        .unwrap()
        .into()
}

/// First and last address.
fn block(text: &Value) -> (u32, u32) {
    let (first, length) = text.as_str().unwrap().split_once('/').unwrap();
    let first: u32 = first.parse::<std::net::Ipv4Addr>().unwrap().into();
    (first, first + (u32::MAX >> length.parse::<u32>().unwrap()))
}
