//! `sixward journal` as a person runs it.

use serde_json::Value;

use crate::here::Here;

#[test]
fn shows_what_was_done_and_one_entry_whole() {
    let here = Here::new();
    here.copy_example("dumps");
    assert_eq!(here.run(&["migrate", "dumps", "-o", "plan"]).code, 0);
    let none = here.run(&["journal", "plan", "--sim"]);
    assert_eq!(
        none.stdout,
        "No journal at plan/simulation: nothing was begun.\n"
    );
    assert_eq!(here.run(&["apply", "plan", "--sim"]).code, 0);

    let shown = here.run(&["journal", "plan", "--sim"]);
    assert_eq!(shown.code, 0, "{}", shown.text());
    assert!(
        shown.stdout.starts_with("JOURNAL  plan/simulation\n"),
        "{}",
        shown.text()
    );
    assert!(
        shown.stdout.contains("the way there ended: done"),
        "{}",
        shown.text()
    );
    let same = here.run(&["journal", "--journal", "plan/simulation"]);
    assert_eq!(same.stdout, shown.stdout);

    let json = here.run(&["journal", "plan", "--sim", "--json"]);
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["verb"], "journal");
    assert_eq!(report["journal"]["rows"][0]["fact"], "began");
    assert_eq!(report["journal"]["open"], 0);

    let raw = here.run(&["journal", "plan", "--sim", "--raw", "2"]);
    let entry: Value = serde_json::from_str(&raw.stdout).unwrap();
    assert_eq!((&entry["n"], &entry["fact"]), (&2.into(), &"intent".into()));
    assert!(entry["before"].is_object());

    let absent = here.run(&["journal", "plan", "--sim", "--raw", "9999"]);
    assert_eq!(absent.code, 1);
    assert!(
        absent.stderr.contains("has no entry 9999"),
        "{}",
        absent.text()
    );
    assert!(
        absent.stderr.contains("hint: its entries go from 1 to "),
        "{}",
        absent.text()
    );
}
