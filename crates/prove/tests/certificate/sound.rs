//! Certificates of random small estates and of others' estates are believed.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use sixward_check::{Report, check};
use sixward_estate::{Estate, RouteState};
use sixward_prove::certificate::{Certificate, Verdict};
use sixward_prove::symbolic::Analysis;

use crate::given::read;
use crate::spec::{Kind, specs};

/// The certificate of some states.
pub(crate) fn certificate(states: &[Estate]) -> Vec<u8> {
    let mut analysis = Analysis::new(&states[0]);
    let mut certificate = Certificate::begin(&analysis).unwrap();
    for (step, estate) in (1..).zip(&states[1..]) {
        analysis = analysis.next(estate);
        certificate.add(step, &analysis).unwrap();
    }
    let mut bytes = Vec::new();
    certificate.write(&mut bytes).unwrap();
    bytes
}

/// What the checker says of a certificate of some states.
pub(crate) fn checked(bytes: &[u8], states: &[Estate]) -> Result<Report, String> {
    let states = (0..).zip(states.iter().cloned());
    check(bytes, states).map_err(|refusal| refusal.to_string())
}

/// The estate after all that is IPv6 was taken from its interfaces and subnets.
fn without_v6(estate: &Estate) -> Estate {
    let mut estate = estate.clone();
    estate.interfaces.for_each_mut(|it| {
        it.addresses6.clear();
        it.prefixes6.clear();
    });
    estate.subnets.for_each_mut(|it| it.block6 = None);
    estate.networks.for_each_mut(|it| it.blocks6.clear());
    estate
}

/// The estate with every second route gone.
fn without_routes(estate: &Estate) -> Estate {
    let mut estate = estate.clone();
    estate.route_tables.for_each_mut(|table| {
        for route in table.routes.iter_mut().step_by(2) {
            route.state = RouteState::Blackhole;
        }
    });
    estate
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 25 } else { 3000 }))]

    #[test]
    fn certificates_of_small_estates_are_believed(
        first in specs(Kind::Mixed),
        then in specs(Kind::Mixed),
    ) {
        let first = first.estate(|family| family);
        let then = then.estate(|family| family);
        let states = [first.clone(), without_v6(&first), first.clone(), then.clone(), then, first];
        let bytes = certificate(&states);
        let report = checked(&bytes, &states).unwrap();
        prop_assert_eq!(report.states, 6);
        prop_assert!(!report.ipv4_differs.contains(&1) && !report.ipv4_differs.contains(&5));
    }
}

#[test]
fn certificates_of_others_estates_are_believed() {
    let estates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/tests/estates");
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut names: Vec<_> = fs::read_dir(estates)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .chain(
            fs::read_dir(scenarios)
                .unwrap()
                .map(|it| it.unwrap().path().join("given")),
        )
        .filter(|path| path.is_dir() && !path.join("estate.toml").exists())
        .collect();
    names.sort();
    let mut tables = 0;
    for name in names {
        let estate = read(name.to_str().unwrap());
        let states = [
            estate.clone(),
            without_v6(&estate),
            without_routes(&estate),
            estate,
        ];
        match checked(&certificate(&states), &states) {
            Ok(report) => tables += report.tables,
            Err(refusal) => panic!("{}: {refusal}", name.display()),
        }
    }
    assert!(tables > 500, "{tables} tables");
}

#[test]
fn the_maker_s_words_are_passed_on() {
    let estate = Estate::default();
    let mut certificate = Certificate::begin(&Analysis::new(&estate)).unwrap();
    certificate.verdicts.push(Verdict {
        step: 0,
        promise: "IPv4 is as it was".to_owned(),
        verdict: "kept".to_owned(),
    });
    let mut bytes = Vec::new();
    certificate.write(&mut bytes).unwrap();
    let report = checked(&bytes, &[estate]).unwrap();
    assert_eq!(report.verdicts.len(), 1);
    assert_eq!(report.verdicts[0].verdict, "kept");
}
