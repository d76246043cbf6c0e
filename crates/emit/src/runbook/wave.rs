//! The waves: what, why, risk, downtime, cost, how to check, and the way back.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sixward_plan::{Plan, Stage, Step};

use super::ROWS;
use super::group::{folded, kind};
use super::summary::by_hand;
use crate::markdown::{cell, count, counted, table};
use crate::{aws, title};

pub(super) fn text(plan: &Plan) -> String {
    let waves = plan.steps.chunk_by(|a, b| a.wave == b.wave);
    waves.map(|steps| wave(plan, steps)).collect()
}

/// What the provider does by itself, under which step.
pub(super) fn by_itself(plan: &Plan) -> String {
    let effects: Vec<_> = plan
        .steps
        .iter()
        .flat_map(|step| step.side_effects.iter().map(move |change| (step, change)))
        .collect();
    if effects.is_empty() {
        return String::new();
    }
    let mut text = "## What the provider does by itself\n\nA network's first IPv6 block opens filters that \
                    were never changed. The plan counts this in: `apply.sh` looks whether it\nhappened, adds \
                    what did not, and `undo.sh` removes it.\n\n"
        .to_owned();
    let rows: Vec<_> = effects
        .iter()
        .take(ROWS)
        .map(|(step, change)| [step.number.to_string(), cell(&title(change, plan))])
        .collect();
    text.push_str(&table(["With step", "What"], &rows));
    if effects.len() > ROWS {
        let more = count(effects.len() - ROWS);
        let _ = writeln!(text, "\nAnd {more} more like these: see `plan.json`.");
    }
    text.push('\n');
    text
}

fn wave(plan: &Plan, steps: &[Step]) -> String {
    let Some(first) = steps.first() else {
        return String::new();
    };
    let mut text = format!(
        "## Wave {}: {}, {}\n\n",
        first.wave,
        first.stage.title(),
        counted(steps.len(), "step", "steps")
    );
    let mut kinds: Vec<(&str, Vec<&Step>)> = Vec::new();
    for step in steps {
        let kind = kind(&step.change);
        match kinds.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, group)) => group.push(step),
            None => kinds.push((kind, vec![step])),
        }
    }
    for (kind, group) in &kinds {
        text.push_str(&of_kind(plan, kind, group));
    }
    let (go, no_go) = gate(first.stage);
    let _ = writeln!(
        text,
        "**Go on when** {go}  \n**Stop and go back when** {no_go}\n"
    );
    text
}

fn of_kind(plan: &Plan, kind: &str, steps: &[&Step]) -> String {
    let mut text = format!("### {kind}: {}\n\n", count(steps.len()));
    let reasons = distinct(steps, |step| step.reason.as_str());
    if let [reason] = reasons.as_slice() {
        let _ = writeln!(text, "Why: {reason}.  ");
    }
    let _ = writeln!(
        text,
        "Risk: {}. Downtime: {}. Cost: {}.\n",
        distinct(steps, |step| step.risk).join(", "),
        distinct(steps, |step| step.downtime).join(", "),
        distinct(steps, |step| step.cost).join("; "),
    );
    if steps.len() > ROWS {
        let _ = writeln!(text, "{} The first of them:\n", folded(plan, steps));
    }
    let shown = if steps.len() > ROWS { 3 } else { ROWS };
    text.push_str(&rows(plan, steps, shown, reasons.len() > 1));
    text.push_str(&check_and_back(plan, steps));
    text
}

fn rows(plan: &Plan, steps: &[&Step], shown: usize, why: bool) -> String {
    let steps = steps.iter().take(shown);
    let row = |step: &&Step| [step.number.to_string(), cell(&title(&step.change, plan))];
    let mut text = if why {
        let rows: Vec<_> = steps
            .map(|step| {
                let [number, what] = row(step);
                [number, what, cell(&step.reason)]
            })
            .collect();
        table(["Step", "What", "Why"], &rows)
    } else {
        table(["Step", "What"], &steps.map(row).collect::<Vec<_>>())
    };
    text.push('\n');
    text
}

fn check_and_back(plan: &Plan, steps: &[&Step]) -> String {
    let Some(first) = steps.first() else {
        return String::new();
    };
    let mut text = String::new();
    if let Some(check) = aws::check(&first.change, plan) {
        let _ = writeln!(text, "Check: `{check}`  ");
    }
    let back: Vec<_> = first
        .undo
        .iter()
        .map(|change| title(change, plan))
        .collect();
    let many = if back.len() > 1 {
        format!(" and {} before it", counted(back.len() - 1, "more", "more"))
    } else {
        String::new()
    };
    let how = if by_hand(&first.change, plan) {
        "by hand"
    } else {
        "`undo.sh`"
    };
    if let Some(last) = back.last() {
        let example = if steps.len() > 1 { "such as " } else { "" };
        let _ = writeln!(text, "Way back: {how}, {example}{}{many}.\n", cell(last));
    }
    text
}

/// The distinct words of steps, sorted.
fn distinct<'a, T: Ord + ToString>(
    steps: &[&'a Step],
    word: impl Fn(&'a Step) -> T,
) -> Vec<String> {
    let words: BTreeSet<T> = steps.iter().map(|step| word(step)).collect();
    let mut words: Vec<_> = words.iter().map(T::to_string).collect();
    words.sort();
    words
}

/// When to go on after a wave of a stage, and when not.
fn gate(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Blocks => (
            "every block is associated, of the planned size, and IPv4 works as before.",
            "a block is of another size or pool than planned: every later address depends on it.",
        ),
        Stage::Routes => (
            "every table shows its new routes as active, and IPv4 works as before.",
            "a route is a blackhole, or leads where the IPv4 route does not.",
        ),
        Stage::Filters => (
            "every rule is there, and `sixward prove` says that nothing is newly exposed.",
            "a rule is there that is not in the plan: find out who added it first.",
        ),
        Stage::MachineTypes => (
            "every host runs again, answers over IPv4 with its old addresses, and its service is healthy.",
            "a host does not start, or lost a disk or a public IPv4 address that it needs.",
        ),
        Stage::Addresses => (
            "every interface shows its address, IPv4 works as before, and nothing answers from outside that \
             should not.",
            "something answers over IPv6 that IPv4 does not let in.",
        ),
        Stage::Tunnels => (
            "`sixward-teredo status` says `qualified` on each client, and its filter is loaded.",
            "a client is offline: it says why; or something answers through the tunnel that IPv4 does not \
             let in.",
        ),
        Stage::Guests => (
            "each host lists its address, has an IPv6 default route, and its services listen on it.",
            "a host hangs on boot or loses IPv4: put its guest back first.",
        ),
        Stage::Services => (
            "each service answers over both families from where its clients are.",
            "targets turn unhealthy, or clients over IPv4 see errors.",
        ),
        Stage::Names => (
            "each name's addresses all answer over IPv6, from outside, with large packets too.",
            "one address of a name does not answer: withdraw the AAAA records and wait their TTL out.",
        ),
    }
}
