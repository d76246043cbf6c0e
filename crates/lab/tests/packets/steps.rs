//! The plan of the two-tier estate through the engine of `apply`, with packets after each wave, and all the
//! way back.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use sixward_apply::journal::{History, InMemory};
use sixward_apply::{Guard, Limits, Outcome, Walk, apply, rollback};
use sixward_estate::{Estate, HostId, InterfaceId, SmolStr};
use sixward_lab::{Carries, Flow, Lab, Layout, NodeId, Prober, Rehearsal, Seen};
use sixward_plan::{Plan, Step};
use sixward_sim::Sim;

use crate::given;

const WEB: &str = "i-0a11a11a11a11a11a";
const DB: &str = "i-0b22b22b22b22b22b";
const OUT4: &str = "203.0.113.200";
const OUT6: &str = "2001:db8:ffff::200";

pub(crate) fn forth_and_back() {
    let plan = given::planned("aws-two-tier");
    let before = Layout::rehearsed(&plan.before);
    let lab = Arc::new(Mutex::new(Lab::make(Layout::default()).unwrap()));
    let mut paper = InMemory::default();
    let sim = Sim::new(plan.before.clone(), 6);
    let sim = walk(&plan, sim, &lab, &mut paper, Way::Forth);
    assert_ne!(*lab.lock().unwrap().layout(), before, "the plan changed it");
    walk(&plan, sim, &lab, &mut paper, Way::Back);
    assert_eq!(
        *lab.lock().unwrap().layout(),
        before,
        "nothing is left of it"
    );
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Forth,
    Back,
}

fn walk(plan: &Plan, sim: Sim, lab: &Arc<Mutex<Lab>>, paper: &mut InMemory, way: Way) -> Sim {
    let mut driver = Rehearsal::new(sim, Arc::clone(lab)).unwrap();
    let prober = Prober::new(&lab.lock().unwrap()).unwrap();
    let mut guard = Packets {
        lab: Arc::clone(lab),
        prober,
        waves: Vec::new(),
    };
    let end = plan.before.clone();
    guard.look(0, &end);
    let mut walk = Walk {
        plan,
        history: History::of(&paper.entries),
        damaged: false,
        driver: &mut driver,
        journal: paper,
        watcher: &mut (),
        guard: (way == Way::Forth).then_some(&mut guard as &mut dyn Guard),
        by: "a test".into(),
        limits: Limits::default(),
    };
    let outcome = match way {
        Way::Forth => apply(&mut walk),
        Way::Back => rollback(&mut walk),
    };
    assert!(matches!(outcome, Ok(Outcome::Done { .. })), "{outcome:?}");
    let sim = driver.into_world();
    guard.look(0, &sim.estate().clone());
    if way == Way::Forth {
        // Web and database get their addresses in one wave, after filters and routes.
        let first = guard.waves.iter().position(|v6| *v6 == [true, true]);
        assert!(first.is_some_and(|wave| wave > 1), "{:?}", guard.waves);
        assert_eq!(guard.waves.last(), Some(&[true, true]));
    }
    sim
}

/// A judge who sends packets. IPv4 is as it was after each wave.
struct Packets {
    lab: Arc<Mutex<Lab>>,
    prober: Prober,
    /// After each wave: whether the web is reached over IPv6, and whether the database reaches out.
    waves: Vec<[bool; 2]>,
}

impl Packets {
    fn look(&mut self, wave: u32, live: &Estate) {
        let lab = self.lab.lock().unwrap();
        self.prober.follow(&lab).unwrap();
        drop(lab);
        let v4 = [
            (NodeId::Internet, OUT4, "198.51.100.2", 80, true),
            (NodeId::Internet, OUT4, "198.51.100.2", 22, false),
            (host(WEB), "10.0.0.10", "10.0.1.10", 3306, true),
            (host(DB), "10.0.1.10", OUT4, 443, true),
        ];
        for (from, source, to, port, passes) in v4 {
            assert_eq!(
                self.passes(from, source, to, port),
                passes,
                "wave {wave}: {to}:{port}"
            );
        }
        let own = |interface: &str| {
            let interface = live.interfaces.get(&InterfaceId::new(interface)).unwrap();
            interface.addresses6.first().map(ToString::to_string)
        };
        let web = own("eni-0a11a11a11a11a11a").is_some_and(|web| {
            assert!(
                !self.passes(NodeId::Internet, OUT6, &web, 22),
                "SSH stays closed"
            );
            self.passes(NodeId::Internet, OUT6, &web, 80)
        });
        let db = own("eni-0b22b22b22b22b22b").is_some_and(|db| {
            assert!(!self.passes(NodeId::Internet, OUT6, &db, 3306), "exposed");
            self.passes(host(DB), &db, OUT6, 443)
        });
        self.waves.push([web, db]);
    }

    fn passes(&mut self, from: NodeId, source: &str, to: &str, port: u16) -> bool {
        let flow = Flow {
            from,
            source: address(source),
            destination: address(to),
            carries: Carries::Tcp(None, port),
        };
        match self.prober.try_flow(&flow).unwrap() {
            Seen::Answered(_) => true,
            Seen::Dropped(_) => false,
            other => panic!("{flow:?}: {other:?}"),
        }
    }
}

impl Guard for Packets {
    fn holds(&mut self, wave: u32, live: &Estate) -> Result<(), SmolStr> {
        self.look(wave, live);
        Ok(())
    }

    fn will_hold(&mut self, _: &Estate, _: &[Step]) -> Result<(), SmolStr> {
        Ok(())
    }
}

fn host(id: &str) -> NodeId {
    NodeId::Host(HostId::new(id))
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}
