//! The analysis against the tracer on a big estate: `compare FOLDER [PACKETS [SEED]]`.
//!
//! It reads a folder of dumps as `estategen` makes them, gives the estate an IPv6 half and its hubs
//! routes where they have none, and asks both programs about random packets, half of each family.

#![expect(clippy::print_stdout, reason = "a measurement is printed")]
#![expect(clippy::disallowed_types, reason = "it measures time")]
#![expect(clippy::disallowed_methods, reason = "it reads files")]

mod judge;
mod sample;
mod second;

use std::error::Error;
use std::time::Instant;
use std::{env, fs};

use sixward_estate::Estate;
use sixward_ingest::aws::Reader;
use sixward_net::Family;

use judge::Judge;
use sample::Sampler;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let packets: u64 = arguments.next().as_deref().unwrap_or("1000000").parse()?;
    let seed: u64 = arguments.next().as_deref().unwrap_or("1").parse()?;
    let mut estate = load(&folder)?;
    if estate
        .interfaces
        .iter()
        .all(|own| own.addresses6.is_empty())
    {
        second::half(&mut estate);
    }
    second::hubs(&mut estate);
    println!("{} interfaces", estate.interfaces.len());
    for family in [Family::V4, Family::V6] {
        let start = Instant::now();
        let mut judge = Judge::new(&estate);
        let mut sampler = Sampler::new(&estate, family, seed);
        while judge.tally.asked() < packets / 2 {
            let (flow, packets) = sampler.next();
            judge.ask(&flow, packets);
        }
        println!("{family}: {}", judge.tally);
        println!("{:.1} s", start.elapsed().as_secs_f64());
    }
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
