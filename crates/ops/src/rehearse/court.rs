//! What packets show, state by state, against what is proved of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use sixward_estate::Estate;
use sixward_lab::{Carries, Flow, Held, Lab, NodeId, Prober, Seen, node_of};
use sixward_net::Family;
use sixward_plan::Plan;
use sixward_prove::proof::{Breach, Verdict};
use sixward_prove::trace::{Outcome, Trace, Tracer};
use sixward_prove::{End, L4, Packet};

use super::flow::{Trial, trials};
use super::held::Open;
use super::large::{Large, Passed};
use super::onward::{Oracle, each_target};
use crate::RehearseError;
use crate::apply::Promises;
use crate::probe::Probe;
use crate::report::rehearsal::{
    ChangeRow, MismatchRow, Rehearsed as Row, StateRow, Tally, WitnessRow,
};

/// Where source ports begin; each flow takes the next one, so that no connection of before is met.
const PORTS: std::ops::Range<u16> = 40_000..60_000;
/// So many flows of a family are tried in one state; the others take their turn in the next one.
const MOST: usize = 2_000;

/// Sends packets, and keeps what became of them.
pub(super) struct Court<'a> {
    plan: &'a Plan,
    prober: Prober,
    lab: Arc<Mutex<Lab>>,
    pub(super) row: Row,
    /// What became of each flow when it was last tried.
    known: BTreeMap<Name, bool>,
    pub(super) large: Large,
    pub(super) open: Vec<Open>,
    port: u16,
}

/// A flow by its ends, so that it is the same one when addresses change.
type Name = (Family, (End, String), (End, String), Probe);

impl<'a> Court<'a> {
    pub(super) fn new(plan: &'a Plan, prober: Prober, lab: Arc<Mutex<Lab>>) -> Self {
        Self {
            plan,
            prober,
            lab,
            row: Row::default(),
            known: BTreeMap::new(),
            large: Large::default(),
            open: Vec::new(),
            port: PORTS.start,
        }
    }

    pub(super) fn plan(&self) -> &'a Plan {
        self.plan
    }

    pub(super) fn finish(self) -> Row {
        self.row
    }

    /// What it sends packets by.
    pub(super) fn prober(&mut self) -> &mut Prober {
        &mut self.prober
    }

    /// Sends packets through a state.
    pub(super) fn look(
        &mut self,
        step: Option<String>,
        live: &Estate,
    ) -> Result<(), RehearseError> {
        self.follow()?;
        let after = self.row.states.len();
        self.still_open(live, after)?;
        let oracle = Oracle::new(live);
        let mut tallies = [Tally::default(); 2];
        let (mut passed, mut holdable) = (Vec::new(), Vec::new());
        for (family, tally) in [Family::V4, Family::V6].into_iter().zip(&mut tallies) {
            let trials = turn(self.trials(live, family), after);
            for trial in trials {
                if self.one(&oracle, family, &trial, after, tally)? {
                    passed.extend(Passed::of(family, &trial));
                    if matches!(trial.probe, Probe::Tcp(_)) && trial.chosen.is_none() {
                        holdable.push((family, trial));
                    }
                }
            }
        }
        let [ipv4, ipv6] = tallies;
        let large = self.much(&oracle.tracer, &passed, after)?;
        self.row.states.push(StateRow {
            after,
            step,
            ipv4,
            ipv6,
            large,
        });
        let verdicts = Promises::of(self.plan).ask(live, |proof| {
            let mut verdicts = proof.next(live);
            verdicts.push(proof.hazards().verdict);
            verdicts
        });
        self.vanished(&verdicts);
        self.witnesses(&oracle.tracer, &verdicts, after, live)?;
        self.hold(&holdable, live)
    }

    /// Judges the end of the plan: what IPv4 has and IPv6 does not.
    pub(super) fn end(&mut self, live: &Estate) -> Result<(), RehearseError> {
        let verdict = Promises::of(self.plan).ask(live, |proof| {
            proof.next(live);
            proof.end()
        });
        let after = self.row.states.len().saturating_sub(1);
        self.row.end = after;
        self.witnesses(&Tracer::new(live), &[verdict], after, live)
    }

    fn trials(&self, live: &Estate, family: Family) -> Vec<Trial> {
        let lab = self.lab.lock().unwrap_or_else(PoisonError::into_inner);
        each_target(trials(live, family), lab.layout(), live)
    }

    /// A node forgets what it knows of ways: what it is told of this one is told now.
    pub(super) fn forget_ways(&self, node: &NodeId) -> Result<(), RehearseError> {
        let lab = self.lab.lock().unwrap_or_else(PoisonError::into_inner);
        lab.forget_ways(node).map_err(RehearseError::Lab)
    }

    fn follow(&mut self) -> Result<(), RehearseError> {
        let lab = self.lab.lock().unwrap_or_else(PoisonError::into_inner);
        self.prober.follow(&lab).map_err(RehearseError::Probe)
    }

    /// Tries a flow, and says whether it passed.
    fn one(
        &mut self,
        oracle: &Oracle<'_>,
        family: Family,
        trial: &Trial,
        after: usize,
        tally: &mut Tally,
    ) -> Result<bool, RehearseError> {
        let packet = self.packet_of(family, trial);
        let expected = oracle.expects(trial, packet);
        let Some(seen) = self.send(&trial.from.node, packet)? else {
            return Ok(false);
        };
        if is_unbuilt(&seen) {
            self.row.unbuilt += 1;
            return Ok(false);
        }
        let passes = matches!(seen, Seen::Answered(_));
        tally.tried += 1;
        tally.passed += usize::from(passes);
        let (from, to) = (trial.from.name.clone(), trial.to.name.clone());
        let what = trial.probe.to_string();
        match expected.works {
            None => self.row.undetermined += 1,
            Some(works) if works != passes => self.mismatch(MismatchRow {
                after,
                family,
                from: from.clone(),
                to: to.clone(),
                what: what.clone(),
                packet,
                expected: expected.told,
                seen: told(&seen),
            }),
            Some(_) => {}
        }
        // IPv6 begins with addresses that were not there; what was there before is no change.
        let begins = after > 0 && family == Family::V6;
        let (sender, receiver) = (trial.from.end.clone(), trial.to.end.clone());
        let ends = ((sender, from.clone()), (receiver, to.clone()));
        let name = (family, ends.0, ends.1, trial.probe);
        let before = self.known.insert(name, passes);
        if before.unwrap_or(passes && !begins) != passes {
            self.row.changes.push(ChangeRow {
                after,
                family,
                from,
                to,
                what,
                passes,
            });
        }
        Ok(passes)
    }

    /// A flow is told once for all states in which it is wrong in the same way.
    pub(super) fn mismatch(&mut self, row: MismatchRow) {
        let same = |it: &MismatchRow| {
            (&it.from, &it.to, &it.what) == (&row.from, &row.to, &row.what)
                && (it.family, &it.expected, &it.seen) == (row.family, &row.expected, &row.seen)
        };
        if !self.row.mismatches.iter().any(same) {
            self.row.mismatches.push(row);
        }
    }

    /// Sends the packet that shows how a promise breaks.
    fn witnesses(
        &mut self,
        tracer: &Tracer<'_>,
        verdicts: &[Verdict],
        after: usize,
        live: &Estate,
    ) -> Result<(), RehearseError> {
        for verdict in verdicts {
            for breach in &verdict.breaches {
                // What IPv6 lacks is shown by the packet that does not get through.
                let path = breach.path.as_ref().map(|path| (&path.from, path.packet));
                let sent = breach.witness.as_ref().map(|(end, packet)| (end, *packet));
                let Some((end, packet)) = path.or(sent) else {
                    continue;
                };
                let known = self.row.witnesses.iter().any(|it| {
                    it.promise == verdict.promise && it.from == breach.from && it.to == breach.to
                });
                let Some(node) = node(live, end).filter(|_| !known) else {
                    continue;
                };
                if let Some(seen) = self.send(&node, packet)? {
                    let row = witness(verdict, breach, after, &tracer.trace(end, packet), &seen);
                    self.row.witnesses.push(row);
                }
            }
        }
        Ok(())
    }

    /// Sends a packet; nothing where the prober knows no such packet.
    fn send(&mut self, from: &NodeId, packet: Packet) -> Result<Option<Seen>, RehearseError> {
        let carries = match packet.l4 {
            L4::Tcp {
                source,
                destination,
            } => Carries::Tcp(Some(source), destination),
            L4::Udp {
                source,
                destination,
            } => Carries::Udp(Some(source), destination),
            L4::Icmp { kind: 8, code: 0 } | L4::Icmp6 { kind: 128, code: 0 } => Carries::Echo,
            _ => return Ok(None),
        };
        self.try_flow(from, packet, carries).map(Some)
    }

    pub(super) fn try_flow(
        &mut self,
        from: &NodeId,
        packet: Packet,
        carries: Carries,
    ) -> Result<Seen, RehearseError> {
        let flow = Flow {
            from: from.clone(),
            source: packet.source,
            destination: packet.destination,
            carries,
        };
        self.prober.try_flow(&flow).map_err(RehearseError::Probe)
    }

    pub(super) fn open_one(&mut self, flow: &Flow) -> Result<Option<Held>, RehearseError> {
        self.prober.hold(flow).map_err(RehearseError::Probe)
    }

    pub(super) fn is_open(&mut self, held: &Held) -> Result<Seen, RehearseError> {
        self.prober.is_open(held).map_err(RehearseError::Probe)
    }

    /// A trial's packet, from a port of its own.
    pub(super) fn packet_of(&mut self, family: Family, trial: &Trial) -> Packet {
        Packet {
            source: trial.from.address,
            destination: trial.to.address,
            l4: trial.probe.l4(family, self.port_for(trial)),
        }
    }

    /// A port that lets a load balancer choose as the trial wants it.
    fn port_for(&mut self, trial: &Trial) -> u16 {
        let mut port = self.next_port();
        if let Some(chosen) = trial.chosen {
            while port & chosen.mask != chosen.bits {
                port = self.next_port();
            }
        }
        port
    }

    fn next_port(&mut self) -> u16 {
        let port = self.port;
        self.port = if port + 1 < PORTS.end {
            port + 1
        } else {
            PORTS.start
        };
        port
    }
}

/// Not the provider's word: what is on its way is not built.
pub(super) fn is_unbuilt(seen: &Seen) -> bool {
    match seen {
        Seen::Dropped(drop) | Seen::AnswerDropped(drop) => drop.unknown,
        _ => false,
    }
}

/// What is tried of many flows in one state: in each another part of them.
fn turn(trials: Vec<Trial>, after: usize) -> Vec<Trial> {
    let parts = trials.len().div_ceil(MOST).max(1);
    let part = after % parts;
    let chosen = trials.into_iter().enumerate();
    let chosen = chosen.filter(|(at, _)| at % parts == part);
    chosen.map(|(_, trial)| trial).collect()
}

/// The node at which a flow begins.
pub(super) fn node(estate: &Estate, end: &End) -> Option<NodeId> {
    match end {
        End::Internet => Some(NodeId::Internet),
        End::Interface(id) => node_of(estate.interfaces.get(id)?),
        End::Site(link) => Some(NodeId::Site(link.clone())),
        End::Foreign(_) => None,
    }
}

fn witness(
    verdict: &Verdict,
    breach: &Breach,
    after: usize,
    trace: &Trace,
    seen: &Seen,
) -> WitnessRow {
    WitnessRow {
        after,
        promise: verdict.promise,
        sure: breach.outcome == sixward_prove::proof::Outcome::Broken,
        from: breach.from.clone(),
        to: breach.to.clone(),
        what: breach.traffic.clone(),
        decision: breach.decision.clone(),
        passes: matches!(seen, Seen::Answered(_)),
        as_proved: trace.works() == matches!(seen, Seen::Answered(_)),
        seen: told(seen),
    }
}

pub(super) fn expectation(trace: &Trace) -> String {
    match &trace.outcome {
        Outcome::Delivered(_) | Outcome::Service(_) => "answered".to_owned(),
        Outcome::Dropped(_) => {
            let hops = trace.back.last().or(trace.forward.last());
            let at = hops.map(|hop| format!(" at {} {}", hop.at.noun, hop.at.id));
            format!("dropped{}", at.unwrap_or_default())
        }
        Outcome::Undetermined(_) => "undetermined".to_owned(),
    }
}

pub(super) fn told(seen: &Seen) -> String {
    match seen {
        Seen::Answered(Some(source)) => format!("answered, seen as {source}"),
        Seen::Answered(None) => "answered".to_owned(),
        Seen::Dropped(drop) => format!("dropped by {}: {}", drop.by, drop.why),
        Seen::AnswerDropped(drop) => format!("the answer dropped by {}: {}", drop.by, drop.why),
        Seen::NoWay => "the sender has no way".to_owned(),
        Seen::Silent => "no answer".to_owned(),
    }
}
