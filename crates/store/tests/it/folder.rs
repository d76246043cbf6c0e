//! A journal in a folder.

use std::fs;
use std::path::Path;

use sixward_apply::journal::{Damage, Fact, Journal as _, Way};
use sixward_store::{Held, Kept, Place, Store, StoreError, hint};

fn store(folder: &Path) -> Store {
    Store::open(Place::of_project(folder)).unwrap()
}

fn began(plan: &str) -> Fact {
    Fact::Began {
        way: Way::Forward,
        plan: plan.into(),
        by: "alice@laptop".into(),
        version: "0".into(),
    }
}

fn undone(step: u32) -> Fact {
    Fact::Undone { step }
}

fn write(held: &mut Held, facts: &[Fact]) -> Vec<u64> {
    let numbers = facts.iter().map(|fact| held.append(fact).unwrap());
    let numbers = numbers.collect();
    held.sync().unwrap();
    numbers
}

fn facts(kept: &Kept) -> Vec<(u64, &Fact)> {
    let entries = kept.entries.iter();
    entries.map(|entry| (entry.n, &entry.fact)).collect()
}

#[test]
fn what_is_written_is_read_back_and_gone_on_from() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    assert_eq!(store.read().unwrap(), Kept::default());

    let (mut held, kept) = store.hold("apply").unwrap();
    assert_eq!(kept, Kept::default());
    held.keep_plan("abc", b"the plan").unwrap();
    assert_eq!(write(&mut held, &[began("abc"), undone(1)]), [1, 2]);
    drop(held);

    // Another plan is kept beside it, and is not the one that was begun.
    let (mut held, kept) = store.hold("rollback").unwrap();
    held.keep_plan("def", b"another plan").unwrap();
    assert_eq!(kept.plan.as_deref(), Some(&b"the plan"[..]));
    assert_eq!(write(&mut held, &[undone(2)]), [3]);

    let kept = store.read().unwrap();
    assert_eq!(kept.damage, []);
    let want = [(1, &began("abc")), (2, &undone(1)), (3, &undone(2))];
    assert_eq!(facts(&kept), want);
    assert_eq!(kept.plan.as_deref(), Some(&b"the plan"[..]));
    let times: Vec<_> = kept.entries.iter().map(|entry| &entry.at).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(times.iter().all(|at| at.ends_with('Z') && at.len() == 24));
}

#[test]
fn a_journal_cut_anywhere_is_named_and_gone_on_from() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path());
    let (mut held, _) = first.hold("apply").unwrap();
    write(&mut held, &[began("abc"), undone(1), undone(2)]);
    drop(held);
    let file = folder.path().join("journal/entries.jsonl");
    let whole = fs::read(&file).unwrap();
    let ends: Vec<_> = (1..=whole.len())
        .filter(|at| whole[at - 1] == b'\n')
        .collect();

    for cut in 0..=whole.len() {
        fs::write(&file, &whole[..cut]).unwrap();
        // A line that lacks nothing but its end is as good as whole.
        let lines = ends.iter().filter(|end| **end <= cut + 1).count();
        let at_end = cut == 0 || whole[cut - 1] == b'\n' || whole[cut] == b'\n';
        let (mut held, kept) = first.hold("apply").unwrap();
        assert_eq!(kept.entries.len(), lines, "{cut}");
        assert_eq!(kept.damage.is_empty(), at_end, "{cut}");

        let n = write(&mut held, &[undone(9)]);
        assert_eq!(n, [lines as u64 + 1], "{cut}");
        let kept = first.read().unwrap();
        assert_eq!(facts(&kept).last(), Some(&(n[0], &undone(9))), "{cut}");
        let named: Vec<_> = kept.damage.iter().collect();
        match named[..] {
            [] => assert!(at_end, "{cut}"),
            [Damage::Changed { line, .. }] => assert_eq!(*line, lines + 1, "{cut}"),
            _ => panic!("{cut}: {named:?}"),
        }
    }
}

#[test]
fn changed_and_missing_entries_are_named_and_the_rest_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let (mut held, _) = store.hold("apply").unwrap();
    write(&mut held, &[began("abc"), undone(1), undone(2), undone(3)]);
    drop(held);
    let file = folder.path().join("journal/entries.jsonl");
    let text = fs::read_to_string(&file).unwrap();

    fs::write(&file, text.replace("\"step\":2", "\"step\":7")).unwrap();
    let kept = store.read().unwrap();
    let said: Vec<_> = kept.damage.iter().map(Damage::to_string).collect();
    let want = [
        "line 3 is not what was written: its checksum differs",
        "entries 3 to 3 are missing before line 4",
    ];
    assert_eq!(said, want);
    assert_eq!(facts(&kept).last(), Some(&(4, &undone(3))));

    // The last entry is lost: its number is given again, and nothing else is shadowed by it.
    let lines: Vec<_> = text.lines().collect();
    fs::write(&file, format!("{}\nnonsense\n", lines[..3].join("\n"))).unwrap();
    let (mut held, _) = store.hold("apply").unwrap();
    assert_eq!(write(&mut held, &[undone(5)]), [4]);
    let kept = store.read().unwrap();
    assert_eq!(facts(&kept).last(), Some(&(4, &undone(5))));
    assert_eq!(kept.damage.len(), 1);
}

#[test]
fn the_second_is_told_who_is_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let (held, _) = store.hold("apply").unwrap();
    let error = store.hold("rollback").unwrap_err();
    let StoreError::Held {
        holder: Some(holder),
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(holder.verb, "apply");
    assert_eq!(holder.pid, std::process::id());
    assert_eq!(
        format!("{}@{}", holder.user, holder.machine),
        sixward_store::who()
    );
    let place = store.place().to_string();
    let said = error.to_string();
    assert!(
        said.starts_with(&format!("the journal `{place}` is held by ")),
        "{said}"
    );
    assert!(said.contains(", `sixward apply` since 2"), "{said}");
    assert!(error.hint().contains(&format!("kill -INT {}", holder.pid)));

    drop(held);
    assert!(store.hold("rollback").is_ok());
}

#[test]
fn of_many_at_once_one_works() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let (go, stop) = (std::sync::Barrier::new(8), std::sync::Barrier::new(8));
    let work = || {
        go.wait();
        let held = store.hold("apply");
        stop.wait();
        match held {
            Ok((mut held, _)) => {
                write(&mut held, &[undone(1)]);
                1
            }
            Err(StoreError::Held { holder, .. }) => {
                assert!(holder.is_some());
                0
            }
            Err(error) => panic!("{error}"),
        }
    };
    let worked = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|it| it.join().unwrap())
            .sum::<i32>()
    });
    assert_eq!(worked, 1);
    assert_eq!(store.read().unwrap().entries.len(), 1);
}

#[test]
fn a_place_that_cannot_be_is_said_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("journal"), "a file").unwrap();
    let error = store(folder.path()).hold("apply").unwrap_err();
    let path = folder.path().join("journal");
    assert_eq!(
        error.to_string(),
        format!("cannot write `{}`", path.display())
    );
    assert!(error.hint().contains("--journal PLACE"));
    let error = error.into();
    assert!(hint(&error).unwrap().contains("--journal PLACE"));
}
