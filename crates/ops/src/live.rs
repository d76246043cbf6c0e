//! A live account: the provider is asked, and its answers are read like a folder of dumps.

use sixward_drivers::{Account, Unread, discover};
use sixward_estate::{Code, Finding, Severity, Subject};

use crate::read::{self, Reading};
use crate::{Progress, ReadError};

/// A call was refused or failed: what it would have shown is unknown.
const UNREAD: Code = Code::new("input/unread-call");

/// Reads one region of one account.
pub(crate) fn read(account: &Account, progress: &dyn Progress) -> Result<Reading, ReadError> {
    let discovery = discover(account, &Calls(progress))?;
    progress.end();
    let ingested = discovery.read(read::take)?;
    let mut reading = Reading::new(ingested, discovery.dumps.len());
    reading
        .findings
        .extend(discovery.unread.iter().map(finding));
    reading.findings.sort();
    Ok(reading)
}

fn finding(unread: &Unread) -> Finding {
    let subject = Subject::new("call", &unread.operation, "");
    let message = format!(
        "no answer ({}): what it would have shown is not in the plan",
        unread.class
    );
    Finding::new(Severity::Warning, UNREAD, subject, message)
        .help("allow this call to the credentials used, and read again")
        .evidence(unread.reason.clone())
}

/// The driver's progress told in ours.
struct Calls<'a>(&'a dyn Progress);

impl sixward_drivers::Progress for Calls<'_> {
    fn begin(&self, calls: usize) {
        self.0.begin("asking AWS", calls);
    }

    fn done(&self, operation: &str) {
        self.0.done(operation);
    }

    fn note(&self, text: &str) {
        self.0.note(text);
    }
}
