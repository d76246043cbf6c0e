//! Estates and plans of the scenarios.

use std::fs;
use std::path::{Path, PathBuf};

use sixward_estate::Estate;
use sixward_estate::intent::Intent;
use sixward_plan::{Plan, plan, read_plan};

fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../scenarios")
        .join(name)
}

/// The estate of a scenario's dumps.
pub(crate) fn estate(name: &str) -> Estate {
    at(&scenario(name).join("given"))
}

/// The estate of a folder of dumps.
pub(crate) fn at(folder: &Path) -> Estate {
    let mut reader = sixward_ingest::aws::Reader::new();
    for file in files(folder) {
        let name = file.strip_prefix(folder).unwrap().to_str().unwrap();
        reader.read(name, &fs::read(&file).unwrap()).unwrap();
    }
    reader.finish().estate
}

/// The plan of a scenario.
pub(crate) fn planned(name: &str) -> Plan {
    let intent = fs::read_to_string(scenario(name).join("intent.toml")).unwrap_or_default();
    plan(estate(name), Intent::parse(&intent).unwrap())
}

/// The plan that somebody made, as it lies beside a scenario.
pub(crate) fn made(name: &str) -> Plan {
    read_plan(&fs::read(scenario(name).join("plan.json")).unwrap()).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| self::files(folder));
    files.into_iter().chain(below).collect()
}
