//! A link on the way that carries less than both ends know: large packets get through, or vanish where a list
//! drops the word that they are too large.

use std::fs;
use std::path::Path;
use std::time::Duration;

use sixward_estate::Estate;
use sixward_lab::{Carries, Drop, Flow, Lab, Layout, Prober, Seen, node_of};
use sixward_plan::{Plan, read_plan};

use crate::given;

pub(crate) fn gets_through() {
    let plan = given::planned("aws-two-tier");
    for seen in outwards(&plan) {
        assert!(matches!(seen, Seen::Answered(_)), "{seen:?}");
    }
}

pub(crate) fn vanishes() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/naive-too-big/plan.json");
    let plan = read_plan(&fs::read(path).unwrap()).unwrap();
    let seen = outwards(&plan);
    let lists = |drop: &Drop| drop.by.starts_with("acl-") && drop.why.contains("no ingress rule");
    let vanished = |seen: &Seen| match seen {
        Seen::Dropped(drop) | Seen::AnswerDropped(drop) => lists(drop),
        _ => false,
    };
    assert!(seen.iter().any(vanished), "{seen:?}");
}

/// What becomes of much data that each host sends to the internet over IPv6, at the end of a plan. Small packets
/// pass in each of these flows.
fn outwards(plan: &Plan) -> Vec<Seen> {
    let estate: Estate = plan.end();
    let lab = Lab::make(Layout::rehearsed(&estate)).unwrap();
    let mut prober = Prober::new(&lab).unwrap();
    prober.patience(Duration::from_secs(2));
    let mut all = Vec::new();
    for interface in &estate.interfaces {
        let (Some(from), Some(source)) = (node_of(interface), interface.addresses6.first()) else {
            continue;
        };
        let mut flow = Flow {
            from,
            source: (*source).into(),
            destination: [0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 7].into(),
            carries: Carries::Tcp(None, 443),
        };
        if matches!(prober.try_flow(&flow).unwrap(), Seen::Answered(_)) {
            flow.carries = Carries::Large(None, 443);
            all.push(prober.try_flow(&flow).unwrap());
        }
    }
    assert!(!all.is_empty());
    all
}
