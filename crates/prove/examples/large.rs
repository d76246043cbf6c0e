//! How long the analysis of a big estate takes, stage by stage: `large FOLDER`.
//!
//! It reads a folder of dumps as `estategen` makes them, in the same way as the product does, but for
//! files and clock, which the core does not know.

#![expect(clippy::print_stdout, reason = "a measurement is printed")]
#![expect(clippy::disallowed_types, reason = "it measures time")]
#![expect(clippy::disallowed_methods, reason = "it reads files")]

use std::error::Error;
use std::time::Instant;
use std::{env, fs};

use sixward_estate::Estate;
use sixward_ingest::aws::Reader;
use sixward_net::Family;
use sixward_prove::symbolic::Analysis;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("which folder?")?;
    let estate = timed("load", || load(&folder))?;
    println!(
        "{} interfaces, {} firewalls",
        estate.interfaces.len(),
        estate.firewalls.len()
    );
    let analysis = timed("factors of both families", || Analysis::new(&estate));
    let (profiles, sets) = analysis.size();
    println!("{profiles} profiles, {sets} traffic sets");
    for family in [Family::V4, Family::V6] {
        let rows = timed(&format!("{family} exposure"), || analysis.exposure(family));
        let exposed: usize = rows.iter().map(|row| row.interfaces.len()).sum();
        println!("{exposed} interfaces in {} rows", rows.len());
    }
    let (_, sets) = analysis.size();
    println!("{sets} traffic sets, {}", peak().unwrap_or_default());
    Ok(())
}

fn load(folder: &str) -> Result<Estate, Box<dyn Error>> {
    let mut reader = Reader::new();
    let mut paths = Vec::new();
    for region in fs::read_dir(folder)? {
        for file in fs::read_dir(region?.path())? {
            paths.push(file?.path());
        }
    }
    paths.sort();
    for path in paths {
        reader.read(&path.to_string_lossy(), &fs::read(&path)?)?;
    }
    Ok(reader.finish().estate)
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!(
        "{what}: {:.3} s, {}",
        start.elapsed().as_secs_f64(),
        peak().unwrap_or_default()
    );
    result
}

/// The most memory so far, as Linux tells it.
fn peak() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().collect::<Vec<_>>().join(" "))
}
