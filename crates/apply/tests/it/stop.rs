//! Whoever looks on may ask to stop: what was begun is seen through, nothing more is begun.

use sixward_apply::journal::History;
use sixward_apply::{Event, Flow, Limits, Outcome, Walk, Watcher, apply, rollback};
use sixward_sim::{Faulty, Life, Sim};

use crate::paper::Paper;
use crate::plans;

/// Asks to stop at the first step that is done.
#[derive(Default)]
struct Impatient {
    asked: bool,
}

impl Watcher for Impatient {
    fn tell(&mut self, event: &Event) {
        self.asked |= matches!(event, Event::Done { .. });
    }

    fn flow(&self) -> Flow {
        if self.asked { Flow::Stop } else { Flow::Go }
    }
}

#[test]
fn who_asks_to_stop_waits_for_one_round_and_not_for_the_wave() {
    let plan = plans::hundred();
    let limits = Limits {
        at_once: 2,
        ..Limits::default()
    };
    let widest = plan.steps.chunk_by(|a, b| a.wave == b.wave).map(<[_]>::len);
    assert!(
        widest.max() > Some(limits.at_once),
        "a wave has more than one round"
    );
    let life = Life::default();
    let mut driver = Faulty::new(Sim::new(plan.before.clone(), 6), life.clone());
    let mut journal = Paper::open(Vec::new(), 0, life);
    let mut watcher = Impatient::default();
    let mut walk = Walk {
        plan: &plan,
        history: History::default(),
        damaged: false,
        driver: &mut driver,
        journal: &mut journal,
        watcher: &mut watcher,
        guard: None,
        by: "a test".into(),
        limits,
    };
    assert_eq!(apply(&mut walk).unwrap(), Outcome::Stopped);
    let done = plan
        .steps
        .iter()
        .filter(|it| walk.history.is_done(it.number))
        .count();
    assert!((1..=2).contains(&done), "{done} steps were done");

    // On the way back the same: one round at a time, and a walk that is over is over.
    let mut patient = ();
    walk.watcher = &mut patient;
    walk.limits = Limits::default();
    assert!(matches!(apply(&mut walk).unwrap(), Outcome::Done { .. }));
    let mut hasty = Impatient::default();
    walk.watcher = &mut hasty;
    walk.limits.at_once = 2;
    assert_eq!(rollback(&mut walk).unwrap(), Outcome::Stopped);
    let left = plan
        .steps
        .iter()
        .filter(|it| walk.history.is_done(it.number))
        .count();
    assert!(
        (plan.steps.len() - 2..plan.steps.len()).contains(&left),
        "{left} of {} are left",
        plan.steps.len()
    );
}
