//! A proof as text: the promises first, then what breaks them, each with its witness's way.

use sixward_prove::proof::Outcome;

use super::page::{Ink, Look, Page};
use super::table::{Cell, Table};
use crate::report::Report;
use crate::report::proof::{BreachRow, PromiseRow, Proved};

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    if let Some(proof) = &report.proof {
        head(report, proof, &mut page);
        for row in &proof.breaches {
            breach(row, &mut page);
        }
    }
    page.finish()
}

fn head(report: &Report, proof: &Proved, page: &mut Page) {
    let plan = match &proof.plan {
        Some(file) if *file == report.source.given => String::new(),
        Some(file) => format!(", plan {file}"),
        None => ", planned now".to_owned(),
    };
    let from = format!("{}{plan}", report.source.given);
    page.spans(0, &[("sixward prove  ", Ink::Bold), (&from, Ink::Plain)]);
    let mut table = Table::new([]);
    for row in &proof.promises {
        let (word, ink) = word(row);
        table.row(vec![
            Cell::new(row.promise.to_string(), Ink::Bold),
            Cell::new(row.title, Ink::Plain),
            Cell::new(word, ink),
        ]);
    }
    page.table(2, &table);
}

fn word(row: &PromiseRow) -> (String, Ink) {
    let since = row
        .after
        .first()
        .map(|after| format!(" after step {after}"));
    let since = since.unwrap_or_default();
    match row.outcome {
        Outcome::Held if row.states == 0 => ("nothing to show".to_owned(), Ink::Dim),
        Outcome::Held => ("proved".to_owned(), Ink::Green),
        Outcome::Undetermined => (format!("UNDETERMINED{since}"), Ink::Yellow),
        Outcome::Broken => (format!("BROKEN{since}"), Ink::Red),
    }
}

fn breach(row: &BreachRow, page: &mut Page) {
    let title = format!("{} AFTER STEP {}", row.promise, row.after);
    page.heading(&title, Ink::Red, row.step.as_deref().unwrap_or_default());
    let breach = &row.breach;
    if !breach.from.is_empty() {
        let flows = format!(
            "{}: {} to {}",
            breach.traffic,
            breach.from.join(", "),
            breach.to.join(", ")
        );
        page.line(2, &flows, Ink::Plain);
    }
    if let Some(path) = &breach.path {
        for line in path.to_string().lines() {
            page.line(2, line, Ink::Plain);
        }
    }
    if let Some(yard) = &breach.yardstick {
        for line in yard.to_string().lines() {
            page.line(2, line, Ink::Dim);
        }
    }
    if !breach.decision.is_empty() {
        page.line(
            2,
            &format!(
                "decided by: {} {}",
                breach
                    .decided_by
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                breach.decision
            ),
            Ink::Plain,
        );
    }
    page.line(2, &format!("mend: {}", breach.mend), Ink::Green);
}
