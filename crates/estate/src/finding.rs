//! Findings: what is true about an estate and somebody should know. They are data, not errors.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Something true about the estate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of finding it is.
    pub code: Code,
    /// What it is about.
    pub subject: Subject,
    /// What is the case, in one sentence without a full stop.
    pub message: String,
    /// The way out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// What it was seen in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// How much a finding matters; the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// IPv6 cannot come to the subject before something is done.
    Blocker,
    /// It can come, and something about it should be known first.
    Warning,
    /// Worth knowing.
    Note,
}

/// The stable name of a kind of finding: noun, slash, what is the case.
///
/// A code is never used for something else later; `docs/reference/findings.md` lists them all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(SmolStr);

/// What a finding is about, as a path that a person can follow: `host/i-0a1b (db)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The noun: `host`, `firewall`.
    pub noun: SmolStr,
    /// The id.
    pub id: SmolStr,
    /// The name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
}

impl Code {
    /// A code; codes are constants of the crate that finds.
    pub const fn new(code: &'static str) -> Self {
        Self(SmolStr::new_static(code))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Subject {
    /// A subject with a name, which may be empty.
    pub fn new(noun: &'static str, id: impl AsRef<str>, name: impl AsRef<str>) -> Self {
        Self {
            noun: SmolStr::new_static(noun),
            id: SmolStr::new(id),
            name: SmolStr::new(name),
        }
    }
}

impl Finding {
    /// A finding without help or evidence.
    pub fn new(severity: Severity, code: Code, subject: Subject, message: String) -> Self {
        Self {
            severity,
            code,
            subject,
            message,
            help: String::new(),
            evidence: Vec::new(),
        }
    }

    /// The same with the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// The same with one more piece of evidence.
    #[must_use]
    pub fn evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Blocker => "blocker",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.noun, self.id)?;
        if !self.name.is_empty() {
            write!(f, " ({})", self.name)?;
        }
        Ok(())
    }
}
