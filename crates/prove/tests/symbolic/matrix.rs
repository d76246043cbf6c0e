//! The table for people against the pairs of interfaces, one by one.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use sixward_estate::{Estate, GatewayId, Interface, InterfaceId, InterfaceOwner, RouteOrigin};
use sixward_net::{Family, Ports, Traffic};
use sixward_prove::End;
use sixward_prove::set::TrafficSet;
use sixward_prove::symbolic::matrix::{Cell, Side};
use sixward_prove::symbolic::{Analysis, Verdict, far_ends};

use crate::far;
use crate::far::spec::beyond;
use crate::palette::Prefix;
use crate::spec::{Kind, RemoteSpec, RouteSpec, RuleSpec, Spec, specs};

/// With lists that tell the halves of a subnet apart, where groups and routes mostly do not.
fn cut(mut spec: Spec) -> Spec {
    for (n, list) in (0..).zip(&mut spec.lists) {
        for family in [Family::V4, Family::V6] {
            let rule = RuleSpec {
                egress: n % 2 == 0,
                deny: true,
                family,
                traffic: Traffic::Tcp(Ports::ALL),
                remote: RemoteSpec::Prefix(Prefix::Half(0, n % 2)),
            };
            list.insert(0, rule);
        }
    }
    spec
}

/// With all subnets of a network under one table and one list, in one zone.
fn alike(mut estate: Estate) -> Estate {
    let known = estate.clone();
    estate.subnets.for_each_mut(|subnet| {
        let mut same = known.subnets.iter();
        if let Some(first) = same.find(|first| first.network == subnet.network) {
            subnet.zone = first.zone.clone();
            subnet.route_table.clone_from(&first.route_table);
            subnet.firewall.clone_from(&first.firewall);
        }
    });
    estate
}

/// With five more of each interface, so that kinds of interfaces have members: one beside it, one in the
/// other half of the subnet, which lists, rules and routes tell apart, one there with its addresses too,
/// one that nobody has, one without IPv6.
fn crowded(estate: &Estate) -> Estate {
    let mut crowded = estate.clone();
    let words = ["beside", "across", "both", "idle", "bare"];
    for (interface, at) in estate.interfaces.iter().zip(0..) {
        for (n, word) in (1u8..).zip(words) {
            let mut more: Interface = interface.clone();
            more.id = InterfaceId::new(format!("{}-{word}", interface.id));
            let far = ["across", "both"].contains(&word);
            let own = &mut more.addresses4[0];
            own.address = moved4(own.address, 8 * n, far);
            more.addresses6[0] = moved6(more.addresses6[0], 8 * n, far);
            match word {
                "across" => more.addresses4[0].public = None,
                "both" => {
                    more.addresses4.extend(interface.addresses4.clone());
                    more.addresses6.extend(interface.addresses6.clone());
                }
                "idle" if at % 2 == 0 => more.owner = InterfaceOwner::Nobody,
                "idle" => more.owner = InterfaceOwner::Gateway(GatewayId::new("none")),
                "bare" => more.addresses6.clear(),
                _ => {}
            }
            crowded.interfaces.insert(more);
        }
    }
    crowded
}

/// An address further on, in the same half of its subnet or in the other.
fn moved4(address: Ipv4Addr, by: u8, far: bool) -> Ipv4Addr {
    let half = if far { 1 << 7 } else { 0 };
    ((u32::from(address) ^ half) + u32::from(by)).into()
}

fn moved6(address: Ipv6Addr, by: u8, far: bool) -> Ipv6Addr {
    let half = if far { 1 << 63 } else { 0 };
    ((u128::from(address) ^ half) + u128::from(by)).into()
}

/// The internet, two sides that share kinds of interfaces, and one interface that is in a side too.
fn sides(estate: &Estate) -> Vec<Side> {
    let ids: Vec<_> = estate.interfaces.iter().map(|it| it.id.clone()).collect();
    let (some, rest) = ids.split_at(ids.len() / 2);
    let mut sides = vec![
        Side::Internet,
        Side::Interfaces(some.to_vec()),
        Side::Interfaces(rest.to_vec()),
    ];
    // Interfaces of one kind, where unions over many hide nothing.
    let of = |host: &str| {
        let own = ids.iter().filter(|id| id.as_str().starts_with(host));
        Side::Interfaces(own.cloned().collect())
    };
    sides.extend(["interface-000", "interface-011", "interface-110"].map(of));
    sides.extend(ids.last().map(|id| Side::Interfaces(vec![id.clone()])));
    let far = far_ends(estate);
    sides.extend(far.iter().map(|end| Side::Far(vec![end.clone()])));
    sides.push(Side::Far(far));
    sides
}

fn ends(side: &Side) -> Vec<End> {
    match side {
        Side::Internet => vec![End::Internet],
        Side::Interfaces(ids) => ids.iter().cloned().map(End::Interface).collect(),
        Side::Far(ends) => ends.clone(),
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

    #[test]
    fn subnets_that_are_alike_are_one_kind(spec in specs(Kind::Mixed)) {
        agree(&crowded(&alike(spec.estate(|family| family))))?;
    }

    #[test]
    fn far_ends_tell_kinds_apart(spec in specs(Kind::Mixed), beyond in beyond(false)) {
        agree(&crowded(&far::estate(&spec, &beyond, |family| family)))?;
    }

    #[test]
    fn lists_split_kinds_too(spec in specs(Kind::Mixed)) {
        agree(&crowded(&cut(spec).estate(|family| family)))?;
    }
}

/// So many that the whole takes seconds; a release build does more.
fn cases() -> u32 {
    if cfg!(debug_assertions) { 12 } else { 1500 }
}

/// A list may tell addresses apart by what it lets out alone, which counts where no way back is known.
#[test]
fn a_list_that_tells_apart_what_it_sends() -> Result<(), TestCaseError> {
    let to = |prefix, target| RouteSpec {
        family: Family::V6,
        prefix: Some(prefix),
        target,
        origin: RouteOrigin::Static,
        gone: false,
    };
    let all = RuleSpec {
        egress: true,
        deny: false,
        family: Family::V6,
        traffic: Traffic::All,
        remote: RemoteSpec::Prefix(Prefix::Any),
    };
    let mut spec = Spec {
        open: (false, false),
        list_of: vec![None, None, Some(0), Some(0)],
        ..crate::kept::open(1)
    };
    spec.members = vec![Vec::new(); 8];
    spec.lists[0] = vec![all];
    spec.tables[0] = vec![to(Prefix::Subnet(1, 0), 7)];
    agree(&crowded(&cut(spec).estate(|family| family)))
}
