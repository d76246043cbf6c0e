//! What stands in the way, and what is asked, with the text that answers it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sixward_assess::Decision;
use sixward_estate::{Code, Finding, Severity};
use sixward_plan::Plan;

use super::ROWS;
use crate::markdown::{cell, count, counted, table};

pub(super) fn text(plan: &Plan) -> String {
    let mut text = "## Before you begin\n\n".to_owned();
    text.push_str(&blockers(plan));
    text.push_str(&decisions(plan));
    text.push_str(&others(plan));
    text
}

fn blockers(plan: &Plan) -> String {
    let blockers = by_code(plan, Severity::Blocker);
    if blockers.is_empty() {
        return "Nothing stands in the way.\n\n".to_owned();
    }
    let mut text =
        "### Blockers\n\nIPv6 does not come to these before something is done.\n\n".to_owned();
    let mut rows = Vec::new();
    for (code, findings) in &blockers {
        for finding in findings.iter().take(ROWS) {
            rows.push([
                cell(&finding.subject.to_string()),
                cell(&finding.message),
                cell(&finding.help),
            ]);
        }
        if findings.len() > ROWS {
            let more = counted(findings.len() - ROWS, "more", "more");
            rows.push([more, format!("`{code}`"), "see `plan.json`".to_owned()]);
        }
    }
    text.push_str(&table(["What", "Why not", "Way out"], &rows));
    text.push('\n');
    text
}

fn decisions(plan: &Plan) -> String {
    let mut by_code: BTreeMap<&Code, Vec<&Decision>> = BTreeMap::new();
    for decision in &plan.assessment.decisions.open {
        by_code.entry(&decision.code).or_default().push(decision);
    }
    if by_code.is_empty() {
        return "No decision is open.\n\n".to_owned();
    }
    let mut text = "### Open decisions\n\nOnly a person knows these. Until they are answered, what \
                    depends on them is left out of the plan: nothing is\nguessed. Put the answers into \
                    `intent.toml` and plan again.\n\n"
        .to_owned();
    for decisions in by_code.values() {
        for decision in decisions.iter().take(ROWS) {
            text.push_str(&asked(decision));
        }
        if decisions.len() > ROWS {
            let more = count(decisions.len() - ROWS);
            let _ = writeln!(text, "And {more} more like this: see `plan.json`.\n");
        }
    }
    text.push_str(&answers(by_code.values()));
    text
}

fn asked(decision: &Decision) -> String {
    let mut text = format!(
        "**{}** {}  \n",
        cell(&decision.subject.to_string()),
        decision.question
    );
    let _ = writeln!(text, "Until then: {}\n", decision.meanwhile);
    for choice in &decision.choices {
        let _ = writeln!(text, "- `{}`: {}", choice.answer, choice.meaning);
    }
    if !decision.evidence.is_empty() {
        let seen: Vec<_> = decision
            .evidence
            .iter()
            .take(3)
            .map(|text| cell(text))
            .collect();
        let _ = writeln!(text, "\nSeen in: {}", seen.join("; "));
    }
    text.push('\n');
    text
}

/// The part of `intent.toml` that answers, with the safest choice of each filled in.
fn answers<'a>(decisions: impl Iterator<Item = &'a Vec<&'a Decision>>) -> String {
    let mut text = "```toml\n[answers]\n".to_owned();
    for decision in decisions.flat_map(|decisions| decisions.iter().take(ROWS)) {
        let safest = decision.choices.first();
        let safest = safest.map_or("", |choice| choice.answer.as_str());
        let others = decision.choices.iter().skip(1);
        let others: Vec<_> = others.map(|choice| choice.answer.as_str()).collect();
        let comment = if others.is_empty() {
            String::new()
        } else {
            format!("  # or {}", others.join(", "))
        };
        let _ = writeln!(
            text,
            "{} = {}{comment}",
            quoted(&decision.key),
            quoted(safest)
        );
    }
    text.push_str("```\n\n");
    text
}

/// A TOML string.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

/// Warnings and notes, one row for each kind.
fn others(plan: &Plan) -> String {
    let mut rows = Vec::new();
    for severity in [Severity::Warning, Severity::Note] {
        for (code, findings) in by_code(plan, severity) {
            let Some(first) = findings.first() else {
                continue;
            };
            rows.push([
                severity.to_string(),
                format!("`{code}`"),
                count(findings.len()),
                cell(&format!("{}: {}", first.subject, first.message)),
            ]);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let rows = table(["", "Finding", "How many", "The first of them"], &rows);
    format!("### Worth knowing\n\n{rows}\n")
}

fn by_code(plan: &Plan, severity: Severity) -> BTreeMap<&Code, Vec<&Finding>> {
    let mut by_code: BTreeMap<&Code, Vec<&Finding>> = BTreeMap::new();
    let findings = plan.assessment.findings.iter();
    for finding in findings.filter(|finding| finding.severity == severity) {
        by_code.entry(&finding.code).or_default().push(finding);
    }
    by_code
}
