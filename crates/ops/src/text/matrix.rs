//! The table of who can talk to whom: rows begin, columns are begun with.
//!
//! A cell says IPv4 before the plan and IPv6 after it. What is long is said below, under a letter; what
//! is too wide goes on in a next block of columns. Rows and columns in which nothing passes are named
//! instead of shown.

use std::collections::{BTreeMap, BTreeSet};

use sixward_assess::Tier;

use super::page::{Ink, Look, Page};
use super::table::{Cell, Table};
use crate::report::Report;
use crate::report::matrix::{CellRow, CellTraffic, GroupRow, Matrix};

/// No line is wider, however wide the screen.
const WIDEST: usize = 150;
/// What is longer is said below.
const LONG: usize = 16;
/// No heading of a column is longer.
const HEAD: usize = 18;
/// No heading of a row is longer.
const NAME: usize = 32;
/// More things than these are counted.
const MOST: usize = 6;

pub(crate) fn text(report: &Report, look: Look) -> String {
    let look = Look {
        width: look.width.min(WIDEST),
        ..look
    };
    let mut page = Page::new(look);
    if let Some(matrix) = &report.matrix {
        head(report, matrix, &mut page);
        let mut notes = Notes::default();
        blocks(matrix, &mut notes, &mut page);
        below(matrix, &notes, &mut page);
    }
    page.finish()
}

/// Long traffic by its letters.
#[derive(Debug, Default)]
struct Notes {
    known: BTreeMap<String, String>,
    order: Vec<String>,
}

impl Notes {
    fn word(&mut self, traffic: &str) -> String {
        if traffic.chars().count() <= LONG {
            return traffic.to_owned();
        }
        if let Some(known) = self.known.get(traffic) {
            return known.clone();
        }
        let word = format!("[{}]", letters(self.order.len()));
        self.known.insert(traffic.to_owned(), word.clone());
        self.order.push(traffic.to_owned());
        word
    }
}

/// a, b ... z, aa, ab ...
fn letters(number: usize) -> String {
    let last = u8::try_from(number % 26).unwrap_or_default();
    let last = char::from(b'a' + last);
    match number / 26 {
        0 => last.to_string(),
        more => format!("{}{last}", letters(more - 1)),
    }
}

fn head(report: &Report, matrix: &Matrix, page: &mut Page) {
    let plan = match &matrix.plan {
        Some(file) if *file == report.source.given => String::new(),
        Some(file) => format!(", plan {file}"),
        None => ", planned now".to_owned(),
    };
    let from = format!("{}{plan}", report.source.given);
    page.spans(0, &[("sixward matrix  ", Ink::Bold), (&from, Ink::Plain)]);
    let when = if matrix.steps == 0 {
        "IPv4 | IPv6, as it is: the plan has no step".to_owned()
    } else {
        format!(
            "IPv4 before the plan | IPv6 after step {} of {}",
            matrix.after, matrix.steps
        )
    };
    page.line(2, &when, Ink::Plain);
}

fn blocks(matrix: &Matrix, notes: &mut Notes, page: &mut Page) {
    let active = |ends: fn(&CellRow) -> usize| {
        let rows = matrix.groups.iter();
        rows.filter(move |group| matrix.cells.iter().any(|cell| ends(cell) == group.number))
            .collect::<Vec<_>>()
    };
    let (rows, columns) = (active(|cell| cell.from), active(|cell| cell.to));
    let words = matrix.cells.iter();
    let words: BTreeMap<_, _> = words
        .map(|cell| ((cell.from, cell.to), word(cell, notes)))
        .collect();
    let mut rest = columns.as_slice();
    while !rest.is_empty() {
        // As many columns as there is room for, and one at least.
        let fits = |count: &usize| {
            let some = rest.get(..*count).unwrap_or(rest);
            block(&rows, some, &words).width() + 2 <= page.look().width
        };
        let count = (1..=rest.len()).take_while(fits).last().unwrap_or(1);
        let (some, next) = rest.split_at(count);
        page.blank();
        page.table(2, &block(&rows, some, &words));
        rest = next;
    }
}

fn block(
    rows: &[&GroupRow],
    columns: &[&GroupRow],
    words: &BTreeMap<(usize, usize), (String, Ink)>,
) -> Table {
    let mut table = Table::new([]);
    let titles = columns
        .iter()
        .map(|group| Cell::new(title(group, HEAD), Ink::Bold));
    let corner = [Cell::default(), Cell::default()];
    table.row(corner.into_iter().chain(titles).collect());
    let mut last = None;
    for group in rows {
        let place = place(group);
        let shown = if last.as_ref() == Some(&place) {
            String::new()
        } else {
            place.clone()
        };
        last = Some(place);
        let name = title(group, NAME);
        let first = [Cell::new(shown, Ink::Dim), Cell::new(name, Ink::Bold)];
        let cells = columns.iter().map(|column| {
            let word = words.get(&(group.number, column.number));
            word.map_or_else(
                || Cell::new("-", Ink::Dim),
                |(word, ink)| Cell::new(word.clone(), *ink),
            )
        });
        table.row(first.into_iter().chain(cells).collect());
    }
    table
}

/// A cell in words: `tcp 443 | =`.
fn word(cell: &CellRow, notes: &mut Notes) -> (String, Ink) {
    let v4 = family(&cell.v4, notes);
    if cell.same {
        return (format!("{v4} | ="), Ink::Plain);
    }
    let v6 = family(&cell.v6, notes);
    let open = !cell.v4.undetermined.is_empty() || !cell.v6.undetermined.is_empty();
    if cell.beyond {
        (format!("{v4} | {v6} !"), Ink::Red)
    } else if open {
        (format!("{v4} | {v6}"), Ink::Yellow)
    } else {
        (format!("{v4} | {v6}"), Ink::Plain)
    }
}

fn family(traffic: &CellTraffic, notes: &mut Notes) -> String {
    let nothing = |text: &str| text == "nothing";
    let unknown = if traffic.undetermined.is_empty() {
        ""
    } else {
        "?"
    };
    if nothing(&traffic.some) {
        return if unknown.is_empty() { "-" } else { "?" }.to_owned();
    }
    let some = match traffic.some.as_str() {
        "all traffic" => "all".to_owned(),
        some => notes.word(some),
    };
    let part = if traffic.partial { "~" } else { "" };
    format!("{part}{some}{unknown}")
}

fn below(matrix: &Matrix, notes: &Notes, page: &mut Page) {
    page.blank();
    for (number, traffic) in notes.order.iter().enumerate() {
        let mark = format!("[{}]  ", letters(number));
        page.item(2, &mark, traffic, Ink::Plain);
    }
    let idle = matrix.groups.iter().filter(|group| {
        let mut cells = matrix.cells.iter();
        !cells.any(|cell| cell.from == group.number || cell.to == group.number)
    });
    let idle: Vec<_> = idle.map(name).collect();
    if !idle.is_empty() {
        let text = idle.join(", ");
        page.item(2, "nothing passes from or to  ", &text, Ink::Dim);
    }
    waits(matrix, page);
    page.item(
        2,
        "",
        "a row begins flows with a column; = the same in both families, ! IPv6 lets more begin, \
         ~ some of the pairs only, ? undetermined, - nothing",
        Ink::Dim,
    );
}

/// What undetermined cells wait for.
fn waits(matrix: &Matrix, page: &mut Page) {
    let both = matrix.cells.iter().flat_map(|cell| [&cell.v4, &cell.v6]);
    let all: BTreeSet<_> = both.flat_map(|it| &it.undetermined).collect();
    if all.is_empty() {
        return;
    }
    let shown = all.iter().take(MOST).map(ToString::to_string);
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if all.len() > MOST {
        text = format!("{text} and {} more", all.len() - MOST);
    }
    page.item(2, "? waits for  ", &text, Ink::Yellow);
}

fn place(group: &GroupRow) -> String {
    let tier = match group.tier {
        Some(Tier::Public) => " public",
        Some(Tier::Private) => " private",
        Some(Tier::Isolated) => " isolated",
        None => "",
    };
    format!("{}{tier}", group.network)
}

fn name(group: &GroupRow) -> String {
    match group.interfaces {
        0 | 1 => group.name.clone(),
        more => format!("{} ({more})", group.name),
    }
}

/// A group's number and name, cut where it is too long.
fn title(group: &GroupRow, most: usize) -> String {
    let whole = format!("{} {}", group.number, name(group));
    if whole.chars().count() <= most {
        return whole;
    }
    whole.chars().take(most - 1).chain(['…']).collect()
}
