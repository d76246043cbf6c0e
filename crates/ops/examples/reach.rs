//! What proving costs, phase by phase, for `cargo xtask bench prove`: a line `phase milliseconds ms` each,
//! on stderr.
//!
//! `reach SOURCE` reads an estate, computes its factors in both families and what the internet can begin.
//! `reach SOURCE --dual FILE` writes the estate as it is at the end of its plan: dual stack.
//! `reach SOURCE --steps N` plans, and proves N steps spread over the plan, each from the proved state
//! before it; then the end; then 200 steps in a row, the last ones that assign addresses.
//! `reach SOURCE --certificate` compares the factors, a certificate of them, and its check.

#![expect(clippy::print_stderr, reason = "a tool for people")]

use std::process::ExitCode;
use std::time::Instant;

use sixward_assess::{Survey, mirror};
use sixward_estate::Estate;
use sixward_net::Family;
use sixward_ops::{Job, Source};
use sixward_plan::{Change, Plan, Step};
use sixward_prove::certificate::Certificate;
use sixward_prove::proof::{Proof, Terms};
use sixward_prove::symbolic::Analysis;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [source] => reach(source),
        [source, "--dual", file] => dual(source, file),
        [source, "--steps", steps] => match steps.parse() {
            Ok(steps) => prove(source, steps),
            Err(_) => Err(format!("`{steps}` is not a number")),
        },
        [source, "--certificate"] => certify(source),
        _ => Err("reach SOURCE [--dual FILE | --steps N | --certificate]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn reach(source: &str) -> Result<(), String> {
    let estate = read(source)?;
    let analysis = timed("factors", || Analysis::new(&estate));
    timed("exposure4", || analysis.exposure(Family::V4));
    timed("exposure6", || analysis.exposure(Family::V6));
    Ok(())
}

fn read(source: &str) -> Result<Estate, String> {
    let source = Source::find(source, None).map_err(|error| error.to_string())?;
    let found = timed("read", || sixward_ops::discover(&Job::new(source, &())));
    Ok(found.map_err(|error| error.to_string())?.estate)
}

fn plan(source: &str) -> Result<Plan, String> {
    let source = Source::find(source, None).map_err(|error| error.to_string())?;
    let planned = sixward_ops::plan(&Job::new(source, &()));
    Ok(planned.map_err(|error| error.to_string())?.plan)
}

fn dual(source: &str, file: &str) -> Result<(), String> {
    let end = plan(source)?.end();
    let bytes = sixward_estate::write_snapshot(&end, &[]).map_err(|error| error.to_string())?;
    std::fs::write(file, bytes).map_err(|error| error.to_string())
}

fn certify(source: &str) -> Result<(), String> {
    let estate = read(source)?;
    let analysis = timed("factors", || Analysis::new(&estate));
    let made = timed("certificate", || {
        let mut bytes = Vec::new();
        Certificate::begin(&analysis)?.write(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    });
    let bytes = made.map_err(|error| error.to_string())?;
    let checked = timed("check", || sixward_check::check(&bytes, [(0, estate)]));
    checked.map(|_| ()).map_err(|refusal| refusal.to_string())
}

/// Proves some steps, each from the state before it.
fn prove(source: &str, samples: usize) -> Result<(), String> {
    let plan = &plan(source)?;
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
    row(plan, &mut proof);
    let verdict = timed("end", || proof.end());
    eprintln!("P2 {:?}, {} told", verdict.outcome, verdict.breaches.len());
    for breach in verdict.breaches.iter().take(3) {
        let (from, to) = (breach.from.len(), breach.to.len());
        let waits = &breach.undetermined;
        eprintln!(
            "  {:?}: {} from {from} to {to}, {waits:?}",
            breach.kind, breach.traffic
        );
    }
    Ok(())
}

/// 200 steps in a row, the last ones that assign addresses.
fn row(plan: &Plan, proof: &mut Proof<'_>) {
    let assigns = |step: &Step| matches!(step.change, Change::AssignAddress { .. });
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
    say(&format!("{what}-median"), median);
    say(&format!("{what}-most"), most);
    say(&format!("{what}-sum"), times.iter().sum::<f64>());
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    say(what, start.elapsed().as_secs_f64());
    done
}

fn say(what: &str, seconds: f64) {
    eprintln!("{what} {:.3} ms", seconds * 1e3);
}
