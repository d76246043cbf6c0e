//! What a lab costs: the dual-stack estate that comes of a folder of dumps is built, flows are sent through
//! it, and it is taken down. `cargo xtask bench lab` runs it.
//!
//! `scale FOLDER [FLOWS]` prints times and sizes, one a line, as xtask reads them.

#![expect(clippy::print_stderr, reason = "its output")]
#![expect(
    clippy::unwrap_used,
    reason = "a panic says what is wrong with the dumps"
)]

#[path = "../tests/packets/given.rs"]
#[expect(dead_code, reason = "the tests ask for more of it")]
mod given;

use std::error::Error;
use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use sixward_estate::intent::Intent;
use sixward_estate::{Estate, Interface};
use sixward_lab::{Carries, Flow, Lab, Layout, NodeId, Prober, Seen, enter, node_of};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((folder, flows)) = args.split_first() else {
        return Err("scale FOLDER [FLOWS]".into());
    };
    let flows = flows.first().map_or(Ok(20_000), |flows| flows.parse())?;
    enter()?;
    let estate = sixward_plan::plan(given::at(Path::new(folder)), Intent::default()).end();
    let before = kernel_memory()?;
    let layout = timed("layout", || Layout::of(&estate));
    let hosts = layout
        .nodes
        .keys()
        .filter(|id| matches!(id, NodeId::Host(_)));
    let hosts = hosts.count();
    number("nodes", layout.nodes.len());
    number("hosts", hosts);
    let lab = timed("build", || Lab::make(layout))?;
    let grown = kernel_memory()?.saturating_sub(before);
    number("kilobytes", grown / hosts.max(1));
    let mut prober = timed("prober", || Prober::new(&lab))?;
    prober.patience(Duration::from_millis(250));
    probe(&estate, &mut prober, flows)?;
    drop(prober);
    timed("down", || drop(lab));
    Ok(())
}

/// TCP between hosts, in both families, and how many a second of each outcome.
fn probe(estate: &Estate, prober: &mut Prober, flows: usize) -> Result<(), Box<dyn Error>> {
    let ends: Vec<_> = estate
        .interfaces
        .iter()
        .filter(|it| it.host().is_some())
        .collect();
    let mut spent = [Duration::ZERO; 3];
    let mut counts = [0; 3];
    for number in 0..flows {
        // Two strides without a common divisor: all sorts of pairs, the same ones in each run.
        let from = ends[number * 7_919 % ends.len()];
        let to = ends[(number * 104_729 + 1) % ends.len()];
        let port = [443, 22, 5432, 8080][number % 4];
        let Some(flow) = flow(from, to, number % 2 == 0, port) else {
            continue;
        };
        let start = Instant::now();
        let seen = prober.try_flow(&flow)?;
        let kind = match seen {
            Seen::Answered(_) => 0,
            Seen::Silent => 2,
            _ => 1,
        };
        spent[kind] += start.elapsed();
        counts[kind] += 1;
    }
    for (kind, name) in ["answered", "dropped", "silent"].into_iter().enumerate() {
        number(name, counts[kind]);
        told(&format!("{name}-spent"), spent[kind]);
    }
    Ok(())
}

fn flow(from: &Interface, to: &Interface, v6: bool, port: u16) -> Option<Flow> {
    let own = |it: &Interface| -> Option<IpAddr> {
        if v6 {
            it.addresses6.first().map(|own| (*own).into())
        } else {
            it.addresses4.first().map(|own| own.address.into())
        }
    };
    Some(Flow {
        from: node_of(from)?,
        source: own(from)?,
        destination: own(to)?,
        carries: Carries::Tcp(None, port),
    })
}

/// What the kernel holds that nobody can page out, in kilobytes.
fn kernel_memory() -> Result<usize, Box<dyn Error>> {
    let info = fs::read_to_string("/proc/meminfo")?;
    let line = info.lines().find(|line| line.starts_with("SUnreclaim:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kilobytes.ok_or("no SUnreclaim in /proc/meminfo")?.parse()?)
}

fn timed<T>(phase: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    told(phase, start.elapsed());
    done
}

fn told(phase: &str, time: Duration) {
    eprintln!("{phase}  {:.3} ms", time.as_secs_f64() * 1e3);
}

/// As if it were milliseconds: a line is all that xtask reads.
fn number(what: &str, number: usize) {
    eprintln!("{what}  {number} ms");
}
