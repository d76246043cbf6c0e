//! The analysis says of every packet what the rules say of it one by one.

use std::collections::BTreeMap;
use std::net::IpAddr;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sixward_estate::Estate;
use sixward_net::Family;
use sixward_prove::symbolic::{Analysis, Verdict};
use sixward_prove::{End, L4};

use crate::estates::addresses;
use crate::exposed::by_ranges;
use crate::naive::{self, Answer};
use crate::palette::remotes;
use crate::spec::{Kind, specs};
use crate::view::view;

/// One packet of every kind that the small estates can tell apart.
pub(crate) fn packets() -> Vec<L4> {
    let ports = [0, 22, 80, 443, 444, 1024, 32_768, 61_000, 61_001];
    let mut packets = Vec::new();
    for source in ports {
        for destination in ports {
            packets.push(L4::Tcp {
                source,
                destination,
            });
            packets.push(L4::Udp {
                source,
                destination,
            });
        }
    }
    for (kind, code) in [(0, 0), (2, 0), (2, 1), (3, 4), (8, 0), (128, 0), (129, 0)] {
        packets.push(L4::Icmp { kind, code });
        packets.push(L4::Icmp6 { kind, code });
    }
    packets.extend([0, 50].map(L4::Other));
    packets
}

pub(crate) fn agree(
    verdict: &Verdict,
    packets: &[L4],
    what: &str,
    naive: impl Fn(L4) -> Answer,
) -> Result<(), TestCaseError> {
    let mut waits = false;
    for l4 in packets {
        let says = naive(*l4);
        let has = match (
            verdict.traffic.contains(*l4),
            verdict.possible.contains(*l4),
        ) {
            (true, true) => Answer::Yes,
            (false, true) => Answer::Unknown,
            (false, false) => Answer::No,
            (true, false) => return Err(TestCaseError::fail("sure and impossible")),
        };
        waits |= says == Answer::Unknown;
        prop_assert!(
            has == says,
            "{what}: {l4}: the rules say {says:?}, the analysis {has:?}, waiting for {:?}",
            verdict.undetermined
        );
    }
    prop_assert_eq!(waits, !verdict.undetermined.is_empty(), "{}", what);
    prop_assert_eq!(waits, verdict.traffic != verdict.possible, "{}", what);
    Ok(())
}

fn all_ways(estate: &Estate, packets: &[L4]) -> Result<(), TestCaseError> {
    let analysis = Analysis::new(estate);
    for family in [Family::V4, Family::V6] {
        let ends = addresses(estate, family);
        for (s, a) in &ends {
            let from = &view(estate, s, family);
            let source = End::Interface(s.clone());
            for (d, b) in ends.iter().filter(|(d, _)| d != s) {
                let to = &view(estate, d, family);
                let target = End::Interface(d.clone());
                let verdict = analysis.allowed_at((&source, *a), (&target, *b));
                prop_assert_eq!(&verdict, &analysis.allowed(&source, &target, family));
                let legs = naive::legs(estate, (from, *a), (to, *b));
                agree(&verdict, packets, &format!("{a} to {b}"), |l4| {
                    naive::between(estate, (from, *a), (to, *b), legs, l4)
                })?;
            }
            for remote in remotes(family) {
                let verdict = analysis.allowed_at((&End::Internet, remote), (&source, *a));
                agree(&verdict, packets, &format!("{remote} to {a}"), |l4| {
                    naive::inbound(estate, remote, from, *a, l4)
                })?;
                let verdict = analysis.allowed_at((&source, *a), (&End::Internet, remote));
                agree(&verdict, packets, &format!("{a} to {remote}"), |l4| {
                    naive::outbound(estate, from, *a, remote, l4)
                })?;
            }
        }
        exposed(estate, &analysis, family)?;
        by_ranges(estate, &analysis, family)?;
    }
    Ok(())
}

/// Rows of the exposure say what the interfaces in them say one by one.
fn exposed(estate: &Estate, analysis: &Analysis, family: Family) -> Result<(), TestCaseError> {
    let rows = analysis.exposure(family);
    for (id, address) in addresses(estate, family) {
        let row = rows.iter().find(|row| row.interfaces.contains(&id));
        let end = End::Interface(id);
        let one = analysis.allowed(&End::Internet, &end, family);
        match row {
            Some(row) => {
                prop_assert_eq!(&row.traffic, &one.traffic);
                prop_assert_eq!(&row.possible, &one.possible);
                prop_assert_eq!(&row.undetermined, &one.undetermined);
            }
            None => prop_assert!(one.traffic.is_empty() && one.undetermined.is_empty()),
        }
        for remote in remotes(family) {
            let at = |remote: IpAddr| {
                let mut ranges = row.iter().flat_map(|row| &row.sources);
                ranges.find(|source| source.first <= remote && remote <= source.last)
            };
            let traffic = at(remote).map(|source| analysis.traffic(source.traffic));
            let one = analysis.allowed_at((&End::Internet, remote), (&end, address));
            prop_assert_eq!(
                traffic.unwrap_or_else(sixward_prove::set::TrafficSet::empty),
                one.traffic
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn the_analysis_says_what_the_rules_say(spec in specs(Kind::Mixed)) {
        all_ways(&spec.estate(|family| family), &packets())?;
    }
}

/// So many that the whole takes seconds; a release build does more.
fn cases() -> u32 {
    if cfg!(debug_assertions) { 50 } else { 3000 }
}

/// The small estates must show every answer for every sort of flow, or equality shows little.
#[test]
fn the_small_estates_have_all_answers() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<(&str, Family, Answer), usize> = BTreeMap::new();
    for _ in 0..300 {
        let spec = specs(Kind::Mixed).new_tree(&mut runner).unwrap().current();
        let estate = spec.estate(|family| family);
        let l4 = L4::Tcp {
            source: 32_768,
            destination: 80,
        };
        for family in [Family::V4, Family::V6] {
            let ends = addresses(&estate, family);
            for (s, a) in &ends {
                let from = &view(&estate, s, family);
                let mut count =
                    |sort, answer| *seen.entry((sort, family, answer)).or_default() += 1;
                for (d, b) in ends.iter().filter(|(d, _)| d != s) {
                    let to = &view(&estate, d, family);
                    let sort = match (from.subnet == to.subnet, from.network == to.network) {
                        (true, _) => "in a subnet",
                        (_, true) => "in a network",
                        _ => "between networks",
                    };
                    let legs = naive::legs(&estate, (from, *a), (to, *b));
                    count(
                        sort,
                        naive::between(&estate, (from, *a), (to, *b), legs, l4),
                    );
                }
                for remote in remotes(family) {
                    count("inbound", naive::inbound(&estate, remote, from, *a, l4));
                    count("outbound", naive::outbound(&estate, from, *a, remote, l4));
                }
            }
        }
    }
    assert_eq!(seen.len(), 5 * 2 * 3, "{seen:?}");
}
