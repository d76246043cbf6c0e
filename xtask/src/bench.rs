//! `bench plan`, `bench prove`, `bench apply`, `bench lab` and `bench teredo`: time of each phase, processor time and peak memory of the main verb on estates
//! of growing size, against the goals. The estates are generated once and kept.

mod apply;
mod lab;
pub(crate) mod measure;
mod prove;
mod table;
mod teredo;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use sixward_estategen::{Scale, VERSION, write_aws};

use crate::failure::Failure;
use crate::{process, workspace};
use measure::Measure;
use table::Row;

/// What is measured: the whole way from dumps to scripts and report.
const COMMAND: [&str; 5] = ["migrate", "{dump}", "--out", "{out}", "--timings"];

const SCALES: [u32; 3] = [1_000, 10_000, 100_000];
const SEED: u64 = 6;
const RUNS: usize = 3;

/// More only when asked for: the dumps of a million interfaces are 8 GB.
const MOST_PROVED: u32 = 100_000;

/// Larger plans only when asked for: the cloud in memory takes its time.
const MOST_WALKED: u32 = 10_000;

/// A run longer than this is not repeated.
const SLOW: f64 = 30.0;

/// The verb.
pub(crate) fn run(args: &[String]) -> Result<ExitCode, Failure> {
    let (what, max) = arguments(args)?;
    match what {
        What::Plan => {}
        What::Prove => return prove::run(max),
        What::Apply => return apply::run(max),
        What::Lab => return lab::run(max),
        What::Teredo => return teredo::run(),
        What::TeredoSpeed => return teredo::speed(),
    }
    let program = build(&["-p", "sixward-cli"], &["sixward"])?;
    let mut rows = Vec::new();
    for interfaces in SCALES.into_iter().filter(|&scale| scale <= max) {
        let (dump, bytes) = estate(interfaces)?;
        eprintln!("measuring {interfaces} interfaces");
        rows.push(Row {
            interfaces,
            bytes,
            median: measured(&program, &dump)?,
        });
    }
    print!("{}", table::render(&rows));
    Ok(ExitCode::SUCCESS)
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Plan,
    Prove,
    Apply,
    Lab,
    Teredo,
    TeredoSpeed,
}

fn arguments(args: &[String]) -> Result<(What, u32), Failure> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let asked = match args[..] {
        ["plan"] => Some((What::Plan, u32::MAX)),
        ["prove"] => Some((What::Prove, MOST_PROVED)),
        ["apply"] => Some((What::Apply, MOST_WALKED)),
        ["teredo"] => Some((What::Teredo, u32::MAX)),
        ["teredo-speed"] => Some((What::TeredoSpeed, u32::MAX)),
        ["lab"] => Some((What::Lab, u32::MAX)),
        ["lab", "--max", max] => number(max).map(|max| (What::Lab, max)),
        ["plan", "--max", max] => number(max).map(|max| (What::Plan, max)),
        ["prove", "--max", max] => number(max).map(|max| (What::Prove, max)),
        ["apply", "--max", max] => number(max).map(|max| (What::Apply, max)),
        _ => None,
    };
    asked.ok_or_else(|| {
        Failure::new(
            "`bench` was not understood",
            "cargo xtask bench plan|prove|apply|lab [--max 10k], or cargo xtask bench teredo",
        )
    })
}

/// `10k` or `10000`.
fn number(text: &str) -> Option<u32> {
    match text.strip_suffix('k') {
        Some(thousands) => thousands.parse::<u32>().ok()?.checked_mul(1_000),
        None => text.parse().ok(),
    }
}

/// An example of a package, built to be measured.
fn example(package: &str, name: &str) -> Result<PathBuf, Failure> {
    build(&["-p", package, "--example", name], &["examples", name])
}

/// Builds what `words` name; `file` is where it then lies.
fn build(words: &[&str], file: &[&str]) -> Result<PathBuf, Failure> {
    let mut cargo = workspace::cargo();
    process::show(cargo.args(["build", "--release", "--quiet"]).args(words))?;
    let metadata = workspace::metadata()?;
    let target = metadata["target_directory"].as_str().unwrap_or("target");
    Ok(Path::new(target)
        .join("release")
        .join(file.iter().collect::<PathBuf>()))
}

/// The folder of the estate and its size, generated unless the same generator did so before.
fn estate(interfaces: u32) -> Result<(PathBuf, u64), Failure> {
    let bench = workspace::root().join("target/bench");
    let dump = bench.join(format!("aws-{interfaces}"));
    // Beside the folder: what is in it must look like a dump and like nothing else.
    let stamp = bench.join(format!("aws-{interfaces}.stamp"));
    let made = fs::read_to_string(&stamp).ok();
    if let Some(bytes) = made.as_deref().and_then(stamped) {
        return Ok((dump, bytes));
    }
    let start = Instant::now();
    let failed = |cause| Failure::io("write", workspace::shown(&dump), &cause);
    if dump.exists() {
        fs::remove_dir_all(&dump).map_err(failed)?;
    }
    let written = write_aws(&dump, Scale::interfaces(interfaces), SEED).map_err(failed)?;
    fs::write(&stamp, format!("{VERSION} {SEED} {}", written.bytes)).map_err(failed)?;
    let (files, bytes) = (written.files, written.bytes);
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("wrote {interfaces} interfaces: {files} files, {bytes} bytes, {seconds:.1} s");
    Ok((dump, bytes))
}

fn stamped(stamp: &str) -> Option<u64> {
    stamp
        .strip_prefix(&format!("{VERSION} {SEED} "))?
        .trim()
        .parse()
        .ok()
}

/// The median by what the goal is about, after a run that warms the caches.
fn measured(program: &Path, dump: &Path) -> Result<Measure, Failure> {
    let first = once(program, dump)?;
    if first.wall > SLOW {
        return Ok(first);
    }
    let mut runs = (0..RUNS)
        .map(|_| once(program, dump))
        .collect::<Result<Vec<_>, _>>()?;
    runs.sort_by(|a, b| a.to_plan().total_cmp(&b.to_plan()));
    Ok(runs.into_iter().nth(RUNS / 2).unwrap_or(first))
}

fn once(program: &Path, dump: &Path) -> Result<Measure, Failure> {
    let out = workspace::root().join("target/bench/out");
    // Not there on the first run.
    let _ = fs::remove_dir_all(&out);
    let place = |word: &str| match word {
        "{dump}" => dump.as_os_str().to_owned(),
        "{out}" => out.as_os_str().to_owned(),
        word => word.into(),
    };
    measure::alone(program, &COMMAND.map(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_written_as_people_say_them() {
        assert_eq!(
            [
                number("10k"),
                number("500"),
                number("x"),
                number("9999999k")
            ],
            [Some(10_000), Some(500), None, None]
        );
    }

    #[test]
    fn only_the_same_generator_counts_as_made() {
        assert_eq!(stamped(&format!("{VERSION} {SEED} 77\n")), Some(77));
        assert_eq!(stamped(&format!("{} {SEED} 77\n", VERSION + 1)), None);
    }
}
