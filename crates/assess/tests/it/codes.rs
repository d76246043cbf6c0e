//! Every code is documented and tested.
#![expect(clippy::disallowed_methods, reason = "it reads its own sources")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn files(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(files(&path));
        } else {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts
}

fn codes() -> BTreeSet<String> {
    let sources = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let codes = sources.iter().flat_map(|text| {
        let after = text.split("Code::new(\"").skip(1);
        after.map(|rest| rest.split('"').next().unwrap().to_owned())
    });
    codes.collect()
}

#[test]
fn every_code_is_seen_in_a_test() {
    let tests = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")).concat();
    let unseen: Vec<_> = codes()
        .into_iter()
        .filter(|code| !tests.contains(&format!(" {code} ")))
        .collect();
    assert!(unseen.is_empty(), "no test shows {unseen:?}");
}
