//! A cloud that shows late what was done, shows old states again, gives blocks only after a while, and
//! opens more than it says.

use std::collections::BTreeSet;

use sixward_apply::{ApplyError, Outcome};
use sixward_plan::Plan;
use sixward_sim::{Habits, Sim, Trouble};

use crate::course::{Course, Fate};
use crate::plans;

fn slow(plan: &Plan, seed: u64, habits: Habits) -> Course {
    Course::new(Sim::new(plan.before.clone(), seed).habits(habits))
}

fn habits() -> Vec<Habits> {
    let habits = |lag, wavers, associating| Habits {
        lag,
        wavers,
        associating,
        opens_too: BTreeSet::new(),
    };
    vec![
        habits(0, false, 5),
        habits(1, false, 0),
        habits(3, false, 2),
        habits(2, true, 3),
        habits(3, true, 0),
    ]
}

#[test]
fn late_reads_and_old_states_lead_nowhere_else() {
    for plan in [plans::of("aws-two-tier"), plans::automatic("aws-two-tier")] {
        for (seed, habits) in (0..8).flat_map(|seed| habits().into_iter().map(move |it| (seed, it)))
        {
            let mut course = slow(&plan, seed, habits.clone());
            for _ in 0..2 {
                let went = course.apply(&plan);
                assert!(went.is_done(), "{seed} {habits:?}: {went:?}");
                course.is_at_end(&plan, &(seed, &habits));
            }
            for _ in 0..2 {
                let went = course.rollback(&plan);
                assert!(went.is_done(), "{seed} {habits:?}: {went:?}");
                course.is_at_start(&plan, &(seed, &habits));
            }
        }
    }
}

#[test]
fn a_lost_answer_in_a_slow_cloud_doubles_nothing() {
    let plan = plans::automatic("aws-two-tier");
    let calls = Course::of(&plan).apply(&plan).calls;
    for number in 1..=calls {
        for trouble in [Trouble::LostDone, Trouble::Lie, Trouble::KilledAfter] {
            let habits = Habits {
                lag: 2,
                ..Habits::default()
            };
            let fate = Fate {
                on_calls: vec![(number, trouble)],
                ..Fate::default()
            };
            let mut course = slow(&plan, number, habits);
            course.apply_with(&plan, &fate);
            let mut back = course.clone();
            let went = course.apply(&plan);
            assert!(went.is_done(), "{fate:?}: {went:?}");
            course.is_at_end(&plan, &fate);
            let went = back.rollback(&plan);
            assert!(went.is_done(), "{fate:?}: {went:?}");
            back.is_at_start(&plan, &fate);
        }
    }
}

/// Longer than anybody waits: what comes then is told, by name, and never taken for nothing.
#[test]
fn what_comes_too_late_is_told() {
    let plan = plans::automatic("aws-two-tier");
    let calls = Course::of(&plan).apply(&plan).calls;
    for number in 1..=calls {
        let fate = Fate {
            on_calls: vec![(number, Trouble::Timeout(30))],
            ..Fate::default()
        };
        let mut course = Course::of(&plan);
        course.apply_with(&plan, &fate);
        course.sim.settle();
        let went = course.rollback(&plan);
        match &went.result {
            Ok(Outcome::Done { .. }) => match course.apply(&plan).result {
                // It came when the step was done by another call already: whoever looks is told.
                Err(ApplyError::Drifted(differences)) => assert!(!differences.is_empty()),
                other => assert!(other.is_ok(), "{fate:?}: {other:?}"),
            },
            Ok(Outcome::Failed { left }) => {
                let told = left
                    .iter()
                    .any(|it| it.why.contains(" new ") || it.why.contains("InUse"));
                assert!(told, "{fate:?}: {left:?}");
            }
            other => panic!("{fate:?}: {other:?}"),
        }
    }
}

/// Firewalls that a network's block opened beyond what is written are closed again with it.
#[test]
fn what_the_provider_opens_beside_is_closed_again() {
    for plan in [plans::of("aws-two-tier"), plans::hundred()] {
        let firewalls = plan.before.firewalls.iter().map(|it| it.id.clone());
        let habits = Habits {
            opens_too: firewalls.collect(),
            ..Habits::default()
        };
        for trouble in [None, Some(Trouble::KilledAfter), Some(Trouble::LostDone)] {
            let mut course = slow(&plan, 6, habits.clone());
            let fate = Fate {
                on_calls: trouble.map(|it| (1, it)).into_iter().collect(),
                ..Fate::default()
            };
            course.apply_with(&plan, &fate);
            let went = course.apply(&plan);
            assert!(went.is_done(), "{trouble:?}: {went:?}");
            let went = course.rollback(&plan);
            assert!(went.is_done(), "{trouble:?}: {went:?}");
            course.is_at_start(&plan, &trouble);
        }
    }
}
