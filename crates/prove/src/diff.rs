//! What a change of a network lets begin that could not, and what it ends: in each family, for any two
//! states of anything.
//!
//! The flows are the same boxes by which promises are proved; each has a packet as witness, who lets it
//! pass in the state where it passes and who stops it in the other. Interfaces are the same when their
//! ids are: who is replaced goes and comes.

use std::collections::BTreeMap;

use serde::Serialize;
use sixward_estate::{Estate, HostId, InterfaceId, Subject};
use sixward_net::Family;

use crate::proof::{Kind, breach, mend, twin};
use crate::symbolic::Analysis;
use crate::symbolic::compare::{Comparison, Ends, Excess, View, excess};
use crate::trace::{Decision, Trace, Tracer};
use crate::{End, Packet};

/// More boxes than these of one sort are counted and not traced.
const MOST: usize = 100;

/// What is other in the later of two states.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Diff {
    /// How much, in each family.
    pub counts: Vec<Count>,
    /// The flows, as boxes: what came from the internet first, then what else came, then what went.
    pub flows: Vec<Flows>,
}

/// How many boxes there are of one sort.
#[derive(Debug, Clone, Serialize)]
pub struct Count {
    /// The family.
    pub family: Family,
    /// Which way.
    pub turn: Turn,
    /// Boxes in which something differs for sure.
    pub sure: usize,
    /// Of these, what the internet begins.
    pub from_internet: usize,
    /// Boxes in which something may differ.
    pub undetermined: usize,
    /// Pairs beyond the limit were not looked at: there is more.
    pub more: bool,
}

/// Which way it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// They pass now and did not.
    Gained,
    /// They passed and do not now.
    Lost,
}

/// Flows that one state has and the other lacks: everything from one side to the other.
#[derive(Debug, Clone, Serialize)]
pub struct Flows {
    /// The family.
    pub family: Family,
    /// Which way.
    pub turn: Turn,
    /// Whether they did for sure.
    pub sure: bool,
    /// Whether the internet begins them.
    pub from_internet: bool,
    /// Where they begin, in names.
    pub from: Vec<String>,
    /// Where they end, in names.
    pub to: Vec<String>,
    /// What they carry, in words.
    pub traffic: String,
    /// One of them: where it begins and its packet.
    pub witness: (End, Packet),
    /// Who lets the witness pass where it passes; none when that is not known.
    pub passes: Option<Decider>,
    /// Who stops it where it does not pass.
    pub stops: Option<Decider>,
    /// What waits to be known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undetermined: Vec<Subject>,
}

/// Who decides, and what, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decider {
    /// Who.
    pub at: Subject,
    /// What.
    pub what: String,
}

/// What `after` allows that `before` does not, and the reverse.
pub fn diff(before: &Estate, after: &Estate) -> Diff {
    let old = Analysis::new(before);
    let new = old.next(after);
    let mut diff = Diff::default();
    for family in [Family::V4, Family::V6] {
        let [old, new] = [&old, &new].map(|analysis| View { analysis, family });
        diff.add(
            family,
            Turn::Gained,
            &excess(new, old, &[]),
            [after, before],
        );
        diff.add(family, Turn::Lost, &excess(old, new, &[]), [before, after]);
    }
    // What the internet newly begins is read first.
    diff.flows.sort_by_key(|flows| {
        let inward = flows.turn == Turn::Gained && flows.from_internet;
        (!inward, flows.turn, !flows.sure, flows.family)
    });
    diff
}

impl Diff {
    /// Whether the states surely allow the same.
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty() && self.counts.iter().all(|count| !count.more)
    }

    fn add(&mut self, family: Family, turn: Turn, found: &Comparison, states: [&Estate; 2]) {
        let bench = Bench::new(states);
        let is_sure = |it: &&Excess| !it.traffic.is_empty();
        let (sure, vague): (Vec<_>, Vec<_>) = found.excess.iter().partition(is_sure);
        let outside = sure.iter().filter(|it| is_internet(&it.from));
        self.counts.push(Count {
            family,
            turn,
            sure: sure.len(),
            from_internet: outside.count(),
            undetermined: vague.len(),
            more: found.more,
        });
        let (outside, inside): (Vec<_>, Vec<_>) =
            sure.into_iter().partition(|it| is_internet(&it.from));
        for some in [outside, inside, vague] {
            let some = some.into_iter().take(MOST);
            self.flows
                .extend(some.map(|it| bench.flows(family, turn, it)));
        }
    }
}

/// Where boxes are looked into: the state in which they pass, and the one in which they do not.
struct Bench<'a> {
    here: &'a Estate,
    there: &'a Estate,
    open: Tracer<'a>,
    shut: Tracer<'a>,
    names: Names,
}

impl<'a> Bench<'a> {
    fn new([here, there]: [&'a Estate; 2]) -> Self {
        Self {
            here,
            there,
            open: Tracer::new(here),
            shut: Tracer::new(there),
            names: Names::of(here),
        }
    }

    fn flows(&self, family: Family, turn: Turn, excess: &Excess) -> Flows {
        let sure = !excess.traffic.is_empty();
        let (shown, (passes, stops)) = if sure {
            (&excess.traffic, self.deciders(excess))
        } else {
            (&excess.possible, (None, None))
        };
        Flows {
            family,
            turn,
            sure,
            from_internet: is_internet(&excess.from),
            from: self.names.shown(self.here, &excess.from),
            to: self.names.shown(self.here, &excess.to),
            traffic: shown.to_string(),
            witness: (excess.witness.from.clone(), excess.witness.packet),
            passes,
            stops,
            undetermined: excess.undetermined.clone(),
        }
    }

    fn deciders(&self, excess: &Excess) -> (Option<Decider>, Option<Decider>) {
        let (from, packet) = (&excess.witness.from, excess.witness.packet);
        let open = self.open.trace(from, packet);
        let absent = [from, &excess.witness.to]
            .into_iter()
            .find_map(|end| match end {
                End::Interface(id) if !self.there.interfaces.contains(id) => Some(id),
                _ => None,
            });
        if let Some(id) = absent {
            let stops = Decider {
                at: Subject::new("interface", id.to_string(), ""),
                what: "is not there".to_owned(),
            };
            return (opener(&open, None), Some(stops));
        }
        let shut = self.shut.trace(from, packet);
        let stops = mend::dropped(&shut).map(|(at, cause)| Decider {
            at: at.clone(),
            what: cause.to_string(),
        });
        (opener(&open, Some(&shut)), stops)
    }
}

/// Who lets pass what is dropped on the other way: the same kind of place.
fn opener(open: &Trace, shut: Option<&Trace>) -> Option<Decider> {
    let found = mend::mend(&mend::Sides {
        state: None,
        kind: Kind::Gained,
        path: Some(open),
        yardstick: shut,
        undetermined: &[],
        sure: true,
    });
    let what = found.decision;
    let known = found.decided_by.map(|at| Decider { at, what });
    // Where the ways part has no like on the open way: what let the packet in, or else led it on.
    known.or_else(|| {
        let last = |is: fn(&Decision) -> bool| open.forward.iter().rfind(|hop| is(&hop.what));
        let rule = last(|what| matches!(what, Decision::Allowed(_)));
        let hop = rule.or_else(|| last(|what| matches!(what, Decision::Routed(_))))?;
        Some(Decider {
            at: hop.at.clone(),
            what: hop.what.to_string(),
        })
    })
}

fn is_internet(ends: &Ends) -> bool {
    matches!(ends, Ends::Internet(_))
}

/// How many interfaces go by each name, and how many each host has: where a name is shared, ids tell
/// them apart.
struct Names {
    names: BTreeMap<String, usize>,
    hosts: BTreeMap<HostId, usize>,
}

impl Names {
    fn of(estate: &Estate) -> Self {
        let (mut names, mut hosts) = (BTreeMap::new(), BTreeMap::new());
        for interface in &estate.interfaces {
            let name = twin::name(estate, &interface.id);
            *names.entry(name).or_default() += 1;
            if let Some(host) = interface.host() {
                *hosts.entry(host.clone()).or_default() += 1;
            }
        }
        Self { names, hosts }
    }

    fn shown(&self, estate: &Estate, ends: &Ends) -> Vec<String> {
        let Ends::Interfaces(ids) = ends else {
            return breach::names(estate, ends);
        };
        let mut names: Vec<_> = ids.iter().map(|id| self.name(estate, id)).collect();
        names.sort();
        names
    }

    fn name(&self, estate: &Estate, id: &InterfaceId) -> String {
        let name = twin::name(estate, id);
        let alone = self.names.get(&name).is_none_or(|count| *count < 2);
        if alone || name.contains(id.as_str()) {
            return name;
        }
        let host = estate.interfaces.get(id).and_then(|it| it.host());
        match host.filter(|host| self.hosts.get(*host) == Some(&1)) {
            Some(host) => format!("{name} ({host})"),
            None => format!("{name} ({id})"),
        }
    }
}
