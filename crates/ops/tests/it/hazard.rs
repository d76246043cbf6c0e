//! The planner's own plans pass through no hazard that was not there before: every state of every
//! scenario is looked at.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use expect_test::expect;
use sixward_estate::{Code, Estate, Severity, Subject};
use sixward_ops::{Job, Source, plan};
use sixward_plan::{Plan, read_plan};
use sixward_prove::hazard::Yardstick;

#[test]
fn no_step_of_ours_makes_a_hazard() {
    let told = each(|folder| {
        let source = Source::find(folder.to_str().unwrap(), None).unwrap();
        Some(plan(&Job::new(source, &())).unwrap().plan)
    });
    // In the rack somebody has opened `stats` to everyone over IPv6 before the first step; its README
    // says so, and the plan changes no rule that is there.
    expect![[r#"
        aws-east-west-ipv4
        aws-edge-only
        aws-mesh
        aws-old-hosts
        aws-two-tier
        naive-address-first
        naive-default-list
        naive-internet-gateway
        naive-list-return
        naive-mirror
        naive-name-first
        naive-one-sided-peering
        naive-open-relay
        naive-too-big
        rack
          0: blocker hazard/exposed firewall/stats
        teredo-private
    "#]]
    .assert_eq(&told);
}

/// The mistakes that the naive plans are told for.
#[test]
fn naive_plans_make_hazards() {
    let told = each(|folder| {
        let bytes = fs::read(folder.join("plan.json")).ok()?;
        Some(read_plan(&bytes).unwrap())
    });
    expect![[r#"
        naive-address-first
          7: warning hazard/list-opened firewall/acl-0a500001 (public)
        naive-default-list
          4: warning hazard/list-opened firewall/acl-0a600000
          7: blocker hazard/exposed firewall/sg-0a600001 (web)
        naive-internet-gateway
          6: warning hazard/lets-in route-table/rtb-0a200002 (private)
          10: blocker hazard/exposed firewall/sg-0a200002 (app)
          10: blocker hazard/lets-in route-table/rtb-0a200002 (private)
        naive-list-return
          7: warning hazard/packet-too-big firewall/acl-0a300001 (public)
        naive-mirror
          7: blocker hazard/exposed firewall/sg-0a100002 (metrics)
        naive-name-first
        naive-one-sided-peering
          8: warning hazard/half-open route-table/rtb-0a700002 (data)
        naive-open-relay
          1: warning hazard/lets-in route-table/tunnel-old-rack
        naive-too-big
          9: warning hazard/packet-too-big firewall/acl-0a400001 (public)
    "#]]
    .assert_eq(&told);
}

fn each(plan: impl Fn(&Path) -> Option<Plan>) -> String {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let entries = fs::read_dir(scenarios).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = folders.filter(|path| path.join("given").is_dir()).collect();
    folders.sort();
    let mut text = String::new();
    for folder in folders {
        if let Some(plan) = plan(&folder) {
            let _ = writeln!(text, "{}", folder.file_name().unwrap().display());
            text += &told(&plan);
        }
    }
    text
}

/// What is graver than a note, with the first step after which it is so.
fn told(plan: &Plan) -> String {
    let yardstick = Yardstick::new(&plan.before);
    let mut state = plan.before.clone();
    let mut known = grave(&yardstick, &state);
    let mut text = lines(0, &known);
    for step in &plan.steps {
        step.change.effect(&mut state).unwrap();
        let new: BTreeSet<_> = grave(&yardstick, &state)
            .difference(&known)
            .cloned()
            .collect();
        text += &lines(step.number, &new);
        known.extend(new);
    }
    assert_eq!(state, plan.end());
    text
}

fn grave(yardstick: &Yardstick<'_>, state: &Estate) -> BTreeSet<(Severity, Code, Subject)> {
    let all = yardstick.hazards(state).into_iter();
    all.filter(|finding| finding.severity < Severity::Note)
        .map(|finding| (finding.severity, finding.code, finding.subject))
        .collect()
}

fn lines(number: u32, found: &BTreeSet<(Severity, Code, Subject)>) -> String {
    let line = |(severity, code, subject): &_| format!("  {number}: {severity} {code} {subject}\n");
    found.iter().map(line).collect()
}
