//! What goes wrong on the way to a cloud and back, for tests and rehearsals.
//!
//! Trouble is told by the number of the call, or of the read, that meets it: so every one of them can
//! be tried at every place.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sixward_apply::{Driver, Fault, FaultClass, Flow, Order, Scope};
use sixward_estate::Estate;
use sixward_plan::Change;

use crate::{Call, Sim, call};

/// A cloud in memory with trouble on the way.
#[derive(Debug)]
pub struct Faulty {
    /// The cloud.
    pub sim: Sim,
    /// What each call meets, by its number from 1.
    pub on_calls: BTreeMap<u64, Trouble>,
    /// What each read meets, by its number from 1.
    pub on_reads: BTreeMap<u64, Trouble>,
    /// How many calls there were.
    pub calls: u64,
    /// How many reads there were.
    pub reads: u64,
    /// What the cloud itself refused.
    pub refusals: Vec<Fault>,
    life: Life,
}

/// The life of a process. When it is over nothing more happens: no call, no read, no entry.
#[derive(Debug, Clone, Default)]
pub struct Life(Rc<Cell<bool>>);

/// What a call meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// An error that says nothing; nothing was done.
    ErrorBefore,
    /// An error that says nothing, and yet it was done.
    ErrorAfter,
    /// A refusal, and yet it was done: an answer is not to be believed.
    Lie,
    /// The connection broke after it was done.
    LostDone,
    /// The connection broke before it was done.
    LostUndone,
    /// It was waited for too long, and is done some reads later.
    Timeout(u32),
    /// Too many calls.
    Throttled,
    /// These credentials may not.
    Denied,
    /// The process is killed before it is done.
    KilledBefore,
    /// The process is killed after it is done, before the answer.
    KilledAfter,
}

impl Trouble {
    /// One of each.
    pub const ALL: [Self; 10] = [
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::Lie,
        Self::LostDone,
        Self::LostUndone,
        Self::Timeout(2),
        Self::Throttled,
        Self::Denied,
        Self::KilledBefore,
        Self::KilledAfter,
    ];

    fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter)
    }

    fn fault(self) -> Fault {
        let (class, code, message) = match self {
            Self::ErrorBefore | Self::ErrorAfter => {
                (FaultClass::Unknown, "InternalError", "an internal error")
            }
            Self::Lie => (FaultClass::Refused, "InvalidState", "a wrong state"),
            Self::Throttled => (
                FaultClass::Throttled,
                "RequestLimitExceeded",
                "too many calls",
            ),
            Self::Denied => (
                FaultClass::Denied,
                "UnauthorizedOperation",
                "not authorized",
            ),
            Self::Timeout(_) => (FaultClass::Unknown, "", "no answer in time"),
            Self::LostDone | Self::LostUndone | Self::KilledBefore | Self::KilledAfter => {
                (FaultClass::Unknown, "", "the connection broke")
            }
        };
        Fault::new(class, message).code(code)
    }
}

impl Life {
    /// It ends now.
    pub fn end(&self) {
        self.0.set(true);
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.0.get()
    }
}

impl Faulty {
    /// A cloud and the life of the process that uses it, without trouble.
    pub fn new(sim: Sim, life: Life) -> Self {
        Self {
            sim,
            on_calls: BTreeMap::new(),
            on_reads: BTreeMap::new(),
            calls: 0,
            reads: 0,
            refusals: Vec::new(),
            life,
        }
    }

    /// The same with trouble at a call.
    #[must_use]
    pub fn at_call(mut self, number: u64, trouble: Trouble) -> Self {
        self.on_calls.insert(number, trouble);
        self
    }

    /// The same with trouble at a read.
    #[must_use]
    pub fn at_read(mut self, number: u64, trouble: Trouble) -> Self {
        self.on_reads.insert(number, trouble);
        self
    }

    fn call(&mut self, order: &Order, call: &Call) -> Result<(), Fault> {
        self.calls += 1;
        let Some(trouble) = self.on_calls.get(&self.calls).copied() else {
            return self.pass(order, call);
        };
        match trouble {
            Trouble::ErrorAfter | Trouble::Lie | Trouble::LostDone | Trouble::KilledAfter => {
                self.pass(order, call)?;
            }
            Trouble::Timeout(reads) => self.sim.later(order, call.clone(), reads),
            _ => {}
        }
        if trouble.kills() {
            self.life.end();
        }
        Err(trouble.fault())
    }

    fn pass(&mut self, order: &Order, call: &Call) -> Result<(), Fault> {
        let answer = call::make(&mut self.sim, order, call);
        self.refusals.extend(answer.as_ref().err().cloned());
        answer
    }

    fn look(&mut self) -> Result<(), Fault> {
        self.reads += 1;
        match self.on_reads.get(&self.reads) {
            _ if self.life.is_over() => Err(Trouble::KilledBefore.fault()),
            Some(trouble) => {
                if trouble.kills() {
                    self.life.end();
                }
                Err(trouble.fault())
            }
            None => Ok(()),
        }
    }
}

impl Driver for Faulty {
    fn by_hand(&self, change: &Change) -> Option<&'static str> {
        self.sim.by_hand(change)
    }

    fn discover(&mut self) -> Result<Estate, Fault> {
        self.look()?;
        self.sim.discover()
    }

    fn read(&mut self, scope: &Scope) -> Result<Estate, Fault> {
        self.look()?;
        self.sim.read(scope)
    }

    fn make(&mut self, orders: &[Order], told: &mut dyn FnMut(usize, Result<(), Fault>) -> Flow) {
        for (at, order) in orders.iter().enumerate() {
            let mut made = 0;
            let mut answer = Ok(());
            while let (Ok(()), Some(next)) = (&answer, call::next(&self.sim, order, made)) {
                made += 1;
                answer = self.call(order, &next);
            }
            // Who is dead hears no answer.
            if self.life.is_over() || told(at, answer) == Flow::Stop {
                return;
            }
        }
    }

    fn pause(&mut self, attempt: u32) {
        self.sim.pause(attempt);
    }
}
