//! Each verb: its job out of the arguments, its result to the printer.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory as _;
use sixward_ops::{
    self as ops, Families, Job, Known, Part, Profile, Progress, Question, Ready, Side, Source,
    Target, Way, WhichPlan, World, text,
};

use crate::args::{
    Applying, Args, Diffing, Emitting, Explaining, FamilyName, Intending, Looking, Naming, Origin,
    PartName, Planning, ProfileName, Proving, Reading, Rehearsing, Tabling, Verb, Verifying,
    Walking, Which,
};
use crate::bar::Bar;
use crate::onlooker::Onlooker;
use crate::printer::Printer;
use crate::teredo;

/// How a verb ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Failed,
    No,
}

/// What kept a verb from its end.
#[derive(Debug)]
pub(crate) enum Failure {
    Verb(ops::Error),
    Teredo(sixward_teredod::Failure),
    Output(io::Error),
}

type Ended = Result<Outcome, Failure>;

/// Does what the arguments ask for.
pub(crate) fn run(args: &Args, printer: &Printer) -> Ended {
    if let Verb::Rehearse(_) = &args.verb {
        // Before anything begins a thread, such as a bar.
        ops::enter()?;
    }
    let bar = Bar::new(printer.quiet);
    match &args.verb {
        Verb::Migrate(of) => migrate(of, &bar, printer),
        Verb::Discover(of) => discover(of, &bar, printer),
        Verb::Assess(of) => assess(of, &bar, printer),
        Verb::Plan(of) => plan(of, &bar, printer),
        Verb::Emit(of) => emit(of, &bar, printer),
        Verb::Explain(of) => explain(of, &bar, printer),
        Verb::Prove(of) => prove(of, &bar, printer),
        Verb::Rehearse(of) => rehearse(of, &bar, printer),
        Verb::Diff(of) => diff(of, &bar, printer),
        Verb::Apply(of) => apply(of, &bar, printer),
        Verb::Rollback(of) => rollback(of, &bar, printer),
        Verb::Verify(of) => verify(of, &bar, printer),
        Verb::Journal(of) => journal(of, &bar, printer),
        Verb::Matrix(of) => matrix(of, &bar, printer),
        Verb::Teredo { ask } => teredo::run(ask, printer),
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "sixward", &mut script);
            printer.data(&script)?;
            Ok(Outcome::Done)
        }
    }
}

fn migrate(of: &Planning, bar: &Bar, printer: &Printer) -> Ended {
    let done = ops::migrate(&planning(of, bar)?)?;
    printer.report(&done.report, text::summary)?;
    if done.report.proof.as_ref().is_some_and(|it| !it.holds()) {
        let folder = done.project.folder().display();
        let hint = format!("`sixward prove {folder}` says what breaks it");
        printer.warn("the plan does not keep every promise for sure", &hint);
    }
    printer.timings(&done.timings);
    Ok(Outcome::Done)
}

fn discover(of: &Reading, bar: &Bar, printer: &Printer) -> Ended {
    let mut done = ops::discover(&job(&of.from, bar)?)?;
    if let Some(out) = &of.out {
        done.write(out)?;
    }
    if printer.json {
        printer.report(&done.report, text::headline)?;
    } else {
        printer.aside(&text::discovered(&done.report, printer.aside_look()));
        if of.out.is_none() {
            printer.data(&done.snapshot()?)?;
        }
    }
    printer.timings(&done.timings);
    Ok(Outcome::Done)
}

fn assess(of: &Intending, bar: &Bar, printer: &Printer) -> Ended {
    let done = ops::assess(&intending(of, bar)?)?;
    printer.report(&done.report, text::findings)?;
    printer.timings(&done.timings);
    Ok(answer(done.is_clear()))
}

fn plan(of: &Planning, bar: &Bar, printer: &Printer) -> Ended {
    let mut done = ops::plan(&planning(of, bar)?)?;
    if let Some(out) = &of.out {
        done.write(out)?;
    }
    printer.report(&done.report, text::plan)?;
    printer.aside(&text::written(&done.report));
    printer.timings(&done.timings);
    Ok(Outcome::Done)
}

fn emit(of: &Emitting, bar: &Bar, printer: &Printer) -> Ended {
    let job = planning(&of.planning, bar)?;
    let mut done = ops::emit(&job)?;
    if done.outdated {
        printer.warn(OUTDATED, &plan_again(&of.planning.wanted.from));
    }
    if let Some(only) = of.only {
        printer.data(done.text(only.into()).as_bytes())?;
    } else {
        done.write(&job)?;
        if printer.json {
            printer.report(&done.report, text::headline)?;
        }
        printer.aside(&text::written(&done.report));
    }
    printer.timings(&done.timings);
    Ok(Outcome::Done)
}

fn prove(of: &Proving, bar: &Bar, printer: &Printer) -> Ended {
    let which = WhichPlan::from(&of.which);
    let job = intending(&of.wanted, bar)?;
    if let Some(certificate) = &of.check {
        let done = ops::check(&job, &which, certificate)?;
        if done.outdated {
            printer.warn(OUTDATED, "say `--replan`");
        }
        printer.report(&done.report, text::certificate)?;
        printer.timings(&done.timings);
        return Ok(answer(done.holds()));
    }
    let done = match &of.certificate {
        Some(file) => ops::certify(&job, &which, file)?,
        None => ops::prove(&job, &which)?,
    };
    if done.outdated {
        printer.warn(OUTDATED, "say `--replan`");
    }
    printer.report(&done.report, text::proof)?;
    printer.aside(&text::written(&done.report));
    printer.timings(&done.timings);
    Ok(answer(done.holds()))
}

/// Says where everything is, and waits for Enter or the end of the input.
fn kept(places: &[ops::Place], printer: &Printer) {
    let widest = places.iter().map(|it| it.node.to_string().len()).max();
    let lines = places.iter().map(|it| {
        let node = it.node.to_string();
        format!(
            "{node:width$}  {}\n",
            it.command,
            width = widest.unwrap_or(0)
        )
    });
    printer.aside(&lines.collect::<String>());
    printer.aside("the lab stands as the plan leaves it; Enter goes on\n");
    let _ = io::stdin().read_line(&mut String::new());
}

fn rehearse(of: &Rehearsing, bar: &Bar, printer: &Printer) -> Ended {
    let job = intending(&of.wanted, bar)?;
    let mut keep = |places: &[ops::Place]| kept(places, printer);
    let wanted = ops::Wanted {
        pcap: of.pcap.clone(),
        shell: of.shell.clone(),
        keep: of.keep.then_some(&mut keep),
    };
    let done = ops::rehearse(&job, &WhichPlan::from(&of.which), wanted)?;
    if done.outdated {
        printer.warn(OUTDATED, "say `--replan`");
    }
    printer.report(&done.report, text::rehearsal)?;
    printer.aside(&text::written(&done.report));
    printer.timings(&done.timings);
    Ok(answer(done.holds()))
}

fn explain(of: &Explaining, bar: &Bar, printer: &Printer) -> Ended {
    let question = Question {
        from: of.from.clone(),
        to: of.to.clone(),
        from_port: of.from_port,
        families: of.family.into(),
        after: of.after.unwrap_or_default(),
    };
    let which = WhichPlan::from(&of.which);
    let done = ops::explain(&intending(&of.wanted, bar)?, &which, &question)?;
    if done.outdated {
        printer.warn(OUTDATED, "say `--replan`");
    }
    printer.report(&done.report, text::flows)?;
    printer.timings(&done.timings);
    Ok(answer(done.passes()))
}

fn diff(of: &Diffing, bar: &Bar, printer: &Printer) -> Ended {
    let side = |text: &str| -> Result<Side<'_>, Failure> {
        let (source, after) = ops::at_step(text);
        let from = Origin {
            source: source.to_owned(),
            endpoint_url: of.endpoint_url.clone(),
        };
        let job = job(&from, bar)?;
        Ok(Side { job, after })
    };
    let done = ops::diff(&side(&of.before)?, &side(&of.after)?)?;
    printer.report(&done.report, text::diff)?;
    printer.timings(&done.timings);
    Ok(answer(done.is_same()))
}

fn apply(of: &Applying, bar: &Bar, printer: &Printer) -> Ended {
    let ready = Ready::open(&walking(&of.walk, bar)?, Way::Forward)?;
    let mut onlooker = Onlooker::new(&ready, bar, printer);
    let done = ready.apply(&of.walk.done, !of.no_guard, &mut onlooker)?;
    walked(&done, printer)
}

fn rollback(of: &Walking, bar: &Bar, printer: &Printer) -> Ended {
    let ready = Ready::open(&walking(of, bar)?, Way::Back)?;
    let mut onlooker = Onlooker::new(&ready, bar, printer);
    let done = ready.rollback(&of.done, &mut onlooker)?;
    walked(&done, printer)
}

fn walked(done: &ops::Done, printer: &Printer) -> Ended {
    printer.last(&done.report, text::walk)?;
    Ok(answer(done.is_done()))
}

fn verify(of: &Verifying, bar: &Bar, printer: &Printer) -> Ended {
    let known = Known::open(&target(&of.naming, bar)?)?;
    let done = ops::verify(known, of.probe.as_deref())?;
    printer.report(&done.report, text::verified)?;
    Ok(answer(done.holds()))
}

fn journal(of: &Looking, bar: &Bar, printer: &Printer) -> Ended {
    let world = if of.sim {
        World::Simulation
    } else {
        World::Live {
            account: None,
            endpoint: None,
            pace: None,
        }
    };
    let done = ops::journal(&Target {
        plan: of.plan.clone(),
        world,
        journal: of.journal.clone(),
        at_once: None,
        distrusted: false,
        progress: bar,
    })?;
    match of.raw {
        Some(n) => printer.data(format!("{}\n", done.entry(n)?).as_bytes())?,
        None => printer.report(&done.report, text::journal)?,
    }
    Ok(Outcome::Done)
}

fn walking<'a>(of: &Walking, progress: &'a dyn Progress) -> Result<Target<'a>, Failure> {
    Ok(Target {
        at_once: of.at_once,
        distrusted: of.distrust_journal,
        ..target(&of.naming, progress)?
    })
}

fn target<'a>(of: &Naming, progress: &'a dyn Progress) -> Result<Target<'a>, Failure> {
    let endpoint = of.endpoint_url.clone().or_else(test_server);
    let world = if of.sim {
        World::Simulation
    } else {
        let account = of
            .at
            .as_deref()
            .map(|at| ops::account(at, endpoint.as_deref()));
        let account = account.transpose().map_err(ops::Error::from)?;
        World::Live {
            account,
            endpoint,
            pace: pace(),
        }
    };
    Ok(Target {
        plan: of.plan.clone(),
        world,
        journal: of.journal.clone(),
        at_once: None,
        distrusted: false,
        progress,
    })
}

/// The scripts' word for the same: seconds between two looks.
fn pace() -> Option<Duration> {
    let seconds = std::env::var("SIXWARD_POLL").ok()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn answer(yes: bool) -> Outcome {
    if yes { Outcome::Done } else { Outcome::No }
}

fn matrix(of: &Tabling, bar: &Bar, printer: &Printer) -> Ended {
    let which = WhichPlan::from(&of.which);
    let after = of.after.and_then(ops::step_of);
    let done = ops::matrix(&intending(&of.wanted, bar)?, &which, after)?;
    if done.outdated {
        printer.warn(OUTDATED, "say `--replan`");
    }
    printer.report(&done.report, text::matrix)?;
    printer.timings(&done.timings);
    Ok(Outcome::Done)
}

const OUTDATED: &str = "the intent has changed since this plan was made";

fn plan_again(from: &Origin) -> String {
    format!("plan again: `sixward migrate {}`", from.source)
}

fn job<'a>(from: &Origin, progress: &'a dyn Progress) -> Result<Job<'a>, Failure> {
    let endpoint = from.endpoint_url.clone().or_else(test_server);
    let source = Source::find(&from.source, endpoint.as_deref()).map_err(ops::Error::from)?;
    Ok(Job::new(source, progress))
}

/// AWS_ENDPOINT_URL is one of the user's AWS settings, which the driver reads itself.
fn test_server() -> Option<String> {
    let own = std::env::var("SIXWARD_AWS_ENDPOINT").ok();
    own.filter(|url| !url.is_empty())
}

fn intending<'a>(of: &Intending, progress: &'a dyn Progress) -> Result<Job<'a>, Failure> {
    let job = job(&of.from, progress)?;
    Ok(Job {
        intent: of.intent.clone(),
        profile: of.profile.map(Profile::from),
        ..job
    })
}

fn planning<'a>(of: &Planning, progress: &'a dyn Progress) -> Result<Job<'a>, Failure> {
    Ok(Job {
        out: of.out.clone(),
        ..intending(&of.wanted, progress)?
    })
}

impl From<ops::Error> for Failure {
    fn from(error: ops::Error) -> Self {
        Self::Verb(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Failed => 1,
            Outcome::No => 2,
        })
    }
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::DualStack => Self::DualStack,
            ProfileName::EdgeOnly => Self::EdgeOnly,
            ProfileName::EastWestIpv4 => Self::EastWestIpv4,
        }
    }
}

impl From<&Which> for WhichPlan {
    fn from(which: &Which) -> Self {
        match &which.plan {
            Some(file) => Self::File(file.clone()),
            None if which.replan => Self::Anew,
            None => Self::Found,
        }
    }
}

impl From<FamilyName> for Families {
    fn from(name: FamilyName) -> Self {
        match name {
            FamilyName::V4 => Self::V4,
            FamilyName::V6 => Self::V6,
            FamilyName::Both => Self::Both,
        }
    }
}

impl From<PartName> for Part {
    fn from(name: PartName) -> Self {
        match name {
            PartName::Apply => Self::Apply,
            PartName::Undo => Self::Undo,
            PartName::Runbook => Self::Runbook,
        }
    }
}
