//! The promises, shown on every state that an estate passes through.
//!
//! It is fed states and believes nobody about what a step changes. What it finds broken comes with a
//! packet as witness, the packet's way, what decides it, and what would mend it. What touches
//! something that is not modelled is undetermined and says what that is.

mod breach;
mod mend;
mod promise;
mod twin;

use sixward_estate::{Estate, Finding};
use sixward_net::{Family, Ipv4Net, Ipv6Net};

pub use breach::{Breach, Kind};
pub use promise::{Outcome, Promise, Verdict};

use crate::hazard;
use crate::symbolic::Analysis;
use crate::symbolic::compare::{Comparison, Question, View};
use breach::Bench;

/// The promises of one course of states.
#[derive(Debug)]
pub struct Proof {
    base: Estate,
    first: Analysis,
    /// What of IPv4 is to be had over IPv6 in the end.
    wanted: Analysis,
    now: Analysis,
    state: Estate,
    twins: Vec<(Ipv4Net, Ipv6Net)>,
    /// What stands broken or undetermined, by promise.
    standing: Standing,
}

/// The comparisons of the state before.
#[derive(Debug, Default)]
struct Standing {
    lost: Comparison,
    gained: Comparison,
    exposed: Comparison,
    too_big: Vec<Finding>,
}

impl Proof {
    /// Begins with the state before the first step. `wanted` is that state without what is left out of
    /// IPv6 on purpose; `twins` are outside prefixes that mean the same in both families.
    pub fn begin(base: &Estate, wanted: &Estate, twins: Vec<(Ipv4Net, Ipv6Net)>) -> Self {
        let first = Analysis::new(base);
        Self {
            wanted: first.next(wanted),
            now: first.next(base),
            first,
            base: base.clone(),
            state: base.clone(),
            twins,
            standing: Standing::default(),
        }
    }

    /// The factors of the state that was fed last.
    pub fn analysis(&self) -> &Analysis {
        &self.now
    }

    /// The factors of the state before the first step.
    pub fn first(&self) -> &Analysis {
        &self.first
    }

    /// Goes on to the next state, and says of the promises that hold at every moment whether they do:
    /// IPv4 is as it was, nothing is newly exposed, path MTU works.
    pub fn next(&mut self, state: &Estate) -> Vec<Verdict> {
        let next = self.now.next(state);
        let same4 = next.shares(&self.now, Family::V4);
        let same6 = next.shares(&self.now, Family::V6);
        self.now = next;
        self.state = state.clone();
        vec![self.as_it_was(same4), self.exposed(same6), self.mtu(same6)]
    }

    /// P1: equal IPv4, before and after.
    fn as_it_was(&mut self, same: bool) -> Verdict {
        let (mut lost, mut gained) = (Comparison::default(), Comparison::default());
        if same {
            lost.clone_from(&self.standing.lost);
            gained.clone_from(&self.standing.gained);
        } else if !self.now.shares(&self.first, Family::V4) {
            lost = self.ask(&self.first, Family::V4, &self.now, Family::V4);
            gained = self.ask(&self.now, Family::V4, &self.first, Family::V4);
        }
        let bench = Bench::new(&self.base, &self.state, &self.twins);
        let breaches = bench.breaches(Kind::Lost, &lost, &self.standing.lost);
        let others = bench.breaches(Kind::Gained, &gained, &self.standing.gained);
        let breaches = breaches.into_iter().chain(others).collect();
        let verdict = Verdict::of(Promise::Ipv4AsItWas, &[&lost, &gained], breaches);
        self.standing.lost = lost;
        self.standing.gained = gained;
        verdict
    }

    /// P3: IPv6 within the image of the first state's IPv4, but for what IPv6 did already.
    fn exposed(&mut self, same: bool) -> Verdict {
        let exposed = if same {
            self.standing.exposed.clone()
        } else {
            let question = Question {
                nor: Some(&self.first),
                ..self.question(&self.now, Family::V6, &self.first, Family::V4)
            };
            question.answer()
        };
        let bench = Bench::new(&self.base, &self.state, &self.twins);
        let breaches = bench.breaches(Kind::Exposed, &exposed, &self.standing.exposed);
        let verdict = Verdict::of(Promise::NothingExposed, &[&exposed], breaches);
        self.standing.exposed = exposed;
        verdict
    }

    /// P6: the word that a packet is too big comes through wherever packets do.
    fn mtu(&mut self, same: bool) -> Verdict {
        let found = if same {
            self.standing.too_big.clone()
        } else {
            let found = hazard::hazards(&self.base, &self.state).into_iter();
            let known = hazard::hazards(&self.base, &self.base);
            let mut found: Vec<_> = found
                .filter(|it| it.code == hazard::PACKET_TOO_BIG)
                .collect();
            found.retain(|it| !known.contains(it));
            found
        };
        let fresh = found
            .iter()
            .filter(|it| !self.standing.too_big.contains(it));
        let breaches = fresh.cloned().map(Breach::of_finding).collect();
        let outcome = if found.is_empty() {
            Outcome::Held
        } else {
            Outcome::Broken
        };
        self.standing.too_big = found;
        Verdict {
            promise: Promise::PathMtu,
            outcome,
            breaches,
            more: false,
        }
    }

    /// P2, on the last state: IPv6 has what IPv4 had, as far as it is wanted and both ends have IPv6.
    pub fn end(&self) -> Verdict {
        let missing = self.ask(&self.wanted, Family::V4, &self.now, Family::V6);
        let bench = Bench::new(&self.base, &self.state, &self.twins);
        let breaches = bench.breaches(Kind::Missing, &missing, &Comparison::default());
        Verdict::of(Promise::Ipv6AsIpv4, &[&missing], breaches)
    }

    fn ask(&self, of: &Analysis, family: Family, beyond: &Analysis, other: Family) -> Comparison {
        self.question(of, family, beyond, other).answer()
    }

    fn question<'a>(
        &'a self,
        of: &'a Analysis,
        family: Family,
        beyond: &'a Analysis,
        other: Family,
    ) -> Question<'a> {
        let view = |analysis, family| View { analysis, family };
        Question {
            of: view(of, family),
            beyond: view(beyond, other),
            nor: None,
            twins: &self.twins,
        }
    }
}
