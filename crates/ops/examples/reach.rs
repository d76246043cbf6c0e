//! What proving costs, phase by phase, for `cargo xtask bench prove`: a line `phase seconds` each.
//!
//! `reach SOURCE` reads an estate, computes its factors in both families and what the internet can begin.
//! `reach SOURCE --steps N` also plans, and proves N steps spread over the plan, each from the proved
//! state before it; then 200 steps in a row where addresses are assigned.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for people"
)]

use std::process::ExitCode;
use std::time::Instant;

use sixward_assess::{Survey, mirror};
use sixward_estate::Estate;
use sixward_net::Family;
use sixward_ops::{Job, Source};
use sixward_plan::Plan;
use sixward_prove::proof::{Proof, Terms};
use sixward_prove::symbolic::Analysis;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [source] => reach(source, 0),
        [source, "--steps", steps] => steps
            .parse()
            .map_err(|_| "not a number".to_owned())
            .and_then(|steps| reach(source, steps)),
        _ => Err("reach SOURCE [--steps N]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn reach(source: &str, steps: usize) -> Result<(), String> {
    let source = Source::find(source, None).map_err(|error| error.to_string())?;
    let planned = timed("read", || sixward_ops::plan(&Job::new(source, &())));
    let planned = planned.map_err(|error| error.to_string())?;
    for (phase, time) in planned.timings.phases() {
        println!("{} {:.4}", phase.word(), time.as_secs_f64());
    }
    let plan = planned.plan;
    let end = timed("end", || plan.end());
    let analysis = timed("factors", || Analysis::new(&end));
    for family in [Family::V4, Family::V6] {
        let rows = timed(&format!("exposure-{family}"), || analysis.exposure(family));
        println!("rows-{family} {}", rows.len());
    }
    println!("interfaces {}", end.interfaces.len());
    println!("profiles {}", analysis.size().0);
    if steps > 0 {
        prove(&plan, steps);
    }
    Ok(())
}

/// Proves some steps, each from the state before it.
fn prove(plan: &Plan, samples: usize) {
    let survey = Survey::new(&plan.before, &plan.intent);
    let mirror = mirror(&survey);
    let terms = Terms {
        wanted: mirror.wanted,
        measure: mirror.measure,
        twins: mirror.twins,
        accepted: mirror.accepted,
        outward: mirror.outward,
        within: mirror.within,
    };
    let mut proof = timed("begin", || Proof::begin(&plan.before, terms));
    let mut estate = plan.before.clone();
    let every = (plan.steps.len() / samples).max(1);
    let mut times = Vec::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let sample = at % every == every / 2;
        if sample {
            proof.next(&estate);
        }
        // INVARIANT: the plan was made for this estate.
        let _ = step.change.effect(&mut estate);
        if sample {
            times.push(once(&mut proof, &estate));
        }
    }
    report("step", &mut times);
    timed("end-proof", || proof.end());
    row(plan, &mut proof);
}

/// 200 steps in a row, the last ones that assign addresses.
fn row(plan: &Plan, proof: &mut Proof<'_>) {
    let assigns = |step: &sixward_plan::Step| {
        matches!(step.change, sixward_plan::Change::AssignAddress { .. })
    };
    let last = plan.steps.iter().rposition(assigns).unwrap_or(0);
    let first = last.saturating_sub(199);
    let mut estate = plan.before.clone();
    let mut times = Vec::new();
    for (at, step) in plan.steps.iter().enumerate().take(last + 1) {
        if at == first {
            proof.next(&estate);
        }
        let _ = step.change.effect(&mut estate);
        if at >= first {
            times.push(once(proof, &estate));
        }
    }
    report("row", &mut times);
}

fn once(proof: &mut Proof<'_>, estate: &Estate) -> f64 {
    let start = Instant::now();
    proof.next(estate);
    start.elapsed().as_secs_f64()
}

fn report(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let most = times.last().copied().unwrap_or_default();
    println!("{what}-count {}", times.len());
    println!("{what}-median {median:.5}");
    println!("{what}-most {most:.5}");
    println!("{what}-sum {:.4}", times.iter().sum::<f64>());
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what} {:.4}", start.elapsed().as_secs_f64());
    done
}
