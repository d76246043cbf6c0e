//! `prove`: the promises on every state that a plan passes through.

use sixward_assess::{Mirror, Survey, mirror};
use sixward_estate::{Estate, InterfaceId, Subject};
use sixward_plan::{Change, Plan, Step};
use sixward_prove::proof::{Breach, Kind, Outcome, Promise, Proof, Terms, Verdict};

use crate::report::Report;
use crate::report::proof::{self, StateProof};
use crate::states::States;
use crate::{Error, Job, Phase, Timings, WhichPlan};

/// A proof, or why there is none.
#[derive(Debug)]
pub struct Proved {
    /// The report.
    pub report: Report,
    /// The intent has changed since the plan was made.
    pub outdated: bool,
    /// How long it took.
    pub timings: Timings,
}

/// Proves the plan of a source, state by state.
pub fn prove(job: &Job<'_>, which: &WhichPlan) -> Result<Proved, Error> {
    let mut states = States::of(job, which)?;
    let mut timings = std::mem::take(&mut states.timings);
    let rows = timings.take(Phase::Prove, || course(job, &states))?;
    let mut report = Report::of_estate("prove", &states.facts, &states.plan.before, Vec::new());
    report.profile = states.plan.intent.profile;
    let file = states.file.as_ref();
    let file = file.map(|file| file.to_string_lossy().into_owned());
    report.proof = Some(proof::Proved::new(file, &states.plan, rows));
    Ok(Proved {
        report,
        outdated: states.outdated,
        timings,
    })
}

impl Proved {
    /// Whether every promise is kept for sure.
    pub fn holds(&self) -> bool {
        self.report.proof.as_ref().is_some_and(proof::Proved::holds)
    }
}

/// Every state in turn.
fn course<'a>(job: &Job<'_>, states: &'a States) -> Result<Vec<StateProof<'a>>, Error> {
    let plan = &states.plan;
    let mut proof = Proof::begin(&plan.before, terms(plan));
    let mut rows = vec![StateProof {
        after: 0,
        step: None,
        verdicts: proof.next(&plan.before),
    }];
    job.progress.begin("proving steps", plan.steps.len());
    let mut walk = states.walk();
    loop {
        let before = walk.estate().clone();
        let Some(step) = walk.step() else { break };
        let step = step?;
        let mut verdicts = proof.next(walk.estate());
        verdicts.push(way_back(step, &before, walk.estate()));
        verdicts.extend(names(plan, step, walk.estate(), &mut proof));
        verdicts.sort_by_key(|verdict| verdict.promise);
        job.progress.done(&step.number.to_string());
        rows.push(StateProof {
            after: step.number,
            step: Some(step),
            verdicts,
        });
    }
    job.progress.end();
    if let Some(last) = rows.last_mut() {
        last.verdicts.push(proof.end());
        last.verdicts.sort_by_key(|verdict| verdict.promise);
    }
    Ok(rows)
}

/// What IPv6 is measured by: the same twins that the planner goes by, and what people answered.
fn terms(plan: &Plan) -> Terms {
    let survey = Survey::new(&plan.before, &plan.intent);
    let Mirror {
        wanted,
        measure,
        twins,
        accepted,
        outward,
        within,
    } = mirror(&survey);
    Terms {
        wanted,
        measure,
        twins,
        accepted,
        outward,
        within,
    }
}

/// P5: the undo of a step leads to the state before it.
fn way_back(step: &Step, before: &Estate, after: &Estate) -> Verdict {
    let mut back = after.clone();
    let undone = step
        .undo
        .iter()
        .try_for_each(|change| change.effect(&mut back));
    let stuck = |decision: String| Verdict {
        outcome: Outcome::Broken,
        breaches: vec![Breach {
            decision,
            mend: "give the step an undo that leads to the state before it".to_owned(),
            ..Breach::bare(Kind::Stuck)
        }],
        ..Verdict::held(Promise::WayBack)
    };
    match undone {
        Err(error) => stuck(format!("the way back fails: {error}")),
        Ok(()) if back != *before => stuck("the way back leads to another state".to_owned()),
        Ok(()) => Verdict::held(Promise::WayBack),
    }
}

/// P4, where a step publishes names.
fn names(plan: &Plan, step: &Step, state: &Estate, proof: &mut Proof) -> Option<Verdict> {
    let Change::PublishNames { subject, addresses } = &step.change else {
        return None;
    };
    let interfaces = behind(state, subject);
    if let Some(late) = configured_later(plan, step, subject) {
        let breach = Breach {
            decided_by: Some(subject.clone()),
            decision: format!("its operating system takes up the address only in step {late}"),
            mend: format!("publish the names after step {late}"),
            ..Breach::bare(Kind::Unserved)
        };
        return Some(Verdict {
            outcome: Outcome::Broken,
            breaches: vec![breach],
            ..Verdict::held(Promise::NamesServe)
        });
    }
    Some(proof.names(subject, &interfaces, addresses))
}

/// The interfaces that a name leads to.
fn behind(state: &Estate, subject: &Subject) -> Vec<InterfaceId> {
    let interfaces = state.interfaces.iter();
    let own = interfaces.filter(|interface| match &interface.owner {
        sixward_estate::InterfaceOwner::Host(id) => id.as_str() == subject.id,
        sixward_estate::InterfaceOwner::Balancer(id) => id.as_str() == subject.id,
        _ => false,
    });
    own.map(|interface| interface.id.clone()).collect()
}

/// The step after this one in which the host behind the name is configured.
fn configured_later(plan: &Plan, step: &Step, subject: &Subject) -> Option<u32> {
    let later = plan.steps.iter().filter(|it| it.number > step.number);
    let mut guests = later.filter(
        |it| matches!(&it.change, Change::ConfigureGuest { host } if host.as_str() == subject.id),
    );
    guests.next().map(|it| it.number)
}
