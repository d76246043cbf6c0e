//! The kernel against `prove`: random small estates, flow by flow. What either does not know is not
//! compared, and counted.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};
use sixward_estate::{Estate, Interface, InterfaceId, Subject, write_snapshot};
use sixward_lab::{Carries, Flow, Lab, Layout, NodeId, Prober, Seen};
use sixward_net::Family;
use sixward_prove::trace::{Cause, Decision, Hop, Outcome, Trace, Tracer};
use sixward_prove::{End, L4, Packet};

use crate::dress::dresses;
use crate::estates::addresses;
use crate::palette::remotes;
use crate::served::{Served, served};
use crate::spec::{Kind, specs};

const PATIENCE: Duration = Duration::from_millis(250);

/// How it went.
#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    dropped: usize,
    /// `prove` does not say.
    undetermined: usize,
    /// The lab does not build it.
    unbuilt: usize,
    /// Much data got through, or vanished for want of the word that it is too large.
    large: usize,
    /// Passed through a load balancer.
    handed_on: usize,
    vanished: usize,
    different: Vec<String>,
}

pub(crate) fn small_estates() {
    let total = RefCell::new(Tally::default());
    let mut config = ProptestConfig::with_cases(cases());
    config.failure_persistence = None;
    config.max_shrink_iters = config.max_shrink_iters.min(300);
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(RandomState::new().hash_one(0));
    }
    let seed = config.rng_seed;
    let mut runner = TestRunner::new(config);
    let result = runner.run(&(specs(Kind::Mixed), dresses()), |(mut spec, dress)| {
        // The lab has tunnels of hosts only, as plans have them; these interfaces are nobody's hosts.
        spec.tunnelled.fill(false);
        let one = compared(&dress.put_on(spec.estate(|family| family)));
        total.borrow_mut().add(&one);
        prop_assert!(one.different.is_empty(), "{}", one.different.join("\n"));
        Ok(())
    });
    let total = total.into_inner();
    println!("{} estates, {seed:?}: {total}", cases());
    if let Err(error) = result {
        if let TestError::Fail(why, (spec, dress)) = &error {
            keep(
                &dress.put_on(spec.estate(|family| family)),
                &why.to_string(),
            );
        }
        panic!("{error}");
    }
    // What agrees on nothing shows nothing.
    let each = usize::try_from(cases()).unwrap();
    assert!(total.passed > 40 * each && total.dropped > 200 * each);
}

/// Writes a disagreement down, as small as it was made, so that `sixward explain` and `rehearse` can be asked about it.
fn keep(estate: &Estate, why: &str) {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let folder = target.join("fuzz-lab/disagreement");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("estate.json"),
        write_snapshot(estate, &[]).unwrap(),
    )
    .unwrap();
    fs::write(folder.join("README.md"), why).unwrap();
    println!("kept in {}", folder.display());
}

/// `SIXWARD_CASES=3000` for a long run; `PROPTEST_RNG_SEED` is the number that is printed.
fn cases() -> u32 {
    let asked = std::env::var("SIXWARD_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(40)
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.dropped += other.dropped;
        self.undetermined += other.undetermined;
        self.unbuilt += other.unbuilt;
        self.large += other.large;
        self.handed_on += other.handed_on;
        self.vanished += other.vanished;
    }
}

fn compared(estate: &Estate) -> Tally {
    let lab = Lab::make(Layout::rehearsed(estate)).unwrap();
    let mut prober = Prober::new(&lab).unwrap();
    prober.patience(PATIENCE);
    let mut judge = Judge {
        estate,
        tracer: Tracer::new(estate),
        lab,
        prober,
        tally: Tally::default(),
    };
    for family in [Family::V4, Family::V6] {
        let ends = addresses(estate, family);
        for (id, source) in &ends {
            let from = End::Interface(id.clone());
            for (_, destination) in ends.iter().filter(|(other, _)| other != id) {
                judge.ask(&from, *source, *destination);
            }
            let own = estate.interfaces.get(id).unwrap();
            for remote in remotes(family) {
                judge.ask(&from, *source, remote);
                if let Some(public) = public(own, *source) {
                    judge.ask(&End::Internet, remote, public);
                }
            }
        }
    }
    judge.tally
}

/// How the internet calls an interface.
fn public(interface: &Interface, own: IpAddr) -> Option<IpAddr> {
    match own {
        IpAddr::V4(_) => interface.addresses4[0].public.map(IpAddr::V4),
        IpAddr::V6(_) => Some(own),
    }
}

struct Judge<'a> {
    estate: &'a Estate,
    tracer: Tracer<'a>,
    lab: Lab,
    prober: Prober,
    tally: Tally,
}

impl Judge<'_> {
    fn ask(&mut self, from: &End, source: IpAddr, destination: IpAddr) {
        // What a balancer sends it sends for others: with the ports that they chose.
        let own = self.lab.layout().nodes.get(&node(from));
        if own.is_some_and(|own| !own.serves.is_empty()) {
            return;
        }
        for (l4, carries) in packets(source.is_ipv4()) {
            let packet = Packet {
                source,
                destination,
                l4,
            };
            let mut trace = self.tracer.trace(from, packet);
            let mut handed_on = false;
            match served(self.estate, self.lab.layout(), &self.tracer, &trace) {
                Served::Itself => {}
                Served::Unknown => trace.outcome = Outcome::Undetermined(Subject::new("", "", "")),
                Served::Refused => trace.outcome = Outcome::Dropped(Cause::Nobody),
                Served::Onward(second) => {
                    handed_on = true;
                    trace = *second;
                }
            }
            if matches!(trace.outcome, Outcome::Undetermined(_)) {
                self.tally.undetermined += 1;
                continue;
            }
            let flow = Flow {
                from: node(from),
                source,
                destination,
                carries,
            };
            if handed_on {
                self.free_ports();
            }
            let mut seen = self.prober.try_flow(&flow).unwrap();
            if seen == Seen::Silent && !unheard(&trace) {
                // A busy machine may be late, and a log may lose a word.
                self.prober.patience(Duration::from_secs(2));
                seen = self.prober.try_flow(&flow).unwrap();
                self.prober.patience(PATIENCE);
            }
            self.judge(&flow, &trace, &seen);
            if handed_on {
                self.tally.handed_on += usize::from(matches!(seen, Seen::Answered(_)));
            } else if let (true, Seen::Answered(_), L4::Tcp { .. }) = (trace.works(), &seen, l4) {
                self.large(&trace, flow);
            }
        }
    }

    /// Balancers that still keep earlier flows in mind would give this one other ports, which lists may see.
    fn free_ports(&self) {
        let nodes = self.lab.layout().nodes.iter();
        for (id, _) in nodes.filter(|(_, node)| !node.serves.is_empty()) {
            self.lab.forget_connections(id).unwrap();
        }
    }

    /// Much data over a flow with the internet, through a link that carries less than its ends know.
    fn large(&mut self, trace: &Trace, mut flow: Flow) {
        let Carries::Tcp(from, to) = flow.carries else {
            return;
        };
        let outwards = trace.outcome == Outcome::Delivered(End::Internet);
        let (word, sender) = if outwards {
            let word = self.tracer.too_big(&trace.from, trace.packet);
            (word, flow.from.clone())
        } else if let (End::Internet, Outcome::Delivered(end)) = (&trace.from, &trace.outcome) {
            (self.tracer.too_big(end, trace.back[0].packet), node(end))
        } else {
            return;
        };
        // Where the answer is no flow of its own nothing is said of it.
        let Some(word) = word else { return };
        self.lab.forget_ways(&sender).unwrap();
        flow.carries = Carries::Large(from, to);
        let seen = self.prober.try_flow(&flow).unwrap();
        let tally = &mut self.tally;
        match (&word.outcome, &seen) {
            (Outcome::Undetermined(_), _) => tally.undetermined += 1,
            (_, Seen::Dropped(drop) | Seen::AnswerDropped(drop)) if drop.unknown => {
                tally.unbuilt += 1;
            }
            (Outcome::Dropped(_), Seen::Dropped(_) | Seen::AnswerDropped(_))
            | (Outcome::Dropped(Cause::Estranged), Seen::Silent) => tally.vanished += 1,
            (Outcome::Delivered(_), Seen::Answered(_)) => tally.large += 1,
            _ => tally.different.push(format!(
                "large packets: {seen:?}\nbut prove says of the word\n{word}\nof\n{trace}"
            )),
        }
    }

    fn judge(&mut self, flow: &Flow, trace: &Trace, seen: &Seen) {
        let tally = &mut self.tally;
        match (trace.works(), seen) {
            (_, Seen::Dropped(drop) | Seen::AnswerDropped(drop)) if drop.unknown => {
                tally.unbuilt += 1;
            }
            (true, Seen::Answered(_)) => tally.passed += 1,
            (false, Seen::Silent) if unheard(trace) => tally.dropped += 1,
            (false, Seen::Dropped(_) | Seen::AnswerDropped(_) | Seen::NoWay) => tally.dropped += 1,
            _ => tally
                .different
                .push(format!("{flow:?}\n{seen:?}\nbut prove says\n{trace}")),
        }
    }
}

/// No filter drops it: the sender does not know what the answer is, or it goes round until its hops are used up.
/// Or the filter's word is not known for this flow's: a NAT gateway takes the answer for something that begins, and
/// gives it other ports.
fn unheard(trace: &Trace) -> bool {
    let translated = |hops: &[Hop]| -> BTreeSet<Subject> {
        let all = hops
            .iter()
            .filter(|hop| matches!(hop.what, Decision::Translated(_)));
        all.map(|hop| hop.at.clone()).collect()
    };
    matches!(
        trace.outcome,
        Outcome::Dropped(Cause::Estranged | Cause::Loop)
    ) || !translated(&trace.back).is_subset(&translated(&trace.forward))
}

fn packets(v4: bool) -> Vec<(L4, Carries)> {
    let pairs = [(1024, 80), (32_768, 443), (61_001, 1024), (1023, 79)];
    let mut packets = Vec::new();
    for (source, destination) in pairs {
        let tcp = L4::Tcp {
            source,
            destination,
        };
        packets.push((tcp, Carries::Tcp(Some(source), destination)));
    }
    let udp = L4::Udp {
        source: 32_768,
        destination: 80,
    };
    packets.push((udp, Carries::Udp(Some(32_768), 80)));
    let echo = if v4 {
        L4::Icmp { kind: 8, code: 0 }
    } else {
        L4::Icmp6 { kind: 128, code: 0 }
    };
    packets.push((echo, Carries::Echo));
    packets
}

fn node(end: &End) -> NodeId {
    match end {
        End::Interface(id) => NodeId::Interface(InterfaceId::clone(id)),
        _ => NodeId::Internet,
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} of them by balancers, {} dropped, large {} passed, {} vanished, {} undetermined, {} not built, {} different",
            self.passed,
            self.handed_on,
            self.dropped,
            self.large,
            self.vanished,
            self.undetermined,
            self.unbuilt,
            self.different.len()
        )
    }
}
