//! A cloud with the two-tier estate in it, a proxy before it, a plan, and walks over that plan.

use std::cell::Cell;
use std::time::Duration;

use sixward_apply::journal::{History, Way};
use sixward_apply::{
    ApplyError, Driver as _, Event, Flow, Limits, Outcome, Walk, Watcher, apply, drift, rollback,
    told,
};
use sixward_drivers::Account;
use sixward_drivers::aws::Cloud;
use sixward_estate::Estate;
use sixward_estate::intent::Intent;
use sixward_plan::{Plan, plan};
use sixward_testkit::{Cloud as TestCloud, Proxy};

use crate::assert_keeps_secrets;
use crate::paper::Paper;

/// Longer than the test cloud ever thinks, shorter than the proxy is silent.
const PATIENCE: Duration = Duration::from_millis(1500);
const PACE: Duration = Duration::from_millis(2);

pub(crate) struct Course {
    pub(crate) cloud: TestCloud,
    pub(crate) proxy: Proxy,
    driver: Cloud,
    pub(crate) plan: Plan,
    pub(crate) paper: Paper,
}

/// Stops after so many answers, and keeps what it was told.
#[derive(Default)]
struct Onlooker {
    stop_when: Option<Box<dyn Fn() -> bool>>,
    told: Vec<String>,
    stopped: Cell<bool>,
}

impl Watcher for Onlooker {
    fn tell(&mut self, event: &Event) {
        self.told.push(serde_json::to_string(event).unwrap());
    }

    fn flow(&self) -> Flow {
        if self.stop_when.as_ref().is_some_and(|stop| stop()) {
            self.stopped.set(true);
        }
        if self.stopped.get() {
            Flow::Stop
        } else {
            Flow::Go
        }
    }
}

impl Course {
    pub(crate) fn begin(cloud: TestCloud) -> Self {
        let ids = cloud.two_tier();
        let proxy = Proxy::start(cloud.endpoint());
        let mut driver = open(proxy.endpoint());
        let estate = driver.discover().unwrap();
        let consent = format!("[answers]\n\"restart:{}\" = \"yes\"\n", ids.db_instance);
        let plan = plan(estate, Intent::parse(&consent).unwrap());
        Self {
            cloud,
            proxy,
            driver,
            plan,
            paper: Paper::default(),
        }
    }

    pub(crate) fn apply(&mut self) -> Result<Outcome, ApplyError> {
        self.walk(apply, None)
    }

    pub(crate) fn rollback(&mut self) -> Result<Outcome, ApplyError> {
        self.walk(rollback, None)
    }

    /// Applies until a call met its trouble, and no further.
    pub(crate) fn apply_until_met(&mut self) -> Result<Outcome, ApplyError> {
        let met = self.proxy.witness();
        self.walk(apply, Some(Box::new(move || met.met())))
    }

    /// As far as calls go: what a person must do is said to be done.
    pub(crate) fn apply_whole(&mut self) -> Result<Outcome, ApplyError> {
        self.whole(Way::Forward, apply)
    }

    /// The same on the way back.
    pub(crate) fn rollback_whole(&mut self) -> Result<Outcome, ApplyError> {
        self.whole(Way::Back, rollback)
    }

    fn whole(
        &mut self,
        way: Way,
        walk: fn(&mut Walk<'_>) -> Result<Outcome, ApplyError>,
    ) -> Result<Outcome, ApplyError> {
        loop {
            let outcome = self.walk(walk, None)?;
            let Outcome::ByHand { left } = &outcome else {
                return Ok(outcome);
            };
            let mut steps: Vec<_> = left.iter().map(|left| left.part.step).collect();
            steps.dedup();
            let said = |walk: &mut Walk<'_>| told(walk, &steps, way).map(|()| outcome.clone());
            self.walk(said, None)?;
        }
    }

    fn walk(
        &mut self,
        way: impl FnOnce(&mut Walk<'_>) -> Result<Outcome, ApplyError>,
        stop_when: Option<Box<dyn Fn() -> bool>>,
    ) -> Result<Outcome, ApplyError> {
        let mut onlooker = Onlooker {
            stop_when,
            ..Onlooker::default()
        };
        let result = way(&mut Walk {
            plan: &self.plan,
            history: History::of(&self.paper.entries),
            damaged: false,
            driver: &mut self.driver,
            journal: &mut self.paper,
            watcher: &mut onlooker,
            guard: None,
            by: "a test".into(),
            limits: Limits::default(),
        });
        assert_keeps_secrets(&self.paper.text());
        assert_keeps_secrets(&onlooker.told.join("\n"));
        assert_keeps_secrets(&format!("{result:?}"));
        result
    }

    pub(crate) fn live(&mut self) -> Estate {
        self.driver.discover().unwrap()
    }

    pub(crate) fn driver(&mut self) -> &mut Cloud {
        &mut self.driver
    }

    /// The cloud is where the plan leads, with what it chose on the way.
    #[track_caller]
    pub(crate) fn is_at_end(&mut self, what: &str) {
        let bindings = History::of(&self.paper.entries).bindings;
        let mut end = self.plan.before.clone();
        for step in &self.plan.steps {
            step.change.bound(&bindings).effect(&mut end).unwrap();
        }
        self.is(&end, what);
    }

    /// The cloud is where it was before the plan.
    #[track_caller]
    pub(crate) fn is_at_start(&mut self, what: &str) {
        self.is(&self.plan.before.clone(), what);
    }

    #[track_caller]
    fn is(&mut self, wanted: &Estate, what: &str) {
        let differences = drift(wanted, &self.live());
        assert!(
            differences.is_empty(),
            "{what}: {differences:#?}\n{}",
            self.paper.tail()
        );
    }
}

pub(crate) fn open(endpoint: &str) -> Cloud {
    let account = Account {
        region: "us-east-1".into(),
        profile: None,
        endpoint: Some(endpoint.to_owned()),
    };
    let cloud = Cloud::open(&account).unwrap();
    cloud.pace(PACE).patience(PATIENCE)
}
