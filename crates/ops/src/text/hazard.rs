//! Mistakes that have names, each where it first appears.

use sixward_estate::{Provider, Severity};
use sixward_plan::Symbol;

use super::page::{Ink, Page};
use super::{flow, words};
use crate::report::proof::HazardRow;

/// So many are told in full.
const MOST: usize = 10;

pub(super) fn write(
    hazards: &[HazardRow],
    symbols: &[Symbol],
    provider: Provider,
    page: &mut Page,
) {
    if hazards.is_empty() {
        return;
    }
    let beside = format!(
        "{}: mistakes that have names; whether the plan is safe, the promises say",
        words::number(hazards.len())
    );
    page.heading("HAZARDS", Ink::Yellow, &beside);
    let groups = fold(hazards);
    for group in groups.iter().take(MOST) {
        one(group, symbols, provider, page);
    }
    if groups.len() > MOST {
        let more = words::number(groups.len() - MOST);
        page.line(
            2,
            &format!("and {more} more: `--json` has them all"),
            Ink::Dim,
        );
    }
}

fn one(group: &[&HazardRow], symbols: &[Symbol], provider: Provider, page: &mut Page) {
    let Some(first) = group.first() else { return };
    let finding = &first.finding;
    let when = match first.after {
        0 => "before the plan".to_owned(),
        step => format!("after step {step}"),
    };
    let when = match first.graver_after {
        Some(step) => format!("{when}, in earnest after step {step}"),
        None => when,
    };
    let more = match group.len() {
        1 => String::new(),
        count => format!(" and {} more", words::number(count - 1)),
    };
    let subject = words::subject(provider, &finding.subject);
    let message = said(symbols, provider, &finding.message);
    let ink = match (&first.accepted, finding.severity) {
        (None, Severity::Blocker) => Ink::Red,
        (None, Severity::Warning) => Ink::Yellow,
        _ => Ink::Plain,
    };
    let text = format!("{when}: {subject}{more}: {message}");
    page.item(2, "- ", &text, ink);
    match &first.accepted {
        Some(answer) => page.item(
            4,
            "accepted: ",
            &format!("{answer} in the intent"),
            Ink::Dim,
        ),
        None if finding.help.is_empty() => {}
        None => page.item(4, "→ ", &said(symbols, provider, &finding.help), Ink::Plain),
    }
    page.line(4, finding.code.as_str(), Ink::Dim);
}

fn said(symbols: &[Symbol], provider: Provider, text: &str) -> String {
    words::spoken(provider, &flow::brief(symbols, text))
}

/// Those that say the same of several things after one step.
fn fold(hazards: &[HazardRow]) -> Vec<Vec<&HazardRow>> {
    let mut groups: Vec<Vec<&HazardRow>> = Vec::new();
    for row in hazards {
        let key = |row: &HazardRow| {
            let finding = &row.finding;
            let said = (finding.code.clone(), finding.message.clone());
            let when = (row.after, row.graver_after);
            (when, said, finding.help.clone(), row.accepted.clone())
        };
        let same = |group: &&mut Vec<&HazardRow>| {
            group.first().is_some_and(|first| key(first) == key(row))
        };
        match groups.iter_mut().rev().find(same) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}
