//! `emit`: a plan becomes scripts and a runbook.

use sixward_emit::File;

use crate::input::Facts;
use crate::plan::planned;
use crate::report::Report;
use crate::{Error, Job, Phase, Timings, intent, read, states};

/// One of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The script that does the steps.
    Apply,
    /// The script that goes back.
    Undo,
    /// The text for people.
    Runbook,
}

/// The texts of a plan.
#[derive(Debug)]
pub struct Emitted {
    /// The files, as they lie side by side in one folder.
    pub files: Vec<File>,
    /// The intent has changed since the plan was made: the texts do not say what it says now.
    pub outdated: bool,
    /// The report.
    pub report: Report,
    /// How long it took.
    pub timings: Timings,
}

/// Makes the texts of a source's plan. A `plan.json` beside the source is taken as it
/// is; without one it is planned.
pub fn emit(job: &Job<'_>) -> Result<Emitted, Error> {
    let Some(file) = states::beside(&job.source) else {
        let mut planned = planned("emit", job.read()?);
        let files = planned
            .timings
            .take(Phase::Emit, || sixward_emit::emit(&planned.plan).files);
        return Ok(Emitted {
            files,
            outdated: false,
            report: planned.report,
            timings: planned.timings,
        });
    };
    let mut timings = Timings::default();
    let wanted = intent::find(job)?;
    let plan = timings.take(Phase::Read, || read::plan(&file))?;
    let files = timings.take(Phase::Emit, || sixward_emit::emit(&plan).files);
    let facts = Facts {
        given: job.source.given.clone(),
        kind: "plan",
        files: 1,
        ..Facts::default()
    };
    Ok(Emitted {
        files,
        outdated: states::outdated(job, &wanted, &plan),
        report: Report::of_plan("emit", &facts, &plan),
        timings,
    })
}

impl Emitted {
    /// One of the texts.
    pub fn text(&self, part: Part) -> &str {
        let found = self.files.iter().find(|file| file.name == part.file());
        found.map(|file| file.text.as_str()).unwrap_or_default()
    }

    /// Writes them all into the job's folder.
    pub fn write(&mut self, job: &Job<'_>) -> Result<(), Error> {
        let project = job.project();
        self.timings.take(Phase::Write, || {
            for file in &self.files {
                let written = project.write_text(file)?;
                self.report
                    .files
                    .push(written.to_string_lossy().into_owned());
            }
            Ok(())
        })
    }
}

impl Part {
    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Apply => "apply.sh",
            Self::Undo => "undo.sh",
            Self::Runbook => "runbook.md",
        }
    }
}
