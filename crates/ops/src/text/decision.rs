//! Open decisions: the question, what happens meanwhile, and the line that answers it.

use sixward_assess::Decision;
use sixward_estate::Provider;

use super::page::{Ink, Page, capital};
use super::table::{Cell, Table};
use super::words;
use crate::skeleton::answer_line;

/// So many places are told where it was seen.
const EVIDENCE: usize = 3;

/// One decision, with every answer as the line to write.
pub(crate) fn write(decision: &Decision, provider: Provider, page: &mut Page) {
    page.item(
        2,
        "? ",
        &capital(&words::spoken(provider, &decision.question)),
        Ink::Yellow,
    );
    if !decision.question.contains(decision.subject.id.as_str()) {
        page.item(
            4,
            "",
            &words::subject(provider, &decision.subject),
            Ink::Plain,
        );
    }
    for seen in decision.evidence.iter().take(EVIDENCE) {
        page.item(
            4,
            "seen in     ",
            &words::spoken(provider, seen),
            Ink::Plain,
        );
    }
    if decision.evidence.len() > EVIDENCE {
        let more = words::number(decision.evidence.len() - EVIDENCE);
        page.line(4, &format!("and in      {more} more places"), Ink::Plain);
    }
    page.item(
        4,
        "until then  ",
        &words::spoken(provider, &decision.meanwhile),
        Ink::Plain,
    );
    let mut table = Table::new([1]);
    for choice in &decision.choices {
        table.row(vec![
            Cell::new(answer_line(&decision.key, &choice.answer), Ink::Green),
            Cell::new(&choice.meaning, Ink::Dim),
        ]);
    }
    page.table(4, &table);
}
