//! What is written for the provider's worked example. `UPDATE_EXPECT=1` writes it anew.

use expect_test::expect_file;
use sixward_estate::intent::Intent;

use crate::fixture::two_tier;

#[test]
fn the_guide_as_scripts_and_runbook() {
    let plan = sixward_plan::plan(two_tier(), Intent::default());
    let scripts = sixward_emit::aws_scripts(&plan);
    expect_file!["want/apply-steps.sh"].assert_eq(steps(&scripts.apply));
    expect_file!["want/undo-steps.sh"].assert_eq(steps(&scripts.undo));
    expect_file!["want/runbook.md"].assert_eq(&sixward_emit::runbook(&plan));
}

/// The part of a script that its plan decides.
fn steps(script: &str) -> &str {
    script.split_once("# --- The plan.\n").unwrap().1
}
