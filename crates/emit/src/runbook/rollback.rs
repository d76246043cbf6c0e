//! The way back as a whole, and what it does not bring back.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sixward_plan::{Plan, Step};

use super::ROWS;
use super::summary::{all_by_hand, by_hand};
use crate::markdown::{cell, count, counted, table};
use crate::title;

pub(super) fn text(plan: &Plan) -> String {
    let mut text = if all_by_hand(plan) { BY_HAND } else { HOW }.to_owned();
    text.push_str(&losses(plan));
    text.push_str(&hands(plan));
    text
}

const HOW: &str = "\
## Rollback

Run `undo.sh`. It goes back from any point, the last step first: new interfaces no longer get addresses,
addresses are given back, then routes, gateways, rules, the blocks of subnets, and the blocks of
networks. What was never done counts as taken back. It does not stop at a failure: what remains is
listed at the end, and a second run tries again.

- Names first: withdraw the AAAA records and wait their TTL out before the first address goes.
- One step alone: `undo.sh --only N`. From a step downwards: `undo.sh --from N`.

";

const BY_HAND: &str = "\
## Rollback

Go back by hand, the last step first; `undo.sh` says in which order. Before the first address goes,
withdraw the AAAA records and wait their TTL out.

";

fn losses(plan: &Plan) -> String {
    let mut losses: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
    for step in plan.steps.iter().filter(|step| !step.loses.is_empty()) {
        losses.entry(step.loses.as_str()).or_default().push(step);
    }
    if losses.is_empty() {
        return "Everything is brought back.\n".to_owned();
    }
    let mut rows: Vec<_> = losses
        .iter()
        .take(ROWS)
        .map(|(loss, steps)| {
            let first = steps.first().map(|step| title(&step.change, plan));
            let more = match steps.len() {
                1 => String::new(),
                number => format!(", and {}", counted(number - 1, "more", "more")),
            };
            [cell(loss), cell(&first.unwrap_or_default()) + &more]
        })
        .collect();
    if losses.len() > ROWS {
        let more = count(losses.len() - ROWS);
        rows.push([format!("{more} more"), "see `plan.json`".to_owned()]);
    }
    let rows = table(["Not brought back", "Step"], &rows);
    format!("### What the way back does not bring back\n\n{rows}")
}

fn hands(plan: &Plan) -> String {
    let number = plan
        .steps
        .iter()
        .filter(|step| by_hand(&step.change, plan))
        .count();
    let mut text = String::new();
    if number > 0 {
        let _ = writeln!(
            text,
            "\n{} done by hand, and taken back by hand: the scripts only say when.",
            counted(number, "step is", "steps are")
        );
    }
    text
}
