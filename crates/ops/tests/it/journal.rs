//! A journal as a person reads it: a real one, with the clock and the names taken out, whole and spoilt.

use std::fs;
use std::path::Path;

use expect_test::expect_file;
use sixward_apply::journal::{Entry, Fact, read_journal, write_line};
use sixward_ops::text::{self, Look};
use sixward_ops::{Error, Job, Journaled, Ready, Source, Target, Way, World, journal, migrate};

const LOOK: Look = Look {
    width: 110,
    color: false,
};

#[test]
fn whole_and_spoilt() {
    let folder = tempfile::tempdir().unwrap();
    walked(folder.path());
    let file = folder.path().join("simulation/entries.jsonl");
    let (entries, damage) = read_journal(&fs::read(&file).unwrap());
    assert_eq!(damage, []);
    let lines: Vec<_> = entries
        .iter()
        .map(|it| write_line(&plain(it)).unwrap())
        .collect();

    fs::write(&file, lines.concat()).unwrap();
    let whole = read(folder.path());
    let shown = text::journal(&whole.report, LOOK);
    expect_file!["want/journal.txt"].assert_eq(&shown.replace(place(&whole), "PLACE"));
    assert!(
        whole
            .report
            .journal
            .as_ref()
            .unwrap()
            .rows
            .iter()
            .all(|row| !row.amiss)
    );

    let mut spoilt = lines.clone();
    spoilt[4][30] ^= 1;
    spoilt.remove(8);
    spoilt.truncate(14);
    let end = spoilt[13].len() - 5;
    spoilt[13].truncate(end);
    fs::write(&file, spoilt.concat()).unwrap();
    let spoilt = read(folder.path());
    let shown = text::journal(&spoilt.report, LOOK);
    expect_file!["want/journal-spoilt.txt"].assert_eq(&shown.replace(place(&spoilt), "PLACE"));
}

#[test]
fn one_entry_whole() {
    let folder = tempfile::tempdir().unwrap();
    walked(folder.path());
    let journal = read(folder.path());
    let entry: Entry = serde_json::from_str(&journal.entry(2).unwrap()).unwrap();
    assert_eq!(entry.n, 2);
    assert!(matches!(entry.fact, Fact::Intent { .. }));
    let error = journal.entry(9999).unwrap_err();
    assert!(matches!(error, Error::NoEntry(_)));
    assert!(
        error.hint().starts_with("its entries go from 1 to "),
        "{}",
        error.hint()
    );
}

#[test]
fn nothing_was_begun() {
    let folder = tempfile::tempdir().unwrap();
    let journal = read(folder.path());
    let shown = text::journal(&journal.report, LOOK);
    assert_eq!(
        shown.replace(place(&journal), "PLACE"),
        "No journal at PLACE: nothing was begun.\n"
    );
    assert!(journal.entry(1).is_err());
}

/// The two-tier estate, migrated and taken back in memory.
fn walked(folder: &Path) {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/aws-two-tier");
    let source = Source::find(scenario.to_str().unwrap(), None).unwrap();
    let job = Job {
        out: Some(folder.to_owned()),
        ..Job::new(source, &())
    };
    migrate(&job).unwrap();
    let there = Ready::open(&target(folder), Way::Forward).unwrap();
    assert!(there.apply(&[], false, &mut ()).unwrap().is_done());
    let back = Ready::open(&target(folder), Way::Back).unwrap();
    assert!(back.rollback(&[], &mut ()).unwrap().is_done());
}

fn target(folder: &Path) -> Target<'static> {
    Target {
        plan: folder.to_owned(),
        world: World::Simulation,
        journal: None,
        at_once: Some(2),
        distrusted: false,
        progress: &(),
    }
}

fn read(folder: &Path) -> Journaled {
    journal(&target(folder)).unwrap()
}

fn place(journal: &Journaled) -> &str {
    &journal.report.journal.as_ref().unwrap().place
}

/// The same for everybody, at any time.
fn plain(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    entry.at = format!("2026-01-02T03:{:02}:{:02}.000Z", entry.n / 60, entry.n % 60).into();
    if let Fact::Began {
        by, version, plan, ..
    } = &mut entry.fact
    {
        *by = "alice@laptop".into();
        *version = "1.0.0".into();
        assert_eq!(plan.len(), 16);
    }
    entry
}
