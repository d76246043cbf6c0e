//! Our dumps against the real aws CLI's output, byte for byte, over one running cloud.
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

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sixward_drivers::Account;
use sixward_testkit::{Cloud, tools};

#[test]
fn every_dump_is_what_the_cli_prints() {
    let cloud = Cloud::start();
    cloud.two_tier();
    python(&cloud, "every_noun.py", &[]);

    let account = Account {
        region: "us-east-1".into(),
        profile: None,
        endpoint: Some(cloud.endpoint().to_owned()),
    };
    let outcome = child::run(&account, &child::environment());
    outcome.assert_keeps_secrets();
    assert_eq!(
        outcome.result["account_id"], "123456789012",
        "{:#}",
        outcome.result
    );

    let unread: Vec<&str> = outcome.result["unread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unread| unread["path"].as_str().unwrap())
        .collect();
    let paths: Vec<&str> = outcome
        .paths()
        .into_iter()
        .chain(unread.iter().copied())
        .collect();
    let said: BTreeMap<String, Option<String>> =
        serde_json::from_slice(&python(&cloud, "cli_says.py", &paths)).unwrap();

    let differing: Vec<String> = paths
        .iter()
        .filter_map(|path| compare::difference(path, outcome.text(path), said[*path].as_deref()))
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(unread.is_empty(), "{:#}", outcome.result["unread"]);
    holds_one_of_everything(&outcome);
}

/// The cloud knows these questions and keeps none of what they ask for.
const NEVER_IN_MOTO: [&str; 2] = [
    "us-east-1/ec2-describe-ipv6-pools.json",
    "us-east-1/ec2-describe-vpc-block-public-access-exclusions.json",
];

/// An empty dump agrees with an empty dump, which would prove little.
fn holds_one_of_everything(outcome: &child::Outcome) {
    let command = |path: &str| path.split("--").next().unwrap().to_owned();
    let full = |path: &&str| match outcome.dump(path) {
        Value::Object(members) => members.values().any(|value| *value != json!([])),
        _ => false,
    };
    let paths = outcome.paths();
    let full: BTreeSet<String> = paths.iter().copied().filter(full).map(command).collect();
    for path in paths
        .into_iter()
        .filter(|path| !NEVER_IN_MOTO.contains(path))
    {
        assert!(
            full.contains(&command(path)),
            "nothing to compare in {path}"
        );
    }
    assert_eq!(full.len(), COMMANDS, "{full:#?}");
}

/// Kinds of call that are made over this cloud and answered with something.
const COMMANDS: usize = 38;

/// Runs one of the scripts beside this file with the tools' Python, against `cloud`.
fn python(cloud: &Cloud, script: &str, arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    // As version 2 of the CLI prints times, without being told.
    std::fs::write(&config, "[default]\ncli_timestamp_format = iso8601\n").unwrap();
    let output = Command::new(tools::program("python"))
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/support")
                .join(script),
        )
        .args(arguments)
        .envs(cloud.env())
        .env("AWS_CONFIG_FILE", &config)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
