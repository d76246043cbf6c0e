//! Questions that somebody asks of the scenarios, with their answers: each `want/explain-*.txt`,
//! `diff-*.txt`, `matrix-*.txt`, `prove.txt` and `prove-*.txt` begins with the command, and ends with what it exits with.
//!
//! A new question is a file with its first line; `UPDATE_EXPECT=1` writes the rest.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use expect_test::expect_file;

use crate::here::Here;

#[test]
fn questions_are_answered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let scenarios = fs::canonicalize(root.join("scenarios")).unwrap();
    let here = Here::new();
    symlink(&scenarios, here.path("scenarios")).unwrap();
    let questions = questions(&scenarios);
    assert!(questions.len() > 2, "no question is asked");
    for file in questions {
        let text = fs::read_to_string(&file).unwrap();
        let question = text.lines().next().unwrap();
        let words = question.strip_prefix("$ sixward ").unwrap();
        let words: Vec<_> = words.split(' ').collect();
        let run = here.run(&words);
        let got = format!(
            "{question}\n{}{}exit {}\n",
            run.stdout, run.stderr, run.code
        );
        expect_file![file].assert_eq(&got);
    }
}

#[test]
fn json_holds_what_the_text_says() {
    let here = Here::new();
    here.copy_example("dumps");
    let flow = ["--from", "internet", "--to", "web:443", "--json"];
    let all: Vec<_> = ["explain", "dumps"].into_iter().chain(flow).collect();
    let run = here.run(&all);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &report["verb"]), (0, &"explain".into()));
    let states = report["flows"]["states"].as_array().unwrap();
    let verdicts = states.iter().flat_map(|state| {
        let flows = state["flows"].as_array().unwrap();
        flows.iter().map(|flow| flow["verdict"].as_str().unwrap())
    });
    let want = ["passes", "no-address", "passes", "passes"];
    assert_eq!(verdicts.collect::<Vec<_>>(), want);
}

fn questions(scenarios: &Path) -> Vec<PathBuf> {
    let folders = entries(scenarios).into_iter();
    let wants = folders.map(|folder| folder.join("want"));
    let files = wants
        .filter(|want| want.is_dir())
        .flat_map(|want| entries(&want));
    let is_question = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        [
            "explain-",
            "diff-",
            "matrix-",
            "prove.",
            "prove-",
            "rehearse.",
        ]
        .iter()
        .any(|verb| name.starts_with(verb))
    };
    files.filter(is_question).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
