//! The groups of a table for people: the interfaces of one tier of a network that are under the same
//! firewalls, and what lies behind links that lead out of the estate. Where that makes more than a reader takes in, small groups are told together.

use std::collections::{BTreeMap, BTreeSet};

use sixward_assess::{Selection, Tier};
use sixward_estate::{Estate, FirewallId, Interface, InterfaceId, InterfaceOwner, NetworkId};
use sixward_prove::symbolic::far_ends;
use sixward_prove::{End, interface_name};

/// No table has more rows, the internet's and those of far ends beside.
const MOST: usize = 39;
/// More far ends of a kind are one row.
const MOST_FAR: usize = 12;

/// Interfaces that a person thinks of as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Its network's name or id; of the internet none.
    pub(crate) network: String,
    /// Its tier; none when it is of several.
    pub(crate) tier: Option<Tier>,
    /// What its firewalls or its hosts are called.
    pub(crate) name: String,
    pub(crate) interfaces: Vec<InterfaceId>,
    /// Far ends instead of interfaces.
    pub(crate) far: Vec<End>,
    /// How many groups it is made of.
    pub(crate) groups: usize,
}

/// Where groups are the same: from fine to coarse.
type Key = (Option<NetworkId>, Option<Tier>, Option<Vec<FirewallId>>);
type Members<'a> = BTreeMap<Key, Vec<&'a Interface>>;

impl Group {
    /// Whether it is the internet.
    pub(crate) fn is_internet(&self) -> bool {
        self.interfaces.is_empty() && self.far.is_empty()
    }
}

/// The internet, the groups of an estate by network and tier, and its far ends.
pub(crate) fn groups(estate: &Estate, selection: &Selection) -> Vec<Group> {
    let fine = fine(estate, selection);
    let coarse = |level: usize| {
        let mut members: Members<'_> = BTreeMap::new();
        for ((network, tier, _), own) in &fine {
            let tier = tier.filter(|_| level < 2);
            let key = (network.clone(), tier, None);
            members.entry(key).or_default().extend(own);
        }
        members
    };
    let tiers = coarse(1);
    let networks = coarse(2);
    let members = if fine.len() <= MOST {
        fine.clone()
    } else if tiers.len() <= MOST / 3 {
        largest(&fine, MOST - tiers.len(), |(network, tier, _)| {
            (network.clone(), *tier, None)
        })
    } else if tiers.len() <= MOST {
        tiers
    } else if networks.len() <= MOST {
        networks
    } else {
        largest(&networks, MOST - 1, |_| (None, None, None))
    };
    let internet = Group {
        network: String::new(),
        tier: None,
        name: "internet".to_owned(),
        interfaces: Vec::new(),
        far: Vec::new(),
        groups: 1,
    };
    let groups = members.into_iter();
    let groups = groups.map(|(key, own)| group(estate, &fine, &key, &own));
    let groups = [internet].into_iter().chain(groups);
    groups.chain(far(estate)).collect()
}

/// What lies behind links, by the words that questions call it by.
fn far(estate: &Estate) -> Vec<Group> {
    let (sites, networks): (Vec<_>, Vec<_>) = far_ends(estate)
        .into_iter()
        .partition(|end| matches!(end, End::Site(_)));
    let kinds = [(sites, "sites"), (networks, "foreign networks")].into_iter();
    let rows = kinds.flat_map(|(ends, kind)| {
        if ends.len() > MOST_FAR {
            let name = format!("{} {kind}", ends.len());
            return vec![far_group(name, ends)];
        }
        let rows = ends.into_iter();
        rows.map(|end| far_group(far_name(&end), vec![end]))
            .collect()
    });
    rows.collect()
}

fn far_name(end: &End) -> String {
    match end {
        End::Site(link) => format!("site/{link}"),
        End::Foreign(network) => format!("foreign/{network}"),
        other => other.to_string(),
    }
}

fn far_group(name: String, far: Vec<End>) -> Group {
    Group {
        network: String::new(),
        tier: None,
        name,
        interfaces: Vec::new(),
        groups: far.len(),
        far,
    }
}

fn fine<'a>(estate: &'a Estate, selection: &Selection) -> Members<'a> {
    let mut members: Members<'a> = BTreeMap::new();
    for interface in &estate.interfaces {
        // Nobody answers at these.
        let idle = [InterfaceOwner::Nobody].contains(&interface.owner)
            || matches!(interface.owner, InterfaceOwner::Gateway(_));
        if idle {
            continue;
        }
        let mut firewalls = interface.firewalls.clone();
        firewalls.sort();
        let tier = selection.tier(&interface.subnet);
        let key = (Some(interface.network.clone()), Some(tier), Some(firewalls));
        members.entry(key).or_default().push(interface);
    }
    members
}

/// The groups with most members, and what is left of the others under a coarser key.
fn largest<'a>(members: &Members<'a>, most: usize, coarser: fn(&Key) -> Key) -> Members<'a> {
    let mut by_size: Vec<_> = members.iter().collect();
    by_size.sort_by_key(|(key, own)| (usize::MAX - own.len(), *key));
    let mut kept = Members::new();
    for (at, (key, own)) in by_size.into_iter().enumerate() {
        let key = if at < most { key.clone() } else { coarser(key) };
        kept.entry(key).or_default().extend(own);
    }
    kept
}

fn group(estate: &Estate, fine: &Members<'_>, key: &Key, own: &[&Interface]) -> Group {
    let (network, tier, firewalls) = key;
    let named = network.as_ref().map(|id| {
        let network = estate.networks.get(id);
        let name = network
            .map(|it| it.name.as_str())
            .filter(|name| !name.is_empty());
        name.map_or_else(|| id.to_string(), str::to_owned)
    });
    let ids: BTreeSet<_> = own.iter().map(|interface| &interface.id).collect();
    let parts = fine.values().filter(|members| {
        let mut members = members.iter();
        members.any(|interface| ids.contains(&interface.id))
    });
    let groups = parts.count();
    let name = match firewalls {
        Some(firewalls) => name(estate, firewalls, own),
        None if network.is_none() => "other networks".to_owned(),
        None => format!("{groups} groups"),
    };
    let mut interfaces: Vec<_> = own.iter().map(|interface| interface.id.clone()).collect();
    interfaces.sort();
    Group {
        network: named.unwrap_or_default(),
        tier: *tier,
        name,
        interfaces,
        far: Vec::new(),
        groups,
    }
}

/// What all members are called, or else what they are under.
fn name(estate: &Estate, firewalls: &[FirewallId], own: &[&Interface]) -> String {
    let names = own.iter();
    let names: BTreeSet<_> = names
        .map(|it| short(&interface_name(estate, &it.id)))
        .collect();
    let first = names.first().cloned().unwrap_or_default();
    if names.len() == 1 {
        return first;
    }
    if let Some(common) = common(&names) {
        return common;
    }
    let called = firewalls.iter().map(|id| {
        let firewall = estate.firewalls.get(id);
        let name = firewall
            .map(|it| it.name.as_str())
            .filter(|name| !name.is_empty());
        name.map_or_else(|| id.to_string(), str::to_owned)
    });
    let called: Vec<_> = called.collect();
    match called.as_slice() {
        [] => format!("{first} and {} more", names.len() - 1),
        called => called.join(" + "),
    }
}

/// A name with long ids only by the part that tells things apart: `load balancer app/shop`.
fn short(name: &str) -> String {
    let words = name.split(' ').map(|word| {
        if !word.starts_with("arn:") {
            return word;
        }
        let last = word.rsplit(':').next().unwrap_or(word);
        match last.strip_prefix("loadbalancer/") {
            Some(own) => own.rsplit_once('/').map_or(own, |(own, _)| own),
            None => last,
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What names have in common up to a number or a place: `web-*`.
fn common(names: &BTreeSet<String>) -> Option<String> {
    const LEAST: usize = 3;
    let (first, last) = (names.first()?, names.last()?);
    let pairs = first.char_indices().zip(last.chars());
    let same = pairs
        .take_while(|((_, a), b)| a == b)
        .map(|((at, a), _)| at + a.len_utf8());
    let common = first.get(..same.last()?)?;
    let at = common.rfind(['-', '_', '.', ' ', '/'])?;
    (at >= LEAST).then(|| format!("{}*", &common[..=at]))
}
