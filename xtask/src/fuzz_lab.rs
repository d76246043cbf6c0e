//! `fuzz-lab`: random estates in namespaces against `prove`, flow by flow, for as long as is asked.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::{process, workspace};

/// Some minutes.
const CASES: &str = "1000";

/// The verb.
pub(crate) fn run(args: &[String]) -> Result<ExitCode, Failure> {
    let (cases, seed) = match args {
        [] => (CASES, None),
        [cases] => (cases.as_str(), None),
        [cases, seed] => (cases.as_str(), Some(seed.as_str())),
        _ => ("", None),
    };
    let is_number = |text: &str| text.parse::<u64>().is_ok();
    if !is_number(cases) || !seed.is_none_or(is_number) {
        return Err(Failure::new(
            "`fuzz-lab` was not understood",
            "cargo xtask fuzz-lab [ESTATES [SEED]]",
        ));
    }
    let mut cargo = workspace::cargo();
    cargo.args([
        "test",
        "--release",
        "--package",
        "sixward-lab",
        "--test",
        "packets",
    ]);
    cargo
        .args(["--", "differential"])
        .env("SIXWARD_CASES", cases);
    if let Some(seed) = seed {
        cargo.env("PROPTEST_RNG_SEED", seed);
    }
    process::show(&mut cargo)?;
    Ok(ExitCode::SUCCESS)
}
