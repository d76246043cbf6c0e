//! The promises, shown on the live estate after each wave, and on what is still to come once the
//! provider has chosen.

use sixward_apply::lost_by;
use sixward_estate::{Estate, SmolStr};
use sixward_plan::{Plan, Step};
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

    /// Asks about a live estate, measured by the one before the plan.
    pub(crate) fn ask<T>(&self, live: &Estate, ask: impl FnOnce(&mut Proof<'_>) -> T) -> T {
        let base = self.base(live);
        ask(&mut Proof::begin(&base, course::terms(self.plan).0))
    }

    /// The estate before the plan, without what its owner agreed to lose.
    fn base(&self, live: &Estate) -> Estate {
        let mut base = self.plan.before.clone();
        for step in &self.plan.steps {
            lost_by(&step.change, live, &mut base);
        }
        base
    }
}

impl sixward_apply::Guard for Promises<'_> {
    fn holds(&mut self, _: u32, live: &Estate) -> Result<(), SmolStr> {
        self.ask(live, |proof| kept(&proof.next(live)))
    }

    fn will_hold(&mut self, live: &Estate, left: &[Step]) -> Result<(), SmolStr> {
        self.ask(live, |proof| {
            let mut state = live.clone();
            kept(&proof.next(&state))?;
            for wave in left.chunk_by(|a, b| a.wave == b.wave) {
                for step in wave {
                    // A step that was begun may be half there, and does not fit then: the engine looks
                    // at it by itself.
                    let _ = step.change.effect(&mut state);
                }
                kept(&proof.next(&state))?;
            }
            Ok(())
        })
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

#[cfg(test)]
mod tests {
    use sixward_apply::journal::{History, InMemory};
    use sixward_apply::{
        Driver, Fault, Flow, Limits, Order, Outcome, Scope, Walk, apply, rollback,
    };
    use sixward_estate::{Action, Direction, InterfaceId, Remote, Rule};
    use sixward_net::{ANY6, Traffic};
    use sixward_plan::{Change, read_plan};
    use sixward_sim::Sim;

    use super::*;

    /// A provider that opens a door by itself when an interface gets its address.
    struct Opening {
        sim: Sim,
        on: InterfaceId,
    }

    impl Driver for Opening {
        fn by_hand(&self, change: &Change) -> Option<&'static str> {
            self.sim.by_hand(change)
        }

        fn discover(&mut self) -> Result<Estate, Fault> {
            self.sim.discover()
        }

        fn read(&mut self, scope: &Scope) -> Result<Estate, Fault> {
            self.sim.read(scope)
        }

        fn make(
            &mut self,
            orders: &[Order],
            told: &mut dyn FnMut(usize, Result<(), Fault>) -> Flow,
        ) {
            self.sim.make(orders, told);
            let opens = |order: &Order| matches!(&order.change, Change::AssignAddress { interface, .. } if *interface == self.on);
            if orders.iter().any(opens) {
                let on = self.on.clone();
                self.sim.change(|estate| {
                    let groups = estate.interfaces.get(&on).unwrap().firewalls.clone();
                    let group = estate.firewalls.get_mut(&groups[0]).unwrap();
                    group.add(Rule {
                        direction: Direction::Ingress,
                        order: None,
                        action: Action::Allow,
                        traffic: Traffic::All,
                        remote: Remote::from(ANY6),
                        note: SmolStr::default(),
                    });
                });
            }
        }

        fn pause(&mut self, attempt: u32) {
            self.sim.pause(attempt);
        }
    }

    #[test]
    fn a_wave_that_breaks_a_promise_is_taken_back_by_itself() {
        let plan = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../scenarios/naive-mirror/given"
        );
        let plan = planned(plan);
        let assigned = plan.steps.iter().find_map(|step| match &step.change {
            Change::AssignAddress { interface, .. } => {
                let host = plan.before.interfaces.get(interface)?;
                let public = host.addresses4.iter().any(|it| it.public.is_some());
                public.then(|| (interface.clone(), step.wave))
            }
            _ => None,
        });
        let (on, wave) = assigned.unwrap();
        let sim = Sim::new(plan.before.clone(), 1);
        let mut world = Opening { sim, on };
        let mut guard = Promises::of(&plan);
        let (mut journal, mut watcher) = (InMemory::default(), ());
        let mut walk = Walk {
            plan: &plan,
            history: History::default(),
            damaged: false,
            driver: &mut world,
            journal: &mut journal,
            watcher: &mut watcher,
            guard: Some(&mut guard),
            by: "a test".into(),
            limits: Limits::default(),
        };
        let outcome = apply(&mut walk).unwrap();
        let Outcome::Broken {
            wave: broken,
            why,
            left,
        } = outcome
        else {
            panic!("{outcome:?}");
        };
        assert_eq!(broken, wave);
        assert!(why.starts_with("P3"), "{why}");
        assert_eq!(left, []);
        let done = |step: &&Step| walk.history.is_done(step.number);
        let kept = plan.steps.iter().filter(done).map(|step| step.wave).max();
        assert_eq!(kept, Some(wave - 1), "the waves before it stand");
        // The door is not ours to close; all that is ours can go.
        assert!(matches!(rollback(&mut walk).unwrap(), Outcome::Done { .. }));
    }

    /// The planner's own plan for a scenario whose naive plan lies beside it.
    fn planned(given: &str) -> Plan {
        let naive = std::path::Path::new(given).join("../plan.json");
        let naive = read_plan(&std::fs::read(naive).unwrap()).unwrap();
        sixward_plan::plan(naive.before, naive.intent)
    }
}
