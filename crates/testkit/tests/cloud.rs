//! The cloud itself: the rules that a migration meets, seen through the real aws CLI.

#![expect(clippy::unwrap_used, reason = "a panic in a test is its report")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sixward_testkit::{Cloud, Proxy, Trouble, TwoTier, cloud::REGION, tools};

/// What associating a prefix sets off by itself.
#[test]
fn a_prefix_opens_what_was_never_touched() {
    let cloud = Cloud::start();
    let estate = cloud.two_tier();
    associate(&cloud, &estate);
    let filter = format!("Name=vpc-id,Values={}", estate.vpc);
    let acls = cloud.aws(&["ec2", "describe-network-acls", "--filters", &filter]);
    let opened = array(&acls["NetworkAcls"][0]["Entries"])
        .iter()
        .filter(|entry| entry["RuleNumber"] == 101 && entry["Ipv6CidrBlock"] == "::/0")
        .count();
    assert_eq!(
        opened, 2,
        "an untouched default ACL opens in both directions: {acls}"
    );
    let groups = cloud.aws(&["ec2", "describe-security-groups", "--filters", &filter]);
    for group in array(&groups["SecurityGroups"]) {
        assert_eq!(
            group["IpPermissionsEgress"][0]["Ipv6Ranges"][0]["CidrIpv6"],
            "::/0"
        );
    }
}

/// The database's way to an address, with the refusals that a wrong order meets.
#[test]
fn an_old_instance_type_is_refused_and_a_way_back_has_an_order() {
    let cloud = Cloud::start();
    let estate = cloud.two_tier();
    let (vpc_association, prefix) = associate(&cloud, &estate);
    let subnet_association = text(
        &cloud.aws(&[
            "ec2",
            "associate-subnet-cidr-block",
            "--subnet-id",
            &estate.private_subnet,
            "--ipv6-cidr-block",
            &prefix.replace("00::/56", "01::/64"),
        ])["Ipv6CidrBlockAssociation"]["AssociationId"],
    );

    let db = ["--instance-id", &estate.db_instance];
    let eni = ["--network-interface-id", &estate.db_interface];
    let assign = [
        "ec2",
        "assign-ipv6-addresses",
        "--ipv6-address-count",
        "1",
        eni[0],
        eni[1],
    ];
    assert_eq!(
        cloud.aws_refused(&assign),
        "UnsupportedOperation",
        "m3.large has no IPv6"
    );
    let m4 = "{\"Value\": \"m4.large\"}";
    let resize = [
        "ec2",
        "modify-instance-attribute",
        "--instance-type",
        m4,
        db[0],
        db[1],
    ];
    assert_eq!(cloud.aws_refused(&resize), "IncorrectInstanceState");
    cloud.aws(&["ec2", "stop-instances", "--instance-ids", db[1]]);
    cloud.aws(&resize);
    cloud.aws(&["ec2", "start-instances", "--instance-ids", db[1]]);
    let address = text(&cloud.aws(&assign)["AssignedIpv6Addresses"][0]);

    let leave_subnet = [
        "ec2",
        "disassociate-subnet-cidr-block",
        "--association-id",
        &subnet_association,
    ];
    let leave_vpc = [
        "ec2",
        "disassociate-vpc-cidr-block",
        "--association-id",
        &vpc_association,
    ];
    assert_eq!(cloud.aws_refused(&leave_vpc), "InvalidCidrBlock.InUse");
    assert_eq!(cloud.aws_refused(&leave_subnet), "InvalidCidrBlock.InUse");
    cloud.aws(&[
        "ec2",
        "unassign-ipv6-addresses",
        "--ipv6-addresses",
        &address,
        eni[0],
        eni[1],
    ]);
    cloud.aws(&leave_subnet);
    cloud.aws(&leave_vpc);
}

#[test]
fn a_dump_is_what_the_cli_prints() {
    let cloud = Cloud::start();
    let estate = cloud.two_tier();
    let made = cloud.aws(&[
        "elbv2",
        "create-load-balancer",
        "--name",
        "front",
        "--type",
        "network",
        "--subnets",
        &estate.public_subnet,
    ]);
    let balancer = text(&made["LoadBalancers"][0]["LoadBalancerArn"]);
    let folder = tempfile::tempdir().unwrap();
    cloud.dump(folder.path());
    let printed = cloud.aws_output(&["ec2", "describe-instances"]).stdout;
    let dumped = fs::read(folder.path().join("us-east-1/ec2-describe-instances.json")).unwrap();
    assert_eq!(dumped, printed, "byte for byte");
    let vpcs = read(&folder.path().join("us-east-1/ec2-describe-vpcs.json"));
    assert_eq!(array(&vpcs["Vpcs"]).len(), 1, "the default VPC is gone");
    assert_eq!(vpcs["Vpcs"][0]["VpcId"], estate.vpc.as_str());
    let listeners = folder.path().join("us-east-1").join(format!(
        "elbv2-describe-listeners--{}.json",
        balancer.replace(':', "%3A").replace('/', "%2F")
    ));
    assert!(
        read(&listeners)["Listeners"].is_array(),
        "one file for each balancer"
    );
}

#[test]
fn a_script_runs_against_the_cloud_and_a_reset_forgets_it() {
    let cloud = Cloud::start();
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script.sh");
    fs::write(
        &script,
        "aws ec2 create-vpc --cidr-block \"$1\" --query Vpc.VpcId\n",
    )
    .unwrap();
    let made = cloud.run_script(&script, &["10.7.0.0/16"]);
    assert!(made.status.success(), "{made:?}");
    let has_it = || {
        let vpcs = cloud.aws(&["ec2", "describe-vpcs"]);
        array(&vpcs["Vpcs"])
            .iter()
            .any(|vpc| vpc["CidrBlock"] == "10.7.0.0/16")
    };
    assert!(has_it());
    cloud.reset();
    assert!(!has_it());
}

/// The cloud's own tests, one for each rule.
#[test]
fn every_rule_holds() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("cloud/test_strict_moto.py");
    let run = Command::new(tools::program("python"))
        .arg(tests)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

/// The given files of the main scenario name only what they hold.
#[test]
fn the_given_estate_is_consistent() {
    let folder = tools::workspace().join("scenarios/aws-two-tier/given/us-east-1");
    let mut text_of_all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        text_of_all += &fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let ids = |key: &str| -> BTreeSet<String> {
        text_of_all
            .split(&format!("\"{key}\": \""))
            .skip(1)
            .filter_map(|rest| rest.split_once('"'))
            .map(|(id, _)| id.to_owned())
            .collect()
    };
    assert_eq!(ids("VpcId").len(), 1);
    assert_eq!(ids("SubnetId").len(), 2);
    assert_eq!(ids("GroupId").len(), 3, "web, db and default");
    assert_eq!(
        ids("InstanceId").iter().filter(|id| !id.is_empty()).count(),
        2
    );
    assert_eq!(
        ids("NetworkInterfaceId").len(),
        3,
        "web, db and the NAT gateway's"
    );
    assert!(!text_of_all.to_lowercase().contains("moto"));
}

/// The given files of the scenario are this very estate; `UPDATE_EXPECT=1` writes them anew.
#[test]
fn the_given_estate_is_what_the_cloud_prints() {
    let cloud = Cloud::start();
    let estate = cloud.two_tier();
    let folder = tempfile::tempdir().unwrap();
    cloud.dump(folder.path());
    let ids = folder.path().join("ids.json");
    fs::write(&ids, serde_json::to_string(&estate).unwrap()).unwrap();
    let given = tools::workspace().join("scenarios/aws-two-tier/given");
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let frozen = tempfile::tempdir().unwrap();
    let target = if update {
        given.as_path()
    } else {
        frozen.path()
    };
    let run = Command::new(tools::program("python"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("cloud/freeze.py"))
        .args([folder.path(), &ids, target])
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let names = |dir: &Path| -> Vec<_> {
        let files = fs::read_dir(dir.join(REGION)).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(target), names(&given));
    for name in names(&given) {
        let (now, then) = (
            target.join(REGION).join(&name),
            given.join(REGION).join(&name),
        );
        assert_eq!(read(&now), read(&then), "{}", name.display());
    }
}

/// Gives the example's VPC a prefix: the association's id, and the prefix.
/// A program is killed at a call: before it is made, or after, and never hears of it.
#[test]
fn a_proxy_kills_before_or_after_a_call() {
    let cloud = Cloud::start();
    let vpcs = || array(&cloud.aws(&["ec2", "describe-vpcs"])["Vpcs"]).len();
    let first = vpcs();
    for (trouble, made) in [(Trouble::KillBefore, 0), (Trouble::KillAfter, 1)] {
        let proxy = Proxy::start(cloud.endpoint());
        proxy.trouble(1, trouble);
        let mut aws = Command::new(tools::program("aws"))
            .args(["ec2", "create-vpc", "--cidr-block", "10.0.0.0/16"])
            .envs(proxy.env(&cloud))
            .spawn()
            .unwrap();
        proxy.victim(aws.id());
        let status = aws.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "{trouble:?}: {status}");
        assert!(proxy.met());
        assert_eq!(proxy.writes(), ["CreateVpc"]);
        assert_eq!(vpcs(), first + made, "{trouble:?}");
    }
}

fn associate(cloud: &Cloud, estate: &TwoTier) -> (String, String) {
    let given = cloud.aws(&[
        "ec2",
        "associate-vpc-cidr-block",
        "--amazon-provided-ipv6-cidr-block",
        "--vpc-id",
        &estate.vpc,
    ]);
    let given = &given["Ipv6CidrBlockAssociation"];
    (text(&given["AssociationId"]), text(&given["Ipv6CidrBlock"]))
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}
