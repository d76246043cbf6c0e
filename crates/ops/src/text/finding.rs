//! Findings by severity and kind, with the subjects of one kind folded together.

use sixward_estate::{Finding, Provider, Severity};

use super::page::{Ink, Look, Page};
use super::{decision, headline, words};
use crate::report::Report;

/// Of one kind so many subjects are named.
const SUBJECTS: usize = 8;

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    headline::write(report, &mut page);
    list("BLOCKERS", Ink::Red, report, &report.blockers, &mut page);
    let open = &report.decisions.open;
    if !open.is_empty() {
        page.heading(
            "DECISIONS",
            Ink::Yellow,
            &format!("{} open", words::number(open.len())),
        );
    }
    for open in open {
        decision::write(open, headline::provider(report), &mut page);
    }
    list("WARNINGS", Ink::Yellow, report, &report.warnings, &mut page);
    list("NOTES", Ink::Plain, report, &report.notes, &mut page);
    conclusion(report, &mut page);
    page.finish()
}

/// What was read, and what is amiss in it.
pub(crate) fn discovered(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    headline::write(report, &mut page);
    list("BLOCKERS", Ink::Red, report, &report.blockers, &mut page);
    list("WARNINGS", Ink::Yellow, report, &report.warnings, &mut page);
    list("NOTES", Ink::Plain, report, &report.notes, &mut page);
    page.finish() + &super::written(report)
}

fn list(title: &str, ink: Ink, report: &Report, findings: &[Finding], page: &mut Page) {
    if !findings.is_empty() {
        page.heading(title, ink, &words::number(findings.len()));
        groups(findings, headline::provider(report), page);
    }
}

/// Findings of one kind and message together, with the way out.
pub(crate) fn groups(findings: &[Finding], provider: Provider, page: &mut Page) {
    for group in fold(findings) {
        let Some(first) = group.first() else { continue };
        let named = named(&group, provider, SUBJECTS);
        let message = words::spoken(provider, &first.message);
        page.item(2, "- ", &format!("{named}: {message}"), Ink::Plain);
        if !first.help.is_empty() {
            page.item(4, "→ ", &words::spoken(provider, &first.help), Ink::Plain);
        }
        page.line(4, first.code.as_str(), Ink::Dim);
    }
}

/// One line or two for each kind, with one of many to stand for the others; `limit` kinds at most.
pub(crate) fn brief(findings: &[Finding], limit: usize, report: &Report, page: &mut Page) {
    let provider = headline::provider(report);
    let kinds: Vec<_> = findings.chunk_by(|a, b| a.code == b.code).collect();
    for kind in kinds.iter().take(limit) {
        let Some(first) = kind.first() else { continue };
        let subject = match kind.len() {
            1 => words::subject(provider, &first.subject),
            count => {
                let noun = words::firewall_aware(&first.subject);
                let counted = words::count(provider, noun, count);
                format!("{counted}, such as {}", words::named(&first.subject))
            }
        };
        let message = words::spoken(provider, &first.message);
        page.item(2, "- ", &format!("{subject}: {message}"), Ink::Plain);
        if first.severity == Severity::Blocker && !first.help.is_empty() {
            page.item(4, "→ ", &words::spoken(provider, &first.help), Ink::Plain);
        }
    }
    if kinds.len() > limit {
        let more = words::number(kinds.len() - limit);
        let text = format!(
            "and {more} more kinds: `sixward assess {}`",
            report.source.given
        );
        page.line(2, &text, Ink::Dim);
    }
}

/// `instance i-1 (db)`, or `3 instances i-1 (db), i-2, i-3`.
fn named(group: &[&Finding], provider: Provider, limit: usize) -> String {
    let Some(first) = group.first() else {
        return String::new();
    };
    if group.len() == 1 {
        return words::subject(provider, &first.subject);
    }
    let noun = words::firewall_aware(&first.subject);
    let named = group
        .iter()
        .take(limit)
        .map(|finding| words::named(&finding.subject));
    let named = named.collect::<Vec<_>>().join(", ");
    let counted = words::count(provider, noun, group.len());
    match group.len().saturating_sub(limit) {
        0 => format!("{counted} {named}"),
        more => format!("{counted} {named} and {} more", words::number(more)),
    }
}

/// Those of one kind that say the same, in the order in which each kind first comes.
fn fold(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        let same = |group: &&mut Vec<&Finding>| {
            group.first().is_some_and(|first| {
                first.code == finding.code
                    && first.message == finding.message
                    && first.help == finding.help
            })
        };
        match groups.iter_mut().rev().find(same) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn conclusion(report: &Report, page: &mut Page) {
    page.blank();
    let text = match (report.blockers.len(), report.decisions.open.len()) {
        (0, 0) => "Nothing stands in the way.".to_owned(),
        (0, open) => format!("Nothing stands in the way; {open} to decide."),
        (blockers, open) => format!("{blockers} in the way, {open} to decide."),
    };
    page.line(0, &text, Ink::Bold);
}
