//! `bench prove`: what an exact answer in both families costs, from reading on; what proving one more
//! step costs; and the same on the estates that peers were measured on.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use super::measure::{self, Measure};
use super::{SCALES, estate, example};
use crate::failure::Failure;
use crate::{process, workspace};

/// The peers' estates: VPCs, subnets, interfaces, groups, as their generator takes them.
const PEERS: [[&str; 4]; 2] = [["1", "8", "160", "10"], ["1", "8", "1600", "100"]];
const PEER_SCRIPT: &str = "../shared/tools/peer-estates/describe_form.py";

/// How many steps of a plan are proved, spread over it.
const STEPS: &str = "50";
/// Plans of larger estates have hundreds of thousands of steps, which are walked through in between.
const MOST_STEPPED: u32 = 100_000;

/// Peak memory is told in these.
const MEGABYTE: u64 = 1 << 20;

pub(super) fn run(max: u32) -> Result<ExitCode, Failure> {
    let program = example("sixward-ops", "reach")?;
    println!("milliseconds, one run each, dual stack where the estate is planned for it\n");
    println!(
        "{:>10}  {:>8} {:>8} {:>9} {:>9} {:>8} {:>8}",
        "interfaces", "read", "factors", "exposure4", "exposure6", "all", "peak MB"
    );
    let scales = SCALES.into_iter().chain([1_000_000]);
    let scales: Vec<u32> = scales.filter(|scale| *scale <= max).collect();
    for interfaces in &scales {
        let (dump, _) = estate(*interfaces)?;
        let both = dual(&program, &dump, *interfaces)?;
        row(
            &interfaces.to_string(),
            &alone(&program, &[both.as_os_str()])?,
        );
    }
    peers(&program)?;
    println!(
        "\n{:>10}  {:>8} {:>8} {:>8} {:>9} {:>9} {:>9}",
        "interfaces", "begin", "step", "most", "200 steps", "median", "end"
    );
    for interfaces in scales.iter().filter(|scale| **scale <= MOST_STEPPED) {
        let (dump, _) = estate(*interfaces)?;
        let run = alone(
            &program,
            &[dump.as_os_str(), "--steps".as_ref(), STEPS.as_ref()],
        )?;
        let of = |phase| run.phase(phase) * 1e3;
        println!(
            "{interfaces:>10}  {:>8.1} {:>8.2} {:>8.1} {:>9.1} {:>9.2} {:>9.1}",
            of("begin"),
            of("step-median"),
            of("step-most"),
            of("row-sum"),
            of("row-median"),
            of("end")
        );
    }
    println!(
        "\n{:>10}  {:>8} {:>11} {:>8}",
        "interfaces", "factors", "certificate", "check"
    );
    for interfaces in &scales {
        let both = folder().join(format!("dual-{interfaces}.json"));
        let run = alone(&program, &[both.as_os_str(), "--certificate".as_ref()])?;
        let of = |phase| run.phase(phase) * 1e3;
        println!(
            "{interfaces:>10}  {:>8.1} {:>11.1} {:>8.1}",
            of("factors"),
            of("certificate"),
            of("check")
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The estate at the end of its plan, made once.
fn dual(program: &Path, dump: &Path, interfaces: u32) -> Result<PathBuf, Failure> {
    let file = folder().join(format!("dual-{interfaces}.json"));
    if !file.is_file() {
        alone(
            program,
            &[dump.as_os_str(), "--dual".as_ref(), file.as_os_str()],
        )?;
    }
    Ok(file)
}

/// The estates that peers were measured on, where their generator is at hand.
fn peers(program: &Path) -> Result<(), Failure> {
    let script = workspace::root().join(PEER_SCRIPT);
    if !script.is_file() {
        println!("     peers'  left out: there is no {PEER_SCRIPT}");
        return Ok(());
    }
    for peer in PEERS {
        let dump = folder().join(format!("peer-{}", peer[2]));
        process::quiet(Command::new("python3").arg(&script).arg(&dump).args(peer))?;
        row(
            &format!("peer {}", peer[2]),
            &alone(program, &[dump.as_os_str()])?,
        );
    }
    Ok(())
}

fn row(name: &str, run: &Measure) {
    let of = |phase| run.phase(phase) * 1e3;
    let phases = [of("read"), of("factors"), of("exposure4"), of("exposure6")];
    println!(
        "{name:>10}  {:>8.1} {:>8.1} {:>9.1} {:>9.1} {:>8.1} {:>8}",
        phases[0],
        phases[1],
        phases[2],
        phases[3],
        phases.iter().sum::<f64>(),
        run.peak / MEGABYTE
    );
}

fn alone(program: &Path, args: &[&std::ffi::OsStr]) -> Result<Measure, Failure> {
    let args: Vec<OsString> = args.iter().map(|arg| (*arg).to_owned()).collect();
    measure::alone(program, &args)
}

fn folder() -> PathBuf {
    workspace::root().join("target/bench")
}
