//! What stands in the way, and what is asked, with the text that answers it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sixward_assess::Decision;
use sixward_estate::{Code, Finding, Provider, Severity};
use sixward_plan::Plan;

use super::ROWS;
use crate::markdown::{cell, count, counted, table};
use crate::words;

pub(super) fn text(plan: &Plan) -> String {
    let mut text = "## Before you begin\n\n".to_owned();
    text.push_str(&blockers(plan));
    text.push_str(&decisions(plan));
    text.push_str(&others(plan));
    text
}

fn blockers(plan: &Plan) -> String {
    let provider = provider(plan);
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
                cell(&words::subject(provider, &finding.subject)),
                cell(&words::spoken(provider, &finding.message)),
                cell(&words::spoken(provider, &finding.help)),
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
            text.push_str(&asked(decision, provider(plan)));
        }
        if decisions.len() > ROWS {
            let more = count(decisions.len() - ROWS);
            let _ = writeln!(text, "And {more} more like this: see `plan.json`.\n");
        }
    }
    text.push_str(&answers(by_code.values()));
    text
}

fn asked(decision: &Decision, provider: Provider) -> String {
    let mut text = format!(
        "**{}**: {}  \n",
        cell(&words::subject(provider, &decision.subject)),
        words::spoken(provider, &decision.question)
    );
    let _ = writeln!(
        text,
        "Until then: {}\n",
        words::spoken(provider, &decision.meanwhile)
    );
    for choice in &decision.choices {
        let _ = writeln!(
            text,
            "- `{}`: {}",
            choice.answer,
            words::spoken(provider, &choice.meaning)
        );
    }
    if !decision.evidence.is_empty() {
        let seen: Vec<_> = decision
            .evidence
            .iter()
            .take(3)
            .map(|text| cell(&words::spoken(provider, text)))
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
    let provider = provider(plan);
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
                cell(&format!(
                    "{}: {}",
                    words::subject(provider, &first.subject),
                    words::spoken(provider, &first.message)
                )),
            ]);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let rows = table(["", "Finding", "How many", "The first of them"], &rows);
    format!("### Worth knowing\n\n{rows}\n")
}

/// Whose words are spoken: those of the only provider that there is.
fn provider(plan: &Plan) -> Provider {
    let networks = plan.before.networks.iter();
    let mut providers: Vec<_> = networks.map(|network| network.place.provider).collect();
    providers.dedup();
    match providers.as_slice() {
        [only] => *only,
        _ => Provider::Other,
    }
}

fn by_code(plan: &Plan, severity: Severity) -> BTreeMap<&Code, Vec<&Finding>> {
    let mut by_code: BTreeMap<&Code, Vec<&Finding>> = BTreeMap::new();
    let findings = plan.assessment.findings.iter();
    for finding in findings.filter(|finding| finding.severity == severity) {
        by_code.entry(&finding.code).or_default().push(finding);
    }
    by_code
}
