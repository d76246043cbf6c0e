//! What is there against what was planned: the answer first, then what is amiss.

use sixward_prove::proof::Outcome;

use super::page::{Ink, Look, Page};
use super::step::many;
use super::table::{Cell, Table};
use super::{headline, words};
use crate::report::Report;
use crate::report::verified::Verified;

/// So many lines of a kind are told.
const LINES: usize = 20;

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    if let Some(row) = &report.verified {
        let beside = format!("{}, {}", row.plan, row.world);
        page.spans(0, &[("sixward verify  ", Ink::Bold), (&beside, Ink::Plain)]);
        state(report, row, &mut page);
        meaning(row, &mut page);
        probes(row, &mut page);
        super::summary::next(report, "", &mut page);
    }
    page.finish()
}

fn state(report: &Report, row: &Verified, page: &mut Page) {
    let unseen = match row.unseen {
        0 => String::new(),
        unseen => format!(
            "; {} in hosts and zones, which no call shows",
            many(unseen, "step")
        ),
    };
    let there = format!(
        "{} of {} are there{unseen}",
        row.there,
        many(row.steps, "step")
    );
    if row.amiss.is_empty() && row.differences.is_empty() {
        page.heading("STATE: AS PLANNED", Ink::Green, &there);
        return;
    }
    page.heading("STATE: NOT AS PLANNED", Ink::Red, &there);
    let provider = headline::provider(report);
    let mut table = Table::wrapping(1);
    if !row.amiss.is_empty() {
        let head = ["step", "", "expected", "seen"];
        table.row(head.map(|title| Cell::new(title, Ink::Dim)).to_vec());
    }
    for standing in row.amiss.iter().take(LINES) {
        table.row(vec![
            Cell::number(standing.step.to_string(), Ink::Dim),
            Cell::new(words::spoken(provider, &standing.title), Ink::Plain),
            Cell::new(standing.expected, Ink::Plain),
            Cell::new(standing.seen.clone(), Ink::Yellow),
        ]);
    }
    page.table(2, &table);
    more(row.amiss.len(), page);
    for difference in row.differences.iter().take(LINES) {
        let text = words::spoken(provider, &difference.to_string());
        page.item(2, "- ", &text, Ink::Yellow);
    }
    more(row.differences.len(), page);
}

fn probes(row: &Verified, page: &mut Page) {
    let Some(rows) = &row.probes else { return };
    let (title, ink) = match rows.iter().filter(|row| !row.holds).count() {
        0 => ("FROM HERE: EVERYTHING ANSWERS", Ink::Green),
        _ => ("FROM HERE: NOT EVERYTHING ANSWERS", Ink::Red),
    };
    page.heading(
        title,
        ink,
        "one port of what the internet may reach; a refusal arrived too",
    );
    let mut table = Table::wrapping(4);
    for row in rows {
        let ink = if row.holds { Ink::Green } else { Ink::Red };
        table.row(vec![
            Cell::new(row.who.clone(), Ink::Bold),
            Cell::new(row.target.clone(), Ink::Plain),
            Cell::new(row.family.to_string(), Ink::Dim),
            Cell::new(row.expected, Ink::Plain),
            Cell::new(row.seen.clone(), ink),
        ]);
    }
    page.table(2, &table);
}

fn more(count: usize, page: &mut Page) {
    if count > LINES {
        let text = format!(
            "and {} more: `--json` has them all",
            words::number(count - LINES)
        );
        page.line(2, &text, Ink::Dim);
    }
}

fn meaning(row: &Verified, page: &mut Page) {
    let kept = row.promises.iter().all(|it| it.outcome == Outcome::Held);
    let (title, ink) = if kept {
        ("MEANING: EVERY PROMISE IS KEPT", Ink::Green)
    } else {
        ("MEANING: NOT EVERY PROMISE IS KEPT", Ink::Red)
    };
    page.heading(
        title,
        ink,
        "on the live estate, against the one before the plan",
    );
    let mut table = Table::new([]);
    for promise in &row.promises {
        let (word, ink) = match promise.outcome {
            Outcome::Held => ("proved", Ink::Green),
            Outcome::Undetermined => ("UNDETERMINED", Ink::Yellow),
            Outcome::Broken => ("BROKEN", Ink::Red),
        };
        table.row(vec![
            Cell::new(promise.promise.to_string(), Ink::Bold),
            Cell::new(promise.title, Ink::Plain),
            Cell::new(word, ink),
        ]);
    }
    page.table(2, &table);
    for breach in row.breaches.iter().take(LINES) {
        page.item(2, "- ", breach, Ink::Plain);
    }
    more(row.breaches.len(), page);
}
