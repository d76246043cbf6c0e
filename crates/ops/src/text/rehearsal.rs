//! A rehearsal as text: the answer first, then what is amiss, then state by state what packets showed.

mod clients;

use std::collections::BTreeMap;

use sixward_estate::Provider;
use sixward_net::Family;

use super::page::{Ink, Look, Page};
use super::step::many;
use super::table::{Cell, Table};
use super::{headline, words};
use crate::report::Report;
use crate::report::rehearsal::{CutRow, End, Rehearsed, StateRow, Tally};

/// So many lines of a kind are told.
const LINES: usize = 20;

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    if let Some(row) = &report.rehearsal {
        let provider = headline::provider(report);
        head(report, row, &mut page);
        amiss(row, provider, &mut page);
        cut(row, provider, &mut page);
        vanishing(row, provider, &mut page);
        clients::harms(row, provider, &mut page);
        changes(row, provider, &mut page);
        clients::table(row, &mut page);
        states(row, provider, &mut page);
    }
    page.finish()
}

fn head(report: &Report, row: &Rehearsed, page: &mut Page) {
    let plan = match &row.plan {
        Some(file) if *file == report.source.given => String::new(),
        Some(file) => format!(", plan {file}"),
        None => ", planned now".to_owned(),
    };
    let about = format!(
        "{}{plan}: {}, {}",
        report.source.given,
        many(row.steps, "step"),
        many(row.nodes, "network namespace"),
    );
    page.spans(
        0,
        &[("sixward rehearse  ", Ink::Bold), (&about, Ink::Plain)],
    );
    let flows = |state: &StateRow| state.ipv4.tried + state.ipv6.tried;
    let sent: usize = row.states.iter().map(flows).sum();
    let beside = format!(
        "{} in {}",
        many(sent, "flow"),
        many(row.states.len(), "state")
    );
    if row.holds() {
        page.heading("EVERY PACKET WENT AS PROVED", Ink::Green, &beside);
        page.line(
            2,
            "IPv4 was as it is in every state, and everything was as before after the way back",
            Ink::Plain,
        );
    } else {
        page.heading("NOT AS IT SHOULD BE", Ink::Red, &beside);
    }
    large(row, page);
    held(row, page);
    if row.undetermined > 0 {
        let text = format!(
            "{} hang on something that is not modelled: nothing was expected of them",
            many(row.undetermined, "flow")
        );
        page.line(2, &text, Ink::Yellow);
    }
    if row.unbuilt > 0 {
        let text = format!(
            "{} cross something that the lab does not build: nothing was seen of them",
            many(row.unbuilt, "flow")
        );
        page.line(2, &text, Ink::Yellow);
    }
    if let Some(sample) = &row.sample {
        let text = format!(
            "a sample: {} of {}, up to two of each of {} in which they stand",
            sample.interfaces,
            many(sample.of, "interface"),
            many(sample.classes, "way")
        );
        page.line(2, &text, Ink::Yellow);
    }
}

fn large(row: &Rehearsed, page: &mut Page) {
    let of = |count: fn(&Tally) -> usize| -> usize {
        row.states.iter().map(|state| count(&state.large)).sum()
    };
    let (tried, passed) = (of(|it| it.tried), of(|it| it.passed));
    if tried > 0 {
        let (ink, through) = match tried - passed {
            0 => (Ink::Plain, "all".to_owned()),
            lost => (Ink::Yellow, format!("all but {lost}")),
        };
        let text = format!(
            "much data over {} with the internet, by a link of 1,280 bytes: {through} got through",
            many(tried, "connection"),
        );
        page.line(2, &text, ink);
    }
}

fn held(row: &Rehearsed, page: &mut Page) {
    if row.held == 0 {
        return;
    }
    let cut =
        |way: fn(usize, usize) -> bool| row.cut.iter().filter(|it| way(it.after, row.end)).count();
    let (there, back) = (
        cut(|after, end| after <= end),
        cut(|after, end| after > end),
    );
    let ended = match (there, back) {
        (0, 0) => "no step cut one".to_owned(),
        (0, back) => format!("no step cut one, the way back cut {back}"),
        (there, 0) => format!("steps cut {there}"),
        (there, back) => format!("steps cut {there}, the way back {back}"),
    };
    let text = format!(
        "connections were held open and looked after {}: {ended}",
        many(row.held, "time")
    );
    page.line(2, &text, if there == 0 { Ink::Plain } else { Ink::Yellow });
}

/// Open connections that are cut: over IPv4 none may be, over IPv6 none on the way there.
fn cut(row: &Rehearsed, provider: Provider, page: &mut Page) {
    let felt = |it: &&CutRow| it.family == Family::V4 || it.after <= row.end;
    let felt: Vec<_> = row.cut.iter().filter(felt).collect();
    if felt.is_empty() {
        return;
    }
    let ink = if felt.iter().any(|it| it.family == Family::V4) {
        Ink::Red
    } else {
        Ink::Yellow
    };
    page.heading("OPEN CONNECTIONS THAT ARE CUT", ink, "");
    for it in felt.iter().take(LINES) {
        let flow = format!("{} {}, {} → {}", it.family, it.what, it.from, it.to);
        suffered(&flow, &when(row, it.after), &it.seen, provider, page);
    }
    more(felt.len(), page);
}

/// Connections that come about and then hang.
fn vanishing(row: &Rehearsed, provider: Provider, page: &mut Page) {
    if row.vanishing.is_empty() {
        return;
    }
    page.heading(
        "LARGE PACKETS VANISH",
        Ink::Yellow,
        "nobody hears that they are too large: connections hang",
    );
    for it in row.vanishing.iter().take(LINES) {
        let flow = format!("{} {}, {} → {}", it.family, it.what, it.from, it.to);
        suffered(&flow, &when(row, it.after), &it.seen, provider, page);
    }
    more(row.vanishing.len(), page);
}

/// A flow that somebody feels the loss of, and what was seen of it.
fn suffered(flow: &str, when: &str, seen: &str, provider: Provider, page: &mut Page) {
    let text = format!("{flow}, {when}");
    page.item(2, "- ", &words::spoken(provider, &text), Ink::Bold);
    page.item(4, "seen    ", &words::spoken(provider, seen), Ink::Plain);
}

fn amiss(row: &Rehearsed, provider: Provider, page: &mut Page) {
    for (end, way) in [(&row.forth, "the plan"), (&row.back, "the way back")] {
        ended(end, way, provider, page);
    }
    if !row.as_before {
        page.line(2, "after the way back the lab is not what it was", Ink::Red);
    }
    let sure: Vec<_> = row.witnesses.iter().filter(|it| it.sure).collect();
    if !sure.is_empty() {
        page.heading("PROMISES THAT BREAK, SHOWN BY A PACKET", Ink::Red, "");
    }
    for it in sure.iter().take(LINES) {
        let (from, to) = (it.from.join(", "), it.to.join(", "));
        let text = format!(
            "{} {}: {} from {from} to {to}",
            it.promise,
            when(row, it.after),
            it.what
        );
        page.item(2, "- ", &words::spoken(provider, &text), Ink::Bold);
        let seen = if it.passes { Ink::Red } else { Ink::Yellow };
        page.item(
            4,
            "proved  ",
            &words::spoken(provider, &it.decision),
            Ink::Plain,
        );
        page.item(4, "seen    ", &words::spoken(provider, &it.seen), seen);
    }
    more(sure.len(), page);
    if !row.mismatches.is_empty() {
        page.heading(
            "NOT AS PROVED",
            Ink::Red,
            "a fault in sixward: please report it",
        );
    }
    for it in row.mismatches.iter().take(LINES) {
        let text = format!(
            "{}: {} {} from {} to {}",
            when(row, it.after),
            it.family,
            it.what,
            it.from,
            it.to
        );
        page.item(2, "- ", &words::spoken(provider, &text), Ink::Bold);
        page.item(
            4,
            "proved  ",
            &words::spoken(provider, &it.expected),
            Ink::Plain,
        );
        page.item(4, "seen    ", &words::spoken(provider, &it.seen), Ink::Red);
    }
    more(row.mismatches.len(), page);
}

fn ended(end: &End, way: &str, provider: Provider, page: &mut Page) {
    if end.outcome == "done" {
        return;
    }
    let text = format!("{way} ended otherwise: {}", end.outcome);
    page.line(2, &text, Ink::Red);
    for left in end.left.iter().take(LINES) {
        let text = format!("step {}: {}: {}", left.step, left.title, left.why);
        page.item(4, "- ", &words::spoken(provider, &text), Ink::Plain);
    }
}

fn when(row: &Rehearsed, after: usize) -> String {
    match row.step(after) {
        None => "before the plan".to_owned(),
        Some(step) => format!("after {after}, {step}"),
    }
}

/// What begins to pass on the way there, by ends.
fn changes(row: &Rehearsed, provider: Provider, page: &mut Page) {
    let there = row.changes.iter().filter(|it| it.after <= row.end);
    let mut ends: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for it in there {
        let key = (it.after, it.family, it.passes, &it.from, &it.to);
        ends.entry(key).or_default().push(&it.what);
    }
    if ends.is_empty() {
        return;
    }
    page.heading("WHAT CHANGED", Ink::Bold, "as packets showed it");
    let mut table = Table::wrapping(4);
    for ((after, family, passes, from, to), what) in ends.iter().take(2 * LINES) {
        let (word, ink) = match (passes, family) {
            (true, Family::V6) => ("passes now", Ink::Green),
            (true, Family::V4) => ("passes now", Ink::Red),
            (false, _) => ("no longer passes", Ink::Red),
        };
        table.row(vec![
            Cell::number(after.to_string(), Ink::Dim),
            Cell::new(family.to_string(), Ink::Dim),
            Cell::new(
                words::spoken(provider, &format!("{from} → {to}")),
                Ink::Bold,
            ),
            Cell::new(word, ink),
            Cell::new(what.join(", "), Ink::Plain),
        ]);
    }
    page.table(2, &table);
    if ends.len() > 2 * LINES {
        page.line(
            2,
            &format!("and {} more: `--json` has them all", ends.len() - 2 * LINES),
            Ink::Dim,
        );
    }
}

fn states(row: &Rehearsed, provider: Provider, page: &mut Page) {
    page.heading(
        "STATE BY STATE",
        Ink::Bold,
        "flows that were answered, of those that were tried",
    );
    let mut table = Table::wrapping(1);
    let head = ["", "", "IPv4", "IPv6"];
    table.row(head.map(|title| Cell::new(title, Ink::Dim)).to_vec());
    for state in row.states.iter().filter(|it| it.after <= row.end) {
        let what = state.step.as_deref().unwrap_or("before the plan");
        table.row(vec![
            Cell::number(state.after.to_string(), Ink::Dim),
            Cell::new(words::spoken(provider, what), Ink::Plain),
            Cell::number(tally(state.ipv4), Ink::Plain),
            Cell::number(tally(state.ipv6), Ink::Plain),
        ]);
    }
    if let Some(last) = row.states.last() {
        table.row(vec![
            Cell::number(last.after.to_string(), Ink::Dim),
            Cell::new("after the way back", Ink::Plain),
            Cell::number(tally(last.ipv4), Ink::Plain),
            Cell::number(tally(last.ipv6), Ink::Plain),
        ]);
    }
    page.table(2, &table);
}

fn tally(of: Tally) -> String {
    match of.tried {
        0 => "-".to_owned(),
        tried => format!("{} of {tried}", of.passed),
    }
}

fn more(all: usize, page: &mut Page) {
    if all > LINES {
        page.line(
            2,
            &format!("and {} more: `--json` has them all", all - LINES),
            Ink::Dim,
        );
    }
}
