//! From state to state: what the certificate says anew is derived again, and so is what it leaves as
//! it was wherever the estate is not as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use sixward_estate::{Estate, FirewallId, Item, RouteTableId, Table as Items, TransitTableId};
use sixward_net::Family;
use smol_str::{SmolStr, ToSmolStr};

use crate::certificate::{Certificate, Columns as Claim, State, Value, Verdict};
use crate::table::{Columns, Meaning, is_of};
use crate::traffic::{Formula, Set};
use crate::{firewall, route};

/// What was checked.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many states there are, the first one included.
    pub states: usize,
    /// How many tables were derived, each again wherever it may be another.
    pub tables: usize,
    /// At how many addresses.
    pub points: usize,
    /// The steps after which the IPv4 tables are not what they were before all of them.
    pub ipv4_differs: Vec<u32>,
    /// What the certificate says of the promises, unchecked.
    pub verdicts: Vec<Verdict>,
}

/// Why a certificate is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{at}: the certificate says `{claimed}`, the estate `{derived}`\n\n\
     hint: make it anew from this estate and plan, and believe it only when it passes"
)]
pub struct Refusal {
    /// The step, the family, the table, the column and the address, as far as they matter.
    pub at: String,
    /// What the certificate says there.
    pub claimed: String,
    /// What the estate says.
    pub derived: String,
}

/// Checks a certificate against an estate's states in their order: 0 and what it is before all steps,
/// then each step and what it is after it.
pub fn check(
    certificate: &[u8],
    states: impl IntoIterator<Item = (u32, Estate)>,
) -> Result<Report, Refusal> {
    let read = serde_json::from_slice::<Certificate>(certificate);
    let read = read.map_err(|error| refusal("the file", &error, &"a certificate"))?;
    let format = format!("{} {}", read.format, read.version);
    if format != "sixward-certificate 2" {
        return Err(refusal("the format", &format, &"sixward-certificate 2"));
    }
    let mut walk = Walk {
        sets: &read.traffic,
        ..Walk::default()
    };
    let mut claims = read.states.iter();
    for (step, estate) in states {
        let claim = claims.next().filter(|claim| claim.step == step);
        let claim = claim.ok_or_else(|| refusal("the states", &"another step", &step))?;
        walk.state(claim, estate)?;
    }
    if let Some(claim) = claims.next() {
        return Err(refusal("the states", &claim.step, &"no more"));
    }
    let verdicts = read.verdicts;
    Ok(Report {
        verdicts,
        ..walk.report
    })
}

/// A table's family, kind and id.
type Key = (Family, SmolStr, SmolStr);

#[derive(Default)]
struct Walk<'c> {
    sets: &'c [Set],
    /// Claimed sets that are known to be what rules let pass.
    proven: BTreeSet<(Formula, usize)>,
    /// The latest tables, and those of the first state.
    tables: BTreeMap<Key, &'c Claim>,
    first: BTreeMap<Key, &'c Claim>,
    before: Estate,
    report: Report,
}

impl<'c> Walk<'c> {
    fn state(&mut self, claim: &'c State, now: Estate) -> Result<(), Refusal> {
        let step = claim.step;
        let digest = self.before.change_digest(&now);
        if claim.estate != digest {
            let at = format!("step {step}, the estate");
            return Err(refusal(at, &claim.estate, &digest));
        }
        let mut keys = stale(&self.before, &now);
        for table in &claim.tables {
            let key = (table.family, table.kind.clone(), table.id.clone());
            match &table.columns {
                Some(columns) => self.tables.insert(key.clone(), columns),
                None => self.tables.remove(&key),
            };
            keys.insert(key);
        }
        for key in &keys {
            let at = |more: &str| format!("step {step}, {} {} {}{more}", key.0, key.1, key.2);
            match (self.tables.get(key).copied(), derived(key, &now)) {
                (None, None) => {}
                (Some(claimed), Some(derived)) => {
                    let table = self.table(claimed, &derived, key.0);
                    table.map_err(|it| Refusal {
                        at: at(&it.at),
                        ..it
                    })?;
                }
                (Some(_), None) => return Err(refusal(at(""), &"a table", &"none")),
                (None, Some(_)) => return Err(refusal(at(""), &"no table", &"one")),
            }
        }
        if self.report.states == 0 {
            self.first.clone_from(&self.tables);
        }
        let is4 = |(key, _): &(&Key, &&Claim)| key.0 == Family::V4;
        let (first, tables) = (self.first.iter(), self.tables.iter());
        if !first.filter(is4).eq(tables.filter(is4)) {
            self.report.ipv4_differs.push(step);
        }
        self.report.states += 1;
        self.before = now;
        Ok(())
    }

    /// Compares a table with what it must be, value by value, wherever either may begin to differ.
    fn table(&mut self, claimed: &Claim, derived: &Columns, of: Family) -> Result<(), Refusal> {
        self.report.tables += 1;
        if !derived.keys().eq(claimed.keys()) {
            let names = |keys: &mut dyn Iterator<Item = &SmolStr>| {
                format!("{:?}", keys.collect::<Vec<_>>())
            };
            let (claimed, derived) = (names(&mut claimed.keys()), names(&mut derived.keys()));
            return Err(refusal(", columns", &claimed, &derived));
        }
        for ((name, runs), column) in claimed.iter().zip(derived.values()) {
            let starts: Vec<_> = runs.iter().map(|(first, _)| *first).collect();
            let lowest = starts.first().is_some_and(IpAddr::is_unspecified);
            let own = starts.iter().all(|first| is_of(of, *first));
            if !(lowest && own && starts.is_sorted_by(|a, b| a < b)) {
                let wanted = "a start of each, ascending";
                return Err(refusal(format!(", {name}"), &"runs out of order", &wanted));
            }
            let cuts = column.nets.iter().flat_map(cuts);
            let points: BTreeSet<_> = starts.into_iter().chain(cuts).collect();
            self.report.points += points.len();
            for point in points {
                let run = runs.partition_point(|(first, _)| *first <= point) - 1;
                if let Some((claimed, derived)) = self.wrong(&runs[run].1, (column.at)(point)) {
                    return Err(refusal(format!(", {name} at {point}"), &claimed, &derived));
                }
            }
        }
        Ok(())
    }

    /// What is claimed and what is so, when that is not the same.
    fn wrong(&mut self, claimed: &Value, derived: Meaning) -> Option<(String, String)> {
        match (claimed, derived) {
            (Value::Text(claimed), Meaning::Text(derived)) => {
                (*claimed != derived).then(|| (claimed.to_string(), derived.into()))
            }
            (Value::Traffic(number), Meaning::Traffic(formula)) if *number < self.sets.len() => {
                let pair = (formula, *number);
                if self.proven.contains(&pair) {
                    return None;
                }
                let Some(packet) = self.sets[*number].differs(&pair.0) else {
                    self.proven.insert(pair);
                    return None;
                };
                let [protocol, first, second] = packet;
                let word = |passes| if passes { "passes" } else { "is dropped" };
                let says = self.sets[*number].contains(packet);
                let packet = format!("protocol {protocol} {first}>{second}");
                let claimed = format!("set {number}: {packet} {}", word(says));
                Some((claimed, format!("that it {}", word(!says))))
            }
            (claimed, _) => Some((format!("{claimed:?}"), "a value of another kind".to_owned())),
        }
    }
}

/// What a table must be; none when there is nothing to make one of.
fn derived((family, kind, id): &Key, estate: &Estate) -> Option<Columns> {
    match kind.as_str() {
        "firewall" => {
            let it = estate.firewalls.get(&FirewallId::new(id.clone()))?;
            Some(firewall::firewall(estate, it, *family))
        }
        "route-table" => {
            let it = estate.route_tables.get(&RouteTableId::new(id.clone()))?;
            Some(route::table(estate, it, *family))
        }
        "transit-table" => {
            let it = estate
                .transit_tables
                .get(&TransitTableId::new(id.clone()))?;
            Some(route::hub(estate, it, *family))
        }
        _ => None,
    }
}

/// The tables that may not be what they were, by comparing the estates: nobody is believed who says so.
fn stale(was: &Estate, now: &Estate) -> BTreeSet<Key> {
    let lists = was.gaps == now.gaps && was.prefix_lists == now.prefix_lists;
    let targets = was.gateways == now.gateways && was.links == now.links;
    let nothing = Estate::default();
    // What all tables of a kind look up makes all of them stale: they differ from nothing.
    let rules = if lists { was } else { &nothing };
    // Every route table has a local route to each block of its network.
    let same = lists && targets && was.networks == now.networks;
    let routes = if same { was } else { &nothing };
    let mut stale = BTreeSet::new();
    for (rules, routes) in [(was, was), (rules, routes)] {
        differ("firewall", &rules.firewalls, &now.firewalls, &mut stale);
        differ(
            "transit-table",
            &rules.transit_tables,
            &now.transit_tables,
            &mut stale,
        );
        differ(
            "route-table",
            &routes.route_tables,
            &now.route_tables,
            &mut stale,
        );
    }
    stale
}

fn differ<T>(kind: &str, was: &Items<T>, is: &Items<T>, into: &mut BTreeSet<Key>)
where
    T: Item + PartialEq,
    T::Id: fmt::Display,
{
    for it in was.differences(is).filter_map(|(was, is)| is.or(was)) {
        let keys = [Family::V4, Family::V6].map(|of| (of, kind.into(), it.id().to_smolstr()));
        into.extend(keys);
    }
}

/// Where something may begin to differ.
fn cuts(net: &IpNet) -> impl Iterator<Item = IpAddr> + use<> {
    let after = match net.broadcast() {
        IpAddr::V4(it) => u32::from(it)
            .checked_add(1)
            .map(|it| Ipv4Addr::from(it).into()),
        IpAddr::V6(it) => u128::from(it)
            .checked_add(1)
            .map(|it| Ipv6Addr::from(it).into()),
    };
    [Some(net.network()), after].into_iter().flatten()
}

fn refusal(at: impl Into<String>, says: &dyn fmt::Display, is: &dyn fmt::Display) -> Refusal {
    let (at, claimed, derived) = (at.into(), says.to_string(), is.to_string());
    Refusal {
        at,
        claimed,
        derived,
    }
}
