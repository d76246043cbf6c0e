//! What was found, in a few lines.

use std::collections::BTreeMap;

use sixward_estate::{Place, Provider};

use super::page::{Ink, Look, Page, wrap};
use super::table::{Cell, Table};
use super::words;
use crate::report::{PlaceFound, Report};

/// So many places are told one by one.
const PLACES: usize = 8;

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    write(report, &mut page);
    page.finish()
}

/// The source, its places, and how much of everything there is.
pub(crate) fn write(report: &Report, page: &mut Page) {
    let provider = provider(report);
    let from = match &report.source.intent {
        Some(intent) => format!("{}, with {intent}", report.source.given),
        None => report.source.given.clone(),
    };
    page.spans(
        0,
        &[
            ("sixward ", Ink::Bold),
            (report.verb, Ink::Bold),
            ("  ", Ink::Plain),
            (&from, Ink::Plain),
        ],
    );
    match report.found.places.as_slice() {
        [only] => page.line(2, &place(&only.place), Ink::Bold),
        places => several(places, page),
    }
    let counts = counts(provider, &report.found.counts);
    for line in wrap(&counts, page.look().width.saturating_sub(2)) {
        // Spaces within a count are unbreakable until here.
        page.line(2, &line.replace('\u{a0}', " "), Ink::Plain);
    }
    ignored(report, page);
}

/// The provider of most; mixed estates are rare, and neutral words are no mistake.
pub(crate) fn provider(report: &Report) -> Provider {
    let mut providers: Vec<_> = report
        .found
        .places
        .iter()
        .map(|p| p.place.provider)
        .collect();
    providers.dedup();
    match providers.as_slice() {
        [only] => *only,
        _ => Provider::Other,
    }
}

fn place(place: &Place) -> String {
    let mut text = words::provider(place.provider).to_owned();
    if !place.region.is_empty() {
        text.push(' ');
        text.push_str(&place.region);
    }
    if !place.account.is_empty() {
        text.push_str(", account ");
        text.push_str(&place.account);
    }
    text
}

fn counts(provider: Provider, counts: &BTreeMap<&'static str, usize>) -> String {
    let known = words::HEADLINE
        .iter()
        .filter_map(|noun| Some((*noun, *counts.get(noun)?)));
    let told =
        known.map(|(noun, count)| words::count(provider, noun, count).replace(' ', "\u{a0}"));
    told.collect::<Vec<_>>().join(" · ")
}

fn several(places: &[PlaceFound], page: &mut Page) {
    let mut sorted: Vec<_> = places.iter().collect();
    let size = |found: &PlaceFound| found.counts.values().sum::<usize>();
    sorted.sort_by_key(|found| std::cmp::Reverse(size(found)));
    let mut table = Table::new([0]);
    for found in sorted.iter().take(PLACES) {
        let mut row = vec![Cell::new(place(&found.place), Ink::Bold)];
        row.extend(["network", "subnet", "host"].map(|noun| {
            let count = found.counts.get(noun).copied().unwrap_or_default();
            Cell::number(words::count(found.place.provider, noun, count), Ink::Plain)
        }));
        table.row(row);
    }
    page.table(2, &table);
    if places.len() > PLACES {
        let more = words::number(places.len() - PLACES);
        page.line(2, &format!("and {more} more places"), Ink::Dim);
    }
}

fn ignored(report: &Report, page: &mut Page) {
    let ignored = &report.source.ignored;
    let Some(first) = ignored.first() else {
        return;
    };
    let text = match ignored.len() {
        1 => format!("not read: {first}"),
        count => format!(
            "not read: {first} and {} more files that are not JSON",
            words::number(count - 1)
        ),
    };
    page.line(2, &text, Ink::Dim);
}
