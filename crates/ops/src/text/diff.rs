//! What two estates differ in as text: how much first, what the internet newly reaches before all else.

use sixward_estate::Provider;
use sixward_net::Family;
use sixward_prove::diff::{Count, Decider, Flows, Turn};

use super::page::{Ink, Look, Page};
use super::table::{Cell, Table};
use super::words;
use crate::report::Report;
use crate::report::diff::{Differences, ThingRow};

/// More names than these are counted.
const MOST: usize = 6;

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    if let Some(diff) = &report.diff {
        let provider = report.found.places.first();
        let provider = provider.map_or(Provider::Aws, |found| found.place.provider);
        head(diff, &mut page);
        things(diff, provider, &mut page);
        for flows in &diff.found.flows {
            one(flows, provider, &mut page);
        }
        rest(diff, &mut page);
    }
    page.finish()
}

fn head(diff: &Differences, page: &mut Page) {
    let ends = format!("{} -> {}", diff.before, diff.after);
    page.spans(0, &[("sixward diff  ", Ink::Bold), (&ends, Ink::Plain)]);
    let mut table = Table::new([]);
    for count in &diff.found.counts {
        table.row(vec![
            Cell::new(family(count.family), Ink::Bold),
            Cell::new(turn(count.turn), Ink::Plain),
            amount(count),
            exposed(count),
        ]);
    }
    page.table(2, &table);
}

fn amount(count: &Count) -> Cell {
    let sorts = |number: usize| match number {
        1 => "1 sort of flows".to_owned(),
        number => format!("{} sorts of flows", words::number(number)),
    };
    let more = if count.more { " and more" } else { "" };
    match (count.sure, count.undetermined) {
        (0, 0) => Cell::new("none", Ink::Dim),
        (0, vague) => Cell::new(format!("UNDETERMINED: {}{more}", sorts(vague)), Ink::Yellow),
        (sure, 0) => Cell::new(format!("{}{more}", sorts(sure)), Ink::Plain),
        (sure, vague) => Cell::new(
            format!("{}, {vague} UNDETERMINED{more}", sorts(sure)),
            Ink::Plain,
        ),
    }
}

fn exposed(count: &Count) -> Cell {
    match (count.turn, count.from_internet) {
        (_, 0) => Cell::default(),
        (Turn::Gained, some) => Cell::new(format!("{some} FROM THE INTERNET"), Ink::Red),
        (Turn::Lost, some) => Cell::new(format!("{some} from the internet"), Ink::Plain),
    }
}

fn things(diff: &Differences, provider: Provider, page: &mut Page) {
    if diff.things.is_empty() {
        return;
    }
    page.blank();
    let mut table = Table::wrapping(1);
    for row in &diff.things {
        table.row(vec![
            Cell::new(words::noun(provider, row.noun, 2), Ink::Bold),
            Cell::new(changes(row), Ink::Plain),
        ]);
    }
    page.table(2, &table);
}

fn changes(row: &ThingRow) -> String {
    let part =
        |sign: &str, ids: &[String]| (!ids.is_empty()).then(|| format!("{sign} {}", some(ids)));
    let parts = [
        part("came:", &row.came),
        part("went:", &row.went),
        part("changed:", &row.changed),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn one(flows: &Flows, provider: Provider, page: &mut Page) {
    let (title, ink) = title(flows);
    page.heading(&title, ink, &flows.traffic);
    page.item(2, "from  ", &some(&flows.from), Ink::Plain);
    page.item(2, "to    ", &some(&flows.to), Ink::Plain);
    page.item(2, "e.g.  ", &flows.witness.1.to_string(), Ink::Dim);
    if flows.sure {
        let [now, then] = match flows.turn {
            Turn::Gained => ["now", "before"],
            Turn::Lost => ["before", "now"],
        };
        let known = [
            (now, "passes", &flows.passes),
            (then, "stops", &flows.stops),
        ];
        for (when, what, decider) in known {
            if let Some(decider) = decider {
                let text = format!("{what} {when}: {}", said(decider, provider));
                page.item(2, "", &text, Ink::Plain);
            }
        }
    } else {
        let names = flows.undetermined.iter();
        let names: Vec<_> = names
            .map(|subject| words::subject(provider, subject))
            .collect();
        page.item(2, "waits for ", &some(&names), Ink::Yellow);
    }
}

fn title(flows: &Flows) -> (String, Ink) {
    let family = family(flows.family);
    match (flows.sure, flows.turn, flows.from_internet) {
        (false, turn, _) => (
            format!("UNDETERMINED {family}, maybe {}", self::turn(turn)),
            Ink::Yellow,
        ),
        (true, Turn::Gained, true) => (format!("GAINED {family} FROM THE INTERNET"), Ink::Red),
        (true, Turn::Gained, false) => (format!("GAINED {family}"), Ink::Green),
        (true, Turn::Lost, _) => (format!("LOST {family}"), Ink::Red),
    }
}

fn said(decider: &Decider, provider: Provider) -> String {
    let at = words::subject(provider, &decider.at);
    format!("{at} {}", words::spoken(provider, &decider.what))
}

/// What was counted and is not shown.
fn rest(diff: &Differences, page: &mut Page) {
    let counted = diff.found.counts.iter();
    let counted: usize = counted.map(|it| it.sure + it.undetermined).sum();
    let hidden = counted.saturating_sub(diff.found.flows.len());
    if hidden > 0 {
        page.blank();
        let text = format!("{} more are not shown", words::number(hidden));
        page.line(0, &text, Ink::Dim);
    }
}

fn some(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(MOST).map(String::as_str).collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn family(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

fn turn(turn: Turn) -> &'static str {
    match turn {
        Turn::Gained => "gained",
        Turn::Lost => "lost",
    }
}
