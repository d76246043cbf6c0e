//! What was proved: each promise on every state, what breaks it, and mistakes that have names.

use serde::Serialize;
use sixward_emit::title;
use sixward_estate::Finding;
use sixward_plan::{Plan, Step, Symbol, Symbols};
use sixward_prove::proof::{Breach, Outcome, Promise, Verdict};
use sixward_prove::trace::{self, Trace};

use super::FlowRow;
use super::flow::shown;

/// A proof of a plan.
#[derive(Debug, Clone, Serialize)]
pub struct Proved {
    /// The plan's file; none when it was made for this proof.
    pub plan: Option<String>,
    /// How many steps the plan has.
    pub steps: usize,
    /// Blocks that the provider has not chosen yet, and what addresses have in their place.
    pub symbols: Vec<Symbol>,
    /// What was looked at.
    pub scope: Scope,
    /// The promises in order.
    pub promises: Vec<PromiseRow>,
    /// What breaks them, or may, in the order of the steps.
    pub breaches: Vec<BreachRow>,
    /// Mistakes that have names, where they first appear.
    pub hazards: Vec<HazardRow>,
}

/// What was looked at.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Scope {
    /// How many interfaces the estate has.
    pub interfaces: usize,
    /// How many of them have IPv6 in the end.
    pub served: usize,
    /// How many IPv4 rules and routes IPv6 is not measured by: questions about them are open, or were
    /// answered so.
    pub left_out: usize,
    /// How many questions are open.
    pub open: usize,
    /// Sites behind links, and networks that are not in the estate on the far side of peerings.
    pub far: usize,
    /// Other links to what is not in the estate: flows with what is behind them were not looked at.
    pub unseen: usize,
    /// Only the states between waves were looked at.
    pub waves: bool,
    /// Hazards and P6 were looked for between waves.
    pub hazards_by_wave: bool,
}

/// A promise over all states.
#[derive(Debug, Clone, Serialize)]
pub struct PromiseRow {
    /// The promise.
    pub promise: Promise,
    /// It in words.
    pub title: &'static str,
    /// The worst that was said of it.
    pub outcome: Outcome,
    /// In how many states it was looked at.
    pub states: usize,
    /// After which steps it does not hold; 0 is before the first.
    pub after: Vec<u32>,
}

/// What breaks a promise.
#[derive(Debug, Clone, Serialize)]
pub struct BreachRow {
    /// After which step; 0 is before the first.
    pub after: u32,
    /// What that step does.
    pub step: Option<String>,
    /// The promise.
    pub promise: Promise,
    /// More of the kind were left out.
    pub more: bool,
    /// What breaks it; the ways of its witness stand beside it.
    #[serde(flatten)]
    pub breach: Breach,
    /// What becomes of the witness in this state.
    pub way: Option<FlowRow>,
    /// What becomes of what it is measured by: the other family, or the state before the plan.
    pub measure: Option<FlowRow>,
}

/// A hazard where it first appears.
#[derive(Debug, Clone, Serialize)]
pub struct HazardRow {
    /// After which step; 0 is before the first.
    pub after: u32,
    /// What that step does.
    pub step: Option<String>,
    /// After which step it passes packets, where that is later.
    pub graver_after: Option<u32>,
    /// What it is, as grave as it becomes.
    #[serde(flatten)]
    pub finding: Finding,
    /// The answer in the intent by which a person took it upon herself.
    pub accepted: Option<String>,
}

/// What the checker says of a certificate.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CertificateRow {
    /// The certificate's file.
    pub file: String,
    /// The plan's file; none when it was made for this check.
    pub plan: Option<String>,
    /// How many steps the plan has.
    pub steps: usize,
    /// Blocks that the provider has not chosen yet.
    pub symbols: Vec<Symbol>,
    /// How many states there are.
    pub states: usize,
    /// How many tables were derived.
    pub tables: usize,
    /// At how many addresses.
    pub points: usize,
    /// The steps after which the IPv4 tables are not what they were.
    pub ipv4_differs: Vec<u32>,
    /// What the certificate says of promises that are not kept: step, promise and word. Not checked.
    pub said: Vec<(u32, String, String)>,
    /// Why it is not believed.
    pub refusal: Option<RefusalRow>,
}

/// Why a certificate is not believed.
#[derive(Debug, Clone, Serialize)]
pub struct RefusalRow {
    /// The step, the family, the table, the column and the address, as far as they matter.
    pub at: String,
    /// What the certificate says there.
    pub claimed: String,
    /// What the estate says.
    pub derived: String,
}

/// What is said of one state.
#[derive(Debug)]
pub(crate) struct StateProof<'a> {
    pub(crate) after: u32,
    pub(crate) step: Option<&'a Step>,
    pub(crate) verdicts: Vec<Verdict>,
}

impl Proved {
    pub(crate) fn new(
        plan: &Plan,
        scope: Scope,
        states: Vec<StateProof<'_>>,
        hazards: Vec<HazardRow>,
    ) -> Self {
        let promises = Promise::ALL.into_iter();
        let promises = promises.map(|promise| PromiseRow::new(promise, &states));
        Self {
            plan: None,
            steps: plan.steps.len(),
            symbols: plan.symbols.as_slice().to_vec(),
            scope,
            promises: promises.collect(),
            breaches: states
                .into_iter()
                .flat_map(|state| breaches(plan, state))
                .collect(),
            hazards,
        }
    }

    /// Whether every promise is kept for sure.
    pub fn holds(&self) -> bool {
        let mut promises = self.promises.iter();
        promises.all(|row| row.outcome == Outcome::Held)
    }
}

impl PromiseRow {
    fn new(promise: Promise, states: &[StateProof<'_>]) -> Self {
        let said = states.iter().flat_map(|state| {
            let verdicts = state.verdicts.iter();
            verdicts.map(|verdict| (state.after, verdict))
        });
        let said: Vec<_> = said.filter(|(_, it)| it.promise == promise).collect();
        let worst = said.iter().map(|(_, verdict)| verdict.outcome).max();
        let open = said.iter().filter(|(_, it)| it.outcome != Outcome::Held);
        Self {
            promise,
            title: promise.title(),
            outcome: worst.unwrap_or(Outcome::Held),
            states: said.len(),
            after: open.map(|(after, _)| *after).collect(),
        }
    }
}

impl HazardRow {
    pub(crate) fn new(
        plan: &Plan,
        step: Option<&Step>,
        mut finding: Finding,
        accepted: Option<String>,
    ) -> Self {
        let symbols = &plan.symbols;
        finding.message = shown(symbols, &finding.message);
        finding.help = shown(symbols, &finding.help);
        let evidence = finding.evidence.iter().map(|line| shown(symbols, line));
        finding.evidence = evidence.collect();
        Self {
            after: step.map_or(0, |step| step.number),
            step: step.map(|step| title(&step.change, plan)),
            graver_after: None,
            finding,
            accepted,
        }
    }
}

fn breaches(plan: &Plan, state: StateProof<'_>) -> impl Iterator<Item = BreachRow> {
    let (step, after) = (state.step, state.after);
    let verdicts = state.verdicts.into_iter();
    verdicts.flat_map(move |verdict| {
        let (promise, more) = (verdict.promise, verdict.more);
        verdict.breaches.into_iter().map(move |mut breach| {
            let path = breach.path.take();
            let measure = breach.yardstick.take();
            breach.decision = shown(&plan.symbols, &breach.decision);
            breach.mend = shown(&plan.symbols, &breach.mend);
            BreachRow {
                after,
                step: step.map(|step| title(&step.change, plan)),
                promise,
                more,
                way: path.map(|trace| way(&trace, &plan.symbols)),
                measure: measure.map(|trace| way(&trace, &plan.symbols)),
                breach,
            }
        })
    })
}

fn way(trace: &Trace, symbols: &Symbols) -> FlowRow {
    // It is the packet's own way that is shown: wherever it ends, it arrives.
    let end = match &trace.outcome {
        trace::Outcome::Delivered(end) => end,
        _ => &sixward_prove::End::Internet,
    };
    FlowRow::new(trace, end, [None, None], symbols)
}
