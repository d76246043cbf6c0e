//! Open decisions: the question, what happens meanwhile, and the line that answers it.

use sixward_assess::Decision;
use sixward_estate::Provider;

use super::page::{Ink, Page, capital};
use super::table::{Cell, Table};
use super::words;
use crate::skeleton::answer_line;

/// So many places are told where it was seen.
const EVIDENCE: usize = 3;

/// So many kinds of decisions are told where room is short.
const KINDS: usize = 4;

/// All of them when they are few; else one of each kind, with the number of the others.
pub(crate) fn brief(open: &[Decision], provider: Provider, page: &mut Page) {
    if open.len() <= KINDS {
        for decision in open {
            write(decision, provider, page);
        }
        return;
    }
    let kinds: Vec<_> = open.chunk_by(|a, b| a.code == b.code).collect();
    for kind in kinds.iter().take(KINDS) {
        let Some(first) = kind.first() else { continue };
        write(first, provider, page);
        if kind.len() > 1 {
            let more = words::number(kind.len() - 1);
            page.line(4, &format!("and {more} more of this kind"), Ink::Bold);
        }
    }
    if kinds.len() > KINDS {
        let more = words::number(kinds.len() - KINDS);
        page.line(
            2,
            &format!("and of other kinds ({more}): see intent.toml"),
            Ink::Dim,
        );
    }
}

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
    let mut table = Table::wrapping(1);
    for choice in &decision.choices {
        table.row(vec![
            Cell::new(answer_line(&decision.key, &choice.answer), Ink::Green),
            Cell::new(words::spoken(provider, &choice.meaning), Ink::Dim),
        ]);
    }
    page.table(4, &table);
}
