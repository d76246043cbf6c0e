//! A plan carried out, looked at and taken back, in the cloud in memory: no account is needed.

use std::fs;

use serde_json::Value;

use crate::here::{Here, Run};

#[test]
fn there_looked_at_and_back() {
    let here = migrated();
    let there = here.run(&["apply", "plan", "--sim"]);
    assert_eq!(there.code, 0, "{}", there.text());
    assert!(there.stdout.contains("steps are done."), "{}", there.text());
    let again = here.run(&["apply", "plan", "--sim"]);
    assert_eq!(again.code, 0);
    assert!(again.stdout.contains("Nothing to do"), "{}", again.text());

    let verified = here.run(&["verify", "plan", "--sim"]);
    assert_eq!(verified.code, 0, "{}", verified.text());
    assert!(verified.stdout.contains("STATE: AS PLANNED"));

    let back = here.run(&["rollback", "plan", "--sim"]);
    assert_eq!(back.code, 0, "{}", back.text());
    assert!(back.stdout.contains("Everything is taken back."));
    let twice = here.run(&["rollback", "plan", "--sim"]);
    assert_eq!(twice.code, 0);
    assert!(
        twice.stdout.contains("Nothing to take back"),
        "{}",
        twice.text()
    );

    // What is there is what was there: the same plan can be carried out again.
    let once_more = here.run(&["apply", "plan", "--sim"]);
    assert_eq!(once_more.code, 0, "{}", once_more.text());
}

#[test]
fn what_the_terminal_shows() {
    let here = migrated();
    let there = here.run(&["apply", "plan", "--sim"]);
    expect_test::expect_file!["../want/apply.txt"].assert_eq(&there.text());
    let verified = here.run(&["verify", "plan", "--sim"]);
    expect_test::expect_file!["../want/verify.txt"].assert_eq(&verified.text());
    let back = here.run(&["rollback", "plan", "--sim"]);
    expect_test::expect_file!["../want/rollback.txt"].assert_eq(&back.text());
}

#[test]
fn events_are_lines_of_json_and_the_report_is_the_last() {
    let here = migrated();
    let run = here.run(&["apply", "plan", "--sim", "--json"]);
    let lines: Vec<Value> = run
        .stdout
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let (report, events) = lines.split_last().unwrap();
    assert_eq!(report["walk"]["outcome"], "done");
    let done = events.iter().filter(|it| it["event"] == "done").count();
    assert_eq!(report["walk"]["steps"].as_u64().unwrap(), done as u64);
    assert_eq!(events.first().unwrap()["event"], "began");
    assert_eq!(events.last().unwrap()["event"], "ended");
}

#[test]
fn an_estate_that_somebody_changed_is_refused() {
    let here = migrated();
    let run = here.run(&["apply", "plan", "--sim"]);
    assert_eq!(run.code, 0);
    assert_eq!(here.run(&["rollback", "plan", "--sim"]).code, 0);
    // The journal of a simulation is beside its cloud; the plan is for an estate with another subnet.
    let file = here.path("plan/plan.json");
    let plan = fs::read_to_string(&file).unwrap();
    let (plan, estate) = plan.split_once("\"before\"").unwrap();
    let estate = estate.replacen("\"name\": \"", "\"name\": \"re", 1);
    fs::write(&file, format!("{plan}\"before\"{estate}")).unwrap();
    let run = here.run(&["apply", "plan", "--sim"]);
    assert_eq!(run.code, 1, "{}", run.text());
    assert!(
        run.stderr.contains("the estate is not what it was"),
        "{}",
        run.text()
    );
    assert!(run.stderr.contains("name: "), "{}", run.text());
    assert!(run.stderr.contains("hint: "), "{}", run.text());
}

#[test]
fn a_journal_that_lost_its_end_is_not_trusted_when_that_is_said() {
    let here = migrated();
    assert_eq!(here.run(&["apply", "plan", "--sim"]).code, 0);
    let file = here.path("plan/simulation/entries.jsonl");
    let journal = fs::read_to_string(&file).unwrap();
    let half: Vec<_> = journal.lines().take(journal.lines().count() / 2).collect();
    fs::write(&file, half.join("\n") + "\n").unwrap();
    let run = here.run(&["apply", "plan", "--sim"]);
    assert_eq!(run.code, 1, "somebody did something\n{}", run.text());
    let run = here.run(&["apply", "plan", "--sim", "--distrust-journal"]);
    assert_eq!(run.code, 0, "{}", run.text());
    let run = here.run(&["rollback", "plan", "--sim"]);
    assert_eq!(run.code, 0, "{}", run.text());
    let run = here.run(&["apply", "plan", "--sim"]);
    assert_eq!(run.code, 0, "it was as at the start\n{}", run.text());
}

#[test]
fn first_mistakes() {
    let here = Here::new();
    here.folder("empty");
    let mistakes = [
        here.run(&["apply", "nowhere"]),
        here.run(&["apply", "empty"]),
        here.run(&["rollback", "empty", "--sim"]),
        here.run(&["apply", "empty", "--sim", "--at", "aws:us-east-1"]),
    ];
    let migrated = migrated();
    let early = migrated.run(&["apply", "plan", "--sim", "--done", "12"]);
    assert_eq!(migrated.run(&["apply", "plan", "--sim"]).code, 0);
    let called = migrated.run(&["rollback", "plan", "--sim", "--done", "1,99"]);
    let unknown = migrated.run(&["rollback", "plan", "--sim", "--done", "99"]);
    let mistakes = mistakes.into_iter().chain([early, called, unknown]);
    let mistakes: Vec<_> = mistakes.collect();
    let text: Vec<_> = mistakes.iter().map(Run::text).collect();
    expect_test::expect_file!["../want/apply-mistakes.txt"].assert_eq(&text.join("\n"));
}

/// The two-tier example, planned, with every question answered.
fn migrated() -> Here {
    let here = Here::new();
    here.copy_example("dumps");
    let run = here.run(&["migrate", "dumps", "-o", "plan"]);
    assert_eq!(run.code, 0, "{}", run.text());
    here
}
