//! A walk as text: a line for each thing that happens, and at the end what to do next.

use std::rc::Rc;

use sixward_apply::Event;
use sixward_apply::journal::{Part, Way};
use sixward_estate::Provider;
use sixward_plan::{Bindings, Plan};

use super::page::{Ink, Look, Page};
use super::table::{Cell, Table};
use super::words;
use crate::report::Report;
use crate::report::walk::{Walked, part_title};

/// Makes lines of events, while they happen.
#[derive(Debug)]
pub struct Telling {
    plan: Rc<Plan>,
    provider: Provider,
    bound: Bindings,
    /// The plan and the world, as the user named them.
    about: String,
    look: Look,
}

impl Telling {
    pub(crate) fn new(plan: Rc<Plan>, bound: Bindings, about: String, look: Look) -> Self {
        let first = plan.before.networks.iter().next();
        Self {
            provider: first.map_or(Provider::Aws, |it| it.place.provider),
            plan,
            about,
            bound,
            look,
        }
    }

    /// The line of an event; nothing where there is no need for one.
    pub fn line(&mut self, event: &Event) -> Option<String> {
        let mut page = Page::new(self.look);
        match event {
            Event::Bound { bound } => {
                self.bound.extend(bound.clone());
                return None;
            }
            Event::Wave { wave, .. } => {
                let stage = self
                    .plan
                    .steps
                    .iter()
                    .find(|step| step.wave == *wave)?
                    .stage;
                let name = format!("wave {wave}");
                page.spans(
                    0,
                    &[
                        (&name, Ink::Bold),
                        ("  ", Ink::Plain),
                        (stage.title(), Ink::Plain),
                    ],
                );
            }
            Event::Done { part, already } => {
                let word = if *already { "is already so" } else { "done" };
                self.step(&mut page, *part, word, Ink::Green);
            }
            Event::Failed { part, why } => {
                self.step(&mut page, *part, "FAILED", Ink::Red);
                page.item(6, "", why, Ink::Red);
            }
            Event::ByHand { part, why } => {
                self.step(&mut page, *part, "by hand", Ink::Yellow);
                page.item(6, "", why, Ink::Plain);
            }
            Event::Again {
                part,
                fault: Some(fault),
                ..
            } => {
                let text = format!("step {}: {}; again", part.step, fault.class);
                page.line(6, &text, Ink::Dim);
            }
            Event::Guarded {
                broken: Some(why), ..
            } => page.item(6, "", &format!("a promise broke: {why}"), Ink::Red),
            Event::Guarded { broken: None, .. } => {
                page.line(
                    6,
                    "looked at the live estate: every promise is kept",
                    Ink::Dim,
                );
            }
            Event::Began { way, steps, done } => {
                let verb = match way {
                    Way::Forward => "sixward apply  ",
                    Way::Back => "sixward rollback  ",
                };
                let steps = super::step::many(*steps, "step");
                let done = match done {
                    0 => String::new(),
                    done => format!(", {done} of them done"),
                };
                let about = format!("{}: {steps}{done}", self.about);
                page.spans(0, &[(verb, Ink::Bold), (&about, Ink::Plain)]);
            }
            Event::Making { .. } | Event::Again { fault: None, .. } | Event::Ended { .. } => {
                return None;
            }
        }
        Some(page.finish())
    }

    /// What a step does, for a bar.
    pub fn title(&self, part: Part) -> String {
        words::spoken(self.provider, &part_title(&self.plan, &self.bound, part))
    }

    fn step(&self, page: &mut Page, part: Part, word: &str, ink: Ink) {
        let number = format!("{:>4}  ", part.step);
        let title = self.title(part);
        page.spans(
            0,
            &[
                (&number, Ink::Dim),
                (&title, Ink::Plain),
                ("  ", Ink::Plain),
                (word, ink),
            ],
        );
    }
}

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    let Some(walked) = &report.walk else {
        return page.finish();
    };
    for damage in &walked.damage {
        page.item(0, "journal: ", damage, Ink::Yellow);
    }
    page.blank();
    let (said, ink) = ending(walked);
    page.item(0, "", &said, ink);
    if let Some(broken) = &walked.broken {
        page.item(2, "", broken, Ink::Red);
    }
    let mut table = Table::wrapping(1);
    for row in &walked.left {
        table.row(vec![
            Cell::number(row.step.to_string(), Ink::Dim),
            Cell::new(
                words::spoken(super::headline::provider(report), &row.title),
                Ink::Plain,
            ),
            Cell::new(row.why.clone(), Ink::Yellow),
        ]);
    }
    page.table(2, &table);
    super::summary::next(report, "", &mut page);
    page.finish()
}

fn ending(walked: &Walked) -> (String, Ink) {
    let (done, steps) = (walked.done, walked.steps);
    let of = match (walked.way, done) {
        (Way::Forward, _) => format!("{done} of {steps} steps are done"),
        (Way::Back, 0) => "no step is done".to_owned(),
        (Way::Back, done) => format!("{done} of {steps} steps are still done"),
    };
    match (walked.outcome, walked.way) {
        ("done", Way::Forward) if walked.already => (
            format!("Nothing to do: all {steps} steps are done."),
            Ink::Green,
        ),
        ("done", Way::Back) if walked.already => (
            "Nothing to take back: no step was done.".to_owned(),
            Ink::Green,
        ),
        ("done", Way::Forward) => (format!("All {steps} steps are done."), Ink::Green),
        ("done", Way::Back) => ("Everything is taken back.".to_owned(), Ink::Green),
        ("by-hand", _) => (
            format!("Stopped: {of}; what comes next is yours."),
            Ink::Yellow,
        ),
        ("stopped", _) => (format!("Stopped as you asked: {of}."), Ink::Yellow),
        ("broken", _) if !walked.left.is_empty() => (
            format!("A promise broke, and not all of its wave could be taken back: {of}."),
            Ink::Red,
        ),
        ("broken", _) => (
            format!("A promise broke, and its wave was taken back: {of}."),
            Ink::Red,
        ),
        _ => (format!("Not all could be done: {of}."), Ink::Red),
    }
}
