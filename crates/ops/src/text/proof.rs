//! A proof as text: the promises first, then what breaks one, step by step and with what would mend it
//! last, then mistakes that have names, and at the end what was looked at.

use std::collections::BTreeSet;

use sixward_estate::Provider;
use sixward_net::Family;
use sixward_prove::proof::{Kind, Outcome, Promise};

use super::page::{Ink, Look, Page, wrap};
use super::step::many;
use super::table::{Cell, Table};
use super::{flow, hazard, headline, words};
use crate::report::proof::{BreachRow, PromiseRow, Proved, Scope};
use crate::report::{FlowRow, Report, Verdict};

/// So many headings are told in full.
const HEADINGS: usize = 12;
/// Of one heading so many groups.
const GROUPS: usize = 5;
/// So many ends of a flow are named.
const ENDS: usize = 4;

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    if let Some(proof) = &report.proof {
        let provider = headline::provider(report);
        head(report, proof, &mut page);
        promises(proof, &mut page);
        breaches(report, proof, provider, &mut page);
        hazard::write(&proof.hazards, &proof.symbols, provider, &mut page);
        looked_at(report, proof, provider, &mut page);
    }
    page.finish()
}

fn head(report: &Report, proof: &Proved, page: &mut Page) {
    let plan = match &proof.plan {
        Some(file) if *file == report.source.given => String::new(),
        Some(file) => format!(", plan {file}"),
        None => ", planned now".to_owned(),
    };
    let from = format!("{}{plan}", report.source.given);
    page.spans(0, &[("sixward prove  ", Ink::Bold), (&from, Ink::Plain)]);
}

/// A line for each promise.
pub(super) fn promises(proof: &Proved, page: &mut Page) {
    let mut table = Table::new([]);
    for row in &proof.promises {
        let (word, ink) = word(row);
        table.row(vec![
            Cell::new(row.promise.to_string(), Ink::Bold),
            Cell::new(row.title, Ink::Plain),
            Cell::new(word, ink),
            Cell::new(extent(row, proof), Ink::Dim),
        ]);
    }
    page.table(2, &table);
}

fn word(row: &PromiseRow) -> (String, Ink) {
    let since = match row.after.first() {
        Some(0) => " before the plan".to_owned(),
        Some(after) => format!(" after step {after}"),
        None => String::new(),
    };
    let since = match row.promise {
        Promise::Ipv6AsIpv4 => String::new(),
        _ => since,
    };
    match row.outcome {
        Outcome::Held if row.states == 0 => ("nothing to show".to_owned(), Ink::Dim),
        Outcome::Held => ("proved".to_owned(), Ink::Green),
        Outcome::Undetermined => (format!("UNDETERMINED{since}"), Ink::Yellow),
        Outcome::Broken => (format!("BROKEN{since}"), Ink::Red),
    }
}

/// Where a promise was looked at.
fn extent(row: &PromiseRow, proof: &Proved) -> String {
    match (row.promise, row.states) {
        (Promise::NamesServe, 0) => "no step publishes a name".to_owned(),
        (Promise::NamesServe, steps) => format!("{} with names", many(steps, "step")),
        (Promise::WayBack, 0) => "the plan has no step".to_owned(),
        (Promise::WayBack, waves) if proof.scope.waves => many(waves, "wave"),
        (Promise::WayBack, steps) => many(steps, "step"),
        (Promise::Ipv6AsIpv4, _) if proof.steps == 0 => "the only state".to_owned(),
        (Promise::Ipv6AsIpv4, _) => "the last state".to_owned(),
        (_, states) => many(states, "state"),
    }
}

fn breaches(report: &Report, proof: &Proved, provider: Provider, page: &mut Page) {
    let all = proof.breaches.as_slice();
    let steps: Vec<_> = all
        .chunk_by(|a, b| (a.after, a.promise) == (b.after, b.promise))
        .collect();
    let mut told = BTreeSet::new();
    for rows in steps.iter().take(HEADINGS) {
        heading(rows, proof, provider, page);
        groups(rows, proof, provider, &mut told, page);
    }
    if let Some(rest) = steps.get(HEADINGS..).filter(|rest| !rest.is_empty()) {
        let text = format!(
            "and {} more, of {}: `sixward prove {} --json` has them all",
            many(rest.iter().map(|rows| rows.len()).sum(), "breach"),
            many(rest.len(), "step"),
            report.source.given,
        );
        page.blank();
        page.line(0, &text, Ink::Dim);
    }
}

fn heading(rows: &[BreachRow], proof: &Proved, provider: Provider, page: &mut Page) {
    let Some(first) = rows.first() else { return };
    let sure = rows.iter().any(|row| row.breach.outcome == Outcome::Broken);
    let (word, ink) = if sure {
        ("BROKEN", Ink::Red)
    } else {
        ("UNDETERMINED", Ink::Yellow)
    };
    let title = match first.after {
        _ if first.promise == Promise::Ipv6AsIpv4 => format!("{} {word} IN THE END", first.promise),
        0 => format!("{} {word} BEFORE THE PLAN", first.promise),
        step => format!("{} {word} AFTER STEP {step}", first.promise),
    };
    let step = first.step.as_ref();
    let step = step.filter(|_| first.promise != Promise::Ipv6AsIpv4);
    let beside = step.map(|step| {
        let step = words::spoken(provider, &flow::brief(&proof.symbols, step));
        format!("of {}: {step}", proof.steps)
    });
    page.heading(&title, ink, &beside.unwrap_or_default());
}

/// Flows that the same thing decides and the same would mend are told of together.
fn groups<'a>(
    rows: &'a [BreachRow],
    proof: &Proved,
    provider: Provider,
    told: &mut BTreeSet<&'a str>,
    page: &mut Page,
) {
    let mut groups: Vec<Vec<&BreachRow>> = Vec::new();
    for row in rows {
        let same = |group: &&mut Vec<&BreachRow>| {
            group.first().is_some_and(|first| {
                let (a, b) = (&first.breach, &row.breach);
                (a.kind, a.outcome, &a.decided_by, &a.decision)
                    == (b.kind, b.outcome, &b.decided_by, &b.decision)
            })
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    for (place, rows) in groups.iter().take(GROUPS).enumerate() {
        if place > 0 {
            page.blank();
        }
        group(rows, proof, provider, told, page);
    }
    if groups.len() > GROUPS {
        let more = many(groups.len() - GROUPS, "cause");
        page.blank();
        page.line(2, &format!("and {more} more of this step"), Ink::Dim);
    }
    if rows.iter().any(|row| row.more) {
        let text = "there are more flows than were looked into";
        page.line(2, text, Ink::Dim);
    }
}

fn group<'a>(
    rows: &[&'a BreachRow],
    proof: &Proved,
    provider: Provider,
    told: &mut BTreeSet<&'a str>,
    page: &mut Page,
) {
    let Some(first) = rows.first() else { return };
    let breach = &first.breach;
    let symbols = proof.symbols.as_slice();
    if !breach.from.is_empty() {
        page.item(2, "", &flows(first), Ink::Bold);
    }
    if rows.len() > 1 {
        let more = words::number(rows.len() - 1);
        let text = format!("and {more} more like this, to be mended by the same");
        page.line(2, &text, Ink::Dim);
    }
    if let Some(way) = &first.way {
        let packet = way.packet.as_deref().unwrap_or_default();
        let fresh = told.insert(packet);
        verdict(
            &label(breach.kind, way.family, true),
            way,
            proof,
            provider,
            page,
        );
        if fresh {
            flow::hops(way, symbols, 2, page);
        } else {
            page.line(2, "its way is shown above", Ink::Dim);
        }
    }
    if let Some(measure) = &first.measure {
        let label = label(breach.kind, measure.family, false);
        verdict(&label, measure, proof, provider, page);
    }
    decided(first, proof, provider, page);
    if !breach.mend.is_empty() {
        let mend = said(proof, provider, &breach.mend);
        page.item(2, "→ ", &mend, Ink::Green);
    }
}

/// `tcp 9090 from the internet to metrics`
fn flows(row: &BreachRow) -> String {
    let breach = &row.breach;
    let (from, to) = (ends(&breach.from), ends(&breach.to));
    // Where the port that it is sent from matters, `from` would be there twice.
    if breach.traffic.contains(" from ") {
        let traffic = breach.traffic.replace(" from ", " sent from ");
        return format!("{from} to {to}: {traffic}");
    }
    format!("{} from {from} to {to}", breach.traffic)
}

fn ends(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(ENDS).map(String::as_str).collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(ENDS) {
        0 => shown,
        more => format!("{shown} and {} more", words::number(more)),
    }
}

/// Which of the two ways it is.
fn label(kind: Kind, family: Family, now: bool) -> String {
    match (kind, now) {
        (Kind::Lost | Kind::Gained, true) => format!("{family} now"),
        (Kind::Lost | Kind::Gained, false) => format!("{family} before the plan"),
        _ => format!("over {family}"),
    }
}

fn verdict(label: &str, way: &FlowRow, proof: &Proved, provider: Provider, page: &mut Page) {
    let nowhere = way.by.as_ref().is_some_and(|by| by.noun == "internet");
    let verdict = match way.verdict {
        Verdict::Dropped if nowhere => format!("no way: {}", way.why),
        _ => flow::verdict(way, &proof.symbols, provider),
    };
    let ink = match way.verdict {
        Verdict::Undetermined => Ink::Yellow,
        _ => Ink::Plain,
    };
    page.item(2, &format!("{label}: "), &verdict, ink);
}

/// The rule, the route or the thing by which it is so.
fn decided(row: &BreachRow, proof: &Proved, provider: Provider, page: &mut Page) {
    let breach = &row.breach;
    // What it waits for is said by what would mend it.
    if breach.outcome == Outcome::Undetermined {
        return;
    }
    let by = breach.decided_by.as_ref();
    let by = by.map(|by| flow::subject(&proof.symbols, provider, by));
    let what = said(proof, provider, &breach.decision);
    let text = match by {
        Some(by) if what.is_empty() => by,
        Some(by) => format!("{by}: {what}"),
        None => what,
    };
    // What drops the packet was told by its way.
    let told = row
        .way
        .as_ref()
        .is_some_and(|way| way.verdict == Verdict::Dropped);
    if !text.is_empty() && !told {
        page.item(2, "decided by ", &text, Ink::Plain);
    }
}

fn said(proof: &Proved, provider: Provider, text: &str) -> String {
    words::spoken(provider, &flow::brief(&proof.symbols, text))
}

/// What the proof is about, and what it is not.
fn looked_at(report: &Report, proof: &Proved, provider: Provider, page: &mut Page) {
    page.blank();
    for line in wrap(&scope(report, proof), page.look().width) {
        page.line(0, &line, Ink::Plain);
    }
    let steps = proof.breaches.iter().map(|row| &row.step);
    let mut steps = steps
        .chain(proof.hazards.iter().map(|row| &row.step))
        .flatten();
    if steps.any(|step| step.contains('{')) {
        flow::braces(&proof.symbols, provider, page);
    }
}

fn scope(report: &Report, proof: &Proved) -> String {
    let Scope {
        interfaces,
        served,
        left_out,
        open,
        far,
        unseen,
        ..
    } = proof.scope;
    let states = match proof.steps {
        0 => "the only state".to_owned(),
        steps => states(proof, steps),
    };
    let others = match far {
        0 => "the internet".to_owned(),
        1 => "the internet and 1 far end of links".to_owned(),
        far => format!("the internet and {} far ends of links", words::number(far)),
    };
    let who = match interfaces {
        0 => "no interface".to_owned(),
        1 => format!("1 interface and {others}"),
        _ => format!(
            "every pair of {}, and each with {others}",
            many(interfaces, "interface")
        ),
    };
    let have = if served == 1 { "has" } else { "have" };
    let end = format!("{} {have} IPv6 in the end", words::number(served));
    let asked = match open {
        0 => String::new(),
        1 => format!(
            "; 1 question is open: `sixward assess {}`",
            report.source.given
        ),
        open => format!(
            "; {} are open: `sixward assess {}`",
            many(open, "question"),
            report.source.given
        ),
    };
    let left = match left_out {
        0 => String::new(),
        1 => "; left out of IPv6 on purpose: 1 IPv4 rule or route".to_owned(),
        left => format!(
            "; left out of IPv6 on purpose: {} IPv4 rules and routes",
            words::number(left)
        ),
    };
    let beyond = match unseen {
        0 => String::new(),
        unseen => format!("; not looked at: what is behind {}", many(unseen, "link")),
    };
    format!("Looked at: {states}, both families, {who}; {end}{left}{asked}{beyond}.")
}

fn states(proof: &Proved, steps: usize) -> String {
    let by_wave = "hazards and P6 after each wave";
    match (proof.scope.waves, proof.scope.hazards_by_wave) {
        (true, _) => "the states after each wave".to_owned(),
        (false, true) => format!("{} ({by_wave})", many(steps + 1, "state")),
        (false, false) => many(steps + 1, "state"),
    }
}
