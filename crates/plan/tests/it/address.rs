//! The address plan: places that say what a subnet is, and that stay.

use expect_test::expect;
use sixward_estate::Estate;
use sixward_estate::intent::Intent;
use sixward_plan::plan;

use crate::estates::{NetworkRecipe, Recipe, SubnetRecipe};

fn estate(subnets: &[(usize, usize)]) -> Estate {
    let subnets = subnets
        .iter()
        .map(|(tier, zone)| SubnetRecipe {
            tier: *tier,
            custom_list: false,
            zone: *zone,
        })
        .collect();
    let network = NetworkRecipe {
        subnets,
        groups: vec![vec![]],
        list: vec![],
        hosts: vec![],
    };
    Recipe {
        networks: vec![network],
        peerings: vec![],
        transit: false,
    }
    .build()
}

fn places(estate: Estate, intent: &str) -> String {
    let plan = plan(estate, Intent::parse(intent).unwrap());
    let rows = plan.addresses.subnets.iter();
    let rows =
        rows.map(|(id, row)| format!("{id} {:?} {}\n", row.tier, plan.symbols.show(row.net)));
    let findings = plan
        .assessment
        .findings
        .iter()
        .filter(|f| f.code.as_str().contains("pair"));
    rows.chain(findings.map(|f| format!("{} {}: {}\n", f.code, f.subject, f.message)))
        .collect()
}

const SIX: [(usize, usize); 6] = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (0, 0)];

#[test]
fn the_place_is_tier_then_zone_then_the_ipv4_order_reversed() {
    expect![[r#"
        subnet-0-0 Public {vpc-0}00::/64
        subnet-0-1 Public {vpc-0}0c::/64
        subnet-0-2 Private {vpc-0}42::/64
        subnet-0-3 Private {vpc-0}4e::/64
        subnet-0-4 Isolated {vpc-0}81::/64
        subnet-0-5 Public {vpc-0}05::/64
    "#]]
    .assert_eq(&places(estate(&SIX), ""));
}

#[test]
fn a_subnet_that_comes_later_moves_no_other() {
    let before = places(estate(&SIX[..5]), "");
    let after = places(estate(&SIX), "");
    assert!(
        before.lines().all(|line| after.contains(line)),
        "{before}\n{after}"
    );
}

#[test]
fn a_place_by_hand_is_taken_as_it_is() {
    let intent = r#"
        [subnets.subnet-0-0]
        pair = "1a"
        [subnets.subnet-0-1]
        pair = "1A"
        [subnets.subnet-0-2]
        pair = "100"
        [subnets.subnet-0-3]
        pair = "zz"
    "#;
    expect![[r#"
        subnet-0-0 Public {vpc-0}1a::/64
        subnet-0-4 Isolated {vpc-0}81::/64
        subnet-0-5 Public {vpc-0}05::/64
        subnet/pair-invalid subnet/subnet-0-2: `pair = "100"` is not a place in a /56
        subnet/pair-invalid subnet/subnet-0-3: `pair = "zz"` is not a place in a /56
        subnet/pair-taken subnet/subnet-0-1: `pair = "1A"` is the place of another subnet
    "#]]
    .assert_eq(&places(estate(&SIX), intent));
}

#[test]
fn other_sizes_than_the_providers() {
    for (length, shown) in [(44, "0:c000"), (48, ":0c00"), (52, "0c0"), (60, "2")] {
        let intent = format!(
            "[networks.vpc-0]\nblock = {{ ipam = {{ pool = \"ipam-pool-1\", length = {length} }} }}"
        );
        let plan = plan(estate(&SIX), Intent::parse(&intent).unwrap());
        let row = plan.addresses.subnets.values().nth(1).unwrap();
        assert_eq!(
            plan.symbols.show(row.net),
            format!("{{vpc-0}}{shown}::/64"),
            "/{length}"
        );
    }
}

#[test]
fn subnets_without_a_place_are_named() {
    let intent = "[networks.vpc-0]\nblock = { ipam = { pool = \"p\", length = 60 } }";
    let plan = plan(estate(&[(0, 0); 17]), Intent::parse(intent).unwrap());
    assert_eq!(plan.addresses.subnets.len(), 16);
    let full: Vec<_> = plan
        .assessment
        .findings
        .iter()
        .filter(|finding| finding.code.as_str() == "network/block-full")
        .map(|finding| {
            format!(
                "{}: {} {:?}",
                finding.subject, finding.message, finding.evidence
            )
        })
        .collect();
    expect![[r#"network/vpc-0 (net0): a /60 has no place for 1 of its subnets ["subnet-0-16"]"#]]
        .assert_eq(&full.join("\n"));
}
