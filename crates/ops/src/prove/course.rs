//! The states of a plan in turn, with what is said of each.

use std::io;

use sixward_assess::{Mirror, Survey, mirror};
use sixward_estate::{Estate, LinkKind};
use sixward_plan::{Change, Plan, Step};
use sixward_prove::End;
use sixward_prove::certificate::{self, Certificate};
use sixward_prove::proof::{Breach, Kind, Outcome, Promise, Proof, Terms, Verdict};
use sixward_prove::symbolic::far_ends;

use super::accepted;
use super::names::Names;
use crate::report::proof::{HazardRow, Proved, Scope, StateProof};
use crate::states::Walk;
use crate::{Error, Progress};

/// Up to so many steps hazards are looked for in every state, which is a pass over the estate each.
const FEW: usize = 500;

/// What is to be looked at.
pub(crate) struct Course<'a> {
    plan: &'a Plan,
    /// Only what is there when a wave is done: its steps do not depend on one another.
    pub(crate) waves: bool,
    /// The tables that the proof rests on are wanted.
    pub(crate) certify: bool,
}

/// What came of it.
pub(crate) struct Done {
    pub(crate) proved: Proved,
    pub(crate) certificate: Option<Vec<u8>>,
}

impl<'a> Course<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            waves: false,
            certify: false,
        }
    }

    /// Every state in turn.
    pub(crate) fn run(&self, progress: &dyn Progress) -> Result<Done, Error> {
        let plan = self.plan;
        let (terms, mut scope) = terms(plan);
        scope.waves = self.waves;
        scope.hazards_by_wave = self.waves || plan.steps.len() > FEW;
        let mut proof = Proof::begin(&plan.before, terms);
        let served = Names::new(plan);
        let mut hazards = Vec::new();
        let mut rows = Vec::new();
        let mut verdicts = proof.next(&plan.before);
        verdicts.push(look(plan, None, &mut proof, &mut hazards));
        let mut certificate = if self.certify {
            Some(Certificate::begin(proof.first()).map_err(Error::certificate)?)
        } else {
            None
        };
        rows.push(StateProof {
            after: 0,
            step: None,
            verdicts,
        });
        progress.begin("proving steps", plan.steps.len());
        let mut walk = Walk::new(plan);
        // The state to go back to, and the steps since then.
        let mut before = walk.estate().clone();
        let mut since = Vec::new();
        while let Some(step) = walk.step() {
            let step = step?;
            let state = walk.estate();
            let mut verdicts = Vec::new();
            let ends = ends_wave(plan, step);
            since.push(step);
            if ends || !self.waves {
                verdicts.push(way_back(&since, &before, state));
                since.clear();
                before = state.clone();
            }
            let names = matches!(step.change, Change::PublishNames { .. });
            if ends || !self.waves || names {
                verdicts.extend(proof.next(state));
            }
            if ends || !scope.hazards_by_wave {
                verdicts.push(look(plan, Some(step), &mut proof, &mut hazards));
            }
            verdicts.extend(served.verdict(step, &mut proof));
            if let Some(certificate) = &mut certificate {
                let added = certificate.add(step.number, proof.analysis());
                added.map_err(Error::certificate)?;
            }
            verdicts.sort_by_key(|verdict| verdict.promise);
            progress.done(&step.number.to_string());
            rows.push(StateProof {
                after: step.number,
                step: Some(step),
                verdicts,
            });
        }
        progress.end();
        if let Some(last) = rows.last_mut() {
            last.verdicts.push(proof.end());
            last.verdicts.sort_by_key(|verdict| verdict.promise);
        }
        scope.served = count6(walk.estate());
        let certificate = certificate.map(|it| certified(it, &rows)).transpose();
        Ok(Done {
            certificate: certificate.map_err(Error::certificate)?,
            proved: Proved::new(plan, scope, rows, hazards),
        })
    }
}

/// Hazards that are new in this state, and P6.
fn look(
    plan: &Plan,
    step: Option<&Step>,
    proof: &mut Proof<'_>,
    rows: &mut Vec<HazardRow>,
) -> Verdict {
    let found = proof.hazards();
    for finding in found.fresh {
        let same = |row: &&mut HazardRow| {
            (&row.finding.code, &row.finding.subject) == (&finding.code, &finding.subject)
        };
        if let Some(row) = rows.iter_mut().find(same) {
            // Told once, when it began; the gravest is the least.
            if finding.severity < row.finding.severity {
                row.finding.severity = finding.severity;
                row.graver_after = step.map(|step| step.number);
            }
        } else {
            let accepted = accepted::by(plan, &finding);
            rows.push(HazardRow::new(plan, step, finding, accepted));
        }
    }
    found.verdict
}

/// The tables with what was said of the promises, as bytes.
fn certified(mut certificate: Certificate, rows: &[StateProof<'_>]) -> io::Result<Vec<u8>> {
    for row in rows {
        let said = row.verdicts.iter().map(|verdict| certificate::Verdict {
            step: row.after,
            promise: verdict.promise.title().to_owned(),
            verdict: word(verdict.outcome).to_owned(),
        });
        certificate.verdicts.extend(said);
    }
    let mut bytes = Vec::new();
    certificate.write(&mut bytes)?;
    Ok(bytes)
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Held => "kept",
        Outcome::Undetermined => "undetermined",
        Outcome::Broken => "broken",
    }
}

/// What IPv6 is measured by: the same twins that the planner goes by, and what people answered.
pub(crate) fn terms(plan: &Plan) -> (Terms, Scope) {
    let survey = Survey::new(&plan.before, &plan.intent);
    let Mirror {
        wanted,
        measure,
        twins,
        accepted,
        outward,
        within,
    } = mirror(&survey);
    let scope = Scope {
        interfaces: plan.before.interfaces.len(),
        left_out: rules(&plan.before).saturating_sub(rules(&wanted)),
        open: plan.assessment.decisions.open.len(),
        far: far_ends(&plan.before).len(),
        unseen: unseen(&plan.before),
        ..Scope::default()
    };
    let terms = Terms {
        wanted,
        measure,
        twins,
        accepted,
        outward,
        within,
    };
    (terms, scope)
}

/// Links to what is not in the estate and no site either: other hubs, others' networks at a hub.
fn unseen(estate: &Estate) -> usize {
    let known = |id| estate.networks.contains(id);
    let out = estate.links.iter().filter(|link| match &link.kind {
        LinkKind::Peering {
            requester,
            accepter,
        } => !known(&requester.network) && !known(&accepter.network),
        LinkKind::Transit(attachment) => match &attachment.network {
            Some(id) => !known(id),
            None => !far_ends(estate).contains(&End::Site(link.id.clone())),
        },
        LinkKind::Vpn {
            gateway, transit, ..
        } => gateway.is_none() && transit.is_none(),
    });
    out.count()
}

/// Rules and routes.
fn rules(estate: &Estate) -> usize {
    let rules = estate.firewalls.iter().map(|it| it.rules.len());
    let routes = estate.route_tables.iter().map(|it| it.routes.len());
    rules.sum::<usize>() + routes.sum::<usize>()
}

fn count6(estate: &Estate) -> usize {
    let with = |it: &&sixward_estate::Interface| !it.addresses6.is_empty();
    estate.interfaces.iter().filter(with).count()
}

fn ends_wave(plan: &Plan, step: &Step) -> bool {
    let next = plan.steps.partition_point(|it| it.number <= step.number);
    plan.steps
        .get(next)
        .is_none_or(|next| next.wave != step.wave)
}

/// P5: the undo of steps, the last first, leads to the state before them.
fn way_back(steps: &[&Step], before: &Estate, after: &Estate) -> Verdict {
    let mut back = after.clone();
    let mut undo = steps.iter().rev().flat_map(|step| &step.undo);
    let undone = undo.try_for_each(|change| change.effect(&mut back));
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
