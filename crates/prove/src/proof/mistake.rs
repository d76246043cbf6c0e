//! The named hazards of a course of states: which are new, and whether one of them breaks P6.
//!
//! Looking for hazards is a pass over the whole estate, while the comparisons look only at what a step
//! changes: so who feeds the states says after which of them hazards are looked for.

use std::collections::BTreeSet;

use sixward_estate::{Code, Estate, Finding, Severity, Subject};

use super::breach::Breach;
use super::{Outcome, Promise, Verdict};
use crate::hazard::{self, Yardstick};

/// What was found so far.
#[derive(Debug)]
pub(super) struct Mistakes<'a> {
    yardstick: Yardstick<'a>,
    /// Of the state before the first step, or told already.
    told: BTreeSet<(Severity, Code, Subject)>,
    /// Words that were dropped before the first step.
    known: Vec<Finding>,
    /// Those that are dropped now and were not then.
    too_big: Vec<Finding>,
    /// Nothing of IPv6 has changed since they were looked for.
    current: bool,
}

/// What there is to say of a state.
#[derive(Debug)]
pub struct Hazards {
    /// P6: the word that a packet is too big comes through wherever packets do.
    pub verdict: Verdict,
    /// Those that were not there when they were last looked for, the gravest first: notes aside, and
    /// what P6 tells.
    pub fresh: Vec<Finding>,
}

impl<'a> Mistakes<'a> {
    pub(super) fn new(base: &'a Estate) -> Self {
        let yardstick = Yardstick::new(base);
        let found = yardstick.hazards(base);
        Self {
            told: BTreeSet::new(),
            known: found.into_iter().filter(is_too_big).collect(),
            too_big: Vec::new(),
            current: false,
            yardstick,
        }
    }

    /// IPv6 is another now.
    pub(super) fn stale(&mut self) {
        self.current = false;
    }

    pub(super) fn look(&mut self, state: &Estate) -> Hazards {
        if self.current {
            return Hazards {
                verdict: verdict(&self.too_big, Vec::new()),
                fresh: Vec::new(),
            };
        }
        self.current = true;
        let mut found = self.yardstick.hazards(state);
        let too_big = found.iter().filter(|it| is_too_big(it));
        let too_big = too_big.filter(|it| !self.known.contains(it));
        let too_big: Vec<_> = too_big.cloned().collect();
        let new = too_big.iter().filter(|it| !self.too_big.contains(it));
        let breaches = new.cloned().map(Breach::of_finding).collect();
        self.too_big = too_big;
        found.retain(|it| {
            if self.too_big.contains(it) {
                return false;
            }
            let key = || (it.severity, it.code.clone(), it.subject.clone());
            it.severity < Severity::Note && self.told.insert(key())
        });
        Hazards {
            verdict: verdict(&self.too_big, breaches),
            fresh: found,
        }
    }
}

fn verdict(too_big: &[Finding], breaches: Vec<Breach>) -> Verdict {
    let outcome = match too_big {
        [] => Outcome::Held,
        _ => Outcome::Broken,
    };
    Verdict {
        promise: Promise::PathMtu,
        outcome,
        breaches,
        more: false,
    }
}

fn is_too_big(finding: &Finding) -> bool {
    finding.code == hazard::PACKET_TOO_BIG
}
