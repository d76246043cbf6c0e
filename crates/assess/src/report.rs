//! What the nouns' files put their findings and questions into, and how long lists are shortened.

use std::collections::BTreeMap;

use sixward_estate::{Code, Finding, Severity, SmolStr, Subject};

use crate::Decision;
use crate::question::Questions;
use crate::survey::Survey;

/// How many things are named before "and N more".
pub(crate) const SHOWN: usize = 20;

/// Everything found so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
    pub(crate) decisions: Vec<Decision>,
    /// Questions that several rules and routes may wait for.
    pub(crate) questions: Questions,
    /// What waits for an answer although the intent has one, by its key.
    pub(crate) still_waiting: BTreeMap<SmolStr, Lines>,
}

/// A list that may be long: the first [`SHOWN`] are kept as text, the rest counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    shown: Vec<String>,
    more: usize,
}

impl Report {
    /// Something waits for a decision, with the answers that there are.
    pub(crate) fn waits(
        &mut self,
        survey: &Survey<'_>,
        key: &SmolStr,
        line: impl FnOnce() -> String,
    ) {
        if survey.intent.answering(key).is_some() {
            self.still_waiting
                .entry(key.clone())
                .or_default()
                .push(line);
        }
    }

    pub(crate) fn blocker(
        &mut self,
        code: Code,
        subject: Subject,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.find(Severity::Blocker, code, subject, message)
    }

    pub(crate) fn warning(
        &mut self,
        code: Code,
        subject: Subject,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.find(Severity::Warning, code, subject, message)
    }

    pub(crate) fn note(
        &mut self,
        code: Code,
        subject: Subject,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.find(Severity::Note, code, subject, message)
    }

    pub(crate) fn find(
        &mut self,
        severity: Severity,
        code: Code,
        subject: Subject,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.findings
            .push(Finding::new(severity, code, subject, message.into()));
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }
}

/// The way out and the evidence of a finding that is in the report already.
pub(crate) trait Explain {
    fn way_out(&mut self, help: impl Into<String>) -> &mut Self;
    fn seen_in(&mut self, lines: impl Into<Lines>) -> &mut Self;
}

impl Explain for Finding {
    fn way_out(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = help.into();
        self
    }

    fn seen_in(&mut self, lines: impl Into<Lines>) -> &mut Self {
        self.evidence.extend(lines.into().into_vec());
        self
    }
}

impl Lines {
    /// One more; its text is made only when it is shown.
    pub(crate) fn push(&mut self, line: impl FnOnce() -> String) {
        if self.shown.len() < SHOWN {
            self.shown.push(line());
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.shown.len() + self.more
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    pub(crate) fn into_vec(self) -> Vec<String> {
        let mut lines = self.shown;
        if self.more > 0 {
            lines.push(format!("and {} more", self.more));
        }
        lines
    }

    /// All in one line.
    pub(crate) fn joined(self) -> String {
        self.into_vec().join(", ")
    }
}

impl<T: Into<String>> FromIterator<T> for Lines {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut lines = Self::default();
        for item in items {
            lines.push(|| item.into());
        }
        lines
    }
}

impl From<String> for Lines {
    fn from(line: String) -> Self {
        Self::from_iter([line])
    }
}

/// `1 host stays`, `2 hosts stay`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    let words = if number == 1 { one } else { many };
    format!("{number} {words}")
}
