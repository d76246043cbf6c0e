//! What the internet can begin is, range by range, what single hosts of it can begin one by one.
//!
//! Rows are made of tables that many interfaces share; a single host is asked about without them. Both
//! must agree between any two prefixes that something in the estate names. Addresses that no stranger has
//! do not end a range.

use std::collections::BTreeSet;
use std::net::IpAddr;

use proptest::prelude::*;
use sixward_estate::{Destination, Estate, Remote, Subject};
use sixward_net::{Family, IpNet};
use sixward_prove::End;
use sixward_prove::set::TrafficSet;
use sixward_prove::symbolic::Analysis;

use crate::estates::addresses;

/// What hosts of the internet never have over IPv4, and all that they have over IPv6.
const NEVER: [&str; 8] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
];
const UNICAST: &str = "2000::/3";

/// Hosts that can begin the same: first, last, what for sure, what at most.
type Range = (IpAddr, IpAddr, TrafficSet, TrafficSet);

/// What hosts of the internet can begin: by ranges, and all together.
#[derive(Debug, PartialEq)]
struct Says {
    ranges: Vec<Range>,
    traffic: TrafficSet,
    possible: TrafficSet,
    undetermined: BTreeSet<Subject>,
}

/// Every row says of its interfaces what is said of hosts of the internet one by one.
pub(crate) fn by_ranges(
    estate: &Estate,
    analysis: &Analysis,
    family: Family,
) -> Result<(), TestCaseError> {
    let rows = analysis.exposure(family);
    let starts: Vec<u128> = starts(estate, family).into_iter().collect();
    for (id, address) in addresses(estate, family) {
        let mut says = Says::nothing();
        for row in rows.iter().filter(|row| row.interfaces.contains(&id)) {
            let sources = row.sources.iter();
            says = Says {
                ranges: sources
                    .map(|it| {
                        let traffic = analysis.traffic(it.traffic);
                        (it.first, it.last, traffic, analysis.traffic(it.possible))
                    })
                    .collect(),
                traffic: row.traffic.clone(),
                possible: row.possible.clone(),
                undetermined: row.undetermined.iter().cloned().collect(),
            };
        }
        let end = End::Interface(id);
        let single = one_by_one(estate, analysis, &starts, (&end, address));
        prop_assert_eq!(says, single, "the internet to {}", address);
    }
    Ok(())
}

fn one_by_one(estate: &Estate, analysis: &Analysis, starts: &[u128], to: (&End, IpAddr)) -> Says {
    let family = family(to.1);
    let mut sum = Says::nothing();
    // Whether the stranger before is in the last range.
    let mut open = false;
    for (at, start) in starts.iter().enumerate() {
        let next = starts.get(at + 1).copied();
        let last = next.map_or(highest(family), |next| address(next - 1, family));
        let first = address(*start, family);
        if !is_stranger(estate, first) {
            continue;
        }
        let verdict = analysis.allowed_at((&End::Internet, first), to);
        if verdict.possible.is_empty() {
            open = false;
            continue;
        }
        let (traffic, possible) = (verdict.traffic, verdict.possible);
        sum.traffic = sum.traffic.union(&traffic);
        sum.possible = sum.possible.union(&possible);
        sum.undetermined.extend(verdict.undetermined);
        if sum.traffic == sum.possible {
            sum.undetermined.clear();
        }
        match sum.ranges.last_mut() {
            Some((_, end, sure, may)) if open && (&*sure, &*may) == (&traffic, &possible) => {
                *end = last;
            }
            _ => sum.ranges.push((first, last, traffic, possible)),
        }
        open = true;
    }
    sum
}

/// Whether a host of the internet may have an address.
fn is_stranger(estate: &Estate, address: IpAddr) -> bool {
    let inside = |net: &str| net.parse::<IpNet>().unwrap().contains(&address);
    let own = blocks(estate).any(|block| block.contains(&address));
    match address {
        IpAddr::V4(_) => !own && !NEVER.iter().any(|net| inside(net)),
        IpAddr::V6(_) => !own && inside(UNICAST),
    }
}

/// Where a prefix that something names begins, and the address behind each.
fn starts(estate: &Estate, family: Family) -> BTreeSet<u128> {
    let routes = estate.route_tables.iter().flat_map(|table| &table.routes);
    let routes = routes.filter_map(|route| match &route.destination {
        Destination::Net(net) => Some(*net),
        Destination::PrefixList(_) => None,
    });
    let rules = estate.firewalls.iter().flat_map(|it| &it.rules);
    let rules = rules.filter_map(|rule| match &rule.remote {
        Remote::Net(net) => Some(*net),
        _ => None,
    });
    let lists = estate.prefix_lists.iter();
    let lists = lists.flat_map(|list| list.entries.iter().flatten().copied());
    let unicast = NEVER.iter().chain([&UNICAST]);
    let never = unicast.map(|net| net.parse::<IpNet>().unwrap());
    let all = routes.chain(rules).chain(lists).chain(never);
    let all = all.chain(blocks(estate));
    let mut starts = BTreeSet::from([0]);
    for net in all.filter(|net| family == self::family(net.addr())) {
        starts.insert(number(net.network()));
        if net.broadcast() != highest(family) {
            starts.insert(number(net.broadcast()) + 1);
        }
    }
    starts
}

fn blocks(estate: &Estate) -> impl Iterator<Item = IpNet> {
    estate.networks.iter().flat_map(|network| {
        let four = network.blocks4.iter().map(|net| IpNet::V4(*net));
        four.chain(network.blocks6.iter().map(|block| IpNet::V6(block.net)))
    })
}

fn family(address: IpAddr) -> Family {
    match address {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

fn address(number: u128, family: Family) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(u32::try_from(number).unwrap().into()),
        Family::V6 => IpAddr::V6(number.into()),
    }
}

fn highest(family: Family) -> IpAddr {
    match family {
        Family::V4 => address(u32::MAX.into(), family),
        Family::V6 => address(u128::MAX, family),
    }
}

impl Says {
    fn nothing() -> Self {
        Self {
            ranges: Vec::new(),
            traffic: TrafficSet::empty(),
            possible: TrafficSet::empty(),
            undetermined: BTreeSet::new(),
        }
    }
}
