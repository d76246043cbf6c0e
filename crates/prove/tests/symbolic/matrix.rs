//! The table for people against the pairs of interfaces, one by one.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use sixward_estate::{Estate, Interface, InterfaceId};
use sixward_net::Family;
use sixward_prove::End;
use sixward_prove::set::TrafficSet;
use sixward_prove::symbolic::matrix::{Cell, Side};
use sixward_prove::symbolic::{Analysis, Verdict};

use crate::spec::{Kind, specs};

/// With three more of each interface: at other addresses, the last with both kinds of addresses of the
/// first beside its own, and one without any of IPv6.
fn crowded(estate: &Estate) -> Estate {
    let mut crowded = estate.clone();
    for interface in &estate.interfaces {
        for (n, word) in (1u8..).zip(["far", "bare", "both"]) {
            let mut more: Interface = interface.clone();
            more.id = InterfaceId::new(format!("{}-{word}", interface.id));
            more.addresses4[0].address = up4(interface.addresses4[0].address, 8 * n);
            more.addresses6[0] = up6(interface.addresses6[0], 8 * n);
            if word == "bare" {
                more.addresses6.clear();
            }
            if word == "both" {
                more.addresses4.extend(interface.addresses4.clone());
                more.addresses6.extend(interface.addresses6.clone());
            }
            crowded.interfaces.insert(more);
        }
    }
    crowded
}

fn up4(address: Ipv4Addr, by: u8) -> Ipv4Addr {
    (u32::from(address) + u32::from(by)).into()
}

fn up6(address: Ipv6Addr, by: u8) -> Ipv6Addr {
    (u128::from(address) + u128::from(by)).into()
}

/// Sides by firewalls and one of all that is left over from every third; the last holds one interface.
fn sides(estate: &Estate) -> Vec<Side> {
    let ids: Vec<_> = estate.interfaces.iter().map(|it| it.id.clone()).collect();
    let (some, rest) = ids.split_at(ids.len() / 2);
    let third = some.iter().step_by(3).cloned().collect();
    let mut sides = vec![
        Side::Internet,
        Side::Interfaces(third),
        Side::Interfaces(rest.to_vec()),
    ];
    sides.extend(ids.last().map(|id| Side::Interfaces(vec![id.clone()])));
    sides
}

fn ends(side: &Side) -> Vec<End> {
    match side {
        Side::Internet => vec![End::Internet],
        Side::Interfaces(ids) => ids.iter().cloned().map(End::Interface).collect(),
    }
}

/// What the pairs say, one by one.
fn pair_by_pair(analysis: &Analysis, from: &Side, to: &Side, family: Family) -> Option<Cell> {
    let mut cell: Option<Cell> = None;
    for from in ends(from) {
        for to in ends(to).into_iter().filter(|to| *to != from) {
            let Verdict {
                traffic,
                possible,
                undetermined,
            } = analysis.allowed(&from, &to, family);
            let cell = cell.get_or_insert_with(|| Cell {
                some: TrafficSet::empty(),
                all: TrafficSet::all(),
                possible: TrafficSet::empty(),
                undetermined: Vec::new(),
            });
            cell.some = cell.some.union(&traffic);
            cell.all = cell.all.intersection(&traffic);
            cell.possible = cell.possible.union(&possible);
            cell.undetermined.extend(undetermined);
            cell.undetermined.sort();
            cell.undetermined.dedup();
        }
    }
    cell
}

/// What is known is the same; where a union waits for something, it is among what the pairs wait for.
fn agree(estate: &Estate) -> Result<(), TestCaseError> {
    let analysis = Analysis::new(estate);
    let sides = sides(estate);
    for family in [Family::V4, Family::V6] {
        let matrix = analysis.matrix(&sides, family);
        for (row, from) in matrix.iter().zip(&sides) {
            for (cell, to) in row.iter().zip(&sides) {
                let want = pair_by_pair(&analysis, from, to, family);
                let known = |cell: &Option<Cell>| {
                    let cell = cell.as_ref();
                    cell.map(|it| (it.some.clone(), it.all.clone(), it.possible.clone()))
                };
                prop_assert_eq!(known(cell), known(&want), "{:?} to {:?}", from, to);
                if let (Some(cell), Some(want)) = (cell, want) {
                    let waits = cell.some != cell.possible;
                    prop_assert_eq!(waits, !cell.undetermined.is_empty());
                    let mut all = cell.undetermined.iter();
                    prop_assert!(all.all(|it| want.undetermined.contains(it)));
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn every_cell_says_what_its_pairs_say(spec in specs(Kind::Mixed)) {
        agree(&crowded(&spec.estate(|family| family)))?;
    }
}

/// So many that the whole takes seconds; a release build does more.
fn cases() -> u32 {
    if cfg!(debug_assertions) { 25 } else { 1500 }
}
