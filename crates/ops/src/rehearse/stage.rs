//! The lab as the engine sees it: after each change that is made, packets are sent.

use sixward_apply::{Driver, Fault, FaultClass, Flow, Order, Scope};
use sixward_emit::title;
use sixward_estate::Estate;
use sixward_lab::Rehearsal;
use sixward_plan::Change;
use sixward_sim::Sim;

use super::court::Court;
use super::people::People;
use crate::report::rehearsal::Rehearsed as Row;
use crate::{Error, Progress, RehearseError};

/// A lab that is looked at after each change.
pub(super) struct Stage<'a> {
    world: Rehearsal<Sim>,
    court: Court<'a>,
    people: People,
    progress: &'a dyn Progress,
    /// Packets could not be sent: told when the engine has ended.
    fault: Option<RehearseError>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(
        world: Rehearsal<Sim>,
        court: Court<'a>,
        people: People,
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            world,
            court,
            people,
            progress,
            fault: None,
        }
    }

    /// Sends packets now.
    pub(super) fn look(&mut self, step: Option<String>) -> Result<(), Error> {
        let live = self.world.discover().map_err(RehearseError::World)?;
        self.state(step, &live)?;
        Ok(())
    }

    /// Judges the state at the end of the plan.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        let live = self.world.discover().map_err(RehearseError::World)?;
        self.court.end(&live)?;
        Ok(())
    }

    pub(super) fn fault(&mut self) -> Result<(), Error> {
        match self.fault.take() {
            Some(fault) => Err(fault.into()),
            None => Ok(()),
        }
    }

    pub(super) fn finish(self) -> Row {
        let mut row = self.court.finish();
        row.clients = self.people.finish();
        row
    }

    /// Packets through a state, and people.
    fn state(&mut self, step: Option<String>, live: &Estate) -> Result<(), RehearseError> {
        self.court.look(step, live)?;
        self.people.look(self.court.prober())
    }

    fn seen(&mut self, change: &Change) -> Result<(), RehearseError> {
        let live = self.world.discover().map_err(RehearseError::World)?;
        let step = title(change, self.court.plan());
        self.progress.done(&step);
        self.state(Some(step), &live)
    }
}

impl Driver for Stage<'_> {
    fn by_hand(&self, change: &Change) -> Option<&'static str> {
        self.world.by_hand(change)
    }

    fn discover(&mut self) -> Result<Estate, Fault> {
        self.world.discover()
    }

    fn read(&mut self, scope: &Scope) -> Result<Estate, Fault> {
        self.world.read(scope)
    }

    fn make(&mut self, orders: &[Order], told: &mut dyn FnMut(usize, Result<(), Fault>) -> Flow) {
        for (at, order) in orders.iter().enumerate() {
            let mut answer = Err(Fault::new(FaultClass::Unknown, "the lab said nothing"));
            let alone = std::slice::from_ref(order);
            self.world.make(alone, &mut |_, it| {
                answer = it;
                Flow::Go
            });
            if answer.is_ok()
                && self.fault.is_none()
                && let Err(fault) = self.seen(&order.change)
            {
                self.fault = Some(fault);
            }
            if told(at, answer) == Flow::Stop {
                return;
            }
        }
    }

    fn pause(&mut self, attempt: u32) {
        self.world.pause(attempt);
    }
}
