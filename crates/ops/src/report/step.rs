//! Steps and waves, what the provider does by itself, and what no undo brings back.

use std::collections::BTreeMap;

use serde::Serialize;
use sixward_emit::title;
use sixward_estate::{FirewallId, FirewallKind, Subject};
use sixward_plan::{Change, Cost, Downtime, Plan, Risk, Stage, Step};

use super::found::firewall_noun;
use super::kind::kind;

/// A wave: its steps do not depend on one another.
#[derive(Debug, Clone, Serialize)]
pub struct WaveRow {
    /// Its number, from 1.
    pub wave: u32,
    /// Its stage.
    pub stage: Stage,
    /// How many steps it has.
    pub steps: usize,
    /// How many of each kind.
    pub kinds: BTreeMap<String, usize>,
    /// The greatest risk among them.
    pub risk: Risk,
    /// How many steps somebody notices.
    pub noticed: usize,
}

/// A step.
#[derive(Debug, Clone, Serialize)]
pub struct StepRow {
    /// Its number, from 1.
    pub number: u32,
    /// Its wave.
    pub wave: u32,
    /// Its stage.
    pub stage: Stage,
    /// What is done.
    pub title: String,
    /// Why.
    pub reason: String,
    /// What could go wrong.
    pub risk: Risk,
    /// Who notices.
    pub downtime: Downtime,
    /// What it costs.
    pub cost: Cost,
    /// What the way back does not bring back; empty when it brings back everything.
    pub loses: String,
    /// The way back, in order.
    pub undo: Vec<String>,
}

/// Rules that the provider adds by itself.
#[derive(Debug, Clone, Serialize)]
pub struct ByItself {
    /// The noun of the firewalls: `firewall-group`, `firewall-list`.
    pub noun: &'static str,
    /// What it adds: `ingress all from ::/0`.
    pub rules: Vec<String>,
    /// To which firewalls.
    pub firewalls: Vec<Subject>,
    /// After which steps.
    pub steps: Vec<u32>,
}

/// Something that the way back does not bring back.
#[derive(Debug, Clone, Serialize)]
pub struct Loss {
    /// What.
    pub what: String,
    /// The steps that lose it.
    pub steps: Vec<u32>,
}

pub(crate) fn waves(plan: &Plan) -> Vec<WaveRow> {
    let waves = plan.steps.chunk_by(|a, b| a.wave == b.wave);
    waves.filter_map(wave).collect()
}

fn wave(steps: &[Step]) -> Option<WaveRow> {
    let first = steps.first()?;
    let mut kinds = BTreeMap::new();
    for step in steps {
        *kinds.entry(kind(&step.change).to_owned()).or_default() += 1;
    }
    Some(WaveRow {
        wave: first.wave,
        stage: first.stage,
        steps: steps.len(),
        kinds,
        risk: steps.iter().map(|step| step.risk).max()?,
        noticed: steps
            .iter()
            .filter(|step| step.downtime != Downtime::None)
            .count(),
    })
}

pub(crate) fn steps(plan: &Plan) -> Vec<StepRow> {
    let row = |step: &Step| StepRow {
        number: step.number,
        wave: step.wave,
        stage: step.stage,
        title: title(&step.change, plan),
        reason: step.reason.to_string(),
        risk: step.risk,
        downtime: step.downtime,
        cost: step.cost,
        loses: step.loses.to_string(),
        undo: step.undo.iter().map(|change| title(change, plan)).collect(),
    };
    plan.steps.iter().map(row).collect()
}

/// Rules that the provider adds by itself; firewalls that get the same ones together.
pub(crate) fn by_itself(plan: &Plan) -> Vec<ByItself> {
    let mut opened: BTreeMap<&FirewallId, (u32, Vec<String>)> = BTreeMap::new();
    for step in &plan.steps {
        for change in &step.side_effects {
            if let Change::AddRule { firewall, rule } = change {
                let entry = opened.entry(firewall).or_insert((step.number, Vec::new()));
                entry.1.push(rule.to_string());
            }
        }
    }
    let mut rows: BTreeMap<(FirewallKind, Vec<String>), ByItself> = BTreeMap::new();
    for (id, (step, rules)) in opened {
        let Some(firewall) = plan.before.firewalls.get(id) else {
            continue;
        };
        let row = rows
            .entry((firewall.kind, rules.clone()))
            .or_insert_with(|| ByItself {
                noun: firewall_noun(firewall.kind),
                rules,
                firewalls: Vec::new(),
                steps: Vec::new(),
            });
        row.firewalls
            .push(Subject::new("firewall", id.as_str(), &firewall.name));
        row.steps.push(step);
    }
    let mut rows: Vec<_> = rows.into_values().collect();
    for row in &mut rows {
        row.steps.sort_unstable();
        row.steps.dedup();
    }
    rows
}

pub(crate) fn losses(plan: &Plan) -> Vec<Loss> {
    let mut losses: Vec<Loss> = Vec::new();
    for step in plan.steps.iter().filter(|step| !step.loses.is_empty()) {
        match losses
            .iter_mut()
            .find(|loss| loss.what == step.loses.as_str())
        {
            Some(loss) => loss.steps.push(step.number),
            None => losses.push(Loss {
                what: step.loses.to_string(),
                steps: vec![step.number],
            }),
        }
    }
    losses
}
