//! Security groups: a few rules each, most of them naming another group, as in estates
//! that have grown for years.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::id::Ids;
use crate::random::Random;

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) ingress: Vec<Rule>,
    pub(crate) egress: Egress,
}

/// The provider joins sources that share protocol and ports into one rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) service: Service,
    pub(crate) sources: Vec<Source>,
}

/// Protocol, first and last port.
pub(crate) type Service = (&'static str, u16, u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Group(usize),
    Everyone,
    Network,
    Subnet(usize),
    /// One host of an office, the case that cannot be translated without a person.
    Office(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Egress {
    /// As created: everything, and the provider may add IPv6 to it by itself.
    Untouched,
    /// HTTPS anywhere and everything inside.
    Https,
    /// Inside only.
    Inside,
}

/// All protocols, as the default group has it.
pub(crate) const ANY: Service = ("-1", 0, 0);

const WEB: [Service; 2] = [("tcp", 80, 80), ("tcp", 443, 443)];
const SSH: Service = ("tcp", 22, 22);
const INSIDE: [Service; 12] = [
    ("tcp", 22, 22),
    ("tcp", 80, 80),
    ("tcp", 443, 443),
    ("tcp", 3306, 3306),
    ("tcp", 5432, 5432),
    ("tcp", 6379, 6379),
    ("tcp", 8080, 8080),
    ("tcp", 8443, 8443),
    ("tcp", 9090, 9090),
    ("tcp", 30000, 32767),
    ("udp", 53, 53),
    ("udp", 8125, 8125),
];

/// The groups of a network; the first is the default one.
pub(super) fn groups(
    ids: Ids,
    random: &mut Random,
    numbers: Range<u32>,
    subnets: usize,
) -> Vec<Group> {
    let count = numbers.len();
    let group = |(place, number)| match place {
        0 => default_group(ids, number),
        _ => group(ids, random, number, count, subnets),
    };
    numbers.enumerate().map(group).collect()
}

fn default_group(ids: Ids, number: u32) -> Group {
    let ingress = vec![Rule {
        service: ANY,
        sources: vec![Source::Group(0)],
    }];
    Group {
        id: ids.of("sg", number),
        name: "default".to_owned(),
        ingress,
        egress: Egress::Untouched,
    }
}

fn group(ids: Ids, random: &mut Random, number: u32, groups: usize, subnets: usize) -> Group {
    let role = random.pick(["web", "app", "api", "db", "cache", "batch", "admin"]);
    Group {
        id: ids.of("sg", number),
        name: format!("{role}-{number}"),
        ingress: ingress(random, groups, subnets),
        egress: egress(random),
    }
}

fn ingress(random: &mut Random, groups: usize, subnets: usize) -> Vec<Rule> {
    let mut rules = BTreeMap::<Service, Vec<Source>>::new();
    for _ in 0..random.pick([2, 3, 3, 4]) {
        let (service, source) = allowed(random, groups, subnets);
        let sources = rules.entry(service).or_default();
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    rules
        .into_iter()
        .map(|(service, sources)| Rule { service, sources })
        .collect()
}

fn allowed(random: &mut Random, groups: usize, subnets: usize) -> (Service, Source) {
    if random.permille(600) {
        return (random.pick(INSIDE), Source::Group(random.below(groups)));
    }
    match random.below(10) {
        0..4 => (random.pick(WEB), Source::Everyone),
        4..7 => (random.pick(INSIDE), Source::Network),
        7..9 => (random.pick(INSIDE), Source::Subnet(random.below(subnets))),
        _ => (
            SSH,
            Source::Office(u8::try_from(1 + random.below(250)).unwrap_or(1)),
        ),
    }
}

fn egress(random: &mut Random) -> Egress {
    match random.below(100) {
        0..10 => Egress::Https,
        10..15 => Egress::Inside,
        _ => Egress::Untouched,
    }
}
