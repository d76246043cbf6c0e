//! What becomes of a flow, state by state and hop by hop.

use std::net::Ipv6Addr;

use serde::Serialize;
use sixward_estate::Subject;
use sixward_net::{Family, Ipv6Net};
use sixward_plan::{Symbol, Symbols};
use sixward_prove::End;
use sixward_prove::trace::{Decision, Hop, Outcome, Trace};

use crate::end::Unseated;

/// A flow that was asked about.
#[derive(Debug, Clone, Serialize)]
pub struct Flows {
    /// Who sends.
    pub from: Subject,
    /// Who receives.
    pub to: Subject,
    /// What is sent: `tcp/443`.
    pub traffic: String,
    /// The plan's file; none when it was made for this answer.
    pub plan: Option<String>,
    /// How many steps the plan has.
    pub steps: usize,
    /// Blocks that the provider has not chosen yet, and what the flow's addresses have in their place.
    pub symbols: Vec<Symbol>,
    /// The states that were asked about, in order.
    pub states: Vec<StateRow>,
}

/// A state of a plan.
#[derive(Debug, Clone, Serialize)]
pub struct StateRow {
    /// After which step; 0 is before the first.
    pub after: u32,
    /// What that step does.
    pub step: Option<String>,
    /// The flow in each family; several where clients may meet any of several interfaces.
    pub flows: Vec<FlowRow>,
    /// What a receiver that is a balancer goes on to, of those that go the same way one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<LegRow>,
}

/// A flow from a balancer to a target, in the family of the target's group.
#[derive(Debug, Clone, Serialize)]
pub struct LegRow {
    /// The target group.
    pub group: Subject,
    /// Its ends.
    pub ends: LegEnds,
    /// Others that go the same way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alike: Vec<LegEnds>,
    /// What becomes of it.
    pub flow: FlowRow,
}

/// Where a leg begins, and where it ends.
#[derive(Debug, Clone, Serialize)]
pub struct LegEnds {
    /// The balancer's interface.
    pub from: Subject,
    /// The target.
    pub target: Subject,
}

/// What becomes of it in one family.
#[derive(Debug, Clone, Serialize)]
pub struct FlowRow {
    /// The family.
    pub family: Family,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Who drops it, who decides, who gets it instead, or whose address is missing; none when it passes.
    pub by: Option<Subject>,
    /// Why.
    pub why: String,
    /// It is the answer that this becomes of.
    pub answer: bool,
    /// The packet as it is sent; none when there is no address to send it from or to.
    pub packet: Option<String>,
    /// The way, and the way back.
    pub hops: Vec<HopRow>,
    /// Who would not hear that a packet is too big, of those whose packets arrive.
    pub deaf: Vec<Deaf>,
}

/// What becomes of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It arrives, and its answer comes back.
    Passes,
    /// It arrives at somebody else's.
    Elsewhere,
    /// It is dropped, or its answer is.
    Dropped,
    /// What is not known decides.
    Undetermined,
    /// There is no address to send it from or to.
    NoAddress,
}

/// One decision on the way.
#[derive(Debug, Clone, Serialize)]
pub struct HopRow {
    /// There or back.
    pub way: Way,
    /// Who decides.
    pub at: Subject,
    /// What is decided.
    pub what: String,
}

/// There or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The packet's.
    There,
    /// The answer's.
    Back,
}

/// The word that a packet is too big does not come back.
#[derive(Debug, Clone, Serialize)]
pub struct Deaf {
    /// It is about large answers, and else about large packets of the sender.
    pub answer: bool,
    /// The word: `icmpv6 2/0`.
    pub word: String,
    /// Who drops it, or who decides.
    pub by: Option<Subject>,
    /// Why.
    pub why: String,
    /// It is dropped for sure.
    pub dropped: bool,
}

impl FlowRow {
    pub(crate) fn new(
        trace: &Trace,
        wanted: &End,
        too_big: [Option<&Trace>; 2],
        symbols: &Symbols,
    ) -> Self {
        let (verdict, by, why) = match &trace.outcome {
            Outcome::Delivered(end) if end != wanted => {
                let at = trace.forward.last().map(|hop| hop.at.clone());
                (Verdict::Elsewhere, at, String::new())
            }
            _ => judged(trace, symbols),
        };
        let there = trace.forward.iter().map(|hop| (Way::There, hop));
        let back = trace.back.iter().map(|hop| (Way::Back, hop));
        let words = [false, true].into_iter().zip(too_big);
        let lost = words.filter_map(|(answer, word)| Some((answer, word?)));
        let lost = lost.filter(|(_, word)| trace.works() && !word.works());
        Self {
            family: trace.packet.family(),
            verdict,
            by,
            why,
            answer: matches!(verdict, Verdict::Dropped | Verdict::Undetermined)
                && !trace.back.is_empty(),
            packet: Some(shown(symbols, &trace.packet.to_string())),
            hops: there
                .chain(back)
                .map(|(way, hop)| HopRow::new(way, hop, symbols))
                .collect(),
            deaf: lost
                .map(|(answer, word)| Deaf::new(answer, word, symbols))
                .collect(),
        }
    }

    pub(crate) fn unseated(family: Family, unseated: Unseated) -> Self {
        let Unseated { by, why, open } = unseated;
        Self {
            family,
            verdict: if open {
                Verdict::Undetermined
            } else {
                Verdict::NoAddress
            },
            by: Some(by),
            why,
            answer: false,
            packet: None,
            hops: Vec::new(),
            deaf: Vec::new(),
        }
    }

    /// A target that the provider calls.
    pub(crate) fn by_provider(family: Family) -> Self {
        Self {
            family,
            verdict: Verdict::Passes,
            by: None,
            why: "the provider calls it, without a way through networks".to_owned(),
            answer: false,
            packet: None,
            hops: Vec::new(),
            deaf: Vec::new(),
        }
    }

    /// Whether it passes.
    pub fn passes(&self) -> bool {
        self.verdict == Verdict::Passes
    }
}

impl HopRow {
    fn new(way: Way, hop: &Hop, symbols: &Symbols) -> Self {
        let what = match &hop.what {
            Decision::Translated(_) => format!("{}: {}", hop.what, hop.packet),
            what => what.to_string(),
        };
        Self {
            way,
            at: hop.at.clone(),
            what: shown(symbols, &what),
        }
    }
}

impl Deaf {
    fn new(answer: bool, word: &Trace, symbols: &Symbols) -> Self {
        let (verdict, by, why) = judged(word, symbols);
        Self {
            answer,
            word: word.packet.l4.to_string(),
            by,
            why,
            dropped: verdict == Verdict::Dropped,
        }
    }
}

fn judged(trace: &Trace, symbols: &Symbols) -> (Verdict, Option<Subject>, String) {
    match &trace.outcome {
        Outcome::Delivered(_) => (Verdict::Passes, None, String::new()),
        Outcome::Service(at) => {
            let why = format!("it ends at the provider's service behind {at}");
            (Verdict::Passes, None, why)
        }
        Outcome::Dropped(cause) => {
            let hops = trace.forward.iter().chain(&trace.back).rev();
            let mut drops = hops.filter(|hop| matches!(hop.what, Decision::Dropped(_)));
            let by = drops.next().map(|hop| hop.at.clone());
            (Verdict::Dropped, by, shown(symbols, &cause.to_string()))
        }
        Outcome::Undetermined(at) => (Verdict::Undetermined, Some(at.clone()), String::new()),
    }
}

/// A text with the blocks that are not known yet as people read them.
pub(super) fn shown(symbols: &Symbols, text: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_matches(['`', ',', ';', '(', ')']);
        let address = || Some(symbols.show_address(bare.parse::<Ipv6Addr>().ok()?));
        let net = || Some(symbols.show(bare.parse::<Ipv6Net>().ok()?));
        match address().or_else(net) {
            Some(shown) => word.replace(bare, &shown),
            None => word.to_owned(),
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
