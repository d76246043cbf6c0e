//! Each fault at each call, each read and each entry; then on, or back, and all of it twice.

use std::fmt::Debug;

use sixward_estate::SmolStr;
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
    let keeps = [Keep::Nothing, Keep::Torn, Keep::All];
    for (number, keep) in (1..=entries).zip(keeps.into_iter().cycle()) {
        let fate = Fate {
            killed_at_entry: Some(number),
            keep: Some(keep),
            ..Fate::default()
        };
        after(&plan, &fate);
    }
}

/// Every call meets a fault of its own, all ten in turn. What every fault does to every kind of call the
/// guide's plan shows; here it is the number of steps.
#[test]
fn a_fault_at_every_call_of_a_hundred_steps() {
    let plan = plans::hundred();
    let calls = 1..=calls(&plan);
    // Each call meets one of them, all in turn; with SIXWARD_LONG each meets all: minutes.
    let fates: Vec<_> = if std::env::var_os("SIXWARD_LONG").is_some() {
        let all = calls.flat_map(|number| Trouble::ALL.map(|trouble| (number, trouble)));
        all.collect()
    } else {
        calls.zip(Trouble::ALL.into_iter().cycle()).collect()
    };
    for (number, trouble) in fates {
        let fate = on_call(number, trouble);
        let mut met = Course::of(&plan);
        met.apply_with(&plan, &fate);
        // On to the end and back, and straight back; each of it twice.
        for on in [true, false] {
            let mut course = met.clone();
            for _ in 0..2 {
                if on {
                    assert!(course.apply(&plan).is_done(), "{fate:?}");
                    course.is_at_end(&plan, &fate);
                }
            }
            for _ in 0..2 {
                assert!(course.rollback(&plan).is_done(), "{fate:?}");
                course.is_at_start(&plan, &fate);
            }
        }
    }
}

/// One process after another is killed at its second call, forward and then back.
#[test]
fn killed_again_and_again() {
    let plan = plans::of("aws-two-tier");
    for trouble in [Trouble::KilledBefore, Trouble::KilledAfter] {
        let mut course = Course::of(&plan);
        let fate = Fate {
            keep: Some(Keep::All),
            ..on_call(2, trouble)
        };
        let enough = 2 * plan.steps.len();
        let ends = |course: &mut Course| course.apply_with(&plan, &fate).is_done();
        assert!((0..enough).any(|_| ends(&mut course)));
        course.is_at_end(&plan, &trouble);
        let ends = |course: &mut Course| course.rollback_with(&plan, &fate).is_done();
        assert!((0..enough).any(|_| ends(&mut course)));
        course.is_at_start(&plan, &trouble);
    }
}

/// Every third call goes wrong in the same way, there and back.
#[test]
fn one_fault_again_and_again() {
    let plan = plans::hundred();
    let passing = [
        Trouble::ErrorBefore,
        Trouble::ErrorAfter,
        Trouble::LostDone,
        Trouble::LostUndone,
        Trouble::Timeout(2),
        Trouble::Throttled,
    ];
    for trouble in passing {
        let fate = Fate {
            on_calls: (0..300).map(|it| (1 + 3 * it, trouble)).collect(),
            ..Fate::default()
        };
        let mut course = Course::of(&plan);
        let went = course.apply_with(&plan, &fate);
        assert!(went.is_done(), "{trouble:?}: {went:?}");
        course.is_at_end(&plan, &trouble);
        let went = course.rollback_with(&plan, &fate);
        assert!(went.is_done(), "{trouble:?}: {went:?}");
        course.is_at_start(&plan, &trouble);
    }
}

/// Two faults: a sample of all pairs, the second one in a process that goes on or back.
#[test]
fn a_second_fault_after_the_first() {
    let plan = plans::of("aws-two-tier");
    let calls = calls(&plan);
    let mut sample = 6_u64;
    let mut next = |below: u64| {
        sample = sample
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (sample >> 33) % below
    };
    for _ in 0..60 {
        let mut fate = || {
            let trouble = Trouble::ALL[usize::try_from(next(10)).unwrap()];
            on_call(1 + next(calls), trouble)
        };
        let (one, two) = (fate(), fate());
        let mut course = Course::of(&plan);
        course.apply_with(&plan, &one);
        let mut forth = course.clone();
        forth.apply_with(&plan, &two);
        on(&plan, forth.clone(), &(&one, &two));
        back(&plan, forth, &(&one, &two));
        course.rollback_with(&plan, &two);
        back(&plan, course, &(&one, &two));
    }
}

#[test]
fn every_scenario_there_and_back_after_a_crash() {
    for name in [
        "aws-east-west-ipv4",
        "aws-edge-only",
        "aws-mesh",
        "aws-old-hosts",
    ] {
        let mut plan = plans::of(name);
        // Whoever decides agrees to everything.
        for step in &mut plan.steps {
            step.loses = SmolStr::default();
        }
        let half = calls(&plan) / 2;
        after(&plan, &on_call(half, Trouble::KilledAfter));
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
