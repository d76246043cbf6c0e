//! Decisions: what only a person can know. Asked for, answered in `intent.toml`, and left out of the
//! plan until answered; never guessed and never widened.

use serde::{Deserialize, Serialize};
use sixward_estate::{Code, PrefixListId, SmolStr, Subject};
use sixward_net::ANY6;

use crate::Survey;
use crate::twin::parse_net;

/// The answer pattern for IPv6 prefixes or addresses.
pub const PREFIXES: &str = "<prefixes>";
/// The answer pattern for the id of a prefix list of the estate.
pub const PREFIX_LIST: &str = "<prefix-list>";

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

impl Decision {
    /// Whether these words are one of its choices.
    pub fn understands(&self, survey: &Survey<'_>, words: &[SmolStr]) -> bool {
        self.choices
            .iter()
            .any(|choice| choice.is_meant(survey, &self.key, words))
    }
}

impl Choice {
    fn is_meant(&self, survey: &Survey<'_>, key: &str, words: &[SmolStr]) -> bool {
        match (self.answer.as_str(), words) {
            (PREFIXES, words) => !words.is_empty() && words.iter().all(|word| prefix(key, word)),
            (PREFIX_LIST, [word]) => {
                let list = PrefixListId::new(word.clone());
                survey.estate().prefix_lists.contains(&list)
            }
            (answer, [word]) => answer == word,
            _ => false,
        }
    }

    /// An answer and its meaning.
    pub fn new(answer: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self {
            answer: answer.into(),
            meaning: meaning.into(),
        }
    }
}

impl Decisions {
    /// Files a decision as open or answered. An answer that is not understood answers nothing.
    pub fn file(&mut self, decision: Decision, survey: &Survey<'_>) {
        let words = survey.intent.answer(&decision.key);
        if words.is_some_and(|words| decision.understands(survey, words)) {
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

/// Whether a word is a prefix that may answer: everyone is never what somebody is in IPv6, and only a
/// route may lead everywhere.
fn prefix(key: &str, word: &str) -> bool {
    parse_net(word).is_some_and(|net| net != ANY6 || key.starts_with("route:"))
}
