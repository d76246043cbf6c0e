//! `bench apply`: what the engine itself costs for each step of a plan, what keeping its journal costs,
//! and how much memory it takes. The cloud is in memory, the journal on disk.

use std::fs;
use std::process::ExitCode;

use super::measure::{self, Measure};
use super::{SCALES, estate, example};
use crate::failure::Failure;
use crate::workspace;

pub(super) fn run(max: u32) -> Result<ExitCode, Failure> {
    let program = example("sixward-apply", "steps")?;
    println!("engine: the whole walk without cloud and disk; one run each\n");
    println!(
        "{:>10} {:>8}  {:>9} {:>9} {:>9}  {:>8} {:>8} {:>8}  {:>9} {:>8}",
        "interfaces",
        "steps",
        "engine ms",
        "µs a step",
        "disk µs",
        "syncs",
        "bytes",
        "grown kB",
        "back µs",
        "read ms"
    );
    for interfaces in SCALES.into_iter().filter(|scale| *scale <= max) {
        let (dump, _) = estate(interfaces)?;
        let journal = workspace::root().join("target/bench/journal");
        let args = [dump.as_os_str(), journal.as_os_str(), "--back".as_ref()];
        let args: Vec<_> = args.into_iter().map(ToOwned::to_owned).collect();
        row(interfaces, &measure::alone(&program, &args)?);
        // Not there when the run failed early.
        let _ = fs::remove_file(journal);
    }
    Ok(ExitCode::SUCCESS)
}

/// Numbers come as if they were milliseconds; bytes and memory are told for each step.
fn row(interfaces: u32, run: &Measure) {
    let of = |phase| run.phase(phase) * 1e3;
    let steps = of("steps");
    let engine = of("total") - of("cloud") - of("sync");
    println!(
        "{interfaces:>10} {steps:>8}  {engine:>9.1} {:>9.1} {:>9.1}  {:>8} {:>8.0} {:>8.2}  {:>9.1} {:>8.1}",
        engine * 1e3 / steps,
        of("sync") * 1e3 / steps,
        of("syncs"),
        of("bytes") / steps,
        of("grown") / steps,
        of("back") * 1e3 / steps,
        of("history"),
    );
}
