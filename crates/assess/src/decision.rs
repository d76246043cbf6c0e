//! Decisions: what only a person can know. Asked for, answered in `intent.toml`, and left out of the
//! plan until answered; never guessed and never widened.

use serde::{Deserialize, Serialize};
use sixward_estate::{Code, SmolStr, Subject, intent::Intent};

/// A question with its possible answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decision {
    /// The key that `intent.toml` answers it by; stable as long as the thing asked about is there.
    pub key: SmolStr,
    /// What kind of question it is.
    pub code: Code,
    /// What it is about.
    pub subject: Subject,
    /// The question, in one sentence.
    pub question: String,
    /// The answers that are understood, the safest first.
    pub choices: Vec<Choice>,
    /// What happens until it is answered.
    pub meanwhile: String,
    /// What it was seen in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// One possible answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Choice {
    /// The word for it, or a pattern in angle brackets: `<prefixes>`.
    pub answer: String,
    /// What it means.
    pub meaning: String,
}

/// The decisions of an assessment: open ones, answered ones, and answers that answer nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decisions {
    /// Waiting for a person.
    pub open: Vec<Decision>,
    /// Answered in the intent.
    pub answered: Vec<Decision>,
}

impl Choice {
    /// An answer and its meaning.
    pub fn new(answer: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self {
            answer: answer.into(),
            meaning: meaning.into(),
        }
    }
}

impl Decisions {
    /// Files a decision as open or answered.
    pub fn file(&mut self, decision: Decision, intent: &Intent) {
        if intent.answer(&decision.key).is_some() {
            self.answered.push(decision);
        } else {
            self.open.push(decision);
        }
    }

    /// Sorts and removes what was asked twice.
    pub fn tidy(&mut self) {
        for list in [&mut self.open, &mut self.answered] {
            list.sort_by(|a, b| (&a.code, &a.key).cmp(&(&b.code, &b.key)));
            list.dedup_by(|a, b| a.key == b.key);
        }
    }
}
