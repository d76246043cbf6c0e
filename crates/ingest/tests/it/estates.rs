//! Real dumps: a selection that stands beside this file, and all of `../shared/estates` where it is.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};

use crate::check::{count, read, show};

#[test]
fn all_shared_estates_are_read() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/estates");
    if !shared.is_dir() {
        println!("{} is not here: only the copied selection was read", shared.display());
        return;
    }
    let mut files = 0;
    for set in folders(&shared).iter().filter(|set| name(set).starts_with("aws-")) {
        let set = json_files(set);
        files += set.len();
        let ingested = read(set.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))).unwrap();
        println!("{}", count(&ingested));
        if std::env::var_os("SHOW").is_some() { println!("{}", show(&ingested)); }
    }
    println!("{files} files read");
    assert!(files > 200, "{files}");
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
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let inner = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push((inner, fs::read(&path).unwrap()));
        }
    }
}

pub(crate) fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
