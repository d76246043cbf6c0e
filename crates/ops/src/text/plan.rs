//! Every step with its reason and its way back.

use sixward_estate::Provider;
use sixward_plan::Downtime;

use super::page::{Ink, Look, Page};
use super::{headline, words};
use crate::report::{Report, StepRow};

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    let mut wave = 0;
    for step in &report.steps {
        if step.wave != wave {
            wave = step.wave;
            page.heading(&format!("wave {wave}"), Ink::Plain, step.stage.title());
        }
        write(step, headline::provider(report), &mut page);
    }
    if report.steps.is_empty() {
        page.line(
            0,
            &format!("{}.", super::summary::nothing(report)),
            Ink::Bold,
        );
    }
    page.finish()
}

fn write(step: &StepRow, provider: Provider, page: &mut Page) {
    let say = |text: &str| words::spoken(provider, text);
    let number = format!("{:>4}  ", step.number);
    page.spans(0, &[(&number, Ink::Dim), (&say(&step.title), Ink::Bold)]);
    page.item(6, "why   ", &say(&step.reason), Ink::Plain);
    for (place, undo) in step.undo.iter().enumerate() {
        page.spans(
            6,
            &[
                (if place == 0 { "undo  " } else { "      " }, Ink::Plain),
                (&say(undo), Ink::Plain),
            ],
        );
    }
    if step.downtime != Downtime::None {
        page.item(6, "down  ", &step.downtime.to_string(), Ink::Yellow);
    }
    if !step.loses.is_empty() {
        page.item(6, "lost  ", &say(&step.loses), Ink::Yellow);
    }
}
