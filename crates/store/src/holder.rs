//! Who holds a journal: what the second applier is told.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// A person at work on a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub user: String,
    /// On which machine.
    pub machine: String,
    /// As which process.
    pub pid: u32,
    /// Since when: RFC 3339, UTC.
    pub since: String,
    /// Doing what: `apply`, `rollback`.
    pub verb: String,
}

impl Holder {
    /// This process, from now on.
    pub(crate) fn here(verb: &str) -> Self {
        Self {
            user: user(),
            machine: machine(),
            pid: std::process::id(),
            since: now(),
            verb: verb.to_owned(),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            user,
            machine,
            pid,
            since,
            verb,
        } = self;
        write!(
            f,
            "{user}@{machine}, process {pid}, `sixward {verb}` since {since}"
        )
    }
}

/// Who this is, as a journal says it: `alice@laptop`.
pub fn who() -> String {
    format!("{}@{}", user(), machine())
}

/// Now, as a journal says it: RFC 3339, UTC, to the millisecond.
pub(crate) fn now() -> String {
    humantime::format_rfc3339_millis(SystemTime::now()).to_string()
}

fn user() -> String {
    let told = ["USER", "LOGNAME", "USERNAME"].map(|variable| std::env::var(variable).ok());
    let mut told = told.into_iter().flatten().filter(|name| !name.is_empty());
    told.next().unwrap_or_else(|| "somebody".to_owned())
}

fn machine() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}
