//! Real dumps: a selection that stands beside this file, and all of `../shared/estates` where it is.
//!
//! `tests/estates/ORIGIN.md` says whose they are.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;

use sixward_ingest::{Ingested, ReadDumpError};

use crate::check::{count, read, show_finding};

/// What each dump gives: how many of each noun, and the findings.
#[test]
fn copied_estates_give_what_they_gave() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/estates");
    let mut text = String::new();
    for set in folders(&root) {
        let ingested = read_files(&json_files(&set)).unwrap();
        writeln!(text, "{}: {}", name(&set), count(&ingested)).unwrap();
        for finding in &ingested.findings {
            writeln!(text, "  {}", show_finding(finding)).unwrap();
        }
        for gap in &ingested.estate.gaps {
            writeln!(text, "  gap {}: {}", gap.subject, gap.reason).unwrap();
        }
        text.push('\n');
    }
    expect_file!["../estates/want.txt"].assert_eq(&text);
}

#[test]
fn the_example_of_the_snapshot_page_is_read() {
    let page = include_str!("../../../../docs/formats/estate.md");
    let example = page
        .split("```json\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let estate = sixward_estate::read_snapshot(example.as_bytes())
        .unwrap()
        .estate;
    assert_eq!(estate.networks.len(), 1);
}

/// The whole estate of one dump, every item.
#[test]
fn a_transit_gateway_is_read_whole() {
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/estates/batfish-transit-gateway");
    let ingested = read_files(&json_files(&set)).unwrap();
    expect_file!["../estates/want-transit-gateway.txt"].assert_eq(&crate::check::show(&ingested));
}

#[test]
fn all_shared_estates_are_read() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/estates");
    if !shared.is_dir() {
        println!(
            "{} is not here: only the copied selection was read",
            shared.display()
        );
        return;
    }
    let mut files = 0;
    for set in folders(&shared)
        .iter()
        .filter(|set| name(set).starts_with("aws-"))
    {
        let set = json_files(set);
        files += set.len();
        println!("{}", count(&read_files(&set).unwrap()));
    }
    println!("{files} files read");
    assert!(files > 200, "{files}");
}

pub(crate) fn read_files(files: &[(String, Vec<u8>)]) -> Result<Ingested, ReadDumpError> {
    read(
        files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
    )
}

/// Every JSON file under a folder, by its path within it, sorted.
pub(crate) fn json_files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    collect(root, root, &mut files);
    files.sort();
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let inner = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            files.push((inner, fs::read(&path).unwrap()));
        }
    }
}

pub(crate) fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
