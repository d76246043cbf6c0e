//! Collects findings and gaps, and keeps reports readable: many of one kind become one.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Code, Finding, Gap, Severity, SmolStr, Subject};

/// So many findings of one kind are told one by one.
const LIMIT: usize = 20;

/// Findings and gaps so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    findings: BTreeMap<Kind, Vec<Finding>>,
    gaps: BTreeMap<Subject, BTreeSet<SmolStr>>,
}

/// Findings of one kind may stand for each other.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    severity: Severity,
    code: Code,
    noun: SmolStr,
    /// What is said of many: `are described in different ways`.
    text: &'static str,
}

impl Report {
    /// Adds a finding; `text` says the same of many, with their number before it.
    pub(crate) fn add(&mut self, text: &'static str, finding: Finding) {
        let kind = Kind {
            severity: finding.severity,
            code: finding.code.clone(),
            noun: finding.subject.noun.clone(),
            text,
        };
        self.findings.entry(kind).or_default().push(finding);
    }

    /// Adds something that is there and is not modelled or could not be read.
    pub(crate) fn gap(&mut self, subject: Subject, reason: impl AsRef<str>) {
        self.gaps
            .entry(subject)
            .or_default()
            .insert(SmolStr::new(reason));
    }

    /// The gaps, sorted.
    pub(crate) fn gaps(&mut self) -> Vec<Gap> {
        std::mem::take(&mut self.gaps)
            .into_iter()
            .flat_map(shorten)
            .collect()
    }

    /// The findings, sorted.
    pub(crate) fn findings(self) -> Vec<Finding> {
        let kinds = self.findings.into_iter();
        let mut findings: Vec<Finding> =
            kinds.flat_map(|(kind, list)| sum_up(&kind, list)).collect();
        findings.sort();
        findings
    }
}

fn shorten((subject, reasons): (Subject, BTreeSet<SmolStr>)) -> Vec<Gap> {
    let more = reasons.len().saturating_sub(LIMIT);
    let mut reasons: Vec<SmolStr> = reasons.into_iter().take(LIMIT).collect();
    if more > 0 {
        reasons.push(SmolStr::new(format!("{more} more of this kind")));
    }
    reasons
        .into_iter()
        .map(|reason| Gap {
            subject: subject.clone(),
            reason,
        })
        .collect()
}

fn sum_up(kind: &Kind, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort();
    findings.dedup();
    let count = findings.len();
    let Some(first) = findings.first() else {
        return findings;
    };
    if count <= LIMIT {
        return findings;
    }
    let subjects: BTreeSet<&Subject> = findings.iter().map(|finding| &finding.subject).collect();
    // Many things about one subject keep it; many subjects share their noun.
    let subject = if subjects.len() == 1 {
        first.subject.clone()
    } else {
        Subject {
            noun: kind.noun.clone(),
            id: SmolStr::new_static("*"),
            name: SmolStr::default(),
        }
    };
    let message = format!("{count} {}", kind.text);
    let mut sum =
        Finding::new(kind.severity, kind.code.clone(), subject, message).help(&first.help);
    for finding in findings.iter().take(LIMIT) {
        sum = sum.evidence(format!("{}: {}", finding.subject, finding.message));
    }
    vec![sum.evidence(format!("and {} more", count - LIMIT))]
}
