//! The estates of others, read as the product reads them.

use std::fs;
use std::path::{Path, PathBuf};

use sixward_estate::{
    Destination, Estate, Route, RouteOrigin, RouteState, RouteTable, RouteTableId, RouteTarget,
    SmolStr,
};

/// An estate of `crates/ingest/tests/estates`.
pub(crate) fn read(name: &str) -> Estate {
    let estates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/tests/estates");
    let folder = estates.join(name);
    let mut reader = sixward_ingest::aws::Reader::new();
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        reader.read(name, &fs::read(&path).unwrap()).unwrap();
    }
    reader.finish().estate
}

/// An estate whose dump has no route tables, with the routes that the provider puts into every main
/// table by itself: one to each block of the network.
pub(crate) fn read_without_tables(name: &str) -> Estate {
    let mut estate = read(name);
    assert!(estate.route_tables.is_empty(), "{name} has tables");
    for network in &estate.networks {
        let mut table = RouteTable {
            id: RouteTableId::new(format!("main-{}", network.id)),
            name: SmolStr::default(),
            network: network.id.clone(),
            main: true,
            edges: Vec::new(),
            propagated_from: Vec::new(),
            routes: Vec::new(),
        };
        let blocks6 = network.blocks6.iter().map(|block| block.net.into());
        let blocks4 = network.blocks4.iter().map(|block| (*block).into());
        for block in blocks4.chain(blocks6) {
            table.add(Route {
                destination: Destination::Net(block),
                target: RouteTarget::Local,
                origin: RouteOrigin::Local,
                state: RouteState::Active,
            });
        }
        estate.route_tables.insert(table);
    }
    estate
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| self::files(folder));
    files.into_iter().chain(below).collect()
}
