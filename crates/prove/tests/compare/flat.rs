//! Comparisons pair by pair, so that how flows are gathered into boxes is no matter.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use proptest::prelude::*;
use sixward_estate::{InterfaceId, Subject};
use sixward_prove::set::TrafficSet;
use sixward_prove::symbolic::compare::{Comparison, Ends, Excess};

/// What is in excess, for sure and possibly, and what that waits for.
pub(crate) type Left = (TrafficSet, TrafficSet, Vec<Subject>);
/// What is in excess from one end to another.
pub(crate) type Flat<E> = BTreeMap<E, BTreeSet<Left>>;

fn left(excess: &Excess) -> Left {
    let Excess {
        traffic,
        possible,
        undetermined,
        ..
    } = excess;
    (traffic.clone(), possible.clone(), undetermined.clone())
}

/// Between interfaces.
pub(crate) fn inside(comparison: &Comparison) -> Flat<(InterfaceId, InterfaceId)> {
    let mut flat = Flat::new();
    for excess in &comparison.excess {
        if let (Ends::Interfaces(sources), Ends::Interfaces(targets)) = (&excess.from, &excess.to) {
            for source in sources {
                for target in targets {
                    let pair = (source.clone(), target.clone());
                    flat.entry(pair).or_default().insert(left(excess));
                }
            }
        }
    }
    flat
}

/// What hosts of the internet at one address have with interfaces; true for what they begin.
pub(crate) fn outside(comparison: &Comparison, remote: IpAddr) -> Flat<(InterfaceId, bool)> {
    let mut flat = Flat::new();
    for excess in &comparison.excess {
        let (ids, ranges, into) = match (&excess.from, &excess.to) {
            (Ends::Internet(ranges), Ends::Interfaces(ids)) => (ids, ranges, true),
            (Ends::Interfaces(ids), Ends::Internet(ranges)) => (ids, ranges, false),
            _ => continue,
        };
        if ranges
            .iter()
            .any(|(first, last)| *first <= remote && remote <= *last)
        {
            for id in ids {
                flat.entry((id.clone(), into))
                    .or_default()
                    .insert(left(excess));
            }
        }
    }
    flat
}

/// Both say the same; the report names the first ends of which they do not.
pub(crate) fn same<E: Ord + std::fmt::Debug>(
    is: &Flat<E>,
    should: &Flat<E>,
    what: &str,
) -> Result<(), TestCaseError> {
    let nothing = BTreeSet::new();
    for ends in is.keys().chain(should.keys()) {
        let is = is.get(ends).unwrap_or(&nothing);
        let should = should.get(ends).unwrap_or(&nothing);
        prop_assert!(
            is == should,
            "{what}: {ends:?}: is {}, should be {}",
            short(is),
            short(should)
        );
    }
    Ok(())
}

fn short(lefts: &BTreeSet<Left>) -> String {
    let one = |(sure, possible, unknown): &Left| {
        let some = |set: &TrafficSet| {
            let samples = set.samples();
            let known = samples.iter().take(6).map(ToString::to_string);
            known.collect::<Vec<_>>().join(", ")
        };
        let waits: Vec<_> = unknown.iter().map(|subject| subject.id.clone()).collect();
        format!("[{} | {} | {waits:?}]", some(sure), some(possible))
    };
    lefts.iter().map(one).collect()
}
