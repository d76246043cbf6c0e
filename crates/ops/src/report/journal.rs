//! A journal, entry by entry, with what is wrong with it at its place.

use std::collections::BTreeMap;

use serde::Serialize;
use sixward_apply::journal::{Damage, Entry, Fact, History, Part, Way};
use sixward_emit::title;
use sixward_estate::SmolStr;
use sixward_plan::{Bindings, Plan};
use sixward_store::Kept;

use super::walk::part_title;

/// A journal.
#[derive(Debug, Clone, Serialize)]
pub struct Journal {
    /// Where it is.
    pub place: String,
    /// How many steps are done now.
    pub done: usize,
    /// How many calls may have been made, and nobody knows what came of them.
    pub open: usize,
    /// Its entries and its damage, in order.
    pub rows: Vec<EntryRow>,
}

/// An entry, or a place where one is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EntryRow {
    /// Its number; none where it is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    /// When it was written: RFC 3339, UTC.
    #[serde(skip_serializing_if = "SmolStr::is_empty")]
    pub at: SmolStr,
    /// What kind of fact it is; `damaged` where one is lost.
    pub fact: &'static str,
    /// The step that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// Whether the step is done or undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// What the step's change does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What was meant, answered or seen.
    pub text: String,
    /// Whether it tells of something that went wrong.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub amiss: bool,
}

impl Journal {
    pub(crate) fn of(place: String, kept: &Kept, plan: Option<(SmolStr, &Plan)>) -> Self {
        let history = History::of(&kept.entries);
        let begun = history.begun();
        let done = begun.filter(|step| history.is_done(*step)).count();
        Self {
            place,
            done,
            open: history.all_open().count(),
            rows: rows(kept, plan),
        }
    }
}

/// Damage is named by its line, so lines are counted: each is an entry, or damaged.
fn rows(kept: &Kept, plan: Option<(SmolStr, &Plan)>) -> Vec<EntryRow> {
    let mut teller = Teller {
        plan,
        walks: None,
        bound: Bindings::default(),
        titles: BTreeMap::new(),
    };
    let mut rows = Vec::new();
    let mut damage = kept.damage.iter().peekable();
    let mut entries = kept.entries.iter();
    for line in 1.. {
        let mut lost = false;
        while let Some(here) = damage.next_if(|it| line_of(it) == line) {
            lost |= !matches!(here, Damage::Missing { .. });
            rows.push(EntryRow {
                fact: "damaged",
                text: here.to_string(),
                amiss: true,
                ..EntryRow::default()
            });
        }
        if lost {
            continue;
        }
        match entries.next() {
            Some(entry) => rows.push(teller.row(entry)),
            None if damage.peek().is_none() => break,
            None => {}
        }
    }
    rows
}

fn line_of(damage: &Damage) -> usize {
    match damage {
        Damage::CutOff { line } | Damage::Changed { line, .. } | Damage::Missing { line, .. } => {
            *line
        }
    }
}

/// Words for entries, which say what earlier ones said.
struct Teller<'a> {
    /// The plan that the journal keeps, and its digest.
    plan: Option<(SmolStr, &'a Plan)>,
    /// The plan that is walked.
    walks: Option<SmolStr>,
    bound: Bindings,
    titles: BTreeMap<Part, String>,
}

impl Teller<'_> {
    fn row(&mut self, entry: &Entry) -> EntryRow {
        let row = EntryRow {
            n: Some(entry.n),
            at: entry.at.clone(),
            fact: entry.fact.word(),
            amiss: matches!(
                entry.fact,
                Fact::Failed { .. }
                    | Fact::Answer { fault: Some(_), .. }
                    | Fact::Guarded {
                        broken: Some(_),
                        ..
                    }
            ),
            ..EntryRow::default()
        };
        let text = self.text(&entry.fact);
        let (step, way, title) = match &entry.fact {
            Fact::Intent { part, .. }
            | Fact::Answer { part, .. }
            | Fact::Done { part, .. }
            | Fact::Failed { part, .. }
            | Fact::Told { part, .. } => (Some(part.step), Some(part.way), self.title(*part)),
            Fact::Undone { step } => (Some(*step), Some(Way::Back), None),
            Fact::Began { .. } | Fact::Guarded { .. } | Fact::Ended { .. } => (None, None, None),
        };
        EntryRow {
            step,
            way,
            title,
            text,
            ..row
        }
    }

    fn text(&mut self, fact: &Fact) -> String {
        match fact {
            Fact::Began {
                way,
                plan,
                by,
                version,
            } => {
                self.walks = Some(plan.clone());
                self.titles.clear();
                let doing = match way {
                    Way::Forward => "carries out",
                    Way::Back => "takes back",
                };
                format!("{by} {doing} plan {plan} with sixward {version}")
            }
            Fact::Intent { part, change, .. } => {
                if let Some((_, plan)) = &self.plan {
                    self.titles.insert(*part, title(change, plan));
                }
                "is to be done".to_owned()
            }
            Fact::Answer { fault: None, .. } => "the provider took it on".to_owned(),
            Fact::Answer {
                fault: Some(fault), ..
            } => match fault.code.as_str() {
                "" => format!("{}: {fault}", fault.class),
                code => format!("{}: {code}: {fault}", fault.class),
            },
            Fact::Done {
                bound,
                by_itself,
                after,
                ..
            } => {
                self.bound.extend(bound.clone());
                let seen = match after {
                    Some(_) => "seen done",
                    None => "was so already",
                };
                let mut text = seen.to_owned();
                for chosen in chosen(bound) {
                    text.extend([", ", &chosen]);
                }
                if let Some((_, plan)) = &self.plan {
                    let mut before = "; by itself: ";
                    for change in by_itself {
                        text.extend([before, &title(change, plan)]);
                        before = ", ";
                    }
                }
                text
            }
            Fact::Failed { why, .. } => format!("given up: {why}"),
            Fact::Told { by, .. } => format!("done by hand, says {by}"),
            Fact::Undone { .. } => "all of it is taken back".to_owned(),
            Fact::Guarded { wave, broken: None } => {
                format!("wave {wave}: every promise is kept")
            }
            Fact::Guarded {
                wave,
                broken: Some(why),
            } => format!("wave {wave}: a promise broke: {why}"),
            Fact::Ended { way, outcome } => {
                let which = match way {
                    Way::Forward => "there",
                    Way::Back => "back",
                };
                format!("the way {which} ended: {outcome}")
            }
        }
    }

    /// What was meant; without an intent, what the plan says, if it is this one.
    fn title(&self, part: Part) -> Option<String> {
        if let Some(title) = self.titles.get(&part) {
            return Some(title.clone());
        }
        let (digest, plan) = self.plan.as_ref()?;
        let same = self.walks.as_ref() == Some(digest);
        same.then(|| part_title(plan, &self.bound, part))
    }
}

fn chosen(bound: &Bindings) -> Vec<String> {
    let blocks = bound.blocks.values().map(|block| block.net.to_string());
    let addresses = bound.addresses.values().map(ToString::to_string);
    let gateways = bound.gateways.values().map(ToString::to_string);
    let all = blocks.chain(addresses).chain(gateways);
    all.map(|it| format!("it is {it}")).collect()
}
