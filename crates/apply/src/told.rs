//! Steps that a person does by hand, and says so.

use sixward_plan::Step;

use crate::ApplyError;
use crate::engine::{Walk, digest};
use crate::journal::{Fact, Part, Way};

/// Writes down that a person did what steps wait for: the steps themselves, or, on the way back, what undoes
/// them. A step that a call does waits for nobody.
pub fn told(walk: &mut Walk<'_>, steps: &[u32], way: Way) -> Result<(), ApplyError> {
    if steps.is_empty() {
        return Ok(());
    }
    let begun = walk.history.plan == Some(digest(walk.plan));
    for number in steps {
        let waits = |why| ApplyError::NotWaiting { step: *number, why };
        let step = walk.plan.steps.iter().find(|step| step.number == *number);
        let step = step.ok_or(waits("the plan has no such step"))?;
        if !begun {
            return Err(waits("nothing of this plan was begun"));
        }
        let parts = walk.by_person(step, way).map_err(waits)?;
        for part in parts {
            let by = walk.by.clone();
            walk.note(&Fact::Told { part, by })?;
        }
        if way == Way::Back {
            walk.note(&Fact::Undone { step: *number })?;
        }
    }
    Ok(walk.journal.sync()?)
}

impl Walk<'_> {
    fn by_person(&self, step: &Step, way: Way) -> Result<Vec<Part>, &'static str> {
        let number = step.number;
        let by_call = |change| self.driver.by_hand(change).is_none();
        match way {
            Way::Forward if self.history.is_done(number) => Err("it is done"),
            Way::Forward if by_call(&step.change) => Err("a call does it"),
            Way::Forward => Ok(vec![Part::forward(number)]),
            Way::Back if self.history.status(number).is_none() => Err("it is not done"),
            Way::Back if step.undo.iter().all(by_call) => Err("calls take it back"),
            Way::Back => {
                let parts = (0_u16..).zip(&step.undo);
                Ok(parts.map(|(at, _)| Part::back(number, at)).collect())
            }
        }
    }
}
