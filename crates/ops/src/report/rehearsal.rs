//! A rehearsal: what packets showed in each state of a plan, and how the plan went there and back.

mod clients;

use serde::Serialize;
use sixward_apply::Outcome;
use sixward_net::Family;
use sixward_plan::{Bindings, Plan};
use sixward_prove::Packet;
use sixward_prove::proof::Promise;

use super::walk::{LeftRow, left};
pub use clients::{Clients, HarmRow, NameRow, VisitRow};

/// A plan that was rehearsed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Rehearsed {
    /// The plan's file; none when it was made for this rehearsal.
    pub plan: Option<String>,
    /// How many steps were rehearsed.
    pub steps: usize,
    /// How many nodes the lab had before them.
    pub nodes: usize,
    /// The part of the estate that was rehearsed; none when all of it was.
    pub sample: Option<Sample>,
    /// What packets showed in each state: before, after each change that was made, and on the way back.
    pub states: Vec<StateRow>,
    /// Which of them is the end of the plan.
    pub end: usize,
    /// Flows that begin to pass, or no longer do.
    pub changes: Vec<ChangeRow>,
    /// How often it was looked whether a connection that is held open still stands.
    pub held: usize,
    /// Connections that were held open, and no longer stand.
    pub cut: Vec<CutRow>,
    /// Flows of which packets show something else than what is proved.
    pub mismatches: Vec<MismatchRow>,
    /// Packets that show how a promise breaks.
    pub witnesses: Vec<WitnessRow>,
    /// Flows that come about, and whose large packets vanish.
    pub vanishing: Vec<VanishRow>,
    /// What clients of the internet found under the names of hosts.
    pub clients: Clients,
    /// How many flows nothing was proved of: something that is not modelled decides them.
    pub undetermined: usize,
    /// How many flows cross something that the lab does not build: nothing was seen of them.
    pub unbuilt: usize,
    /// How the plan ended.
    pub forth: End,
    /// How the way back ended.
    pub back: End,
    /// After the way back every wire, route and filter is what it was.
    pub as_before: bool,
}

/// A part of an estate in its stead.
#[derive(Debug, Clone, Serialize)]
pub struct Sample {
    /// So many interfaces.
    pub interfaces: usize,
    /// Of so many.
    pub of: usize,
    /// That stand in so many different ways.
    pub classes: usize,
}

/// A state.
#[derive(Debug, Clone, Serialize)]
pub struct StateRow {
    /// Its place, from 0.
    pub after: usize,
    /// What was done before it; none for the first.
    pub step: Option<String>,
    /// Flows over IPv4.
    pub ipv4: Tally,
    /// Flows over IPv6.
    pub ipv6: Tally,
    /// Flows with the internet that much data was sent over, through a link that carries as little as a link may.
    pub large: Tally,
}

/// What became of some flows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// So many were tried.
    pub tried: usize,
    /// So many of them were answered.
    pub passed: usize,
}

/// A flow that is not what it was.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeRow {
    /// In which state.
    pub after: usize,
    /// The family.
    pub family: Family,
    /// Who sends.
    pub from: String,
    /// Who receives.
    pub to: String,
    /// What is sent.
    pub what: String,
    /// Whether it passes now.
    pub passes: bool,
}

/// A connection that was held open, and no longer stands.
#[derive(Debug, Clone, Serialize)]
pub struct CutRow {
    /// In which state.
    pub after: usize,
    /// The family.
    pub family: Family,
    /// Who began it.
    pub from: String,
    /// Who took it.
    pub to: String,
    /// What it is.
    pub what: String,
    /// What was seen.
    pub seen: String,
}

/// A flow whose large packets vanish: nobody hears that they are too large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VanishRow {
    /// In which state first.
    pub after: usize,
    /// The family.
    pub family: Family,
    /// Who sends the flow's first packet.
    pub from: String,
    /// Who receives it.
    pub to: String,
    /// What is sent.
    pub what: String,
    /// Who drops the word.
    pub by: String,
    /// What was seen.
    pub seen: String,
}

/// A flow that is not as it was proved.
#[derive(Debug, Clone, Serialize)]
pub struct MismatchRow {
    /// In which state.
    pub after: usize,
    /// The family.
    pub family: Family,
    /// Who sends.
    pub from: String,
    /// Who receives.
    pub to: String,
    /// What is sent.
    pub what: String,
    /// As a packet.
    pub packet: Packet,
    /// What was proved.
    pub expected: String,
    /// What was seen.
    pub seen: String,
}

/// A packet that shows how a promise breaks.
#[derive(Debug, Clone, Serialize)]
pub struct WitnessRow {
    /// In which state.
    pub after: usize,
    /// The promise.
    pub promise: Promise,
    /// Whether it is broken for sure.
    pub sure: bool,
    /// Who sends.
    pub from: Vec<String>,
    /// Who receives.
    pub to: Vec<String>,
    /// What breaks it.
    pub what: String,
    /// What decides it.
    pub decision: String,
    /// Whether the packet was answered.
    pub passes: bool,
    /// Whether that is what was proved of it.
    pub as_proved: bool,
    /// What was seen.
    pub seen: String,
}

/// How a walk ended.
#[derive(Debug, Clone, Default, Serialize)]
pub struct End {
    /// In a word: `done`, `failed`, `broken`.
    pub outcome: &'static str,
    /// What is left.
    pub left: Vec<LeftRow>,
}

impl Rehearsed {
    /// Whether everything went as planned, and every packet as proved.
    pub fn holds(&self) -> bool {
        self.as_before
            && [&self.forth, &self.back]
                .iter()
                .all(|end| end.outcome == "done")
            && self.mismatches.is_empty()
            && self.clients.harms.is_empty()
            && !self
                .changes
                .iter()
                .any(|change| change.family == Family::V4)
            && !self.cut.iter().any(|cut| cut.family == Family::V4)
            && !self.witnesses.iter().any(|witness| witness.sure)
    }

    /// What was done before a state.
    pub(crate) fn step(&self, after: usize) -> Option<&str> {
        self.states.get(after)?.step.as_deref()
    }
}

impl End {
    pub(crate) fn of(outcome: &Outcome, plan: &Plan) -> Self {
        Self {
            outcome: outcome.word(),
            left: left(plan, &Bindings::default(), outcome),
        }
    }
}
