//! What holds for every dump: the order of files, repetition and paging change nothing; nothing panics.

use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use sixward_estate::{read_snapshot, write_snapshot};
use sixward_ingest::aws::Reader;

use crate::estates::{folders, json_files, read_files};

type Files = Vec<(String, Vec<u8>)>;

fn sets() -> Vec<Files> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/estates");
    folders(&root).iter().map(|set| json_files(set)).collect()
}

#[test]
fn the_order_of_files_changes_nothing() {
    for files in sets() {
        let want = read_files(&files).unwrap();
        let mut other = files.clone();
        other.reverse();
        assert_eq!(read_files(&other).unwrap(), want);
        other.sort_by_key(|(path, bytes)| (bytes.len() % 7, path.len()));
        assert_eq!(read_files(&other).unwrap(), want);
    }
}

#[test]
fn a_file_read_twice_is_read_once() {
    for files in sets() {
        let twice: Files = files.iter().chain(&files).cloned().collect();
        assert_eq!(read_files(&twice).unwrap(), read_files(&files).unwrap());
    }
}

#[test]
fn pages_give_the_same_estate() {
    for files in sets() {
        let pages: Files = files
            .iter()
            .flat_map(|(path, bytes)| split(path, bytes))
            .collect();
        let whole = read_files(&files).unwrap();
        assert_eq!(read_files(&pages).unwrap().estate, whole.estate);
    }
}

/// One file for each element of each listing.
fn split(path: &str, bytes: &[u8]) -> Files {
    let Ok(Value::Object(object)) = serde_json::from_slice(bytes) else {
        return vec![(path.to_owned(), bytes.to_vec())];
    };
    let mut files = Files::new();
    for (key, value) in object {
        let elements = value.as_array().cloned().unwrap_or_default();
        let pages = if elements.is_empty() {
            vec![value]
        } else {
            elements
                .into_iter()
                .map(|element| Value::Array(vec![element]))
                .collect()
        };
        for (number, page) in pages.into_iter().enumerate() {
            let page = serde_json::json!({ key.as_str(): page }).to_string();
            files.push((format!("{path}.{key}.{number:03}"), page.into_bytes()));
        }
    }
    files
}

#[test]
fn a_snapshot_gives_the_estate_back() {
    for files in sets() {
        let estate = read_files(&files).unwrap().estate;
        let snapshot = write_snapshot(&estate, &[]).unwrap();
        assert_eq!(read_snapshot(&snapshot).unwrap().estate, estate);
        let text = String::from_utf8(snapshot).unwrap();
        assert!(
            !text.contains(".json"),
            "file names do not get into the estate"
        );
    }
}

/// What happens to a byte of a dump.
#[derive(Debug, Clone)]
enum Harm {
    Cut(usize),
    Flip(usize, u8),
    Insert(usize, &'static str),
    Swap(&'static str, &'static str),
}

fn harm() -> impl Strategy<Value = Harm> {
    let parts = prop::sample::select(vec![
        "null", "{}", "[]", "-1", "\"\"", "1e999", "[[", "\\u0000", ",", "99999",
    ]);
    let swaps = prop::sample::select(vec![
        ("\"State\"", "\"VpcId\""),
        ("10.", "999."),
        ("/16", "/99"),
        ("true", "\"true\""),
        ("\"tcp\"", "6"),
        (": [", ": {\"a\": ["),
        ("Id\"", "Ids\""),
        ("\"-1\"", "\"256\""),
        ("vpc-", ""),
        ("arn:aws", "arn"),
        ("us-east", "é"),
    ]);
    prop_oneof![
        any::<usize>().prop_map(Harm::Cut),
        any::<(usize, u8)>().prop_map(|(at, bits)| Harm::Flip(at, bits)),
        (any::<usize>(), parts).prop_map(|(at, part)| Harm::Insert(at, part)),
        swaps.prop_map(|(from, to)| Harm::Swap(from, to)),
    ]
}

impl Harm {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let place = |at: usize| at % (bytes.len() + 1);
        match self {
            Self::Cut(at) => bytes.truncate(place(*at)),
            Self::Flip(at, bits) => {
                let at = place(*at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
            Self::Insert(at, part) => {
                let at = place(*at);
                bytes.splice(at..at, part.bytes());
            }
            Self::Swap(from, to) => {
                *bytes = String::from_utf8_lossy(bytes)
                    .replace(from, to)
                    .into_bytes();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done to real dumps, the reader refuses or reads, and goes on.
    #[test]
    fn harmed_dumps_do_no_harm(which in any::<prop::sample::Index>(), harms in prop::collection::vec((any::<usize>(), harm()), 1..6)) {
        let sets = sets();
        let mut files = which.get(&sets).clone();
        for (file, harm) in &harms {
            let file = file % files.len();
            harm.apply(&mut files[file].1);
        }
        let mut reader = Reader::new();
        for (path, bytes) in &files {
            if let Err(error) = reader.read(path, bytes) {
                prop_assert!(!error.to_string().contains("Raw"), "{error}");
            }
        }
        let ingested = reader.finish();
        let snapshot = write_snapshot(&ingested.estate, &ingested.findings).unwrap();
        let read = read_snapshot(&snapshot).unwrap();
        prop_assert_eq!(read.estate, ingested.estate);
        prop_assert_eq!(read.findings, ingested.findings);
    }
}
