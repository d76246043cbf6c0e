//! What must hold for every estate and every plan.

use proptest::prelude::*;
use sixward_estate::Estate;
use sixward_estate::intent::{Intent, Profile};
use sixward_plan::{Plan, plan, read_plan, write_plan};

use crate::estates::{Recipe, recipes, v4_half};

fn cases() -> ProptestConfig {
    ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn profiles() -> impl Strategy<Value = Profile> {
    prop_oneof![
        3 => Just(Profile::DualStack),
        1 => Just(Profile::EastWestIpv4),
        1 => Just(Profile::EdgeOnly),
    ]
}

fn planned(recipe: &Recipe, profile: Profile) -> Plan {
    plan(
        recipe.build(),
        Intent {
            profile,
            ..Intent::default()
        },
    )
}

/// The states that a plan passes through, the first one included.
fn states(plan: &Plan) -> Vec<Estate> {
    let mut state = plan.before.clone();
    let mut states = vec![state.clone()];
    for step in &plan.steps {
        step.change.effect(&mut state).unwrap();
        states.push(state.clone());
    }
    states
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn undo_after_effect_is_the_identity(recipe in recipes(), profile in profiles()) {
        let plan = planned(&recipe, profile);
        let states = states(&plan);
        for (step, states) in plan.steps.iter().zip(states.windows(2)) {
            let mut state = states[1].clone();
            for change in &step.undo {
                change.effect(&mut state).map_err(|error| {
                    TestCaseError::fail(format!("undo of step {}: {error}", step.number))
                })?;
            }
            prop_assert!(state == states[0], "step {} {:?}", step.number, step.change);
        }
    }

    #[test]
    fn the_whole_way_back_leads_to_the_start(recipe in recipes()) {
        let plan = planned(&recipe, Profile::DualStack);
        let mut state = plan.end();
        for step in plan.steps.iter().rev() {
            for change in &step.undo {
                change.effect(&mut state).unwrap();
            }
        }
        prop_assert!(state == plan.before);
    }

    #[test]
    fn planning_the_planned_estate_plans_nothing(recipe in recipes(), profile in profiles()) {
        let first = planned(&recipe, profile);
        let again = plan(first.end(), first.intent.clone());
        prop_assert!(again.steps.is_empty(), "{:?}", again.steps.first().map(|step| &step.change));
    }

    #[test]
    fn no_step_touches_what_is_ipv4(recipe in recipes(), profile in profiles()) {
        let plan = planned(&recipe, profile);
        let before = v4_half(&plan.before);
        for (number, state) in states(&plan).iter().enumerate() {
            prop_assert!(v4_half(state) == before, "step {number}");
        }
    }

    #[test]
    fn steps_of_a_wave_do_not_depend_on_one_another(recipe in recipes()) {
        let plan = planned(&recipe, Profile::DualStack);
        let mut state = plan.before.clone();
        for wave in 1..=plan.waves() {
            for step in plan.steps.iter().rev().filter(|step| step.wave == wave) {
                step.change.effect(&mut state).unwrap();
            }
        }
        prop_assert!(state == plan.end());
    }

    #[test]
    fn blocks_of_subnets_are_disjoint_and_inside_their_network(recipe in recipes()) {
        let plan = planned(&recipe, Profile::DualStack);
        let rows: Vec<_> = plan.addresses.subnets.values().collect();
        for (i, row) in rows.iter().enumerate() {
            prop_assert!(plan.addresses.networks[&row.network].block.net.contains(&row.net));
            prop_assert!(rows[i + 1..].iter().all(|other| !other.net.contains(&row.net)));
        }
    }

    #[test]
    fn the_same_estate_gives_the_same_bytes(recipe in recipes()) {
        let first = planned(&recipe, Profile::DualStack);
        let bytes = write_plan(&first).unwrap();
        prop_assert!(bytes == write_plan(&planned(&recipe, Profile::DualStack)).unwrap());
        prop_assert!(read_plan(&bytes).unwrap() == first);
    }
}
