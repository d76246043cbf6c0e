//! What becomes of a flow: the verdicts first, then hop by hop, `->` the packet and `<-` its answer, as
//! `docs/concepts/reachability.md` shows.

use sixward_estate::{Provider, Subject};
use sixward_net::Family;
use sixward_plan::Symbol;

use super::page::{Ink, Look, Page};
use super::table::{Cell, Table};
use super::{headline, words};
use crate::report::{
    Deaf, FlowRow, Flows, HopRow, LegEnds, LegRow, Report, StateRow, Verdict, Way,
};

pub(crate) fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    if let Some(flows) = &report.flows {
        let provider = headline::provider(report);
        head(report, flows, provider, &mut page);
        for state in &flows.states {
            self::state(state, flows, provider, &mut page);
        }
        legend(flows, provider, &mut page);
    }
    page.finish()
}

fn head(report: &Report, flows: &Flows, provider: Provider, page: &mut Page) {
    let plan = match &flows.plan {
        Some(file) if *file == report.source.given => String::new(),
        Some(file) => format!(", plan {file}"),
        None => ", planned now".to_owned(),
    };
    let from = format!("{}{plan}", report.source.given);
    page.spans(0, &[("sixward explain  ", Ink::Bold), (&from, Ink::Plain)]);
    let of = |end| subject(&flows.symbols, provider, end);
    let (from, to) = (of(&flows.from), of(&flows.to));
    page.line(2, &format!("{from} to {to}, {}", flows.traffic), Ink::Plain);
    if flows.states.len() > 1 {
        page.table(2, &overview(flows));
    }
}

/// The verdicts alone, a state a row and a family a column.
fn overview(flows: &Flows) -> Table {
    let mut table = Table::new([]);
    for state in &flows.states {
        let mut row = vec![Cell::new(when(state), Ink::Bold)];
        for family in [Family::V4, Family::V6] {
            let of = state.flows.iter().filter(|flow| flow.family == family);
            if let Some(worst) = of.map(|flow| flow.verdict).max() {
                row.push(Cell::new(family.to_string(), Ink::Plain));
                row.push(Cell::new(word(worst), ink(worst)));
            }
        }
        table.row(row);
    }
    table
}

fn state(state: &StateRow, flows: &Flows, provider: Provider, page: &mut Page) {
    let beside = match &state.step {
        Some(step) => {
            let step = words::spoken(provider, &brief(&flows.symbols, step));
            format!("of {}: {step}", flows.steps)
        }
        None => String::new(),
    };
    page.heading(&when(state).to_uppercase(), Ink::Plain, &beside);
    for (place, flow) in state.flows.iter().enumerate() {
        if place > 0 {
            page.blank();
        }
        self::flow(flow, &flows.symbols, provider, page);
    }
    for leg in &state.legs {
        page.blank();
        self::leg(leg, &flows.symbols, provider, page);
    }
}

/// From a balancer to a target, with all that go the same way.
fn leg(leg: &LegRow, symbols: &[Symbol], provider: Provider, page: &mut Page) {
    let of = |at: &Subject| subject(symbols, provider, at);
    let ends = |ends: &LegEnds| format!("{} to {}", of(&ends.from), of(&ends.target));
    let title = format!("then {}, {}", ends(&leg.ends), of(&leg.group));
    page.line(0, &title, Ink::Bold);
    flow(&leg.flow, symbols, provider, page);
    if !leg.alike.is_empty() {
        let alike: Vec<_> = leg.alike.iter().map(ends).collect();
        page.item(2, "the same way: ", &alike.join("; "), Ink::Plain);
    }
}

/// The packet, and its way below it.
pub(super) fn hops(flow: &FlowRow, symbols: &[Symbol], indent: usize, page: &mut Page) {
    let version = match flow.family {
        Family::V4 => "v4",
        Family::V6 => "v6",
    };
    if let Some(packet) = &flow.packet {
        page.line(
            indent,
            &format!("{version}  {}", brief(symbols, packet)),
            Ink::Plain,
        );
    }
    let mut table = Table::new([]);
    for hop in &flow.hops {
        table.row(row(hop, symbols));
    }
    page.table(indent + 2, &table);
}

fn flow(flow: &FlowRow, symbols: &[Symbol], provider: Provider, page: &mut Page) {
    let family = format!("{}  ", flow.family);
    let verdict = verdict(flow, symbols, provider);
    page.spans(0, &[(&family, Ink::Bold), (&verdict, ink(flow.verdict))]);
    hops(flow, symbols, 0, page);
    for deaf in &flow.deaf {
        page.item(2, "!   ", &lost(deaf, symbols, provider), Ink::Yellow);
    }
}

fn lost(deaf: &Deaf, symbols: &[Symbol], provider: Provider) -> String {
    let what = if deaf.answer { "answers" } else { "packets" };
    let by = deaf.by.as_ref().map(|by| subject(symbols, provider, by));
    let by = by.unwrap_or_else(|| "nobody".to_owned());
    let (word, why) = (&deaf.word, &deaf.why);
    let lost = format!("{what} too big for the way");
    if deaf.dropped {
        format!("{lost} vanish unheard: {by} drops the word of it ({word}): {why}")
    } else {
        format!("{lost} may vanish unheard: whether the word of it ({word}) passes depends on {by}")
    }
}

fn row(hop: &HopRow, symbols: &[Symbol]) -> Vec<Cell> {
    let way = match hop.way {
        Way::There => "->",
        Way::Back => "<-",
    };
    let ink = if hop.what.starts_with("drops") {
        Ink::Red
    } else {
        Ink::Plain
    };
    vec![
        Cell::new(way, Ink::Dim),
        Cell::new(place(symbols, &hop.at), Ink::Plain),
        Cell::new(brief(symbols, &hop.what), ink),
    ]
}

pub(super) fn verdict(flow: &FlowRow, symbols: &[Symbol], provider: Provider) -> String {
    let by = flow.by.as_ref();
    let by = by.map(|by| subject(symbols, provider, by));
    let why = brief(symbols, &flow.why);
    match (flow.verdict, by) {
        (Verdict::Passes, _) if why.is_empty() => "passes".to_owned(),
        (Verdict::Passes, _) => format!("passes: {why}"),
        (Verdict::Elsewhere, Some(by)) => format!("arrives elsewhere: at {by}"),
        (Verdict::Dropped, by) => {
            let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
            let answer = if flow.answer { "the answer is " } else { "" };
            format!("{answer}dropped{by}: {why}")
        }
        (Verdict::Undetermined, Some(by)) if why.is_empty() => {
            format!("undetermined because of {by}")
        }
        (Verdict::Undetermined, Some(by)) => format!("undetermined: {by} {why}"),
        (Verdict::NoAddress, Some(by)) => format!("{by} {why}"),
        (_, None) => why,
    }
}

/// What the braces stand for, where they are shown.
fn legend(flows: &Flows, provider: Provider, page: &mut Page) {
    let rows = flows.states.iter().flat_map(|state| {
        let legs = state.legs.iter().map(|leg| &leg.flow);
        state.flows.iter().chain(legs)
    });
    let mut packets = rows.flat_map(|flow| flow.packet.iter());
    if !packets.any(|packet| packet.contains('{')) {
        return;
    }
    braces(&flows.symbols, provider, page);
}

/// What the braces stand for.
pub(super) fn braces(symbols: &[Symbol], provider: Provider, page: &mut Page) {
    let network = words::noun(provider, "network", 1);
    let text = match symbols {
        [only] => format!(
            "{{…}} is the /{} of {network} {}, until it is known",
            only.placeholder.prefix_len(),
            only.network
        ),
        _ => format!("braces hold a {network} whose IPv6 block is not known yet"),
    };
    page.blank();
    page.line(0, &text, Ink::Dim);
}

/// A text without the network's id in each address, where only one block is not known.
pub(super) fn brief(symbols: &[Symbol], text: &str) -> String {
    match symbols {
        [Symbol { network, .. }] => text
            .replace(&format!("{{{network}}}"), "{…}")
            .replace(&format!("{NEW}{network}"), "new egress-only gateway"),
        _ => text.to_owned(),
    }
}

/// How the plan calls a gateway until it has an id of its own (`docs/formats/plan.md`).
const NEW: &str = "new-egress-only-gateway-of-";

pub(super) fn subject(symbols: &[Symbol], provider: Provider, subject: &Subject) -> String {
    if subject.id.is_empty() {
        return words::noun(provider, &subject.noun, 1);
    }
    if subject.id.starts_with(NEW) {
        return format!("the {}", brief(symbols, &subject.id));
    }
    words::subject(provider, subject)
}

fn place(symbols: &[Symbol], at: &Subject) -> String {
    if at.id.is_empty() {
        at.noun.to_string()
    } else {
        brief(symbols, &words::named(at))
    }
}

fn when(state: &StateRow) -> String {
    match state.after {
        0 => "before the plan".to_owned(),
        step => format!("after step {step}"),
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passes => "passes",
        Verdict::Elsewhere => "elsewhere",
        Verdict::Dropped => "dropped",
        Verdict::Undetermined => "undetermined",
        Verdict::NoAddress => "no address",
    }
}

pub(super) fn ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Passes => Ink::Green,
        Verdict::Elsewhere | Verdict::Dropped | Verdict::NoAddress => Ink::Red,
        Verdict::Undetermined => Ink::Yellow,
    }
}
