//! Two estates side by side, and groups in a table: what a reviewer types.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::fs;
use std::path::Path;

use expect_test::{expect, expect_file};
use serde_json::Value;

use crate::here::{Here, Run};

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn an_estate_is_what_it_is() {
    let here = Here::new();
    here.copy_example("dumps");
    let run = here.run(&["diff", "dumps", "dumps"]);
    let want = expect![[r#"
        exit 0
        --- stdout
        sixward diff  dumps -> dumps
          IPv4  gained  none
          IPv4  lost    none
          IPv6  gained  none
          IPv6  lost    none
    "#]];
    want.assert_eq(&run.text());
    let json = json(&here.run(&["diff", "dumps", "dumps", "--json"]));
    assert_eq!(json["diff"]["flows"].as_array().unwrap().len(), 0);
    assert_eq!(json["diff"]["things"].as_array().unwrap().len(), 0);
}

/// What the experts of kops changed to take a cluster to IPv6, as its reviewer would see it.
#[test]
fn what_an_expert_changed() {
    let kops = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/kops");
    let here = Here::new();
    for file in ["before.toml", "after.toml"] {
        here.write(file, &fs::read_to_string(kops.join(file)).unwrap());
    }
    let run = here.run(&["diff", "before.toml", "after.toml"]);
    assert_eq!(run.stderr, "");
    let got = format!("{}exit {}\n", run.stdout, run.code);
    expect_file![kops.join("diff.txt")].assert_eq(&got);
}

#[test]
fn what_the_internet_newly_reaches_comes_first() {
    let here = Here::new();
    here.copy_example("dumps");
    let run = here.run(&["diff", "dumps", "dumps@end", "--json"]);
    let json = json(&run);
    let diff = &json["diff"];
    let first = &diff["flows"][0];
    assert_eq!((run.code, &json["verb"]), (2, &"diff".into()));
    assert_eq!(diff["before"], "dumps");
    assert_eq!(diff["after"], "dumps@end");
    assert_eq!(first["turn"], "gained");
    assert_eq!(first["from_internet"], true);
    assert_eq!(first["to"][0], "web");
    let lost = diff["flows"].as_array().unwrap().iter();
    assert_eq!(lost.filter(|flows| flows["turn"] == "lost").count(), 0);
}

#[test]
fn going_back_loses_what_was_gained() {
    let here = Here::new();
    here.copy_example("dumps");
    let there = json(&here.run(&["diff", "dumps@0", "dumps@end", "--json"]));
    let back = json(&here.run(&["diff", "dumps@end", "dumps@0", "--json"]));
    let sorts = |json: &Value, turn: &str| {
        let flows = json["diff"]["flows"].as_array().unwrap().iter();
        let flows = flows.filter(|flows| flows["turn"] == turn);
        let boxes = flows.map(|it| format!("{} {} {}", it["from"], it["to"], it["traffic"]));
        let mut boxes: Vec<_> = boxes.collect();
        boxes.sort();
        boxes
    };
    assert!(!sorts(&there, "gained").is_empty());
    assert_eq!(sorts(&there, "gained"), sorts(&back, "lost"));
    assert_eq!(sorts(&there, "lost"), sorts(&back, "gained"));
}

#[test]
fn one_estate_is_nothing_to_compare() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: the following required arguments were not provided:
          <AFTER>

        Usage: sixward diff <BEFORE> <AFTER>

        For more information, try '--help'.
    "#]];
    want.assert_eq(&Here::new().run(&["diff", "dumps"]).text());
}

#[test]
fn the_second_estate_is_not_there() {
    let here = Here::new();
    here.copy_example("dumps");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot open `dumps@tomorrow`
          caused by: no such file or directory

        hint: after `dumps@` comes the number of a step, or `end`
    "#]];
    want.assert_eq(&here.run(&["diff", "dumps", "dumps@tomorrow"]).text());
}

#[test]
fn a_step_that_the_plan_does_not_have() {
    let here = Here::new();
    here.copy_example("dumps");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: there is no step 99: the plan has 13

        hint: say a step from 0 to 13, or `end`
    "#]];
    want.assert_eq(&here.run(&["diff", "dumps", "dumps@99"]).text());
    let want = expect![[r#"
        exit 1
        --- stderr
        error: there is no step 99: the plan has 13

        hint: say a step from 0 to 13, or `end`
    "#]];
    let run = here.run(&["matrix", "dumps", "--after", "99"]);
    want.assert_eq(&run.text());
}

#[test]
fn before_the_plan_ipv6_has_nothing_of_its_own() {
    let here = Here::new();
    here.copy_example("dumps");
    let run = here.run(&["matrix", "dumps", "--after", "0", "--json"]);
    let json = json(&run);
    let matrix = &json["matrix"];
    assert_eq!((run.code, &json["verb"]), (0, &"matrix".into()));
    assert_eq!(matrix["groups"][0]["name"], "internet");
    let cells = matrix["cells"].as_array().unwrap();
    assert!(!cells.is_empty());
    for cell in cells {
        assert_eq!(cell["v6"]["some"], "nothing", "{cell}");
        assert_eq!(cell["beyond"], false, "{cell}");
    }
}
