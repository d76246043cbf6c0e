//! What to do when a walk has ended.

use sixward_apply::journal::Way;

use crate::report::Action;
use crate::report::walk::Walked;

/// `again` are the words of a command that mean the same plan.
pub(crate) fn actions(walked: &Walked, again: &str) -> Vec<Action> {
    let verb = match walked.way {
        Way::Forward => "apply",
        Way::Back => "rollback",
    };
    let on = format!("sixward {verb} {again}");
    let back = || Action::new("or go back", Some(format!("sixward rollback {again}")));
    let verify = || {
        Action::new(
            "look at what is there",
            Some(format!("sixward verify {again}")),
        )
    };
    match (walked.outcome, walked.way) {
        ("done", Way::Forward) => vec![verify(), back()],
        ("done", Way::Back) => Vec::new(),
        ("by-hand", _) => {
            let steps: Vec<_> = walked.left.iter().map(|row| row.step.to_string()).collect();
            let on = format!("{on} --done {}", steps.join(","));
            let mut next = vec![Action::new("do them, then say so", Some(on))];
            next.extend((walked.way == Way::Forward).then(back));
            next
        }
        ("stopped", Way::Forward) => vec![Action::new("go on", Some(on)), back()],
        ("broken", _) => vec![
            verify(),
            Action::new("go back", Some(format!("sixward rollback {again}"))),
        ],
        (_, Way::Forward) => vec![
            Action::new("mend what stands in the way, then go on", Some(on)),
            back(),
        ],
        (_, Way::Back) => vec![Action::new("go on", Some(on))],
    }
}
