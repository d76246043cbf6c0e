//! The promises, shown on the live estate after each wave, and on what is still to come once the
//! provider has chosen.

use sixward_estate::{Estate, SmolStr};
use sixward_plan::{Change, Plan, Step};
use sixward_prove::proof::{Breach, Outcome, Proof, Verdict};

use crate::prove::course;

/// Judges by what was promised when the plan was made.
pub(crate) struct Promises<'a> {
    plan: &'a Plan,
}

impl<'a> Promises<'a> {
    pub(crate) fn of(plan: &'a Plan) -> Self {
        Self { plan }
    }

    /// The estate before the plan, without what its owner agreed to lose: a host that is stopped and
    /// started gets another public address.
    pub(crate) fn base(&self, live: &Estate) -> Estate {
        let mut base = self.plan.before.clone();
        let restarted = self
            .plan
            .steps
            .iter()
            .filter_map(|step| match &step.change {
                Change::SetMachineType { host, .. } if !step.loses.is_empty() => Some(host),
                _ => None,
            });
        for host in restarted {
            base.interfaces.change_where(
                |interface| interface.host() == Some(host),
                |interface| {
                    if let Some(now) = live.interfaces.get(&interface.id) {
                        interface.addresses4.clone_from(&now.addresses4);
                    }
                },
            );
        }
        base
    }
}

impl sixward_apply::Guard for Promises<'_> {
    fn holds(&mut self, _: u32, live: &Estate) -> Result<(), SmolStr> {
        let base = self.base(live);
        let mut proof = Proof::begin(&base, course::terms(self.plan).0);
        kept(&proof.next(live))
    }

    fn will_hold(&mut self, live: &Estate, left: &[Step]) -> Result<(), SmolStr> {
        let base = self.base(live);
        let mut proof = Proof::begin(&base, course::terms(self.plan).0);
        let mut state = live.clone();
        kept(&proof.next(&state))?;
        for wave in left.chunk_by(|a, b| a.wave == b.wave) {
            for step in wave {
                // A step that was begun may be half there, and does not fit then: the engine looks at it
                // by itself.
                let _ = step.change.effect(&mut state);
            }
            kept(&proof.next(&state))?;
        }
        Ok(())
    }
}

/// What breaks first. Undetermined breaks nothing: the plan said so before it began.
fn kept(verdicts: &[Verdict]) -> Result<(), SmolStr> {
    let broken = verdicts.iter().filter(|it| it.outcome == Outcome::Broken);
    let mut broken = broken.map(|verdict| {
        let what = verdict.breaches.first().map_or_else(String::new, told);
        format!("{}, {}: {what}", verdict.promise, verdict.promise.title())
    });
    match broken.next() {
        Some(why) => Err(why.into()),
        None => Ok(()),
    }
}

/// A breach in words.
pub(crate) fn told(breach: &Breach) -> String {
    if breach.from.is_empty() {
        return breach.decision.clone();
    }
    let (from, to) = (breach.from.join(", "), breach.to.join(", "));
    format!("{} from {from} to {to}", breach.traffic)
}
