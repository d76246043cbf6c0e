//! What a verb is asked to do, and what was read for it.

use std::path::{Path, PathBuf};

use sixward_estate::intent::Profile;
use sixward_estate::{Estate, Finding, Severity};

use crate::intent::{self, Wanted};
use crate::read::{self, Reading};
use crate::{Error, Kind, Phase, Progress, Project, ReadError, Source, Timings, live};

/// What a verb is asked to do.
#[derive(Clone)]
pub struct Job<'a> {
    /// What to start from.
    pub source: Source,
    /// The intent's file, when one was named.
    pub intent: Option<PathBuf>,
    /// How far IPv6 goes, when that was said; it goes before the intent's own word.
    pub profile: Option<Profile>,
    /// The folder for results, when one was named.
    pub out: Option<PathBuf>,
    /// Told how the work goes.
    pub progress: &'a dyn Progress,
}

/// What was read.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) facts: Facts,
    pub(crate) estate: Estate,
    pub(crate) findings: Vec<Finding>,
    pub(crate) wanted: Wanted,
    pub(crate) timings: Timings,
}

/// Where it came from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) given: String,
    pub(crate) kind: &'static str,
    pub(crate) files: usize,
    pub(crate) ignored: Vec<String>,
    pub(crate) intent: Option<PathBuf>,
}

impl<'a> Job<'a> {
    /// A job on a source, with nothing else said.
    pub fn new(source: Source, progress: &'a dyn Progress) -> Self {
        Self {
            source,
            intent: None,
            profile: None,
            out: None,
            progress,
        }
    }

    /// Where results go: the folder that was named, the project itself, or `migration/<name>`.
    pub fn project(&self) -> Project {
        let own = match &self.source.kind {
            Kind::Project(folder) => Some(folder.clone()),
            Kind::Plan(_) => self.source.home().map(Path::to_owned),
            _ => None,
        };
        let named = self.out.clone().or(own);
        Project::new(named.unwrap_or_else(|| Path::new("migration").join(self.source.name())))
    }

    /// Reads the source and the intent.
    pub(crate) fn read(&self) -> Result<Input, Error> {
        let mut timings = Timings::default();
        // A mistake in the intent shows before minutes of reading.
        let mut wanted = intent::find(self)?;
        let reading = timings.take(Phase::Read, || self.read_source(&mut wanted))?;
        if reading.estate == Estate::default() && !matches!(self.source.kind, Kind::Live(_)) {
            let given = self.source.given.clone();
            return Err(ReadError::Nothing {
                given,
                files: reading.files,
                almost: reading.findings.into_iter().find(is_warning).map(Box::new),
            }
            .into());
        }
        let facts = Facts {
            given: self.source.given.clone(),
            kind: self.source.kind_word(),
            files: reading.files,
            ignored: reading.ignored,
            intent: wanted.path.clone(),
        };
        let Reading {
            estate, findings, ..
        } = Reading {
            ignored: Vec::new(),
            ..reading
        };
        Ok(Input {
            facts,
            estate,
            findings,
            wanted,
            timings,
        })
    }

    fn read_source(&self, wanted: &mut Wanted) -> Result<Reading, ReadError> {
        match &self.source.kind {
            Kind::Dumps(folder) => read::dumps(folder, self.progress),
            Kind::Scenario(folder) => given(folder, self.progress),
            Kind::Project(folder) => read::snapshot(&folder.join("estate.json")),
            Kind::Snapshot(file) => read::snapshot(file),
            Kind::ByHand(file) => read::by_hand(file),
            Kind::Live(account) => live::read(account, self.progress),
            Kind::Plan(file) => {
                let plan = read::plan(file)?;
                // A plan carries the intent it was made with; a file beside it may be newer.
                if wanted.path.is_none() {
                    let profile = self.profile.unwrap_or(plan.intent.profile);
                    wanted.intent = plan.intent;
                    wanted.intent.profile = profile;
                }
                Ok(Reading {
                    estate: plan.before,
                    files: 1,
                    ..Reading::default()
                })
            }
        }
    }
}

/// What a scenario is given: dumps, or an estate written by hand.
fn given(folder: &Path, progress: &dyn Progress) -> Result<Reading, ReadError> {
    let given = folder.join("given");
    let by_hand = given.join("estate.toml");
    if by_hand.is_file() {
        read::by_hand(&by_hand)
    } else {
        read::dumps(&given, progress)
    }
}

impl std::fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Job");
        shown
            .field("source", &self.source)
            .field("intent", &self.intent);
        shown
            .field("profile", &self.profile)
            .field("out", &self.out)
            .finish_non_exhaustive()
    }
}

fn is_warning(finding: &Finding) -> bool {
    finding.severity == Severity::Warning && finding.subject.noun == "file"
}
