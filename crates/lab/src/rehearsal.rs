//! A lab as a world that a plan is carried out in.
//!
//! What a provider chooses, refuses and takes its time for is another world's business, such as the cloud in
//! memory; the lab stands behind it and becomes what that world is after each change. So the engine, its
//! journal, its failures and its way back are the very same, with packets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sixward_apply::{Driver, Fault, FaultClass, Flow, Order, Scope};
use sixward_estate::Estate;
use sixward_plan::Change;

use crate::kernel::Lab;
use crate::layout::Layout;
use crate::name::Answerer;

/// A world with a lab behind it.
#[derive(Debug)]
pub struct Rehearsal<W> {
    world: W,
    lab: Arc<Mutex<Lab>>,
    names: Option<Arc<Answerer>>,
}

impl<W: Driver> Rehearsal<W> {
    /// The lab becomes what the world is. Others may look at it between the changes.
    pub fn new(mut world: W, lab: Arc<Mutex<Lab>>) -> Result<Self, Fault> {
        let estate = world.discover()?;
        let rehearsal = Self {
            world,
            lab,
            names: None,
        };
        rehearsal.follow(&estate)?;
        Ok(rehearsal)
    }

    /// The same with clients on the internet, and names for them that change with the world.
    pub fn named(mut world: W, lab: Arc<Mutex<Lab>>, names: Arc<Answerer>) -> Result<Self, Fault> {
        let estate = world.discover()?;
        let rehearsal = Self {
            world,
            lab,
            names: Some(names),
        };
        rehearsal.follow(&estate)?;
        Ok(rehearsal)
    }

    /// The world.
    pub fn into_world(self) -> W {
        self.world
    }

    fn follow(&self, estate: &Estate) -> Result<(), Fault> {
        // A lab that somebody panicked over stands as it stood.
        let lab: Result<MutexGuard<'_, Lab>, PoisonError<_>> = self.lab.lock();
        let mut lab = lab.unwrap_or_else(PoisonError::into_inner);
        let mut layout = Layout::rehearsed(estate);
        if let Some(names) = &self.names {
            layout.clients();
            names.change(|names| names.follow(estate));
        }
        lab.change(layout).map_err(|error| {
            let source = std::error::Error::source(&error);
            let cause = source.map(|cause| format!(": {cause}")).unwrap_or_default();
            Fault::new(FaultClass::Refused, format!("the lab: {error}{cause}"))
        })
    }
}

impl<W: Driver> Driver for Rehearsal<W> {
    fn by_hand(&self, change: &Change) -> Option<&'static str> {
        self.world.by_hand(change)
    }

    fn discover(&mut self) -> Result<Estate, Fault> {
        let estate = self.world.discover()?;
        self.follow(&estate)?;
        Ok(estate)
    }

    fn read(&mut self, scope: &Scope) -> Result<Estate, Fault> {
        self.world.read(scope)
    }

    fn make(&mut self, orders: &[Order], told: &mut dyn FnMut(usize, Result<(), Fault>) -> Flow) {
        for (at, order) in orders.iter().enumerate() {
            let mut answers = Vec::new();
            let alone = std::slice::from_ref(order);
            self.world.make(alone, &mut |_, answer| {
                answers.push(answer);
                Flow::Go
            });
            if let (Some(names), Some(Ok(()))) = (&self.names, answers.last()) {
                names.change(|names| names.made(&order.change));
            }
            let followed = self.discover().map(drop);
            for answer in answers {
                if told(at, answer.and_then(|()| followed.clone())) == Flow::Stop {
                    return;
                }
            }
        }
    }

    fn pause(&mut self, attempt: u32) {
        self.world.pause(attempt);
    }
}
