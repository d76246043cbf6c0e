//! `bench teredo`: the matrix of NATs and what it takes to recover, beside miredo's in the same run. The tables are
//! the daemon's own tests', which have the namespaces; they take some twenty minutes.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::{process, tools, workspace};

pub(super) fn run() -> Result<ExitCode, Failure> {
    tools::ensure()?;
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--release", "--package", "sixward-teredod"]);
    cargo.args(["--test", "wires", "--", "tables"]);
    process::show(cargo.env(tools::FOLDER, tools::folder()))?;
    Ok(ExitCode::SUCCESS)
}
