//! `migrate`: all of it, from a source to a folder that can be reviewed and run.

use crate::emit::Part;
use crate::plan::{Planned, planned};
use crate::report::{Action, Report};
use crate::{Error, Job, Phase, Project, Timings, WriteError, discover, intent, skeleton};

/// A migration that is ready for review.
#[derive(Debug)]
pub struct Migrated {
    /// What was found and planned.
    pub report: Report,
    /// How long it took.
    pub timings: Timings,
    /// Where it was written.
    pub project: Project,
}

/// Reads a source, plans its migration, and writes everything into the job's folder. Nothing of the
/// estate is changed.
pub fn migrate(job: &Job<'_>) -> Result<Migrated, Error> {
    let mut planned = planned("migrate", job.read()?);
    let texts = planned
        .timings
        .take(Phase::Emit, || sixward_emit::emit(&planned.plan).files);
    let project = job.project();
    let mut files = vec![
        ("estate.json", discover::snapshot(&planned.plan.before)?),
        ("plan.json", planned.file()?),
    ];
    // A file of the user's is never touched, and one elsewhere is the one to answer in.
    if planned.facts.intent.is_none() && !project.file(intent::FILE).exists() {
        let open = &planned.plan.assessment.decisions.open;
        let text = skeleton::skeleton(planned.plan.intent.profile, open);
        files.push((intent::FILE, text.into_bytes()));
    }
    let Planned {
        mut report,
        mut timings,
        facts,
        ..
    } = planned;
    timings.take(Phase::Write, || {
        let data = files.iter().map(|(name, bytes)| project.write(name, bytes));
        let texts = texts.iter().map(|file| project.write_text(file));
        for path in data.chain(texts) {
            report.files.push(path?.to_string_lossy().into_owned());
        }
        Ok::<_, WriteError>(())
    })?;
    let intent = facts.intent.unwrap_or_else(|| project.file(intent::FILE));
    report.next = next(job, &project, &intent.to_string_lossy(), &report);
    Ok(Migrated {
        report,
        timings,
        project,
    })
}

fn next(job: &Job<'_>, project: &Project, intent: &str, report: &Report) -> Vec<Action> {
    let file = |part: Part| project.file(part.file()).to_string_lossy().into_owned();
    let mut next = Vec::new();
    if !report.decisions.open.is_empty() {
        let out = job.out.as_ref().map(|out| format!(" -o {}", out.display()));
        let again = format!(
            "sixward migrate {}{}",
            job.source.given,
            out.unwrap_or_default()
        );
        next.push(Action::new(
            format!("answer in {intent}, then"),
            Some(again),
        ));
    }
    if !report.steps.is_empty() {
        next.push(Action::new(
            "have the plan reviewed",
            Some(file(Part::Runbook)),
        ));
        let look = format!("{} --plan", file(Part::Apply));
        next.push(Action::new("see the commands", Some(look)));
        next.push(Action::new(
            "run them; stop and go on at any step",
            Some(file(Part::Apply)),
        ));
        next.push(Action::new(
            "or go back, from any step",
            Some(file(Part::Undo)),
        ));
    }
    next
}
