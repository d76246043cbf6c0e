//! `test`: every test of the workspace, streamed as it runs, and the sum of all test
//! programs as the last line. `cargo test` prints one line per program and no sum, and a
//! reader of a long log wants one line to look at.

use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ExitCode, Stdio};

use crate::failure::Failure;
use crate::{process, tools, workspace};

/// Where random tests begin.
const SEED: &str = "PROPTEST_RNG_SEED";

/// The verb.
pub(crate) fn run(args: &[String]) -> Result<ExitCode, Failure> {
    tools::ensure()?;
    let mut cargo = workspace::cargo();
    cargo
        .args(arguments(args))
        .env(tools::FOLDER, tools::folder());
    // The same commit gives the same answer. New cases are what a long run looks for:
    // `PROPTEST_RNG_SEED=$RANDOM cargo xtask test`, or plain `cargo test`.
    if std::env::var_os(SEED).is_none() {
        cargo.env(SEED, "6");
    }
    let mut child = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|cause| process::not_started(&cargo, &cause))?;
    let mut count = child
        .stdout
        .take()
        .map(stream)
        .transpose()?
        .unwrap_or_default();
    let status = child
        .wait()
        .map_err(|cause| Failure::io("wait for", "cargo test", &cause))?;
    if !status.success() && count.failed == 0 {
        // Not built, or killed before it could say so: that is a failure and is counted.
        eprintln!("error: a test program could not be built or did not come to its end");
        count.failed = 1;
    }
    println!("{count}");
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What the test programs reported, summed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Count {
    /// Adds a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        let Some((_, counts)) = result.split_once(". ") else {
            return;
        };
        for part in counts.split("; ") {
            let Some((number, what)) = part.split_once(' ') else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// The whole workspace unless a package is named; all programs even if one fails, or the
/// sum would be of a part.
fn arguments(args: &[String]) -> Vec<&str> {
    let ours = args.split(|arg| arg == "--").next().unwrap_or_default();
    let named = ours
        .iter()
        .any(|arg| arg.starts_with("-p") || arg.starts_with("--package"));
    let scope = (!named).then_some("--workspace");
    let given = args.iter().map(String::as_str);
    ["test", "--no-fail-fast"]
        .into_iter()
        .chain(scope)
        .chain(given)
        .collect()
}

fn stream(output: impl Read) -> Result<Count, Failure> {
    let mut count = Count::default();
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    // Bytes, not text: a test may print what is not UTF-8.
    while reader.read_until(b'\n', &mut line).map_err(broken)? > 0 {
        std::io::stdout().write_all(&line).map_err(broken)?;
        count.add(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(count)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err asks for"
)]
fn broken(cause: std::io::Error) -> Failure {
    Failure::io("pass on the output of", "cargo test", &cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_are_summed() {
        let text = "running 4 tests\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 1.20s\n\
            a line about a test result: ok. 100 passed; that is not one\n";
        let mut count = Count::default();
        text.lines().for_each(|line| count.add(line));
        assert_eq!(
            count,
            Count {
                passed: 13,
                failed: 2,
                skipped: 1
            }
        );
    }

    #[test]
    fn the_closing_line_names_skipped_tests_only_if_there_are_any() {
        let mut count = Count {
            passed: 7,
            failed: 0,
            skipped: 0,
        };
        assert_eq!(count.to_string(), "7 passed, 0 failed");
        count.skipped = 2;
        assert_eq!(count.to_string(), "7 passed, 0 failed, 2 skipped");
    }

    #[test]
    fn a_named_package_takes_the_place_of_the_workspace() {
        let args = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            arguments(&args("")),
            ["test", "--no-fail-fast", "--workspace"]
        );
        let one = args("-p sixward-plan");
        assert_eq!(
            arguments(&one),
            ["test", "--no-fail-fast", "-p", "sixward-plan"]
        );
        let after = args("-- -p");
        assert_eq!(
            arguments(&after),
            ["test", "--no-fail-fast", "--workspace", "--", "-p"]
        );
    }
}
