//! Clients of the internet as text: who is worse off first, then what each takes.

use std::collections::BTreeMap;

use sixward_estate::Provider;

use super::{LINES, more, when};
use crate::report::rehearsal::{HarmRow, Rehearsed, VisitRow};
use crate::text::page::{Ink, Page};
use crate::text::step::many;
use crate::text::table::{Cell, Table};
use crate::text::words;

/// Who does not get what it got, or waits for it.
pub(super) fn harms(row: &Rehearsed, provider: Provider, page: &mut Page) {
    let clients = &row.clients;
    if !clients.curl && !clients.names.is_empty() {
        let text = "`curl` is not here: how it takes to the names was not rehearsed";
        page.line(2, text, Ink::Yellow);
    }
    if clients.harms.is_empty() {
        return;
    }
    page.heading("USERS WHO WAIT OR ARE LOST", Ink::Red, "");
    // Those to whom the same happens are told together.
    let mut alike: Vec<(&HarmRow, Vec<&str>)> = Vec::new();
    for harm in &clients.harms {
        match alike.iter_mut().find(|(first, _)| first.is_alike(harm)) {
            Some((_, who)) => who.push(&harm.now.client),
            None => alike.push((harm, vec![&harm.now.client])),
        }
    }
    for (it, who) in alike.iter().take(LINES) {
        let text = format!(
            "{}: {} clients, {}, to {} tcp/{}",
            when(row, it.now.after),
            it.now.reach,
            who.join(", "),
            it.now.name,
            it.now.port
        );
        page.item(2, "- ", &words::spoken(provider, &text), Ink::Bold);
        page.item(4, "was  ", &it.was, Ink::Plain);
        page.item(4, "now  ", &it.now.told, Ink::Red);
    }
    more(alike.len(), page);
}

/// What each takes, where that changes on the way there.
pub(super) fn table(row: &Rehearsed, page: &mut Page) {
    let clients = &row.clients;
    if clients.names.is_empty() {
        return;
    }
    let title = "CLIENTS OF THE INTERNET";
    page.heading(title, Ink::Bold, "what each takes, and when it is there");
    for (names, found) in alike(row) {
        page.item(2, "", &names.join(", "), Ink::Plain);
        page.table(2, &changes(&found, 2 + usize::from(clients.curl)));
    }
    if clients.more > 0 {
        let text = format!(
            "and {}, to which nobody went",
            many(clients.more, "other name")
        );
        page.line(2, &text, Ink::Dim);
    }
}

/// Names under which the same was found, each with its port, and what that was.
fn alike(row: &Rehearsed) -> Vec<(Vec<String>, Vec<&VisitRow>)> {
    let mut alike: Vec<(Vec<String>, Vec<&VisitRow>)> = Vec::new();
    for name in &row.clients.names {
        let own = row.clients.visits.iter();
        let own = own
            .filter(|it| it.after <= row.end)
            .filter(|it| (&it.name, it.port) == (&name.name, name.port));
        let own: Vec<_> = own.collect();
        let text = format!("{} tcp/{}", name.name, name.port);
        let same = |found: &Vec<&VisitRow>| {
            found.len() == own.len() && found.iter().zip(&own).all(|(a, b)| a.is_alike(b))
        };
        match alike.iter_mut().find(|(_, found)| same(found)) {
            Some((names, _)) => names.push(text),
            None => alike.push((vec![text], own)),
        }
    }
    alike
}

/// A state, the families of a client, and what it found.
type Alike<'a> = (usize, &'a str, &'a str);

/// Those who find the same in one line.
fn changes(visits: &[&VisitRow], all: usize) -> Table {
    let mut alike: Vec<(Alike<'_>, Vec<&str>)> = Vec::new();
    let mut place = BTreeMap::new();
    for it in visits {
        let key = (it.after, it.reach.as_str(), it.told.as_str());
        let at = *place.entry(key).or_insert_with(|| {
            alike.push((key, Vec::new()));
            alike.len() - 1
        });
        alike[at].1.push(&it.client);
    }
    let mut table = Table::wrapping(3);
    for ((after, reach, told), clients) in alike {
        let who = if clients.len() == all {
            "all".to_owned()
        } else {
            clients.join(", ")
        };
        table.row(vec![
            Cell::number(after.to_string(), Ink::Dim),
            Cell::new(reach, Ink::Dim),
            Cell::new(who, Ink::Plain),
            Cell::new(told, Ink::Plain),
        ]);
    }
    table
}
