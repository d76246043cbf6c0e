//! Back: the last wave first, every change of a step's way back, and no stop at the first that fails.

use sixward_plan::{Change, Step};

use crate::engine::{Walk, digest};
use crate::journal::{Fact, Part, Status, Way};
use crate::outcome::{ApplyError, Left, Outcome};
use crate::round::{Settled, Task};
use crate::{Event, Flow};

/// Takes back whatever the journal says was done, or may have been.
pub fn rollback(walk: &mut Walk<'_>) -> Result<Outcome, ApplyError> {
    let digest = digest(walk.plan);
    walk.same_plan(&digest)?;
    let begun = walk.history.begun().count();
    if begun == 0 && !walk.damaged {
        return Ok(Outcome::Done { already: true });
    }
    walk.begin(Way::Back, (begun, 0), digest)?;
    walk.find_open()?;
    let outcome = walk.waves_back()?;
    walk.end(Way::Back, outcome)
}

impl Walk<'_> {
    fn waves_back(&mut self) -> Result<Outcome, ApplyError> {
        let plan = self.plan;
        let mut remains = Vec::new();
        let waves: Vec<_> = plan.steps.chunk_by(|a, b| a.wave == b.wave).collect();
        for steps in waves.into_iter().rev() {
            let by_hand = self.by_hand(steps);
            let Some(wave) = steps.first().map(|step| step.wave) else {
                continue;
            };
            let begun = self.begun(steps).count();
            if begun == 0 {
                continue;
            }
            self.watcher.tell(&Event::Wave { wave, steps: begun });
            remains.extend(self.take_back(steps)?);
            if !by_hand.is_empty() {
                for hand in &by_hand {
                    self.watcher.tell(&Event::ByHand {
                        part: hand.part,
                        why: hand.why.clone(),
                    });
                }
                return Ok(Outcome::ByHand { left: by_hand });
            }
            if self.watcher.flow() == Flow::Stop && self.history.begun().next().is_some() {
                return Ok(Outcome::Stopped);
            }
        }
        if remains.is_empty() {
            Ok(Outcome::Done { already: false })
        } else {
            Ok(Outcome::Failed { left: remains })
        }
    }

    fn begun<'s>(&self, steps: &'s [Step]) -> impl Iterator<Item = &'s Step> {
        let history = &self.history;
        let begun: Vec<_> = steps
            .iter()
            .filter(|step| history.status(step.number).is_some())
            .collect();
        begun.into_iter()
    }

    /// Steps whose way back a person must walk.
    fn by_hand(&self, steps: &[Step]) -> Vec<Left> {
        let parts = self.begun(steps).flat_map(|step| self.way_back(step));
        let hands = parts.filter_map(|task| {
            let why = self.driver.by_hand(&task.planned)?;
            Some(Left {
                part: task.part,
                why: why.into(),
            })
        });
        hands.collect()
    }

    /// Takes back all steps of a wave that were begun, as far as calls do; and says what remains.
    pub(crate) fn take_back(&mut self, steps: &[Step]) -> Result<Vec<Left>, ApplyError> {
        let begun: Vec<_> = self.begun(steps).collect();
        let ways: Vec<Vec<Task>> = begun.iter().map(|step| self.way_back(step)).collect();
        let longest = ways.iter().map(Vec::len).max().unwrap_or(0);
        let mut remains = Vec::new();
        // What belongs to one step keeps its order; steps of a wave do not depend on one another.
        for at in 0..longest {
            let tasks = ways.iter().filter_map(|way| way.get(at));
            let calls = tasks.filter(|task| self.driver.by_hand(&task.planned).is_none());
            let calls: Vec<_> = calls.cloned().collect();
            let settled = self.settle(&calls)?.into_iter();
            remains.extend(settled.filter_map(|(part, settled)| {
                let why = match settled {
                    Settled::Done => return None,
                    Settled::Failed(why) => why,
                    Settled::Stopped => "it was asked to stop first".into(),
                };
                Some(Left { part, why })
            }));
        }
        for step in begun {
            if self.way_back(step).is_empty() {
                self.note(&Fact::Undone { step: step.number })?;
            }
        }
        self.journal.sync()?;
        Ok(remains)
    }

    /// The changes of a step's way back that are left: what the plan says, and what the provider did by
    /// itself beyond that.
    fn way_back(&self, step: &Step) -> Vec<Task> {
        let beyond: Vec<_> = match self.history.status(step.number) {
            Some(Status::Done { by_itself }) => by_itself.clone(),
            _ => Vec::new(),
        };
        let known = &self.history.bindings;
        let foreseen: Vec<_> = step.side_effects.iter().map(|it| it.bound(known)).collect();
        let beyond = beyond
            .iter()
            .filter(|change| !foreseen.contains(change))
            .map(Change::inverse);
        let changes = step.undo.iter().cloned().chain(beyond);
        let tasks = (0_u16..).zip(changes).map(|(at, planned)| Task {
            part: Part::back(step.number, at),
            planned,
        });
        tasks
            .filter(|task| !self.history.is_back(task.part))
            .collect()
    }
}
