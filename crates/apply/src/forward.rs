//! Forward: wave after wave, each step looked at before and after.

use sixward_estate::{Estate, SmolStr};
use sixward_plan::Step;

use crate::consent::{agreed, way_back};
use crate::engine::{Walk, digest};
use crate::journal::{Fact, Part, Way};
use crate::outcome::{ApplyError, Left, Outcome};
use crate::round::{Settled, Task};
use crate::{Event, Flow};

/// Carries a plan out, from wherever the journal says that it is.
pub fn apply(walk: &mut Walk<'_>) -> Result<Outcome, ApplyError> {
    let digest = digest(walk.plan);
    walk.same_plan(&digest)?;
    if walk.history.goes_back() {
        return Err(ApplyError::GoesBack);
    }
    way_back(walk.plan)?;
    agreed(walk.plan)?;
    let left = walk.left().count();
    if left == 0 {
        return Ok(Outcome::Done { already: true });
    }
    let live = walk.catch_up()?;
    walk.will_hold(&live)?;
    let steps = walk.plan.steps.len();
    walk.begin(Way::Forward, (steps, steps - left), digest)?;
    let outcome = walk.waves()?;
    walk.end(Way::Forward, outcome)
}

impl Walk<'_> {
    /// A journal may tell of another plan, as long as nothing is left of that.
    pub(crate) fn same_plan(&mut self, digest: &SmolStr) -> Result<(), ApplyError> {
        let steps = self.history.begun().count();
        match &self.history.plan {
            Some(other) if other != digest => {
                if steps > 0 {
                    return Err(ApplyError::OtherPlan { steps });
                }
                self.history.forget();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn left(&self) -> impl Iterator<Item = &Step> {
        let steps = self.plan.steps.iter();
        steps.filter(|step| !self.history.is_done(step.number))
    }

    fn waves(&mut self) -> Result<Outcome, ApplyError> {
        let plan = self.plan;
        for steps in plan.steps.chunk_by(|a, b| a.wave == b.wave) {
            let left: Vec<_> = steps
                .iter()
                .filter(|step| !self.history.is_done(step.number))
                .collect();
            let Some(wave) = left.first().map(|step| step.wave) else {
                continue;
            };
            self.watcher.tell(&Event::Wave {
                wave,
                steps: left.len(),
            });
            let known = self.history.bindings.clone();
            if let Some(outcome) = self.wave(&left)? {
                return Ok(outcome);
            }
            let chosen = self.history.bindings != known;
            if let Some(outcome) = self.guarded(wave, steps, chosen)? {
                return Ok(outcome);
            }
            if self.watcher.flow() == Flow::Stop && self.left().next().is_some() {
                return Ok(Outcome::Stopped);
            }
        }
        Ok(Outcome::Done { already: false })
    }

    /// The steps of a wave that are left; an outcome when the walk ends here.
    fn wave(&mut self, steps: &[&Step]) -> Result<Option<Outcome>, ApplyError> {
        let (hands, calls): (Vec<_>, Vec<_>) = steps
            .iter()
            .map(|step| (*step, self.driver.by_hand(&step.change)))
            .partition(|(_, why)| why.is_some());
        let tasks = calls.into_iter().map(|(step, _)| Task {
            part: Part::forward(step.number),
            planned: step.change.clone(),
        });
        let tasks: Vec<_> = tasks.collect();
        let settled = self.settle(&tasks)?;
        if let Some(outcome) = ended(settled) {
            return Ok(Some(outcome));
        }
        let left = hands.into_iter().filter_map(|(step, why)| {
            Some(Left {
                part: Part::forward(step.number),
                why: why?.into(),
            })
        });
        let left: Vec<_> = left.collect();
        for hand in &left {
            self.watcher.tell(&Event::ByHand {
                part: hand.part,
                why: hand.why.clone(),
            });
        }
        Ok((!left.is_empty()).then_some(Outcome::ByHand { left }))
    }

    /// Looks at the live estate after a wave, and takes the wave back when a promise broke.
    fn guarded(
        &mut self,
        wave: u32,
        steps: &[Step],
        chosen: bool,
    ) -> Result<Option<Outcome>, ApplyError> {
        if self.guard.is_none() {
            return Ok(None);
        }
        let live = self.discover()?;
        let left = self.left_bound();
        let Some(guard) = &mut self.guard else {
            return Ok(None);
        };
        let mut held = guard.holds(wave, &live);
        // The rest of the plan is another one, now that it says real addresses.
        if held.is_ok() && chosen {
            held = guard.will_hold(&live, &left);
        }
        let broken = held.err();
        self.note(&Fact::Guarded {
            wave,
            broken: broken.clone(),
        })?;
        self.watcher.tell(&Event::Guarded {
            wave,
            broken: broken.clone(),
        });
        let Some(why) = broken else {
            return Ok(None);
        };
        let left = self.take_back(steps)?;
        Ok(Some(Outcome::Broken { wave, why, left }))
    }

    fn left_bound(&self) -> Vec<Step> {
        let bindings = &self.history.bindings;
        self.left().map(|step| step.bound(bindings)).collect()
    }

    fn will_hold(&mut self, live: &Estate) -> Result<(), ApplyError> {
        let left = self.left_bound();
        match &mut self.guard {
            Some(guard) => guard.will_hold(live, &left).map_err(ApplyError::WouldBreak),
            None => Ok(()),
        }
    }
}

/// How a walk ends after these; not, when all are done.
fn ended(settled: Vec<(Part, Settled)>) -> Option<Outcome> {
    let stopped = settled.iter().any(|(_, it)| *it == Settled::Stopped);
    let failed = settled
        .into_iter()
        .filter_map(|(part, settled)| match settled {
            Settled::Failed(why) => Some(Left { part, why }),
            Settled::Done | Settled::Stopped => None,
        });
    let left: Vec<_> = failed.collect();
    if !left.is_empty() {
        return Some(Outcome::Failed { left });
    }
    stopped.then_some(Outcome::Stopped)
}
