//! The verbs when all goes well: what goes to stdout, what to stderr, what is written.

use std::fs;
use std::process::Stdio;

use crate::here::Here;

fn files(here: &Here, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(here.path(folder)).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn migrate_writes_one_folder_and_says_where() {
    let here = Here::new();
    here.copy_example("dumps");
    let run = here.run(&["migrate", "dumps"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.text());
    assert!(
        run.stdout.trim_end().ends_with("migration/dumps/undo.sh"),
        "{}",
        run.stdout
    );
    let want = [
        "apply.sh",
        "estate.json",
        "intent.toml",
        "plan.json",
        "runbook.md",
        "undo.sh",
    ];
    assert_eq!(files(&here, "migration/dumps"), want);
}

#[test]
fn an_intent_that_is_there_is_kept() {
    let here = Here::new();
    here.copy_example("dumps");
    let mine = "# mine\n[answers]\n\"address:203.0.113.123/32\" = \"leave-out\"\n";
    here.write("migration/dumps/intent.toml", mine);
    let run = here.run(&["migrate", "dumps"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(
        !run.stdout.contains("203.0.113.123"),
        "answered: {}",
        run.stdout
    );
    assert_eq!(
        fs::read_to_string(here.path("migration/dumps/intent.toml")).unwrap(),
        mine
    );
}

#[test]
fn the_first_intent_can_be_read_and_its_answers_be_given() {
    let here = Here::new();
    here.copy_example("dumps");
    here.run(&["migrate", "dumps"]);
    let path = here.path("migration/dumps/intent.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace(
            "#\"restart:i-0b22b22b22b22b22b\" = \"yes\"",
            "\"restart:i-0b22b22b22b22b22b\" = \"yes\"",
        ),
    )
    .unwrap();
    let run = here.run(&["migrate", "migration/dumps"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("stop and start"), "{}", run.stdout);
}

#[test]
fn discover_and_plan_and_emit_hand_on_to_one_another() {
    let here = Here::new();
    here.copy_example("dumps");
    let discovered = here.run(&["discover", "dumps"]);
    here.write("work/estate.json", &discovered.stdout);
    assert!(
        discovered.stderr.contains("1 VPC · 2 subnets"),
        "{}",
        discovered.stderr
    );
    let planned = here.run(&["plan", "work/estate.json", "-o", "work"]);
    assert_eq!(planned.code, 0, "{}", planned.text());
    let script = here.run(&["emit", "work", "--only", "apply"]);
    assert!(script.stdout.starts_with("#!"), "{}", script.stdout);
    let direct = here.run(&["emit", "dumps", "--only", "apply"]);
    assert_eq!(script.stdout, direct.stdout);
}

#[test]
fn json_is_the_report_and_nothing_else() {
    let here = Here::new();
    here.copy_example("dumps");
    for verb in ["migrate", "discover", "assess", "plan", "emit"] {
        let run = here.run(&[verb, "dumps", "--json"]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["format"], "sixward-report");
        assert_eq!(report["verb"], verb);
    }
}

#[test]
fn quiet_is_quiet() {
    let here = Here::new();
    here.copy_example("dumps");
    let run = here.run(&["migrate", "dumps", "--quiet"]);
    assert_eq!(run.text(), "exit 0\n");
}

#[test]
fn colour_is_there_when_asked_for_and_only_then() {
    let here = Here::new();
    here.copy_example("dumps");
    let colours = |when: &str| {
        here.run(&["assess", "dumps", "--color", when])
            .stdout
            .contains('\u{1b}')
    };
    assert_eq!(
        ["auto", "never", "always"].map(colours),
        [false, false, true]
    );
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let here = Here::new();
    here.copy_example("dumps");
    let mut child = here
        .command(&["discover", "dumps"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!String::from_utf8(output.stderr).unwrap().contains("error"));
}

#[test]
fn completions_are_there_for_shells() {
    let run = Here::new().run(&["completions", "bash"]);
    assert!(
        run.stdout.contains("complete -F _sixward"),
        "{}",
        run.text()
    );
}

#[test]
fn what_sixward_wrote_is_not_read_as_a_dump() {
    let here = Here::new();
    here.copy_example("dumps");
    here.write("dumps/.hidden.json", "not JSON");
    here.run(&["migrate", "dumps", "-o", "dumps/out"]);
    let run = here.run(&["assess", "dumps"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("not read: out/"), "{}", run.stdout);
}

#[test]
fn texts_of_an_older_intent_are_not_given_out_in_silence() {
    let here = Here::new();
    here.copy_example("dumps");
    here.run(&["migrate", "dumps", "-o", "out"]);
    assert_eq!(here.run(&["emit", "out", "--only", "undo"]).stderr, "");
    here.write("out/intent.toml", "profile = \"edge-only\"\n");
    let run = here.run(&["emit", "out", "--only", "undo"]);
    assert!(run.stderr.contains("intent has changed"), "{}", run.stderr);
}
