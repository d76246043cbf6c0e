//! The steps of a plan: each of them when they are few, else each wave.

use sixward_plan::{Downtime, Risk, Stage};

use super::page::{Ink, Page};
use super::table::{Cell, Table};
use super::words;
use crate::report::{Report, StepRow, WaveRow};

/// So many steps are told one by one.
const FEW: usize = 30;
/// A list of what is lost or opened ends here.
const LINES: usize = 5;

pub(crate) fn write(report: &Report, page: &mut Page) {
    let beside = "by wave and stage; those of one wave do not depend on one another";
    page.heading("STEPS", Ink::Plain, beside);
    if report.steps.len() <= FEW {
        each_step(report, page);
    } else {
        each_wave(&report.waves, page);
    }
}

fn each_step(report: &Report, page: &mut Page) {
    let mut table = Table::wrapping(3);
    let mut wave = 0;
    let mut stage = None;
    for step in &report.steps {
        let number = if step.wave == wave {
            String::new()
        } else {
            step.wave.to_string()
        };
        let name = if stage == Some(step.stage) {
            ""
        } else {
            short(step.stage)
        };
        wave = step.wave;
        stage = Some(step.stage);
        table.row(vec![
            Cell::number(number, Ink::Plain),
            Cell::new(name, Ink::Bold),
            Cell::number(step.number.to_string(), Ink::Dim),
            Cell::new(brief(&step.title, report), Ink::Plain),
        ]);
        if let Some(note) = notable(step) {
            let nothing = Cell::default();
            table.row(vec![nothing.clone(), nothing.clone(), nothing, note]);
        }
    }
    page.table(2, &table);
}

/// A title without the network's id in front of each prefix, where only one network is meant.
fn brief(title: &str, report: &Report) -> String {
    let title = words::spoken(super::headline::provider(report), title);
    match report.addresses.as_slice() {
        [only] => title.replace(&format!("{{{}}}", only.network), "{…}"),
        _ => title,
    }
}

/// What somebody should know before the step is done; most steps have nothing of the kind.
fn notable(step: &StepRow) -> Option<Cell> {
    let risk = match step.risk {
        Risk::None | Risk::Low => None,
        risk => Some(format!("{risk} risk")),
    };
    let downtime = (step.downtime != Downtime::None).then(|| step.downtime.to_string());
    let words: Vec<_> = risk.into_iter().chain(downtime).collect();
    let ink = if step.risk == Risk::High {
        Ink::Red
    } else {
        Ink::Yellow
    };
    (!words.is_empty()).then(|| Cell::new(format!("! {}", words.join(", ")), ink))
}

fn each_wave(waves: &[WaveRow], page: &mut Page) {
    let mut table = Table::new([3]);
    let head = ["wave", "stage", "steps", "what", "risk", "downtime"];
    table.row(head.map(|title| Cell::new(title, Ink::Dim)).to_vec());
    for wave in waves {
        let kinds = wave.kinds.iter().map(|(kind, count)| many(*count, kind));
        let noticed = match wave.noticed {
            0 => String::new(),
            count => format!("{} of them", words::number(count)),
        };
        table.row(vec![
            Cell::number(wave.wave.to_string(), Ink::Plain),
            Cell::new(short(wave.stage), Ink::Bold),
            Cell::number(words::number(wave.steps), Ink::Plain),
            Cell::new(kinds.collect::<Vec<_>>().join(", "), Ink::Plain),
            risk(wave.risk),
            Cell::new(noticed, Ink::Yellow),
        ]);
    }
    page.table(2, &table);
}

fn risk(risk: Risk) -> Cell {
    match risk {
        Risk::None => Cell::default(),
        Risk::Low => Cell::new("low", Ink::Dim),
        Risk::Medium => Cell::new("medium", Ink::Yellow),
        Risk::High => Cell::new("high", Ink::Red),
    }
}

/// What no undo brings back.
pub(crate) fn losses(report: &Report, page: &mut Page) {
    if report.losses.is_empty() {
        return;
    }
    page.heading("ONE WAY", Ink::Yellow, "what undo does not bring back");
    for loss in report.losses.iter().take(LINES) {
        page.item(
            2,
            "- ",
            &format!("{}: {}", steps(&loss.steps), loss.what),
            Ink::Plain,
        );
    }
    rest(report.losses.len(), page);
}

/// What the provider opens by itself.
pub(crate) fn by_itself(report: &Report, page: &mut Page) {
    if report.by_itself.is_empty() {
        return;
    }
    let provider = super::headline::provider(report);
    page.heading(
        "BY ITSELF",
        Ink::Plain,
        &format!(
            "{} adds these rules; undo takes them away",
            words::provider(provider)
        ),
    );
    for opened in report.by_itself.iter().take(LINES) {
        let names = opened.firewalls.iter().take(4).map(|firewall| {
            let name = if firewall.name.is_empty() {
                &firewall.id
            } else {
                &firewall.name
            };
            name.to_string()
        });
        let mut names = names.collect::<Vec<_>>().join(", ");
        if opened.firewalls.len() > 4 {
            names.push_str(", …");
        }
        let who = words::count(provider, opened.noun, opened.firewalls.len());
        let rules = opened.rules.join(" and ");
        let text = format!("{}: {rules} in {who} ({names})", steps(&opened.steps));
        page.item(2, "- ", &text, Ink::Plain);
    }
    rest(report.by_itself.len(), page);
}

fn rest(count: usize, page: &mut Page) {
    if count > LINES {
        page.line(
            2,
            &format!("and {} more: see runbook.md", words::number(count - LINES)),
            Ink::Dim,
        );
    }
}

fn steps(numbers: &[u32]) -> String {
    match numbers {
        [one] => format!("step {one}"),
        [first, .., last] if numbers.len() > 3 => {
            let unbroken = numbers
                .windows(2)
                .all(|pair| matches!(pair, [a, b] if a + 1 == *b));
            let count = words::number(numbers.len());
            let several = format!("{count} of the steps {first} to {last}");
            if unbroken {
                format!("steps {first} to {last}")
            } else {
                several
            }
        }
        _ => {
            let listed: Vec<_> = numbers.iter().map(ToString::to_string).collect();
            format!("steps {}", listed.join(", "))
        }
    }
}

/// `1 step`, `12 steps`, `2 addresses`.
pub(crate) fn many(count: usize, one: &str) -> String {
    let ending = match count {
        1 => "",
        _ if one.ends_with('s') => "es",
        _ => "s",
    };
    format!("{} {one}{ending}", words::number(count))
}

/// A stage in a word.
pub(crate) fn short(stage: Stage) -> &'static str {
    match stage {
        Stage::Blocks => "blocks",
        Stage::Routes => "routes",
        Stage::Filters => "rules",
        Stage::MachineTypes => "types",
        Stage::Addresses => "addresses",
        Stage::Tunnels => "tunnels",
        Stage::Guests => "guests",
        Stage::Services => "services",
        Stage::Names => "names",
    }
}
