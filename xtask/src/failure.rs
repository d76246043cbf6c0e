//! The one error type: what went wrong in a line, and what to do about it. Nothing here
//! is handled by a program, so a text for the person at the terminal is all it holds.

use std::fmt;

/// Why a verb could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: String,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// An operation of the system on one object: ``cannot read `x`: no such file``.
    pub(crate) fn io(operation: &str, object: impl fmt::Display, cause: &std::io::Error) -> Self {
        Self::new(
            format!("cannot {operation} `{object}`: {cause}"),
            "look at the path and its permissions, and run the verb again",
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n\nhint: {}", self.message, self.hint)
    }
}
