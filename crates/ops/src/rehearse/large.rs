//! Much data over the flows that pass: it gets through the narrow link on the way to the internet where the word
//! arrives that packets are too large, and vanishes where that is dropped (P6).

use std::collections::BTreeSet;

use sixward_estate::SmolStr;
use sixward_lab::{Carries, LEAST, NodeId, Seen};
use sixward_net::Family;
use sixward_prove::L4;
use sixward_prove::proof::{Outcome, Promise, Verdict};
use sixward_prove::trace::{self, Trace, Tracer};

use super::court::{Court, told};
use super::flow::Trial;
use crate::RehearseError;
use crate::probe::Probe;
use crate::report::rehearsal::{MismatchRow, Tally, VanishRow, WitnessRow};

/// What vanishes in a state, with who drops the word.
pub(super) type Large = Vec<(VanishRow, Option<SmolStr>)>;

/// A flow that passed, and can be asked to carry much.
pub(super) struct Passed {
    family: Family,
    trial: Trial,
}

impl Passed {
    /// A connection with the internet.
    pub(super) fn of(family: Family, trial: &Trial) -> Option<Self> {
        let ends = [&trial.from.node, &trial.to.node];
        // What a balancer hands on in one family the kernel hands on packet by packet, which the provider does not.
        let whole = trial
            .chosen
            .is_none_or(|chosen| chosen.target.is_ipv4() != trial.to.address.is_ipv4());
        let with_internet = ends.contains(&&NodeId::Internet);
        let asked = matches!(trial.probe, Probe::Tcp(_)) && with_internet && whole;
        asked.then(|| Self {
            family,
            trial: trial.clone(),
        })
    }
}

impl Court<'_> {
    /// Sends much data over one flow of each pair.
    pub(super) fn much(
        &mut self,
        tracer: &Tracer<'_>,
        passed: &[Passed],
        after: usize,
    ) -> Result<Tally, RehearseError> {
        self.large.clear();
        let mut tally = Tally::default();
        let mut asked = BTreeSet::new();
        for Passed { family, trial } in passed {
            if asked.insert((trial.from.address, trial.to.address)) {
                self.one_large(tracer, *family, trial, after, &mut tally)?;
            }
        }
        Ok(tally)
    }

    fn one_large(
        &mut self,
        tracer: &Tracer<'_>,
        family: Family,
        trial: &Trial,
        after: usize,
        tally: &mut Tally,
    ) -> Result<(), RehearseError> {
        let packet = self.packet_of(family, trial);
        let L4::Tcp {
            source,
            destination,
        } = packet.l4
        else {
            return Ok(());
        };
        let outwards = trial.to.node == NodeId::Internet;
        let word = if outwards {
            tracer.too_big(&trial.from.end, packet)
        } else {
            about_the_answer(tracer, &tracer.trace(&trial.from.end, packet))
        };
        // Where nothing is said of the word, nothing can be expected.
        let Some(word) = word else {
            return Ok(());
        };
        let sender = if outwards { &trial.from } else { &trial.to };
        self.forget_ways(&sender.node)?;
        let carries = Carries::Large(Some(source), destination);
        let seen = self.try_flow(&trial.from.node, packet, carries)?;
        if super::court::is_unbuilt(&seen) {
            self.row.unbuilt += 1;
            return Ok(());
        }
        let through = matches!(seen, Seen::Answered(_));
        tally.tried += 1;
        tally.passed += usize::from(through);
        let what = trial.probe.to_string();
        match &word.outcome {
            trace::Outcome::Undetermined(_) => self.row.undetermined += 1,
            outcome if matches!(outcome, trace::Outcome::Dropped(_)) == through => {
                let expected = match outcome {
                    trace::Outcome::Dropped(_) => "large packets vanish",
                    _ => "large packets get through",
                };
                self.mismatch(MismatchRow {
                    after,
                    family,
                    from: trial.from.name.clone(),
                    to: trial.to.name.clone(),
                    what: format!("{what}, large packets"),
                    packet,
                    expected: expected.to_owned(),
                    seen: told(&seen),
                });
            }
            _ => {}
        }
        if !through {
            let by = match &seen {
                Seen::Dropped(drop) | Seen::AnswerDropped(drop) => Some(drop.by.clone()),
                _ => None,
            };
            let row = VanishRow {
                after,
                family,
                from: trial.from.name.clone(),
                to: trial.to.name.clone(),
                what,
                by: by.as_ref().map(SmolStr::to_string).unwrap_or_default(),
                seen: told(&seen),
            };
            self.large.push((row.clone(), by));
            let same = |it: &VanishRow| {
                VanishRow {
                    after,
                    ..it.clone()
                } == row
            };
            if !self.row.vanishing.iter().any(same) {
                self.row.vanishing.push(row);
            }
        }
        Ok(())
    }

    /// Shows by a connection that hangs who drops the word.
    pub(super) fn vanished(&mut self, verdicts: &[Verdict]) {
        let all = verdicts.iter().filter(|it| it.promise == Promise::PathMtu);
        for breach in all.flat_map(|it| &it.breaches) {
            let told = &self.row.witnesses;
            if told.iter().any(|it| it.decision == breach.decision) {
                continue;
            }
            let by = breach.decided_by.as_ref().map(|subject| &subject.id);
            let mut seen = self.large.iter();
            let shows = |(row, dropped): &&(VanishRow, Option<SmolStr>)| {
                row.family == Family::V6 && dropped.as_ref() == by
            };
            if let Some((row, _)) = seen.find(shows) {
                self.row.witnesses.push(WitnessRow {
                    after: row.after,
                    promise: Promise::PathMtu,
                    sure: breach.outcome == Outcome::Broken,
                    from: vec![row.from.clone()],
                    to: vec![row.to.clone()],
                    what: format!("{} in packets of more than {LEAST} bytes", row.what),
                    decision: breach.decision.clone(),
                    passes: false,
                    as_proved: true,
                    seen: row.seen.clone(),
                });
            }
        }
    }
}

/// Whether who answers hears that an answer is too large: the answer is taken for a flow of its own.
fn about_the_answer(tracer: &Tracer<'_>, trace: &Trace) -> Option<Trace> {
    let trace::Outcome::Delivered(end) = &trace.outcome else {
        return None;
    };
    tracer.too_big(end, trace.back.first()?.packet)
}
