//! Far hosts across families: who is named by prefix and has a twin, and who is not.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use sixward_net::{IpNet, Ipv4Net, Ipv6Net};

use super::gauge::Gauge;
use crate::set::{Arena, Intervals, Steps};
use crate::symbolic::address::Address;
use crate::symbolic::far::Hosts;
use crate::symbolic::product::Answer;
use crate::symbolic::ties::edges;

/// Prefixes that mean the same hosts in both families.
#[derive(Debug)]
pub(super) struct Named<'a>(&'a [(Ipv4Net, Ipv6Net)]);

/// A prefix in the one view and in the other, as ranges.
#[derive(Debug, Clone, Copy)]
struct Twin<X, Y> {
    own: (X, X),
    there: (Y, Y),
}

/// Ranges of hosts, what the one view says of them, and what they are measured by.
type Sought<X> = Vec<(X, X, (Answer, Answer))>;

impl<'a> Named<'a> {
    pub(super) fn new(twins: &'a [(Ipv4Net, Ipv6Net)]) -> Self {
        Self(twins)
    }

    /// What hosts of the one view are measured by in the other. `open` is what everybody has there.
    pub(super) fn sought<X: Address, Y: Address>(
        &self,
        (table, hosts): (&Steps<X, Answer>, &Intervals<X>),
        (other, others): (&Steps<Y, Answer>, &Hosts<Y>),
        open: &Answer,
        gauge: &Gauge,
    ) -> Sought<X> {
        let arena = &mut gauge.arena().borrow_mut();
        let twins = self.twins::<X, Y>();
        let named = Intervals::ranges(twins.iter().map(|twin| twin.own));
        let floor = everybody(table, &hosts.difference(&named), arena);
        let named = Intervals::ranges(twins.iter().map(|twin| twin.there));
        // Whose routes are known says best what its hosts may.
        let known = others.known.difference(&named);
        let strangers = if known.is_empty() {
            others.vague.difference(&named)
        } else {
            known
        };
        let general = everybody(other, &strangers, arena).or(open.clone(), arena);
        let mut cuts: BTreeSet<X> = table.starts().chain(hosts.steps().starts()).collect();
        cuts.extend(twins.iter().flat_map(|twin| edges(twin.own)));
        let mut sought = Vec::new();
        let runs = Steps::tabulate(&cuts, |start| start);
        for (low, high, _) in runs.runs().filter(|(low, ..)| hosts.contains(*low)) {
            let own = table.get(low).clone();
            let there = twin_of(&twins, low, other, gauge.is_floor(), arena);
            sought.extend(match there {
                Some(there) => Some((low, high, (own, there.or(open.clone(), arena)))),
                // Who is not named so has IPv6 only where routes lead to it.
                None if gauge.is_floor() && strangers.is_empty() => None,
                None if gauge.is_floor() => Some((low, high, (floor.clone(), general.clone()))),
                None => Some((low, high, (own, general.clone()))),
            });
        }
        sought
    }

    /// Of nested ones the narrowest says best who somebody is.
    fn twins<X: Address, Y: Address>(&self) -> Vec<Twin<X, Y>> {
        let twins = self.0.iter().filter_map(|(v4, v6)| {
            let pair = [IpNet::V4(*v4), IpNet::V6(*v6)];
            let own = pair.iter().find_map(|net| X::range(*net))?;
            let there = pair.iter().find_map(|net| Y::range(*net))?;
            Some(Twin { own, there })
        });
        let mut twins: Vec<_> = twins.collect();
        twins.sort_by_key(|twin| (Reverse(twin.own.0), twin.own.1, twin.there));
        twins
    }
}

/// What the twins of a host have, all of each; none when it has no twin.
fn twin_of<X: Address, Y: Address>(
    twins: &[Twin<X, Y>],
    host: X,
    other: &Steps<Y, Answer>,
    all: bool,
    arena: &mut Arena,
) -> Option<Answer> {
    let holds = |twin: &&Twin<X, Y>| twin.own.0 <= host && host <= twin.own.1;
    let narrowest = twins.iter().find(holds)?.own;
    let same = twins.iter().filter(|twin| twin.own == narrowest);
    let answers = same.map(|twin| {
        let narrower = twins.iter().map(|it| it.there);
        let (first, last) = twin.there;
        let narrower = narrower.filter(|it| *it != twin.there && first <= it.0 && it.1 <= last);
        let alone = Intervals::range(first, last).difference(&Intervals::ranges(narrower));
        everybody(other, &alone, arena)
    });
    let answers: Vec<_> = answers.collect();
    let join = |a: Answer, b| if all { a.and(b, arena) } else { a.or(b, arena) };
    answers.into_iter().reduce(join)
}

/// What every one of some hosts may.
fn everybody<A: Address>(
    table: &Steps<A, Answer>,
    hosts: &Intervals<A>,
    arena: &mut Arena,
) -> Answer {
    let ranges = hosts.iter();
    let answers = ranges.flat_map(|(low, high)| table.between(low, high));
    let answers = answers.map(|(_, _, answer)| answer.clone());
    // Where nobody is, nobody says that anything is meant to pass.
    let all = answers.reduce(|all, answer| all.and(answer, arena));
    all.unwrap_or_else(Answer::nothing)
}
