//! Every field of every answer: filled in from the CLI's model, served from the loopback, and
//! compared with what the CLI's own parser makes of it. No cloud here fills in so much.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a panic is a test's report"
)]

#[path = "support/child.rs"]
mod child;
#[path = "support/compare.rs"]
mod compare;
#[path = "support/region.rs"]
mod region;

use std::collections::BTreeSet;
use std::process::Command;

use region::{Region, Reply};
use serde::Deserialize;
use sixward_drivers::Account;
use sixward_testkit::tools;

/// One operation's answer.
#[derive(Clone, Deserialize)]
struct Row {
    action: String,
    version: String,
    /// `ec2-describe-vpcs`: the dump's path without region, id and ending.
    path: String,
    xml: String,
    printed: String,
}

#[test]
fn every_field_is_what_the_cli_prints() {
    let rows = rows();
    let served = rows.clone();
    let region = Region::start_reading(move |request, _| {
        let asked = |row: &&Row| {
            request.action == row.action
                && request.body.contains(&format!("&Version={}", row.version))
        };
        let row = served.iter().find(asked).unwrap();
        Reply::Answer(200, row.xml.clone())
    });
    let account = Account {
        region: "us-east-1".into(),
        profile: None,
        endpoint: Some(region.endpoint()),
    };
    let outcome = child::run(&account, &child::environment());

    let mut compared = BTreeSet::new();
    for path in outcome.paths() {
        let command = path
            .strip_prefix("us-east-1/")
            .unwrap()
            .strip_suffix(".json")
            .unwrap();
        let command = command.split("--").next().unwrap();
        let row = rows.iter().find(|row| row.path == command).unwrap();
        let difference = compare::difference(path, outcome.text(path), Some(&row.printed));
        assert_eq!(difference, None);
        compared.insert(command);
    }
    assert_eq!(outcome.result["unread"], serde_json::json!([]));
    // All but the caller's identity, of which only the account is kept.
    assert_eq!(compared.len(), rows.len() - 1);
}

fn rows() -> Vec<Row> {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(tools::program("python"))
        .arg(here.join("tests/support/every_field.py"))
        .arg(here.join("data/aws-shapes.json"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}
