//! The head of the runbook: how much, how risky, who notices, what does not come back.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sixward_estate::{Provider, Severity};
use sixward_plan::{Change, Downtime, Plan, Risk, Stage, Step};

use super::ROWS;
use crate::markdown::{cell, count, counted, table};
use crate::place::place_of;
use crate::title;

pub(super) fn text(plan: &Plan) -> String {
    let networks = plan.addresses.networks.len();
    let mut text = format!(
        "# Runbook: IPv6 for {}\n\n",
        counted(networks, "network", "networks")
    );
    let scripts = if all_by_hand(plan) {
        "All are done by hand: `apply.sh` and `undo.sh` say in which order."
    } else {
        "`apply.sh` carries them out, `undo.sh` takes them back; both can be cut off and run again."
    };
    let _ = writeln!(
        text,
        "{} in {}. {scripts}\n`plan.json` has every step in full.\n",
        counted(plan.steps.len(), "step", "steps"),
        counted(plan.waves() as usize, "wave", "waves"),
    );
    text.push_str("## At a glance\n\n");
    text.push_str(&stages(plan));
    text.push('\n');
    text.push_str(&attention(plan));
    text
}

fn stages(plan: &Plan) -> String {
    let mut by_stage: BTreeMap<Stage, Vec<&Step>> = BTreeMap::new();
    for step in &plan.steps {
        by_stage.entry(step.stage).or_default().push(step);
    }
    let rows: Vec<_> = by_stage
        .iter()
        .map(|(stage, steps)| row(plan, *stage, steps))
        .collect();
    let head = [
        "Stage",
        "Waves",
        "Steps",
        "Highest risk",
        "Downtime",
        "By hand",
    ];
    table(head, &rows)
}

fn row(plan: &Plan, stage: Stage, steps: &[&Step]) -> [String; 6] {
    let waves = steps.iter().map(|step| step.wave);
    let waves = (waves.clone().min().unwrap_or(0), waves.max().unwrap_or(0));
    let risk = steps
        .iter()
        .map(|step| step.risk)
        .max()
        .unwrap_or(Risk::None);
    let down = steps
        .iter()
        .filter(|step| step.downtime != Downtime::None)
        .count();
    let hands = steps
        .iter()
        .filter(|step| by_hand(&step.change, plan))
        .count();
    let or_dash = |number| match number {
        0 => "-".to_owned(),
        number => count(number),
    };
    [
        stage.title().to_owned(),
        match waves {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}-{last}"),
        },
        count(steps.len()),
        risk.to_string(),
        or_dash(down),
        or_dash(hands),
    ]
}

/// Whether a change is done inside hosts or zones, or at a provider that has no scripts here.
pub(super) fn by_hand(change: &Change, plan: &Plan) -> bool {
    let inside = matches!(
        change,
        Change::ConfigureGuest { .. }
            | Change::RestoreGuest { .. }
            | Change::OpenTunnel { .. }
            | Change::CloseTunnel { .. }
            | Change::JoinTunnel { .. }
            | Change::LeaveTunnel { .. }
            | Change::PublishNames { .. }
            | Change::WithdrawNames { .. }
    );
    let place = place_of(&plan.before, change);
    inside || place.is_some_and(|place| place.provider != Provider::Aws)
}

/// Whether the scripts do nothing but say what comes next.
pub(super) fn all_by_hand(plan: &Plan) -> bool {
    plan.steps.iter().all(|step| by_hand(&step.change, plan))
}

/// What a reviewer must not miss, each with its number.
fn attention(plan: &Plan) -> String {
    let blockers = plan
        .assessment
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Blocker)
        .count();
    let open = plan.assessment.decisions.open.len();
    let mut text = format!(
        "- {} and {} (next section)\n",
        counted(blockers, "blocker", "blockers"),
        counted(open, "open decision", "open decisions"),
    );
    let down = |step: &&Step| step.downtime != Downtime::None;
    let down: Vec<_> = plan.steps.iter().filter(down).collect();
    text.push_str(&steps_line(
        plan,
        [
            "interrupts something that runs",
            "interrupt something that runs",
        ],
        "No step interrupts anything that runs",
        &down,
    ));
    let loses: Vec<_> = plan
        .steps
        .iter()
        .filter(|step| !step.loses.is_empty())
        .collect();
    text.push_str(&steps_line(
        plan,
        ["cannot be taken back whole (see Rollback)"; 2],
        "Every step can be taken back whole",
        &loses,
    ));
    text.push('\n');
    text
}

fn steps_line(plan: &Plan, [one, many]: [&str; 2], none: &str, steps: &[&Step]) -> String {
    if steps.is_empty() {
        return format!("- {none}\n");
    }
    let what = if steps.len() == 1 { one } else { many };
    let mut text = format!("- {} {what}:\n", counted(steps.len(), "step", "steps"));
    for step in steps.iter().take(ROWS) {
        let what = cell(&title(&step.change, plan));
        let _ = writeln!(text, "  - step {}: {what}", step.number);
    }
    if steps.len() > ROWS {
        let _ = writeln!(
            text,
            "  - and {} more: see `plan.json`",
            count(steps.len() - ROWS)
        );
    }
    text
}
