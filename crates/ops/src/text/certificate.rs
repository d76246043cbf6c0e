//! What the checker says of a certificate.

use super::headline;
use super::page::{Ink, Look, Page};
use super::step::many;
use super::words;
use crate::report::Report;
use crate::report::proof::CertificateRow;

/// So many of the maker's words are told.
const SAID: usize = 10;

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    if let Some(row) = &report.certificate {
        let plan = match &row.plan {
            Some(file) => format!("plan {file}"),
            None => "planned now".to_owned(),
        };
        let text = format!("{} against {}, {plan}", row.file, report.source.given);
        page.spans(
            0,
            &[("sixward prove --check  ", Ink::Bold), (&text, Ink::Plain)],
        );
        match &row.refusal {
            None => believed(row, &mut page),
            Some(refusal) => {
                page.line(2, "REFUSED", Ink::Red);
                let at = words::spoken(headline::provider(report), &refusal.at);
                page.item(4, "at          ", &at, Ink::Plain);
                page.item(4, "it says     ", &refusal.claimed, Ink::Plain);
                page.item(4, "the estate  ", &refusal.derived, Ink::Plain);
                let mend = "it was made for another state of the estate or another plan, or it was \
                            changed: make it anew with `--certificate`";
                page.item(2, "→ ", mend, Ink::Green);
            }
        }
    }
    page.finish()
}

fn believed(row: &CertificateRow, page: &mut Page) {
    page.line(2, "it fits", Ink::Green);
    let derived = format!(
        "{} of {} derived again, at {}",
        many(row.tables, "table"),
        many(row.states, "state"),
        many(row.points, "address")
    );
    page.line(2, &derived, Ink::Plain);
    let ipv4 = match row.ipv4_differs.first() {
        None => "the IPv4 tables are what they were in all of them".to_owned(),
        Some(step) => format!("the IPv4 tables are not what they were, first after step {step}"),
    };
    page.line(2, &ipv4, Ink::Plain);
    match row.said.as_slice() {
        [] => page.line(
            2,
            "who made it says that every promise is kept; that is not checked here",
            Ink::Plain,
        ),
        said => {
            page.line(
                2,
                "who made it says, and it is not checked here:",
                Ink::Plain,
            );
            for (step, promise, word) in said.iter().take(SAID) {
                let text = format!("after step {step}: {promise}: {word}");
                page.item(4, "- ", &text, Ink::Plain);
            }
        }
    }
}
