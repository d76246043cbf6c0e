//! What a step costs: the plan of a folder of dumps is carried out in a cloud in memory, with its journal
//! on disk. `cargo xtask bench apply` runs it.
//!
//! `steps FOLDER JOURNAL [--back]` prints times and sizes, one a line, as xtask reads them.

#![expect(clippy::print_stderr, reason = "its output")]
#![expect(clippy::disallowed_types, reason = "it measures time")]
#![expect(clippy::disallowed_methods, reason = "it reads and writes files")]

use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sixward_apply::journal::{
    Entry, Fact, History, Journal, JournalError, read_journal, write_line,
};
use sixward_apply::{Driver, Fault, Flow, Limits, Order, Scope, Walk, apply, rollback};
use sixward_estate::intent::Intent;
use sixward_estate::{Estate, SmolStr};
use sixward_plan::{Change, Plan, plan};
use sixward_sim::Sim;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (folder, journal) = match args.as_slice() {
        [folder, journal, ..] => (Path::new(folder), Path::new(journal)),
        _ => return Err("steps FOLDER JOURNAL [--back]".into()),
    };
    let mut plan = plan(read(folder)?, Intent::default());
    for step in &mut plan.steps {
        // Whoever decides agrees to everything.
        step.loses = SmolStr::default();
    }
    let sim = Sim::new(plan.before.clone(), 6);
    let resident = memory("VmRSS")?;
    let mut timed = Timed {
        sim,
        spent: Duration::ZERO,
    };
    let mut file = OnDisk::create(journal)?;
    let start = Instant::now();
    let outcome = apply(&mut walk(
        &plan,
        &mut timed,
        &mut file,
        &mut (),
        History::default(),
    ))?;
    told("total", start.elapsed());
    told("cloud", timed.spent);
    told("sync", file.spent);
    number("steps", plan.steps.len());
    number("syncs", file.syncs);
    number("bytes", file.written);
    number("grown", memory("VmHWM")?.saturating_sub(resident));
    if outcome.word() != "done" {
        return Err(format!("it ended as {outcome:?}").into());
    }
    if args.iter().any(|arg| arg == "--back") {
        let start = Instant::now();
        let (entries, _) = read_journal(&fs::read(journal)?);
        let history = History::of(&entries);
        told("history", start.elapsed());
        (timed.spent, file.spent) = (Duration::ZERO, Duration::ZERO);
        let start = Instant::now();
        let outcome = rollback(&mut walk(&plan, &mut timed, &mut file, &mut (), history))?;
        let elsewhere = timed.spent + file.spent;
        told("back", start.elapsed().saturating_sub(elsewhere));
        if outcome.word() != "done" {
            return Err(format!("the way back ended as {outcome:?}").into());
        }
    }
    Ok(())
}

fn walk<'a>(
    plan: &'a Plan,
    timed: &'a mut Timed,
    file: &'a mut OnDisk,
    nobody: &'a mut (),
    history: History,
) -> Walk<'a> {
    Walk {
        plan,
        history,
        damaged: false,
        driver: timed,
        journal: file,
        watcher: nobody,
        guard: None,
        by: "a bench".into(),
        limits: Limits::default(),
    }
}

fn read(folder: &Path) -> Result<Estate, Box<dyn Error>> {
    let mut files = Vec::new();
    find(folder, &mut files)?;
    files.sort();
    let mut reader = sixward_ingest::aws::Reader::new();
    for file in files {
        let name = file.strip_prefix(folder)?.to_string_lossy().into_owned();
        reader.read(&name, &fs::read(&file)?)?;
    }
    Ok(reader.finish().estate)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn told(name: &str, time: Duration) {
    eprintln!("{name} {} ms", time.as_secs_f64() * 1e3);
}

/// Numbers go the same way as times: xtask knows which is which.
fn number(name: &str, number: usize) {
    eprintln!("{name} {number} ms");
}

/// Kilobytes of memory, by the kernel's word for them.
fn memory(word: &str) -> Result<usize, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(word));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(number.ok_or("no such line")?.parse()?)
}

/// The cloud, and the time spent in it.
struct Timed {
    sim: Sim,
    spent: Duration,
}

impl Timed {
    fn timed<T>(&mut self, work: impl FnOnce(&mut Sim) -> T) -> T {
        let start = Instant::now();
        let done = work(&mut self.sim);
        self.spent += start.elapsed();
        done
    }
}

impl Driver for Timed {
    fn by_hand(&self, change: &Change) -> Option<&'static str> {
        self.sim.by_hand(change)
    }

    fn discover(&mut self) -> Result<Estate, Fault> {
        self.timed(Driver::discover)
    }

    fn read(&mut self, scope: &Scope) -> Result<Estate, Fault> {
        self.timed(|sim| sim.read(scope))
    }

    fn make(&mut self, orders: &[Order], told: &mut dyn FnMut(usize, Result<(), Fault>) -> Flow) {
        let mut elsewhere = Duration::ZERO;
        self.timed(|sim| {
            sim.make(orders, &mut |at, answer| {
                let start = Instant::now();
                let flow = told(at, answer);
                elsewhere += start.elapsed();
                flow
            });
        });
        self.spent = self.spent.saturating_sub(elsewhere);
    }

    fn pause(&mut self, attempt: u32) {
        self.sim.pause(attempt);
    }
}

/// A journal in a file; what is not synced yet is in memory.
struct OnDisk {
    file: File,
    waiting: Vec<u8>,
    next: u64,
    written: usize,
    syncs: usize,
    spent: Duration,
}

impl OnDisk {
    fn create(path: &Path) -> std::io::Result<Self> {
        Ok(Self {
            file: File::create(path)?,
            waiting: Vec::new(),
            next: 1,
            written: 0,
            syncs: 0,
            spent: Duration::ZERO,
        })
    }
}

impl Journal for OnDisk {
    fn append(&mut self, fact: &Fact) -> Result<u64, JournalError> {
        let entry = Entry {
            n: self.next,
            at: "2026-11-21T06:00:00Z".into(),
            fact: fact.clone(),
        };
        let line = write_line(&entry).map_err(|error| JournalError(error.into()))?;
        self.waiting.extend(line);
        self.next += 1;
        Ok(entry.n)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        let start = Instant::now();
        let done = self.file.write_all(&self.waiting);
        let done = done.and_then(|()| self.file.sync_data());
        done.map_err(|error| JournalError(error.into()))?;
        self.written += self.waiting.len();
        self.waiting.clear();
        self.syncs += 1;
        self.spent += start.elapsed();
        Ok(())
    }
}
