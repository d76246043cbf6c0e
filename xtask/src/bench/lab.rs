//! `bench lab`: how long a lab of namespaces takes to build, what a host costs in it, and how many flows a
//! second one thread checks.

use std::process::ExitCode;

use super::{estate, example, measure};
use crate::failure::Failure;

/// Goals: 1,000 hosts in 2 s, 5,000 in 12 s; 5,000 flows a second where an answer comes.
const SCALES: [u32; 3] = [100, 1_000, 5_000];

pub(super) fn run(max: u32) -> Result<ExitCode, Failure> {
    let program = example("sixward-lab", "scale")?;
    println!("a dual-stack estate in network namespaces; TCP between its hosts by one thread\n");
    println!(
        "{:>10} {:>6} {:>6}  {:>9} {:>8} {:>8} {:>8}  {:>10} {:>10} {:>7}  {:>7}",
        "interfaces",
        "hosts",
        "nodes",
        "layout ms",
        "build s",
        "down s",
        "kB a host",
        "answered/s",
        "dropped/s",
        "silent",
        "flows"
    );
    for interfaces in SCALES.into_iter().filter(|scale| *scale <= max) {
        let (dump, _) = estate(interfaces)?;
        let run = measure::alone(&program, &[dump.into_os_string()])?;
        let of = |phase: &str| run.phase(phase) * 1e3;
        let rate = |kind: &str| {
            let seconds = run.phase(&format!("{kind}-spent"));
            if seconds > 0.0 {
                of(kind) / seconds
            } else {
                0.0
            }
        };
        println!(
            "{interfaces:>10} {:>6} {:>6}  {:>9.1} {:>8.2} {:>8.2} {:>8}  {:>10.0} {:>10.0} {:>7}  {:>7}",
            of("hosts"),
            of("nodes"),
            of("layout"),
            run.phase("build"),
            run.phase("down"),
            of("kilobytes"),
            rate("answered"),
            rate("dropped"),
            of("silent"),
            of("answered") + of("dropped") + of("silent"),
        );
    }
    Ok(ExitCode::SUCCESS)
}
