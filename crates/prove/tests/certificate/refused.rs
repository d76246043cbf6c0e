//! What is not the certificate of an estate is refused.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use sixward_estate::{Action, Direction, Estate, RouteState, Subnet};

use crate::forge::{alter, items, leaves, pick, take};
use crate::sound::{certificate, checked};
use crate::spec::{Kind, Spec, specs};

fn cases() -> ProptestConfig {
    ProptestConfig::with_cases(if cfg!(debug_assertions) { 25 } else { 3000 })
}

/// Two states: the second one has a rule less, a route less, and other addresses.
fn states(spec: &Spec) -> Vec<Estate> {
    let first = spec.estate(|family| family);
    let mut then = first.clone();
    then.firewalls.for_each_mut(|it| drop(it.rules.pop()));
    then.route_tables.for_each_mut(|it| drop(it.routes.pop()));
    let mut last = then.clone();
    last.interfaces.for_each_mut(|it| it.addresses6.clear());
    vec![first, then, last]
}

fn read(states: &[Estate]) -> Value {
    serde_json::from_slice(&certificate(states)).unwrap()
}

fn refused(certificate: &Value, states: &[Estate]) -> Result<String, TestCaseError> {
    let bytes = serde_json::to_vec(certificate).unwrap();
    match checked(&bytes, states) {
        Ok(_) => Err(TestCaseError::fail("it is believed")),
        Err(refusal) => Ok(refusal),
    }
}

proptest! {
    #![proptest_config(cases())]

    /// Somebody's slip of the pen.
    #[test]
    fn a_changed_value_is_refused(spec in specs(Kind::Mixed), index in any::<Index>()) {
        let states = states(&spec);
        let mut certificate = read(&states);
        let mut all = Vec::new();
        leaves(&certificate, &mut Vec::new(), &mut all);
        let path = pick(&all, index);
        alter(&mut certificate, &path);
        refused(&certificate, &states)?;
    }

    #[test]
    fn what_is_left_out_is_missed(spec in specs(Kind::Mixed), index in any::<Index>()) {
        let states = states(&spec);
        let mut certificate = read(&states);
        let mut all = Vec::new();
        items(&certificate, &mut Vec::new(), &mut all);
        let path = pick(&all, index);
        take(&mut certificate, &path);
        refused(&certificate, &states)?;
    }

    #[test]
    fn another_estate_is_refused(spec in specs(Kind::Mixed), which in 0..8_usize, at in 0..3_usize) {
        let mut states = states(&spec);
        let bytes = certificate(&states);
        let estate = states[at].clone();
        EDITS[which](&mut states[at]);
        prop_assume!(states[at] != estate);
        prop_assert!(checked(&bytes, &states).is_err());
    }
}

/// Ways in which an estate can be another one.
const EDITS: [fn(&mut Estate); 8] = [
    |estate| {
        estate.firewalls.for_each_mut(|it| {
            it.rules
                .retain(|rule| rule.direction != Direction::Ingress || rule.action == Action::Deny);
        });
    },
    |estate| estate.firewalls.for_each_mut(|it| it.default = true),
    |estate| {
        estate.route_tables.for_each_mut(|it| {
            for route in &mut it.routes {
                route.state = RouteState::Blackhole;
            }
        });
    },
    |estate| {
        estate
            .interfaces
            .for_each_mut(|it| drop(it.firewalls.pop()));
    },
    |estate| {
        estate.interfaces.for_each_mut(|it| {
            for own in &mut it.addresses4 {
                own.public = None;
            }
        });
    },
    |estate| estate.subnets.for_each_mut(|it| it.firewall = None),
    |estate| estate.public_access.clear(),
    |estate| {
        let subnet: Vec<Subnet> = estate.subnets.iter().cloned().collect();
        estate
            .interfaces
            .for_each_mut(|it| it.subnet = subnet[0].id.clone());
    },
];

#[test]
fn a_refusal_names_the_table_the_address_and_both_values() {
    let estate = crate::given::read("batfish-vpc-peering");
    let states = [estate];
    let mut certificate = read(&states);
    let tables = certificate["states"][0]["tables"].as_array_mut().unwrap();
    let table = tables
        .iter_mut()
        .find(|it| it["kind"] == "route-table")
        .unwrap();
    let runs = table["columns"]["way"].as_array_mut().unwrap();
    runs[1][0] = json!("10.0.0.1");
    let refusal = refused(&certificate, &states).unwrap();
    expect_test::expect![[r#"
        step 0, IPv4 route-table rtb-017c36290c9baf017, way at 10.0.0.1: the certificate says `peering pcx-0b89b559e3319d6cf`, the estate `nowhere`

        hint: make it anew from this estate and plan, and believe it only when it passes"#]].assert_eq(&refusal);
}
