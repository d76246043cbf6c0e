//! A migration on about one screen: what needs a person first, then what will be done.

use super::page::{Ink, Look, Page};
use super::step::many;
use super::table::{Cell, Table};
use super::{address, decision, finding, headline, proof, step, words};
use crate::report::Report;

/// So many kinds of blockers and warnings are told.
const KINDS: usize = 5;

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    headline::write(report, &mut page);
    page.item(2, "", &outcome(report), Ink::Bold);
    promises(report, &mut page);
    blockers(report, &mut page);
    decisions(report, &mut page);
    if !report.addresses.is_empty() {
        address::write(&report.addresses, &mut page);
    }
    if !report.steps.is_empty() {
        step::write(report, &mut page);
    }
    step::losses(report, &mut page);
    step::by_itself(report, &mut page);
    warnings(report, &mut page);
    next(report, "nothing of the estate has been changed", &mut page);
    page.finish()
}

/// A line for each promise.
fn promises(report: &Report, page: &mut Page) {
    let Some(proof) = &report.proof else {
        let beside = "so many steps are not proved on the way: `sixward prove` does";
        page.heading("PROOF", Ink::Yellow, beside);
        return;
    };
    if proof.steps == 0 {
        return;
    }
    let (title, ink) = if proof.holds() {
        ("PROOF", Ink::Green)
    } else {
        ("PROOF: NOT KEPT", Ink::Red)
    };
    let beside = "of the state after each wave; `sixward prove` looks at each step";
    page.heading(title, ink, beside);
    proof::promises(proof, page);
}

fn blockers(report: &Report, page: &mut Page) {
    if report.blockers.is_empty() {
        return;
    }
    let beside = format!(
        "{}: left out of the plan",
        words::number(report.blockers.len())
    );
    page.heading("BLOCKERS", Ink::Red, &beside);
    finding::brief(&report.blockers, KINDS, report, page);
}

fn decisions(report: &Report, page: &mut Page) {
    let open = &report.decisions.open;
    if open.is_empty() {
        return;
    }
    let count = words::number(open.len());
    page.heading(
        "DECISIONS",
        Ink::Yellow,
        &format!("{count} open: answer under [answers] in intent.toml"),
    );
    decision::brief(open, headline::provider(report), page);
}

fn warnings(report: &Report, page: &mut Page) {
    let notes = match report.notes.len() {
        0 => String::new(),
        count => format!(", and {}", many(count, "note")),
    };
    if !report.warnings.is_empty() {
        let beside = format!(
            "{}{notes}: `sixward assess {}` says what helps",
            words::number(report.warnings.len()),
            report.source.given
        );
        page.heading("WARNINGS", Ink::Yellow, &beside);
        finding::brief(&report.warnings, KINDS, report, page);
    }
}

/// Why there is no step. That nothing was read is not that nothing is left.
pub(super) fn nothing(report: &Report) -> &'static str {
    let none = |noun| {
        report
            .found
            .counts
            .get(noun)
            .is_none_or(|count| *count == 0)
    };
    if none("network") {
        "Nothing can be planned: no network (VPC) was read"
    } else if none("subnet") {
        "Nothing can be planned: no subnet was read"
    } else if !report.decisions.open.is_empty() || !report.blockers.is_empty() {
        "Nothing can be done yet"
    } else {
        "Nothing is left to do"
    }
}

/// What the plan comes to, in a sentence.
fn outcome(report: &Report) -> String {
    let steps = match report.steps.len() {
        0 => nothing(report).to_owned(),
        steps => format!(
            "{} in {} to {}",
            many(steps, "step"),
            many(report.waves.len(), "wave"),
            report.profile
        ),
    };
    let open = match report.decisions.open.len() {
        0 => String::new(),
        1 => "; 1 decision is open".to_owned(),
        open => format!("; {} decisions are open", words::number(open)),
    };
    let blockers = match report.blockers.len() {
        0 => String::new(),
        blockers => format!("; {}", many(blockers, "blocker")),
    };
    format!("{steps}{blockers}{open}.")
}

pub(super) fn next(report: &Report, beside: &str, page: &mut Page) {
    if report.next.is_empty() {
        return;
    }
    page.heading("NEXT", Ink::Plain, beside);
    let mut table = Table::wrapping(1);
    for (place, action) in report.next.iter().enumerate() {
        table.row(vec![
            Cell::new(format!("{}.", place + 1), Ink::Plain),
            Cell::new(&action.what, Ink::Plain),
            Cell::new(action.command.as_deref().unwrap_or_default(), Ink::Green),
        ]);
    }
    page.table(2, &table);
}
