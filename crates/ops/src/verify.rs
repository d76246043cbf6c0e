//! `verify`: what is there now against what the plan says, as state and as meaning.

mod reach;

use std::rc::Rc;

use sixward_apply::journal::History;
use sixward_apply::{Standing, drift, lost_by, standing};
use sixward_emit::title;
use sixward_estate::Estate;
use sixward_plan::{Bindings, Plan, Step};
use sixward_prove::proof::Verdict;

use crate::apply::{Known, Promises};
use crate::report::proof::PromiseRow;
use crate::report::verified::{StandingRow, Verified as Row};
use crate::report::{Action, Report};
use crate::{Error, WorldError};

/// A live estate, looked at.
#[derive(Debug)]
pub struct Verified {
    /// The report.
    pub report: Report,
}

/// Looks at the live estate of a plan. What the journal tells of is expected; where there is no journal, as
/// after `apply.sh`, the whole plan is.
///
/// With `probe` it also connects, from here, to what the internet may reach and to these names.
pub fn verify(mut known: Known, probe: Option<&[String]>) -> Result<Verified, Error> {
    let live = known.driver.discover().map_err(WorldError::Unreadable)?;
    let plan = Rc::clone(&known.plan);
    let look = Look::at(&plan, &known.history, &live);
    let row = Row {
        plan: known.given.clone(),
        world: known.world.clone(),
        steps: plan.steps.len(),
        there: look.there,
        unseen: look.unseen,
        differences: drift(&look.expected, &live),
        amiss: look.amiss,
        promises: promises(&look.verdicts),
        probes: probe.map(|names| reach::probes(&live, names)).transpose()?,
        breaches: look.verdicts.iter().flat_map(told).collect(),
    };
    let mut report = known.of_estate("verify", &live);
    if !row.holds() {
        let command = format!("sixward prove {}", crate::migrate::quoted(&known.given));
        report.next = vec![Action::new("see what was promised", Some(command))];
    }
    report.verified = Some(row);
    Ok(Verified { report })
}

impl Verified {
    /// Whether everything is as planned, for sure.
    pub fn holds(&self) -> bool {
        self.report.verified.as_ref().is_some_and(Row::holds)
    }
}

/// What a look at the live estate comes to.
struct Look {
    there: usize,
    unseen: usize,
    amiss: Vec<StandingRow>,
    expected: Estate,
    verdicts: Vec<Verdict>,
}

impl Look {
    fn at(plan: &Plan, history: &History, live: &Estate) -> Self {
        let mut bound = history.bindings.clone();
        let journal = history.plan.is_some();
        let mut look = Self {
            there: 0,
            unseen: 0,
            amiss: Vec::new(),
            expected: plan.before.clone(),
            verdicts: Vec::new(),
        };
        for step in &plan.steps {
            let wanted = !journal || history.is_done(step.number);
            look.step(plan, step, wanted, &mut bound, live);
        }
        let complete = look.there + look.unseen == plan.steps.len();
        look.verdicts = meaning(plan, live, complete);
        look
    }

    fn step(
        &mut self,
        plan: &Plan,
        step: &Step,
        wanted: bool,
        bound: &mut Bindings,
        live: &Estate,
    ) {
        let stands = standing(&step.change, bound, &plan.before, live);
        if let Standing::Done(chosen) = &stands {
            bound.extend(chosen.clone());
        }
        let change = step.change.bound(bound);
        if wanted {
            // A step that does not fit what is expected is told of by how it stands.
            let _ = change.effect(&mut self.expected);
            lost_by(&change, live, &mut self.expected);
        }
        let seen = match stands {
            Standing::Done(_) => {
                self.there += 1;
                (!wanted).then(|| "done".to_owned())
            }
            Standing::Unseen => {
                self.unseen += usize::from(wanted);
                None
            }
            Standing::Undone => wanted.then(|| "not done".to_owned()),
            Standing::Otherwise(what) => Some(what.to_string()),
        };
        if let Some(seen) = seen {
            self.amiss.push(StandingRow {
                step: step.number,
                title: title(&change, plan),
                expected: if wanted { "done" } else { "not done" },
                seen,
            });
        }
    }
}

/// The promises, on the live estate.
fn meaning(plan: &Plan, live: &Estate, complete: bool) -> Vec<Verdict> {
    let mut verdicts = Promises::of(plan).ask(live, |proof| {
        let mut verdicts = proof.next(live);
        verdicts.push(proof.hazards().verdict);
        if complete {
            verdicts.push(proof.end());
        }
        verdicts
    });
    verdicts.sort_by_key(|verdict| verdict.promise);
    verdicts
}

fn promises(verdicts: &[Verdict]) -> Vec<PromiseRow> {
    let row = |verdict: &Verdict| PromiseRow {
        promise: verdict.promise,
        title: verdict.promise.title(),
        outcome: verdict.outcome,
        states: 1,
        after: Vec::new(),
    };
    verdicts.iter().map(row).collect()
}

fn told(verdict: &Verdict) -> impl Iterator<Item = String> {
    let promise = verdict.promise;
    let told = verdict.breaches.iter().map(crate::apply::breach);
    told.map(move |what| format!("{promise}: {what}"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use sixward_estate::Interface;
    use sixward_plan::Change;

    use super::*;
    use crate::{Job, Source};

    /// A host that was restarted with consent may have lost a public address that nobody holds; that its
    /// firewalls are others too is nobody's consent.
    #[test]
    fn a_restarted_host_is_looked_at_like_any_other() {
        let mut plan = plan_for_old_hosts();
        let restarted = plan.steps.iter().filter_map(|step| match &step.change {
            Change::SetMachineType { host, .. } => Some(host),
            _ => None,
        });
        let restarted: Vec<_> = restarted.collect();
        let public = |it: &&Interface| it.addresses4.iter().any(|own| own.public.is_some());
        let mut interfaces = plan.before.interfaces.iter().filter(public);
        let on = interfaces.find(|it| it.host().is_some_and(|host| restarted.contains(&host)));
        let on = on.unwrap().id.clone();
        for own in &mut plan.before.interfaces.get_mut(&on).unwrap().addresses4 {
            own.held = false;
        }
        let mut live = plan.before.clone();
        for step in &plan.steps {
            step.change.effect(&mut live).unwrap();
        }
        let told =
            |live: &Estate| drift(&Look::at(&plan, &History::default(), live).expected, live);
        assert_eq!(told(&live), []);

        let interface = live.interfaces.get_mut(&on).unwrap();
        for own in &mut interface.addresses4 {
            own.public = None;
        }
        assert_eq!(told(&live), []);

        live.interfaces.get_mut(&on).unwrap().firewalls.clear();
        let told: Vec<_> = told(&live).into_iter().map(|it| it.subject).collect();
        assert_eq!(told, [format!("interface/{on}")]);
    }

    fn plan_for_old_hosts() -> Plan {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/aws-old-hosts");
        let source = Source::find(folder.to_str().unwrap(), None).unwrap();
        let planned = crate::plan(&Job::new(source, &())).unwrap();
        planned.plan
    }
}
