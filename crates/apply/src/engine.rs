//! What a walk over a plan's steps has in hand, whichever way it goes.

use std::fmt::Write as _;
use std::io::BufWriter;

use sha2::{Digest as _, Sha256};
use sixward_estate::{Estate, SmolStr};
use sixward_plan::{Plan, Step, write_plan_to};

use crate::journal::{Fact, History, Journal, JournalError, Way};
use crate::{ApplyError, Driver, Event, Fault, Guard, Outcome, Watcher};

/// A walk over a plan's steps.
#[expect(missing_debug_implementations, reason = "its parts are whoever's")]
pub struct Walk<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What was done so far.
    pub history: History,
    /// Entries of the journal are missing: steps that it does not tell of may be done.
    pub damaged: bool,
    /// The world.
    pub driver: &'a mut dyn Driver,
    /// Where facts are kept.
    pub journal: &'a mut dyn Journal,
    /// Who looks on.
    pub watcher: &'a mut dyn Watcher,
    /// Who judges each wave; nobody, when none.
    pub guard: Option<&'a mut dyn Guard>,
    /// Who walks: user and machine.
    pub by: SmolStr,
    /// How far patience goes.
    pub limits: Limits,
}

/// How far patience goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many changes are made at once.
    pub at_once: usize,
    /// How often a change is tried that the provider does not take on now.
    pub tries: u32,
    /// How often it is looked whether something that was taken on is there.
    pub looks: u32,
    /// How often it is looked whether something is there whose answer was lost, before it is tried again:
    /// what was made may not be seen at once.
    pub settling: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_once: 8,
            tries: 8,
            looks: 12,
            settling: 3,
        }
    }
}

/// What tells one plan from another.
pub fn digest(plan: &Plan) -> SmolStr {
    let mut hash = Sha256::new();
    // Writing into a hash cannot fail.
    let _ = write_plan_to(plan, BufWriter::new(HashWriter(&mut hash)));
    let mut text = String::new();
    for byte in hash.finalize().iter().take(8) {
        let _ = write!(text, "{byte:02x}");
    }
    text.into()
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Walk<'_> {
    /// Writes a fact down and takes it in.
    pub(crate) fn note(&mut self, fact: &Fact) -> Result<u64, JournalError> {
        let n = self.journal.append(fact)?;
        self.history.take(n, fact);
        Ok(n)
    }

    pub(crate) fn begin(
        &mut self,
        way: Way,
        (steps, done): (usize, usize),
        plan: SmolStr,
    ) -> Result<(), ApplyError> {
        let fact = Fact::Began {
            way,
            plan,
            by: self.by.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
        };
        self.note(&fact)?;
        self.journal.sync()?;
        self.watcher.tell(&Event::Began { way, steps, done });
        Ok(())
    }

    pub(crate) fn end(&mut self, way: Way, outcome: Outcome) -> Result<Outcome, ApplyError> {
        let word = SmolStr::new_static(outcome.word());
        self.note(&Fact::Ended {
            way,
            outcome: word.clone(),
        })?;
        self.journal.sync()?;
        self.watcher.tell(&Event::Ended { way, outcome: word });
        Ok(outcome)
    }

    /// The whole estate as it is now.
    pub(crate) fn discover(&mut self) -> Result<Estate, ApplyError> {
        let tries = self.limits.tries;
        let driver = &mut *self.driver;
        patiently(driver, tries, |driver| driver.discover()).map_err(ApplyError::Unreadable)
    }
}

/// A plan's step by its number: plans are numbered from 1 without a gap, but a file may say otherwise.
pub(crate) fn step(plan: &Plan, number: u32) -> Option<&Step> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    let usual = plan.steps.get(at).filter(|step| step.number == number);
    usual.or_else(|| plan.steps.iter().find(|step| step.number == number))
}

/// Reads, and reads again where that may help.
pub(crate) fn patiently<T>(
    driver: &mut dyn Driver,
    tries: u32,
    mut read: impl FnMut(&mut dyn Driver) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut attempt = 1;
    loop {
        match read(driver) {
            Err(fault) if fault.class.passes() && attempt < tries => {
                driver.pause(attempt);
                attempt += 1;
            }
            answer => return answer,
        }
    }
}
