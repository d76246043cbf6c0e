//! The way out of each error, and the lines of the file that it is about.

use std::io;
use std::path::Path;

use sixward_apply::ApplyError;
use sixward_estate::SnapshotError;

use super::{Error, IntentError, ReadError, RehearseError, SourceError, VerifyError, WorldError};
use crate::snippet::Snippet;

impl Error {
    /// The way out; empty when there is none to give.
    pub fn hint(&self) -> String {
        match self {
            Self::Source(error) => error.hint(),
            Self::Read(error) => error.hint(),
            Self::Intent(error) => error.hint().to_owned(),
            Self::Question(error) => error.hint(),
            Self::States(error) => error.hint(),
            Self::Write(_) => "name another folder with `--out DIR`".to_owned(),
            Self::Apply(error) => apply_hint(error),
            Self::World(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::NoEntry(error) => error.hint(),
            Self::PlanCopy(_) => "make room beside the plan".to_owned(),
            Self::Verify(error) => error.hint().to_owned(),
            Self::Rehearse(error) => error.hint(),
            Self::CertificateFile(_) => "name another file with `--certificate FILE`".to_owned(),
            Self::Certificate(_) => "prove without `--certificate`".to_owned(),
        }
    }

    /// The place in a file that it speaks of.
    pub fn snippet(&self) -> Option<&Snippet> {
        match self {
            Self::Read(
                ReadError::Dump { snippet, .. }
                | ReadError::ByHand { snippet, .. }
                | ReadError::Snapshot { snippet, .. }
                | ReadError::Plan { snippet, .. },
            )
            | Self::Intent(IntentError::Parse { snippet, .. }) => snippet.as_deref(),
            _ => None,
        }
    }
}

impl RehearseError {
    fn hint(&self) -> String {
        // The lab's own errors end in theirs.
        let own = |error: &dyn std::error::Error| {
            let text = error.to_string();
            let hint = text.split_once("hint: ").map(|(_, hint)| hint.to_owned());
            hint.unwrap_or_default()
        };
        match self {
            Self::Enter(error) => own(error),
            Self::Lab(error) => own(error),
            Self::Probe(error) => own(error),
            Self::Capture(error) => own(error),
            Self::Captured(_) => "name another folder with `--pcap DIR`".to_owned(),
            Self::NoHost(_) => "name a host of the source, as `explain` has it".to_owned(),
            Self::World(_) => "this is a fault in sixward, please report it".to_owned(),
            Self::Live(source) => format!(
                "write it down first with `sixward discover {source}`, and rehearse what that wrote"
            ),
        }
    }
}

impl VerifyError {
    fn hint(&self) -> &'static str {
        match self {
            Self::Name(_) => "say `--probe=www.example.com:443`, several with commas",
            Self::Probe(_) => "verify without `--probe`",
        }
    }
}

impl WorldError {
    fn hint(&self) -> String {
        match self {
            Self::Live(error) => error.hint(),
            Self::Unreadable(_) => {
                "look at the credentials and the region: `aws sts get-caller-identity`".to_owned()
            }
            Self::Nowhere => {
                "say where with `--at aws:REGION[,PROFILE]`, or try it with `--sim`".to_owned()
            }
            Self::Regions(_) => {
                "plan each region by itself: `sixward migrate aws:REGION`".to_owned()
            }
            Self::Kept { path, .. } => {
                format!("move `{}` away to begin with a new one", path.display())
            }
        }
    }
}

impl SourceError {
    pub(crate) fn absent(path: &Path, source: io::Error) -> Self {
        Self::Absent {
            path: path.to_owned(),
            source,
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Absent { path, source } if source.kind() == io::ErrorKind::NotFound => {
                let text = path.display();
                if let Some(source) = before_step(path) {
                    format!("after `{source}@` comes the number of a step, or `end`")
                } else if looks_like_region(&path.to_string_lossy()) {
                    format!("to read the region `{text}` of your account, say `aws:{text}`")
                } else {
                    "SOURCE is a folder of dumps, an `estate.json`, or `aws:REGION` for a live account"
                        .to_owned()
                }
            }
            Self::Absent { .. } => "look at who may read it: `ls -ld` shows it".to_owned(),
            Self::Region(_) => {
                "say `aws:us-east-1`, or `aws:us-east-1,PROFILE` for a profile of your AWS configuration"
                    .to_owned()
            }
            Self::Azure(_) => "write the estate down in an `estate.toml` for now".to_owned(),
            Self::Unknown(_) => {
                "SOURCE is a folder of dumps, an `estate.json`, a `plan.json` or an `estate.toml`"
                    .to_owned()
            }
        }
    }
}

impl ReadError {
    fn hint(&self) -> String {
        match self {
            Self::Folder { .. } | Self::File { .. } => {
                "what cannot be read would be missing from the plan: make it readable, or move it away"
                    .to_owned()
            }
            Self::Dump { error, .. } => error.hint().to_owned(),
            Self::ByHand { error, .. } => error.hint().to_owned(),
            Self::Snapshot { source, .. } => snapshot_hint(source).to_owned(),
            Self::Certificate { .. } => {
                "make one with `sixward prove SOURCE --certificate FILE`".to_owned()
            }
            Self::Plan { .. } => "make it again with `sixward plan SOURCE -o DIR`".to_owned(),
            Self::Nothing {
                almost: Some(finding),
                ..
            } => format!("`{}`: {}; {}", finding.subject.id, finding.message, finding.help),
            Self::NoDumps(_) | Self::Nothing { .. } => {
                "fill it with what `aws ec2 describe-vpcs --output json` and its like print, \
                 or read a live account with `aws:REGION`"
                    .to_owned()
            }
            Self::Live(error) => error.hint(),
        }
    }
}

impl IntentError {
    fn hint(&self) -> &'static str {
        match self {
            Self::File { .. } => "name another file with `--intent FILE`",
            Self::Parse { .. } => "`docs/formats/intent.md` lists what an intent can say",
        }
    }
}

fn apply_hint(error: &ApplyError) -> String {
    match error {
        ApplyError::OtherPlan { .. } => {
            "take that one back first with `sixward rollback`: the journal holds its plan"
                .to_owned()
        }
        ApplyError::GoesBack => "finish it with `sixward rollback`".to_owned(),
        ApplyError::Drifted(_) => {
            "somebody changed it since: plan again with `sixward migrate`, and have that reviewed"
                .to_owned()
        }
        ApplyError::NoWayBack(_) => "plan again with `sixward migrate`".to_owned(),
        ApplyError::NoConsent(no) => {
            format!(
                "if that is agreed, write under [answers] in intent.toml: {}",
                no.answer
            )
        }
        ApplyError::WouldBreak(_) => {
            "see where and why with `sixward prove`; what was done goes back with `sixward rollback`"
                .to_owned()
        }
        ApplyError::Unreadable(_) => {
            "nothing was changed since the last entry of the journal; the same command goes on"
                .to_owned()
        }
        ApplyError::Journal(_) => {
            "no call is made that is not in the journal: make room for it, then go on".to_owned()
        }
        ApplyError::NotWaiting { .. } => {
            "`--done` takes the numbers of steps that are left to you".to_owned()
        }
        _ => String::new(),
    }
}

fn snapshot_hint(error: &SnapshotError) -> &'static str {
    match error {
        SnapshotError::Version(_) => "make it again with `sixward discover SOURCE -o DIR`",
        _ => {
            "an `estate.json` is what `sixward discover SOURCE` writes; dumps are given as a folder"
        }
    }
}

/// What is there before the last `@` of a name that is not.
fn before_step(path: &Path) -> Option<String> {
    let text = path.to_string_lossy();
    let (source, _) = text.rsplit_once('@')?;
    Path::new(source).exists().then(|| source.to_owned())
}

fn looks_like_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let number = |part: &&str| part.parse::<u8>().is_ok();
    parts.len() >= 3 && parts.last().is_some_and(number) && !text.contains(['/', '.'])
}
