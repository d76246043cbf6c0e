//! A journal as text: a line an entry.

use super::page::{Ink, Look, Page};
use super::table::{Cell, Table};
use super::words;
use crate::report::Report;
use crate::report::journal::{EntryRow, Journal};

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    let Some(journal) = &report.journal else {
        return page.finish();
    };
    if journal.rows.is_empty() {
        let said = format!("No journal at {}: nothing was begun.", journal.place);
        page.item(0, "", &said, Ink::Plain);
        return page.finish();
    }
    page.heading("JOURNAL", Ink::Bold, &journal.place);
    let provider = super::headline::provider(report);
    let mut table = Table::wrapping(4);
    for row in &journal.rows {
        let number = row.n.map(|n| n.to_string()).unwrap_or_default();
        let step = row.step.map(|step| step.to_string()).unwrap_or_default();
        table.row(vec![
            Cell::number(number, Ink::Dim),
            Cell::new(time(&row.at), Ink::Dim),
            Cell::number(step, Ink::Plain),
            Cell::new(row.fact, ink(row)),
            Cell::new(words::spoken(provider, &said(row)), ink(row)),
        ]);
    }
    page.table(2, &table);
    page.blank();
    page.item(0, "", &standing(journal), Ink::Plain);
    page.finish()
}

/// An intent is what it means; the other facts say what came of it.
fn said(row: &EntryRow) -> String {
    match &row.title {
        Some(title) if row.fact == "intent" => title.clone(),
        Some(title) if row.fact == "done" && row.text == "was so already" => {
            format!("{title}: {}", row.text)
        }
        Some(title) if row.fact == "told" => format!("{title}: {}", row.text),
        _ => row.text.clone(),
    }
}

/// To the second, UTC.
fn time(at: &str) -> String {
    at.get(..19).unwrap_or(at).replace('T', " ")
}

fn ink(row: &EntryRow) -> Ink {
    match row.fact {
        "damaged" | "failed" => Ink::Red,
        _ if row.amiss => Ink::Yellow,
        "intent" | "began" | "ended" => Ink::Plain,
        _ => Ink::Dim,
    }
}

fn standing(journal: &Journal) -> String {
    let steps = match journal.done {
        0 => "No step is done".to_owned(),
        1 => "1 step is done".to_owned(),
        done => format!("{done} steps are done"),
    };
    let open = match journal.open {
        0 => String::new(),
        1 => "; what came of 1 call is not known: the next walk looks".to_owned(),
        open => format!("; what came of {open} calls is not known: the next walk looks"),
    };
    let lost = journal.rows.iter().filter(|row| row.fact == "damaged");
    let lost = match lost.count() {
        0 => String::new(),
        1 => "; 1 place is damaged".to_owned(),
        places => format!("; {places} places are damaged"),
    };
    format!("{steps}{open}{lost}. Times are UTC.")
}
