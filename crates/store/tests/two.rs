//! Two processes at one journal, and one that is killed. This program runs itself again as the other.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is the report of a test"
)]

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use sixward_apply::journal::{Fact, Journal as _};
use sixward_store::{Place, Store, StoreError};

fn main() {
    let args: Vec<_> = env::args().collect();
    if let [_, word, place] = &args[..]
        && word == "write"
    {
        return write(place);
    }
    killed_while_it_writes();
    killed_while_it_waits();
    no_room();
}

/// The other process: writes entries and says each number when it is synced, until it cannot.
fn write(place: &str) {
    let mut out = std::io::stdout();
    let store = Store::open(place.parse().unwrap()).unwrap();
    let mut held = match store.hold("apply") {
        Ok((held, _)) => held,
        Err(error) => return writeln!(out, "{error}").unwrap(),
    };
    loop {
        let appended = held.append(&Fact::Undone { step: 1 });
        match appended.and_then(|n| held.sync().map(|()| n)) {
            Ok(n) => writeln!(out, "{n}").unwrap(),
            Err(error) => {
                let hint = sixward_store::hint(&error).unwrap();
                return writeln!(out, "{error}: {}; {hint}", error.0).unwrap();
            }
        }
    }
}

fn another(place: &Path) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.arg("write").arg(place).stdout(Stdio::piped());
    command.spawn().unwrap()
}

fn killed_while_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(Place::Folder(folder.path().to_owned())).unwrap();
    let mut last = 0;
    for round in 1..=20 {
        let mut child = another(folder.path());
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        // A later round is killed at another place.
        for line in said.by_ref().take(round) {
            last = line.unwrap().parse().unwrap();
        }
        let other = store.hold("rollback").unwrap_err();
        let StoreError::Held {
            holder: Some(holder),
            ..
        } = other
        else {
            panic!("{other}")
        };
        assert_eq!(holder.pid, child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        // The lock is given back by the kernel, and nothing that was synced is lost.
        let (_held, kept) = store.hold("rollback").unwrap();
        let numbers: Vec<_> = kept.entries.iter().map(|entry| entry.n).collect();
        assert!(numbers.len() as u64 >= last, "{last}: {numbers:?}");
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u64));
    }
}

fn killed_while_it_waits() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(Place::Folder(folder.path().to_owned())).unwrap();
    let (_held, _) = store.hold("rollback").unwrap();
    let child = another(folder.path());
    let pid = std::process::id();
    let said = child.wait_with_output().unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    let want = format!("process {pid}, `sixward rollback` since ");
    assert!(said.contains(&want), "{said}");
}

/// A line that found room for a piece of itself only is taken away again.
fn no_room() {
    let folder = tempfile::tempdir().unwrap();
    let script = "trap '' XFSZ; ulimit -f 2; exec \"$@\"";
    let mut command = Command::new("bash");
    command.args(["-c", script, "bash"]);
    command.arg(env::current_exe().unwrap());
    command.arg("write").arg(folder.path());
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let lines: Vec<_> = said.lines().collect();
    let (error, numbers) = lines.split_last().unwrap();
    assert!(
        error.starts_with("the journal cannot be written: cannot write `"),
        "{error}"
    );
    let store = Store::open(Place::Folder(folder.path().to_owned())).unwrap();
    let kept = store.read().unwrap();
    assert_eq!(kept.damage, []);
    assert_eq!(kept.entries.len(), numbers.len());
    assert!(numbers.len() > 10);
}
