//! What breaks a promise: flows as one box, one of them as a packet with its way, and what decides it.

use std::cell::OnceCell;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use sixward_estate::{Estate, Finding, Subject};
use sixward_net::{Ipv4Net, Ipv6Net};

use super::mend::{self, Sides};
use super::twin;
use super::{Outcome, mend::Mend};
use crate::symbolic::compare::{Comparison, Ends, Excess};
use crate::symbolic::is_all_internet;
use crate::trace::{Trace, Tracer};
use crate::{End, Packet};

/// More boxes than these are counted and not traced: a reader mends the first ones first.
const MOST: usize = 100;

/// In which way a promise is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// IPv4 flows that were there are gone.
    Lost,
    /// IPv4 flows that were not there have come.
    Gained,
    /// IPv6 flows that IPv4 does not have.
    Exposed,
    /// IPv4 flows that IPv6 does not have.
    Missing,
    /// A name answers with an address that does not serve.
    Unserved,
    /// The state is not what it was after going back.
    Stuck,
    /// The word that a packet is too big is dropped.
    TooBig,
}

/// One way in which a promise is broken, or may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// How.
    pub kind: Kind,
    /// Whether it is, for sure.
    pub outcome: Outcome,
    /// Where the flows begin; empty when it is not about flows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// Where they end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// What they carry, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub traffic: String,
    /// One of them: where it begins and its packet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<(End, Packet)>,
    /// The way of that packet in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Trace>,
    /// The way of what it is measured by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yardstick: Option<Trace>,
    /// What decides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Subject>,
    /// What it decides, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub decision: String,
    /// What waits to be known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undetermined: Vec<Subject>,
    /// What would mend it.
    pub mend: String,
}

/// Where breaches are looked into: the state they are found in and the first one.
pub(super) struct Bench<'a> {
    base: &'a Estate,
    state: &'a Estate,
    twins: &'a [(Ipv4Net, Ipv6Net)],
    then: OnceCell<Tracer<'a>>,
    now: OnceCell<Tracer<'a>>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(
        base: &'a Estate,
        state: &'a Estate,
        twins: &'a [(Ipv4Net, Ipv6Net)],
    ) -> Self {
        Self {
            base,
            state,
            twins,
            then: OnceCell::new(),
            now: OnceCell::new(),
        }
    }

    /// What is in excess and was not already in the state before.
    pub(super) fn breaches(
        &self,
        kind: Kind,
        found: &Comparison,
        before: &Comparison,
    ) -> Vec<Breach> {
        let fresh = found.excess.iter().filter(|it| !before.excess.contains(it));
        // What is sure goes first.
        let (sure, vague): (Vec<_>, Vec<_>) = fresh.partition(|it| !it.traffic.is_empty());
        let listed = sure.into_iter().chain(vague).take(MOST);
        listed.map(|excess| self.breach(kind, excess)).collect()
    }

    fn breach(&self, kind: Kind, excess: &Excess) -> Breach {
        let sure = !excess.traffic.is_empty();
        let (from, packet) = (&excess.witness.from, excess.witness.packet);
        let twin = || twin::of(self.base, self.state, self.twins, &excess.witness);
        let (path, yardstick) = match kind {
            Kind::Lost | Kind::Gained => (
                Some(self.now().trace(from, packet)),
                Some(self.then().trace(from, packet)),
            ),
            Kind::Missing | Kind::Unserved => (
                twin().map(|(from, packet)| self.now().trace(&from, packet)),
                Some(self.then().trace(from, packet)),
            ),
            _ => (
                Some(self.now().trace(from, packet)),
                twin().map(|(from, packet)| self.then().trace(&from, packet)),
            ),
        };
        // That there is no table is said of each subnet by itself.
        let mut undetermined = excess.undetermined.clone();
        if undetermined.iter().any(|it| it.noun == "subnet") {
            undetermined.retain(|it| it.noun != "route-table" || it.id != "none");
        }
        let sides = Sides {
            state: Some(self.state),
            kind,
            path: path.as_ref(),
            yardstick: yardstick.as_ref(),
            undetermined: &undetermined,
            sure,
        };
        let Mend {
            decided_by,
            decision,
            mend,
        } = mend::mend(&sides);
        Breach {
            kind,
            outcome: if sure {
                Outcome::Broken
            } else {
                Outcome::Undetermined
            },
            from: names(self.state, &excess.from),
            to: names(self.state, &excess.to),
            traffic: if sure {
                excess.traffic.to_string()
            } else {
                excess.possible.to_string()
            },
            witness: Some((from.clone(), packet)),
            path,
            yardstick,
            decided_by,
            decision,
            undetermined,
            mend,
        }
    }

    fn now(&self) -> &Tracer<'a> {
        self.now.get_or_init(|| Tracer::new(self.state))
    }

    fn then(&self) -> &Tracer<'a> {
        self.then.get_or_init(|| Tracer::new(self.base))
    }
}

impl Breach {
    /// A breach that a check has found by itself.
    pub(super) fn of_finding(finding: Finding) -> Self {
        Self {
            kind: Kind::TooBig,
            decided_by: Some(finding.subject),
            decision: finding.message,
            mend: finding.help,
            ..Self::bare(Kind::TooBig)
        }
    }

    /// A breach without flows.
    pub fn bare(kind: Kind) -> Self {
        Self {
            kind,
            outcome: Outcome::Broken,
            from: Vec::new(),
            to: Vec::new(),
            traffic: String::new(),
            witness: None,
            path: None,
            yardstick: None,
            decided_by: None,
            decision: String::new(),
            undetermined: Vec::new(),
            mend: String::new(),
        }
    }
}

/// Ends as a person knows them.
pub(crate) fn names(estate: &Estate, ends: &Ends) -> Vec<String> {
    match ends {
        Ends::Interfaces(ids) => {
            let mut names: Vec<_> = ids.iter().map(|id| twin::name(estate, id)).collect();
            names.sort();
            names.dedup();
            names
        }
        Ends::Internet(ranges) if is_all_internet(estate, ranges) => {
            vec!["the internet".to_owned()]
        }
        Ends::Internet(ranges) => {
            let shown = ranges
                .iter()
                .map(|range| format!("internet {}", span(*range)));
            shown.collect()
        }
        Ends::Far(end, ranges) => {
            let behind = behind(estate, end);
            let shown = ranges
                .iter()
                .map(|range| format!("{} {behind}", span(*range)));
            shown.collect()
        }
    }
}

fn span((first, last): (IpAddr, IpAddr)) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first} to {last}")
    }
}

/// Where hosts are that no interface of the estate has.
fn behind(estate: &Estate, end: &End) -> String {
    match end {
        End::Site(id) => match estate.links.get(id) {
            Some(link) if !link.name.is_empty() => format!("behind {id} ({})", link.name),
            _ => format!("behind {id}"),
        },
        End::Foreign(id) => format!("in {id}, which is not in the estate"),
        End::Interface(_) | End::Internet => String::new(),
    }
}
