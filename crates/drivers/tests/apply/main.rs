//! The two-tier migration through the engine and the AWS driver, with the real wire protocol, against a
//! cloud that refuses what AWS refuses, with a proxy before it that lets calls go wrong.
//!
//! Credentials come from the environment, and a test must not change that of the process it shares with
//! others: each test runs itself again in a process of its own, whose every word is searched for them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a panic is a test's report"
)]

mod answers;
mod course;
mod each;
mod faults;
mod paper;
mod parts;
#[path = "../support/region.rs"]
mod region;
mod there_and_back;

use std::process::Command;

const KEY_ID: &str = "AKIASIXWARDTESTKEYID";
const SECRET: &str = "sixward/secret+that/nobody/may/see";
const TOKEN: &str = "sixward//session+token==";
const INSIDE: &str = "SIXWARD_TEST_INSIDE";

/// Runs a test of this binary with credentials; in the test itself, says whether this is that run.
fn inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .envs([
            ("AWS_ACCESS_KEY_ID", KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_SESSION_TOKEN", TOKEN),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            (INSIDE, "yes"),
        ])
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert_keeps_secrets(&said);
    println!("{said}");
    assert!(output.status.success(), "{test} failed inside");
    assert!(said.contains("1 passed"), "{test} is no test: {said}");
    false
}

fn assert_keeps_secrets(text: &str) {
    for secret in [KEY_ID, SECRET, TOKEN] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
