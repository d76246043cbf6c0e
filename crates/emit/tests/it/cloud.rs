//! The scripts against the strict cloud, run by bash with the real aws CLI.
//!
//! A call of the CLI costs most of a second of CPU, so each test does many things in few runs, and
//! only the first run starts the CLI anew for each call; the others use one that is loaded once.

use sixward_estate::intent::Intent;
use sixward_estate::*;
use sixward_net::ANY6;
use sixward_plan::Change;
use sixward_testkit::{Cloud, tools};

use crate::cli::Cli;
use crate::fixture::{plan_of, rule};
use crate::shell::{Written, said};
use crate::world::{Shop, discover, guide, rebound, run, shop, stopped};

/// There, there again, back, and back again: the second time nothing is done.
#[test]
fn the_guide_there_and_back() {
    let cloud = Cloud::start();
    let aws = Cli::new(&cloud);
    let real = tools::venv().join("bin");
    let ids = cloud.two_tier();
    let before = discover(&cloud);
    let plan = guide(before.clone(), &ids);
    let written = Written::new(&plan);

    let first = said(&run(&cloud, &real, &written, "apply.sh", &[]));
    assert!(!first.contains("already"), "{first}");
    assert_eq!(rebound(&plan, &discover(&cloud)), plan.end());
    let second = said(&run(&cloud, aws.path(), &written, "apply.sh", &[]));
    assert!(second.contains("\n0 done, "), "{second}");

    let back = said(&run(&cloud, aws.path(), &written, "undo.sh", &[]));
    assert!(!back.contains("already"), "{back}");
    assert_eq!(discover(&cloud), before);
    let again = said(&run(&cloud, aws.path(), &written, "undo.sh", &[]));
    assert!(again.contains("\n0 done, "), "{again}");
}

/// Every answer to a change is lost once. What counts is the state, so nothing is done twice; and a
/// second migration, after the first was taken back, meets what that one left behind: a block that is
/// listed as given back, a token that made a gateway which is gone, a list that no longer counts as
/// untouched.
#[test]
fn answers_are_lost_and_the_way_is_gone_twice() {
    let cloud = Cloud::start();
    let aws = Cli::new(&cloud);
    let ids = cloud.two_tier();
    let before = discover(&cloud);
    let plan = guide(before.clone(), &ids);
    let written = Written::new(&plan);

    let faulty = aws.losing_answers();
    let mut runs = 0;
    let last = loop {
        runs += 1;
        let output = run(&cloud, faulty.path(), &written, "apply.sh", &[]);
        if output.status.success() {
            break said(&output);
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            said.contains("What is done stays done. To go on, run this script again"),
            "{said}"
        );
        assert!(runs < 6, "{said}");
    };
    // A machine type is three calls, so the step is begun anew after each.
    assert!(last.contains("becomes m"), "{last}");
    assert_eq!(rebound(&plan, &discover(&cloud)), plan.end());
    assert!(faulty.lost() >= 15, "{} answers were lost", faulty.lost());

    said(&run(&cloud, aws.path(), &written, "undo.sh", &[]));
    assert_eq!(discover(&cloud), before);
    // Somebody changes the list: then the provider no longer opens it by itself, and the script does.
    let lists = before
        .firewalls
        .iter()
        .filter(|it| it.kind == FirewallKind::List);
    let acl = lists.map(|it| it.id.to_string()).next().unwrap();
    let entry = [
        "--network-acl-id",
        acl.as_str(),
        "--rule-number",
        "200",
        "--ingress",
    ];
    let made = [
        "--protocol",
        "-1",
        "--rule-action",
        "allow",
        "--cidr-block",
        "10.0.0.0/8",
    ];
    cloud.aws(
        &[
            &["ec2", "create-network-acl-entry"],
            entry.as_slice(),
            &made,
        ]
        .concat(),
    );
    let second = said(&run(&cloud, aws.path(), &written, "apply.sh", &[]));
    assert!(
        second.contains("added: the provider did not do it"),
        "{second}"
    );
    cloud.aws(&[&["ec2", "delete-network-acl-entry"], entry.as_slice()].concat());
    assert_eq!(rebound(&plan, &discover(&cloud)), plan.end());
}

/// What is there already and says something else is never changed, and the script says so and stops.
#[test]
fn what_somebody_else_did_is_left_alone() {
    let cloud = Cloud::start();
    let aws = Cli::new(&cloud);
    let ids = cloud.two_tier();
    let before = discover(&cloud);
    let list = before
        .firewalls
        .iter()
        .find(|f| f.kind == FirewallKind::List)
        .unwrap();
    let table = RouteTableId::new(ids.public_route_table.as_str());
    let target = RouteTarget::Gateway(GatewayId::new(ids.internet_gateway.as_str()));
    let (origin, state) = (RouteOrigin::Static, RouteState::Active);
    let entry = |direction| rule(direction, Some(90), "icmpv6/2/0", ANY6.into());
    let plan = plan_of(
        before.clone(),
        vec![
            Change::AddRule {
                firewall: list.id.clone(),
                rule: entry(Direction::Ingress),
            },
            Change::AddRule {
                firewall: list.id.clone(),
                rule: entry(Direction::Egress),
            },
            Change::AddRoute {
                table,
                route: Route {
                    destination: ANY6.into(),
                    target,
                    origin,
                    state,
                },
            },
        ],
    );
    let written = Written::new(&plan);
    cloud.aws(&[
        "ec2",
        "create-network-acl-entry",
        "--network-acl-id",
        list.id.as_str(),
        "--ingress",
        "--rule-number",
        "90",
        "--rule-action",
        "allow",
        "--protocol",
        "6",
        "--port-range",
        "From=22,To=22",
        "--ipv6-cidr-block",
        "::/0",
    ]);
    cloud.aws(&[
        "ec2",
        "create-route",
        "--route-table-id",
        &ids.public_route_table,
        "--destination-ipv6-cidr-block",
        "::/0",
        "--nat-gateway-id",
        &ids.nat_gateway,
    ]);
    let there = discover(&cloud);

    let refused = stopped(&run(&cloud, aws.path(), &written, "apply.sh", &[]));
    assert!(
        refused.contains("has another ingress entry 90 already: 'allow 6 22 22 ::/0'"),
        "{refused}"
    );
    let refused = stopped(&run(
        &cloud,
        aws.path(),
        &written,
        "apply.sh",
        &["--only", "3"],
    ));
    assert!(
        refused.contains("has another route for ::/0 already: to nat-"),
        "{refused}"
    );
    let done = said(&run(
        &cloud,
        aws.path(),
        &written,
        "apply.sh",
        &["--only", "2"],
    ));
    assert!(done.contains("1 done, 0 before"), "{done}");
    let back = said(&run(&cloud, aws.path(), &written, "undo.sh", &[]));
    assert!(back.contains("which is not ours"), "{back}");
    assert_eq!(discover(&cloud), there);
}

/// Undo goes on past what it cannot take back, keeps what it needs to know, and says what remains.
#[test]
fn undo_says_what_remains() {
    let cloud = Cloud::start();
    let aws = Cli::new(&cloud);
    let ids = cloud.two_tier();
    let plan = guide(discover(&cloud), &ids);
    let written = Written::new(&plan);
    for number in ["1", "2", "3"] {
        said(&run(
            &cloud,
            aws.path(),
            &written,
            "apply.sh",
            &["--only", number],
        ));
    }
    let assign = [
        "--ipv6-address-count",
        "1",
        "--network-interface-id",
        &ids.web_interface,
    ];
    let assigned = cloud.aws(&[&["ec2", "assign-ipv6-addresses"], &assign[..]].concat());

    let output = run(&cloud, aws.path(), &written, "undo.sh", &[]);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = stopped(&output);
    assert!(err.contains("InvalidCidrBlock.InUse"), "{err}");
    assert!(err.contains("still needs to know the block"), "{err}");
    let remains = out.split_once("This remains:\n").unwrap().1;
    assert_eq!(remains.matches("  step ").count(), 2, "{remains}");

    let address = assigned["AssignedIpv6Addresses"][0].as_str().unwrap();
    let unassign = [
        "--ipv6-addresses",
        address,
        "--network-interface-id",
        &ids.web_interface,
    ];
    cloud.aws(&[&["ec2", "unassign-ipv6-addresses"], &unassign[..]].concat());
    said(&run(&cloud, aws.path(), &written, "undo.sh", &[]));
    assert_eq!(discover(&cloud), plan.before);
}

/// The credentials are somebody else's: nothing is read and nothing is done.
#[test]
fn another_account_is_never_touched() {
    let cloud = Cloud::start();
    let aws = Cli::new(&cloud);
    let mut before = crate::fixture::two_tier();
    before.networks.for_each_mut(|network| {
        network.place.account = "999999999999".into();
    });
    let plan = sixward_plan::plan(before, Intent::default());
    let refused = stopped(&run(
        &cloud,
        aws.path(),
        &Written::new(&plan),
        "apply.sh",
        &[],
    ));
    assert!(refused.contains("step 1 failed"), "{refused}");
    assert!(
        refused.contains("give --profile 999999999999=NAME"),
        "{refused}"
    );
}

/// Load balancers, databases and hubs, as far as the double has them: it does not show where a hub's
/// route leads, so that one leads nowhere.
#[test]
fn families_are_set_and_set_back() {
    let cloud = Cloud::start();
    let aws = Cli::new(&cloud);
    let ids = cloud.two_tier();
    let Shop {
        balancer,
        attached,
        table,
    } = shop(&cloud, &ids);

    let before = discover(&cloud);
    let service = before.services.iter().next().unwrap().id.clone();
    let (from, to) = (FamilyMode::V4, FamilyMode::Dual);
    let (target, origin, state) = (
        TransitTarget::Nowhere,
        RouteOrigin::Static,
        RouteState::Active,
    );
    let route = TransitRoute {
        destination: ANY6.into(),
        target,
        origin,
        state,
    };
    let plan = plan_of(
        before,
        vec![
            Change::SetBalancerFamily {
                balancer: BalancerId::new(balancer.clone()),
                from,
                to,
            },
            Change::SetServiceFamily { service, from, to },
            Change::SetAttachmentV6 {
                link: LinkId::new(attached.clone()),
                on: true,
            },
            Change::AddTransitRoute {
                table: TransitTableId::new(table.clone()),
                route,
            },
        ],
    );
    let written = Written::new(&plan);
    let state = || {
        let balancers = cloud.aws(&["elbv2", "describe-load-balancers"]);
        let databases = cloud.aws(&["rds", "describe-db-instances"]);
        let links = cloud.aws(&["ec2", "describe-transit-gateway-vpc-attachments"]);
        [
            balancers["LoadBalancers"][0]["IpAddressType"].to_string(),
            databases["DBInstances"][0]["NetworkType"].to_string(),
            links["TransitGatewayVpcAttachments"][0]["Options"]["Ipv6Support"].to_string(),
        ]
    };
    said(&run(&cloud, aws.path(), &written, "apply.sh", &[]));
    assert_eq!(state(), ["\"dualstack\"", "\"DUAL\"", "\"enable\""]);
    let again = said(&run(&cloud, aws.path(), &written, "apply.sh", &[]));
    assert!(again.contains("\n0 done, 4 before"), "{again}");
    said(&run(&cloud, aws.path(), &written, "undo.sh", &[]));
    assert_eq!(state(), ["\"ipv4\"", "\"IPV4\"", "\"disable\""]);
}
