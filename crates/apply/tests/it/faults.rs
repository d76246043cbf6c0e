//! Each fault at each call, each read and each entry; then on, or back, and all of it twice.

use std::fmt::Debug;

use sixward_plan::Plan;
use sixward_sim::Trouble;

use crate::course::{Course, Fate};
use crate::paper::Keep;
use crate::plans;

#[test]
fn without_faults_the_plan_is_carried_out_and_taken_back() {
    for plan in [
        plans::of("aws-two-tier"),
        plans::automatic("aws-two-tier"),
        plans::hundred(),
    ] {
        let mut course = Course::of(&plan);
        let went = course.apply(&plan);
        assert!(went.is_done(), "{went:?}");
        assert_eq!(went.refusals, [""; 0]);
        course.is_at_end(&plan, &"applied");
        let went = course.rollback(&plan);
        assert!(went.is_done(), "{went:?}");
        assert_eq!(went.refusals, [""; 0]);
        course.is_at_start(&plan, &"rolled back");
    }
}

#[test]
fn a_hundred_steps_are_a_hundred() {
    let steps = plans::hundred().steps.len();
    assert!((100..150).contains(&steps), "{steps}");
}

#[test]
fn every_fault_at_every_call_of_the_guides_plan() {
    let plan = plans::of("aws-two-tier");
    for number in 1..=calls(&plan) {
        for trouble in Trouble::ALL {
            after(&plan, &on_call(number, trouble));
        }
    }
}

#[test]
fn every_fault_at_every_call_of_the_way_back() {
    let plan = plans::of("aws-two-tier");
    let mut applied = Course::of(&plan);
    applied.apply(&plan);
    let calls = applied.clone().rollback(&plan).calls;
    for number in 1..=calls {
        for trouble in Trouble::ALL {
            let mut course = applied.clone();
            let fate = on_call(number, trouble);
            let first = course.rollback_with(&plan, &fate);
            back(&plan, course, &(&fate, first));
        }
    }
}

#[test]
fn every_fault_at_every_read_of_the_guides_plan() {
    let plan = plans::of("aws-two-tier");
    let reads = Course::of(&plan).apply(&plan).reads;
    for number in 1..=reads {
        for trouble in [
            Trouble::LostDone,
            Trouble::Throttled,
            Trouble::Denied,
            Trouble::KilledBefore,
        ] {
            let fate = Fate {
                on_reads: vec![(number, trouble)],
                ..Fate::default()
            };
            after(&plan, &fate);
        }
    }
}

#[test]
fn killed_at_every_entry_of_the_guides_plan() {
    let plan = plans::of("aws-two-tier");
    let entries = Course::of(&plan).apply(&plan).entries;
    for number in 1..=entries {
        for keep in [Keep::Nothing, Keep::Torn, Keep::All] {
            let fate = Fate {
                killed_at_entry: Some(number),
                keep: Some(keep),
                ..Fate::default()
            };
            after(&plan, &fate);
        }
    }
}

fn calls(plan: &Plan) -> u64 {
    Course::of(plan).apply(plan).calls
}

fn on_call(number: u64, trouble: Trouble) -> Fate {
    Fate {
        on_calls: vec![(number, trouble)],
        ..Fate::default()
    }
}

/// What befalls the first process; the next ones bring it to either end, and are then asked again.
fn after(plan: &Plan, fate: &Fate) {
    let mut course = Course::of(plan);
    let first = course.apply_with(plan, fate);
    on(plan, course.clone(), &(fate, &first));
    back(plan, course, &(fate, &first));
}

fn on(plan: &Plan, mut course: Course, what: &dyn Debug) {
    for _ in 0..2 {
        let went = course.apply(plan);
        assert!(went.is_done(), "{what:?}, then {went:?}");
        course.is_at_end(plan, what);
    }
}

fn back(plan: &Plan, mut course: Course, what: &dyn Debug) {
    for _ in 0..2 {
        let went = course.rollback(plan);
        assert!(went.is_done(), "{what:?}, then {went:?}");
        course.is_at_start(plan, what);
    }
}
