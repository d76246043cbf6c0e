//! The scripts as files: head, functions, one line for each step, and the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sixward_estate::{Block6, FirewallKind, NetworkId, Place};
use sixward_plan::{Change, Step};

use super::line::{Context, Line};
use super::shell::{Noun, functions, quote};
use super::{line, network};
use crate::place::place_of;
use crate::title;

/// How many security groups are read in one call; a filter takes 200 values.
const TOGETHER: usize = 100;

pub(super) fn apply(context: &Context<'_>) -> String {
    let mut body = Body::default();
    let mut wave = 0;
    for step in &context.plan.steps {
        if step.wave != wave {
            wave = step.wave;
            body.heading(wave, step);
        }
        body.line(context, "step", step.number, &step.change);
        for change in &step.side_effects {
            body.line(context, "also", step.number, change);
        }
    }
    body.finish(context, "apply")
}

pub(super) fn undo(context: &Context<'_>) -> String {
    let mut body = Body::default();
    let mut wave = 0;
    for step in context.plan.steps.iter().rev() {
        if step.wave != wave {
            wave = step.wave;
            body.heading(wave, step);
        }
        for change in &step.undo {
            body.line(context, "step", step.number, change);
        }
    }
    body.finish(context, "undo")
}

#[derive(Debug, Default)]
struct Body {
    lines: String,
    place: Option<String>,
    nouns: BTreeSet<Noun>,
}

impl Body {
    fn heading(&mut self, wave: u32, step: &Step) {
        let _ = writeln!(self.lines, "\n# Wave {wave}: {}", step.stage.title());
    }

    fn line(&mut self, context: &Context<'_>, word: &str, number: u32, change: &Change) {
        let title = title(change, context.plan);
        let title = quote(&title);
        match line(context, change) {
            Line::Call(call) => {
                self.nouns.insert(call.noun);
                let place = place_word(place_of(&context.plan.before, change));
                if self.place.as_ref() != Some(&place) {
                    let _ = writeln!(self.lines, "at {}", quote(&place));
                    self.place = Some(place);
                }
                let mode = call.mode.word();
                let _ = write!(self.lines, "{word} {number} {title} {mode} {}", call.verb);
                for arg in &call.args {
                    let _ = write!(self.lines, " {}", quote(arg));
                }
                self.lines.push('\n');
            }
            Line::ByHand(why) => {
                let _ = writeln!(self.lines, "by_hand {number} {title} {}", quote(why));
            }
        }
    }

    fn finish(self, context: &Context<'_>, direction: &str) -> String {
        let mut script = head(context, direction);
        script.push('\n');
        script.push_str(&functions(&self.nouns));
        script.push_str("\n# --- The plan.\n\nbegin \"$@\"\n\n");
        script.push_str(&declarations(context));
        if self.nouns.contains(&Noun::Firewall) {
            script.push_str(&batches(context));
        }
        script.push_str(&self.lines);
        script.push_str("\nfinish\n");
        script
    }
}

fn head(context: &Context<'_>, direction: &str) -> String {
    let total = context.plan.steps.len();
    let (what, note) = match direction {
        "undo" => ("takes back", losses(context)),
        _ => ("carries out", String::new()),
    };
    format!(
        "#!/usr/bin/env bash\n\
         # Written by sixward. It {what} the {total} steps of a plan, one line each, at the end of this file;\n\
         # what the functions before them do is the same for every plan.\n\
         {note}\
         set -euo pipefail\n\n\
         script_name={direction}.sh\n\
         script_title='{}: {what} a plan of {total} steps that brings IPv6 to an IPv4 estate'\n\
         direction={direction}\n\
         plan_token={:016x}\n\
         total={total}\n",
        if direction == "undo" {
            "undo.sh"
        } else {
            "apply.sh"
        },
        context.fingerprint,
    )
}

/// What no way back brings back, said where somebody is about to take it.
fn losses(context: &Context<'_>) -> String {
    let losses: BTreeSet<_> = context
        .plan
        .steps
        .iter()
        .filter(|step| !step.loses.is_empty())
        .map(|step| step.loses.as_str())
        .collect();
    let mut text = String::new();
    for loss in losses {
        let loss: String = loss
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let _ = writeln!(text, "# Not brought back: {loss}.");
    }
    text
}

/// The networks whose blocks the script must find.
fn declarations(context: &Context<'_>) -> String {
    let plan = context.plan;
    let planned = plan.addresses.networks.iter();
    let mut blocks: BTreeMap<&NetworkId, &Block6> = planned
        .filter(|(_, row)| !row.existing)
        .map(|(network, row)| (network, &row.block))
        .collect();
    for change in plan
        .steps
        .iter()
        .flat_map(|step| step.undo.iter().chain([&step.change]))
    {
        if let Change::AddNetworkBlock { network, block }
        | Change::RemoveNetworkBlock { network, block } = change
        {
            blocks.insert(network, block);
        }
    }
    let declared = blocks.iter().map(|(network, block)| {
        let place = plan
            .before
            .networks
            .get(network)
            .map(|network| &network.place);
        network::declaration(network, &place_word(place), block)
    });
    declared.collect()
}

/// The security groups of the plan, in batches that are read in one call each.
fn batches(context: &Context<'_>) -> String {
    let plan = context.plan;
    let mut groups: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for change in plan
        .steps
        .iter()
        .flat_map(|step| step.undo.iter().chain([&step.change]))
    {
        let (Change::AddRule { firewall, .. } | Change::RemoveRule { firewall, .. }) = change
        else {
            continue;
        };
        let known = plan.before.firewalls.get(firewall);
        if known.is_some_and(|firewall| firewall.kind == FirewallKind::Group) {
            let place = place_word(place_of(&plan.before, change));
            groups.entry(place).or_default().insert(firewall.as_str());
        }
    }
    let mut text = String::new();
    for group in groups.values() {
        let group: Vec<_> = group.iter().map(|id| quote(id)).collect();
        for batch in group.chunks(TOGETHER) {
            let _ = writeln!(text, "together {}", batch.join(" "));
        }
    }
    text
}

/// `123456789012/us-east-1`, or the region alone.
fn place_word(place: Option<&Place>) -> String {
    match place {
        Some(place) if place.account.is_empty() => place.region.to_string(),
        Some(place) => format!("{}/{}", place.account, place.region),
        None => String::new(),
    }
}
