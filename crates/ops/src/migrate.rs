//! `migrate`: all of it, from a source to a folder that can be reviewed and run.

use std::io::Write as _;

use sixward_estate::write_snapshot_to;
use sixward_plan::write_plan_to;

use crate::emit::Part;
use crate::plan::{Planned, planned};
use crate::project::spare;
use crate::prove::course::Course;
use crate::report::{Action, Report};
use crate::{Error, Job, Phase, Project, Timings, WriteError, intent, skeleton};

/// Plans of more steps are not proved on the way.
const MOST: usize = 5_000;

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
    let Planned {
        plan,
        mut report,
        mut timings,
        findings,
        facts,
    } = planned("migrate", job.read()?);
    let texts = timings
        .take(Phase::Emit, || sixward_emit::emit(&plan))
        .files;
    // The main job stays a matter of seconds; `prove` takes the time that it takes.
    if plan.steps.len() <= MOST {
        let mut course = Course::new(&plan);
        course.waves = true;
        let done = timings.take(Phase::Prove, || course.run(job.progress))?;
        report.proof = Some(done.proved);
    }
    let project = job.project();
    let others = texts.iter().map(|file| file.name);
    for name in ["estate.json", "plan.json"].into_iter().chain(others) {
        spare(&project.file(name))?;
    }
    timings.take(Phase::Write, || {
        let mut written = vec![
            project.write("estate.json", |out| {
                write_snapshot_to(&plan.before, &findings, out)
            })?,
            project.write("plan.json", |out| write_plan_to(&plan, out))?,
        ];
        // A file of the user's is never touched, and one elsewhere is the one to answer in.
        if facts.intent.is_none() && !project.file(intent::FILE).exists() {
            let open = &plan.assessment.decisions.open;
            let text = skeleton::skeleton(plan.intent.profile, open);
            written.push(project.write(intent::FILE, |out| out.write_all(text.as_bytes()))?);
        }
        for file in &texts {
            written.push(project.write_text(file)?);
        }
        let written = written
            .iter()
            .map(|path| path.to_string_lossy().into_owned());
        report.files.extend(written);
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
    let folder = quoted(&project.folder().to_string_lossy());
    match &report.proof {
        Some(proof) if proof.holds() => {}
        Some(_) => add(
            "see what breaks a promise, before anything else",
            format!("sixward prove {folder}"),
        ),
        None => add(
            "have it proved, which takes its time for so many steps",
            format!("sixward prove {folder}"),
        ),
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
pub(crate) fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_./:,@=+-".contains(letter);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
