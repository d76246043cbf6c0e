//! An error as a person reads it: what failed, why, where in the file, and the way out.

use std::error::Error as _;

use sixward_apply::{ApplyError, Difference};

use crate::Error;

/// So many things that differ are told.
const DIFFERENCES: usize = 12;

/// An error taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fault {
    /// What could not be done.
    pub message: String,
    /// Why, the nearest cause first.
    pub causes: Vec<String>,
    /// The lines of the file that it is about.
    pub snippet: Vec<String>,
    /// The way out; empty when there is none to give.
    pub hint: String,
}

/// Takes an error apart.
pub fn fault(error: &Error) -> Fault {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(tidy(&cause.to_string()));
        next = cause.source();
    }
    let snippet = match error {
        Error::Apply(ApplyError::Drifted(differences)) => Some(listed(differences)),
        _ => error.snippet().map(|snippet| snippet.lines().to_vec()),
    };
    Fault {
        message: tidy(&error.to_string()),
        causes,
        snippet: snippet.unwrap_or_default(),
        hint: error.hint(),
    }
}

/// The first of what differs.
fn listed(differences: &[Difference]) -> Vec<String> {
    let mut lines: Vec<_> = differences
        .iter()
        .take(DIFFERENCES)
        .map(ToString::to_string)
        .collect();
    if differences.len() > DIFFERENCES {
        lines.push(format!("and {} more", differences.len() - DIFFERENCES));
    }
    lines
}

/// The operating system's number for an error says nothing to a reader, and a cause is one line.
fn tidy(text: &str) -> String {
    let text = text.split(" (os error ").next().unwrap_or(text);
    let mut letters = text.lines().next().unwrap_or_default().trim().chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let rest = letters.as_str();
    // `No such file` begins like a sentence, `DNS` is a name.
    if rest.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        first.to_lowercase().collect::<String>() + rest
    } else {
        format!("{first}{rest}")
    }
}
