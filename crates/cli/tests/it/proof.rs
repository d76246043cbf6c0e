//! Proofs of the scenarios, and certificates of them that are checked by themselves.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::here::Here;

#[test]
fn every_scenario_has_its_proof_and_every_naive_plan_its_refusal() {
    for folder in scenarios() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let exit = |file: &str| {
            let text = fs::read_to_string(folder.join("want").join(file)).unwrap();
            text.lines().last().unwrap().to_owned()
        };
        if name.starts_with("naive-") {
            assert_eq!(exit("prove.txt"), "exit 2", "{name}");
            assert_eq!(exit("prove-replan.txt"), "exit 0", "{name}");
        } else {
            assert_eq!(exit("prove.txt"), "exit 0", "{name}");
        }
    }
}

#[test]
fn a_certificate_fits_the_states_that_it_was_made_of() {
    let here = Here::new();
    symlink(root().join("scenarios"), here.path("scenarios")).unwrap();
    for folder in scenarios() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let source = format!("scenarios/{name}");
        let made = here.run(&["prove", &source, "--certificate", "certificate.json"]);
        let naive = name.starts_with("naive-");
        assert_eq!(made.code, if naive { 2 } else { 0 }, "{}", made.text());
        assert_eq!(made.stderr, "wrote certificate.json\n");
        let checked = here.run(&["prove", &source, "--check", "certificate.json"]);
        assert_eq!(checked.code, 0, "{name}: {}", checked.text());
        let lines: Vec<_> = checked.stdout.lines().collect();
        assert_eq!(lines[1], "  it fits", "{name}");
        // A plan may break its promises, and its certificate says so of it.
        let says_so = checked.stdout.contains(": broken");
        assert_eq!(says_so, naive, "{name}: {}", checked.text());
    }
}

#[test]
fn a_certificate_of_which_a_byte_was_changed_is_refused() {
    let here = Here::new();
    symlink(root().join("scenarios"), here.path("scenarios")).unwrap();
    let source = "scenarios/aws-two-tier";
    here.run(&["prove", source, "--certificate", "certificate.json"]);
    let text = fs::read_to_string(here.path("certificate.json")).unwrap();
    let changed = text.replacen("[443,443]", "[443,444]", 1);
    assert!(text != changed, "nothing was changed");
    here.write("certificate.json", &changed);
    let run = here.run(&["prove", source, "--check", "certificate.json"]);
    expect_test::expect![[r#"
        exit 2
        --- stdout
        sixward prove --check  certificate.json against scenarios/aws-two-tier, planned now
          REFUSED
            at          step 0, IPv4 firewall sg-11aa22bb11aa22bb1, ingress at 0.0.0.0
            it says     set 2: protocol 6 0>444 passes
            the estate  that it is dropped
          → it was made for another state of the estate or another plan, or it was changed: make it anew
            with `--certificate`
    "#]].assert_eq(&run.text());
}

#[test]
fn a_certificate_of_another_plan_is_refused() {
    let here = Here::new();
    symlink(root().join("scenarios"), here.path("scenarios")).unwrap();
    let source = "scenarios/naive-too-big";
    here.run(&["prove", source, "--certificate", "certificate.json"]);
    let run = here.run(&[
        "prove",
        source,
        "--replan",
        "--check",
        "certificate.json",
        "--json",
    ]);
    assert_eq!(run.code, 2, "{}", run.text());
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let refusal = &report["certificate"]["refusal"];
    for part in ["at", "claimed", "derived"] {
        assert!(!refusal[part].as_str().unwrap().is_empty(), "{refusal}");
    }
}

#[test]
fn a_hazard_that_somebody_answered_for_is_accepted_and_nothing_is_exposed() {
    let here = Here::new();
    symlink(root().join("scenarios"), here.path("scenarios")).unwrap();
    let answers = "[answers]\n\"expose:sg-0a100002\" = \"mirror\"\n\"reach-out:*\" = \"allow\"\n";
    here.write("answers.toml", answers);
    let source = "scenarios/naive-mirror";
    let run = here.run(&["prove", source, "--replan", "--intent", "answers.toml"]);
    assert_eq!(run.code, 0, "{}", run.text());
    let hazards: Vec<_> = run
        .stdout
        .lines()
        .filter(|line| line.contains("hazard/"))
        .collect();
    assert_eq!(hazards, ["    hazard/exposed"]);
    let accepted = "    accepted: \"expose:sg-0a100002\" = \"mirror\" in the intent";
    assert!(
        run.stdout.lines().any(|line| line == accepted),
        "{}",
        run.text()
    );
}

#[test]
fn a_broken_promise_of_a_plan_does_not_depend_on_colour() {
    let here = Here::new();
    symlink(root().join("scenarios"), here.path("scenarios")).unwrap();
    let source = "scenarios/naive-mirror";
    let run = here.run(&["prove", source, "--color", "always"]);
    let plain = here.run(&["prove", source]);
    let (colored, plain) = (run.stdout, plain.stdout);
    assert!(colored.contains("\u{1b}[") && !plain.contains("\u{1b}["));
    let mut bare = String::new();
    for (place, part) in colored.split("\u{1b}[").enumerate() {
        let text = part.split_once('m').map_or("", |(_, text)| text);
        bare.push_str(if place == 0 { part } else { text });
    }
    assert_eq!(bare, plain);
}

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

fn scenarios() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("scenarios")).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.join("given").is_dir());
    folders.sort();
    folders
}
