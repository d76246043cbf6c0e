//! A large estate: 100 networks in a transit mesh, 100,000 interfaces, 5,000 groups of 3 rules.
//!
//! No clock is asserted. To measure:
//! `cargo test --release -p sixward-assess --test it -- --ignored --nocapture large`.

use sixward_assess::firewall::twins;
use sixward_assess::{Survey, assess};
use sixward_estate::intent::Intent;
use sixward_estate::*;

use crate::build::{Build, plain, rule, under};

const NETWORKS: usize = 100;

fn large() -> Estate {
    let mut build = Build::new();
    for n in 0..NETWORKS {
        build = one(build, n);
    }
    build.0
}

fn one(mut build: Build, n: usize) -> Build {
    let vpc = format!("vpc-{n}");
    let table = format!("rtb-{n}");
    build = build
        .network(&vpc, &format!("10.{n}.0.0/16"), plain)
        .table(&table, &vpc, |t| t.main = true)
        .route(
            &table,
            "10.0.0.0/8",
            RouteTarget::Transit(TransitId::new("tgw")),
        )
        .link(
            &format!("att-{n}"),
            LinkKind::Transit(Attachment {
                transit: TransitId::new("tgw"),
                network: Some(NetworkId::new(&vpc)),
                other: "".into(),
                subnets: Vec::new(),
                v6: false,
                table: None,
                propagates_to: Vec::new(),
            }),
        );
    for s in 0..4 {
        build = build.subnet(
            &format!("sub-{n}-{s}"),
            &vpc,
            &format!("10.{n}.{}.0/20", s * 16),
            plain,
        );
    }
    for g in 0..50 {
        let id = format!("sg-{n}-{g}");
        let mut firewall = Firewall {
            id: FirewallId::new(&id),
            name: "".into(),
            network: NetworkId::new(&vpc),
            kind: FirewallKind::Group,
            default: false,
            rules: Vec::new(),
        };
        firewall.add(rule("ingress tcp/22 from 10.0.0.0/8"));
        firewall.add(rule("ingress tcp/443 from 203.0.113.7/32"));
        firewall.add(rule(&format!("ingress all from {id}")));
        build.0.firewalls.insert(firewall);
    }
    for h in 0..1000 {
        let id = format!("i-{n}-{h}");
        let subnet = format!("sub-{n}-{}", h % 4);
        let address = format!("10.{n}.{}.{}", (h % 4) * 16 + h / 250, 1 + h / 4 % 250);
        build = build.host(&id, (&subnet, &address), "t2.medium", |host, interface| {
            host.network = NetworkId::new(&vpc);
            interface.network = NetworkId::new(&vpc);
            interface.firewalls = under(&format!("sg-{n}-{}", h % 50));
        });
    }
    build
}

#[test]
#[ignore = "large: run it to measure"]
#[expect(clippy::disallowed_types, reason = "it measures")]
fn large_estate() {
    let estate = large();
    let answered = "answers.\"address:203.0.113.7/32\" = \"leave-out\"";
    for text in ["", "", answered] {
        let intent = Intent::parse(text).unwrap();
        let start = std::time::Instant::now();
        let survey = Survey::new(&estate, &intent);
        let surveyed = start.elapsed();
        let start = std::time::Instant::now();
        let assessment = assess(&survey);
        let assessed = start.elapsed();
        let start = std::time::Instant::now();
        let twins = estate
            .firewalls
            .iter()
            .map(|firewall| twins(&survey, firewall).len());
        let twins: usize = twins.sum();
        let twinned = start.elapsed();
        println!("survey {surveyed:?}, assess {assessed:?}, {twins} twins of rules {twinned:?}");
        println!("{} open", assessment.decisions.open.len());
    }
}
