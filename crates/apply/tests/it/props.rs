//! Random estates, plans and faults: any course of them ends where it should.

use proptest::collection::vec;
use proptest::prelude::*;
use sixward_apply::drift;
use sixward_plan::Plan;
use sixward_sim::{Habits, Sim, Trouble};

use crate::course::{Course, Fate};
use crate::estates::{Recipe, recipes};
use crate::paper::Keep;
use crate::plans;

/// Few, for they are long; more when `PROPTEST_CASES` says so.
fn cases() -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if asked { default.cases } else { 24 },
        failure_persistence: None,
        ..default
    }
}

fn troubles() -> impl Strategy<Value = Trouble> {
    prop::sample::select(Trouble::ALL.to_vec())
}

fn fates() -> impl Strategy<Value = Fate> {
    let entry = prop::option::weighted(0.3, 1_u64..200);
    let keep = prop::sample::select(vec![Keep::Nothing, Keep::Torn, Keep::All]);
    let calls = vec((1_u64..80, troubles()), 0..4);
    let reads = vec((1_u64..80, troubles()), 0..3);
    (calls, reads, entry, keep).prop_map(|(on_calls, on_reads, killed_at_entry, keep)| Fate {
        on_calls,
        on_reads,
        killed_at_entry,
        keep: Some(keep),
    })
}

/// What is late is late by two reads at most, an answer that comes late included: nobody waits for more.
fn habits() -> impl Strategy<Value = Habits> {
    let late = prop::sample::select(vec![(0, 0), (1, 0), (0, 1)]);
    (late, any::<bool>()).prop_map(|((lag, associating), wavers)| Habits {
        lag,
        wavers,
        associating,
        ..Habits::default()
    })
}

fn begin(recipe: &Recipe, seed: u64, habits: Habits) -> (Plan, Course) {
    let plan = plans::of_recipe(recipe);
    let sim = Sim::new(plan.before.clone(), seed).habits(habits);
    (plan, Course::new(sim))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn on_after_any_faults(
        recipe in recipes(),
        seed in any::<u64>(),
        habits in habits(),
        fates in vec(fates(), 1..4),
    ) {
        let (plan, mut course) = begin(&recipe, seed, habits);
        for fate in &fates {
            course.apply_with(&plan, fate);
        }
        let went = course.apply(&plan);
        prop_assert!(went.is_done(), "{went:?}");
        course.is_at_end(&plan, &fates);
    }

    #[test]
    fn back_after_any_faults(
        recipe in recipes(),
        seed in any::<u64>(),
        habits in habits(),
        forth in fates(),
        fates in vec(fates(), 0..3),
    ) {
        let (plan, mut course) = begin(&recipe, seed, habits);
        course.apply_with(&plan, &forth);
        for fate in &fates {
            course.rollback_with(&plan, fate);
        }
        let went = course.rollback(&plan);
        prop_assert!(went.is_done(), "{went:?}");
        course.is_at_start(&plan, &(forth, fates));
    }

    /// And forward again, with blocks that are others now.
    #[test]
    fn there_and_back_and_there(recipe in recipes(), seed in any::<u64>(), fate in fates()) {
        let (plan, mut course) = begin(&recipe, seed, Habits::default());
        prop_assert!(course.apply(&plan).is_done());
        course.rollback_with(&plan, &fate);
        let went = course.rollback(&plan);
        prop_assert!(went.is_done(), "{went:?}");
        let went = course.apply(&plan);
        prop_assert!(went.is_done(), "{went:?}");
        course.is_at_end(&plan, &"there again");
    }

    /// Without lag nobody ever hears that something is still in use.
    #[test]
    fn the_way_back_keeps_the_providers_order(recipe in recipes(), stop in 1_u64..60) {
        let (plan, mut course) = begin(&recipe, 6, Habits::default());
        let fate = Fate {
            on_calls: vec![(stop, Trouble::KilledAfter)],
            ..Fate::default()
        };
        course.apply_with(&plan, &fate);
        let went = course.rollback(&plan);
        prop_assert!(went.is_done(), "{went:?}");
        prop_assert!(went.refusals.is_empty(), "{:?}", went.refusals);
    }

    /// A cloud that somebody else changed anywhere is not the plan's any more.
    #[test]
    fn any_drift_is_refused(recipe in recipes(), which in any::<prop::sample::Index>(), stop in 0_u64..40) {
        let (plan, mut course) = begin(&recipe, 6, Habits::default());
        let fate = Fate {
            on_calls: vec![(stop, Trouble::KilledAfter)],
            ..Fate::default()
        };
        course.apply_with(&plan, &fate);
        let before = course.sim.estate().clone();
        course.sim.change(|estate| {
            let ids: Vec<_> = estate.route_tables.iter().map(|it| it.id.clone()).collect();
            let table = estate.route_tables.get_mut(which.get(&ids)).unwrap();
            table.routes.remove(0);
        });
        let changed = drift(&before, course.sim.estate());
        let went = course.apply(&plan);
        if let Err(sixward_apply::ApplyError::Drifted(differences)) = went.result {
            prop_assert!(differences.iter().any(|it| it.subject == changed[0].subject));
        } else {
            // Nothing was left to do.
            prop_assert!(went.is_done() && went.calls == 0, "{went:?}");
        }
    }
}
