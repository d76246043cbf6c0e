//! Every folder in `scenarios/` goes through `migrate`, and what comes out is what is wanted.
//!
//! `UPDATE_EXPECT=1` writes `want/` anew; read the diff. Of scenarios about somebody else's plan
//! (`plan.json`) only the steps that sixward itself would take are kept.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use sixward_ops::report::{Report, StepRow};
use sixward_ops::text::{self, Look};
use sixward_ops::{Job, Source, assess, migrate};

const LOOK: Look = Look {
    width: 100,
    color: false,
};

#[test]
fn every_scenario_ends_as_it_should() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let scenarios = fs::canonicalize(scenarios).unwrap();
    // Texts name files as the user does, from where she stands.
    let here = tempfile::tempdir().unwrap();
    symlink(&scenarios, here.path().join("scenarios")).unwrap();
    std::env::set_current_dir(here.path()).unwrap();
    for scenario in folders(&scenarios) {
        check(&scenario);
    }
}

fn folders(scenarios: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(scenarios)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.join("given").is_dir()).collect();
    folders.sort();
    folders
}

fn check(scenario: &Path) {
    let name = scenario.file_name().unwrap().to_str().unwrap();
    let source = Source::find(&format!("scenarios/{name}"), None).unwrap();
    let job = Job::new(source, &());
    let assessed = assess(&job).unwrap();
    let done = migrate(&job).unwrap();
    fs::create_dir_all(scenario.join("want")).unwrap();
    let want = |file: &str| expect_file![scenario.join("want").join(file)];
    want("plan.txt").assert_eq(&plan(&done.report));
    if name.starts_with("naive-") {
        return;
    }
    want("summary.txt").assert_eq(&text::summary(&done.report, LOOK));
    want("findings.txt").assert_eq(&text::findings(&assessed.report, LOOK));
    for file in ["apply.sh", "undo.sh", "runbook.md"] {
        want(file).assert_eq(&fs::read_to_string(done.project.file(file)).unwrap());
    }
}

/// Each step on a line, each way back below it.
fn plan(report: &Report) -> String {
    report.steps.iter().map(step).collect()
}

fn step(step: &StepRow) -> String {
    let stage = serde_json::to_value(step.stage).unwrap();
    let stage = stage.as_str().unwrap();
    let mut text = format!(
        "{:>3}  {:>2} {stage:<13} {}\n",
        step.number, step.wave, step.title
    );
    for undo in &step.undo {
        let _ = writeln!(text, "{:>20} undo: {undo}", "");
    }
    text
}
