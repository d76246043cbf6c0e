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
    let file = |part: Part| quoted(&project.file(part.file()).to_string_lossy());
    let mut next = Vec::new();
    let mut add = |what: &str, command: String| next.push(Action::new(what, Some(command)));
    if !report.decisions.open.is_empty() {
        add(&format!("answer in {intent}, then"), again(job));
    }
    if !report.steps.is_empty() {
        let apply = file(Part::Apply);
        add("have the plan reviewed", file(Part::Runbook));
        add("see the commands", format!("{apply} --plan"));
        add("run them; stop and go on at any step", apply);
        add("or go back, from any step", file(Part::Undo));
    }
    next
}

/// The command that makes this migration anew.
fn again(job: &Job<'_>) -> String {
    let mut words = vec!["sixward migrate".to_owned(), quoted(&job.source.given)];
    let mut option = |name: &str, value: &str| words.extend([name.to_owned(), quoted(value)]);
    if let Some(intent) = &job.intent {
        option("--intent", &intent.to_string_lossy());
    }
    if let Some(profile) = job.profile {
        option("--profile", &profile.to_string());
    }
    if let Some(out) = &job.out {
        option("-o", &out.to_string_lossy());
    }
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_./:,@=+-".contains(letter);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
