//! From state to state: what the certificate says anew is derived again, and so is what it leaves as
//! it was wherever the estate is not as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sixward_estate::{
    Estate, FirewallId, InterfaceId, Item, RouteTableId, SubnetId, Table as Items, TransitTableId,
};
use sixward_net::Family;
use smol_str::{SmolStr, format_smolstr};

use crate::certificate::{Certificate, Half, Key, Table, Value, sha256};
use crate::table::{Columns, Meaning, cuts, lowest};
use crate::traffic::{Formula, Set};
use crate::{Verdict, facts, firewall, route};

/// What was checked.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many states there are, the first one included.
    pub states: usize,
    /// How many tables were derived, each again wherever it may be another.
    pub tables: usize,
    /// At how many addresses.
    pub points: usize,
    /// The steps after which IPv4 is not as it was before all of them.
    pub ipv4_differs: Vec<u32>,
    /// What the certificate says of the promises, unchecked.
    pub verdicts: Vec<Verdict>,
}

/// Why a certificate is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    let read =
        read.map_err(|error| Refusal::new("the file", error.to_string(), "a certificate"))?;
    if (read.format.as_str(), read.version) != ("sixward-certificate", 1) {
        let format = format!("{} {}", read.format, read.version);
        return Err(Refusal::new("the format", format, "sixward-certificate 1"));
    }
    let mut walk = Walk::new(&read.traffic);
    let mut claims = read.states.iter().peekable();
    for (step, estate) in states {
        let claim = claims.next_if(|claim| claim.step == step);
        walk.follow(&estate);
        walk.half(
            step,
            Family::V4,
            claim.and_then(|it| it.ipv4.as_ref()),
            &estate,
        )?;
        walk.half(
            step,
            Family::V6,
            claim.and_then(|it| it.ipv6.as_ref()),
            &estate,
        )?;
        walk.before = estate;
    }
    match claims.next() {
        Some(claim) => Err(Refusal::new(
            "the states",
            claim.step.to_string(),
            "another order, or an end",
        )),
        None => Ok(Report {
            verdicts: read.verdicts,
            ..walk.report
        }),
    }
}

struct Walk<'c> {
    sets: &'c [Set],
    digests: Vec<SmolStr>,
    /// Claimed sets that are known to be what rules let pass.
    proven: BTreeSet<(Formula, usize)>,
    ipv4: Tables<'c>,
    ipv6: Tables<'c>,
    first: Option<SmolStr>,
    before: Estate,
    members: BTreeMap<SubnetId, BTreeSet<InterfaceId>>,
    /// What may be another table than before.
    stale: BTreeSet<Key>,
    report: Report,
}

/// The latest tables of a family, on 256 sheets: a digest over all need not look at all.
struct Tables<'c> {
    sheets: Vec<BTreeMap<Key, &'c Table>>,
    digests: Vec<SmolStr>,
    digest: SmolStr,
}

impl<'c> Walk<'c> {
    fn new(sets: &'c [Set]) -> Self {
        Self {
            sets,
            digests: sets.iter().map(sha256).collect(),
            proven: BTreeSet::new(),
            ipv4: Tables::new(),
            ipv6: Tables::new(),
            first: None,
            before: Estate::default(),
            members: BTreeMap::new(),
            stale: BTreeSet::new(),
            report: Report::default(),
        }
    }

    /// Finds what differs by comparing the estates: nobody is believed who says so.
    fn follow(&mut self, now: &Estate) {
        let (was, none) = (&self.before, Estate::default());
        let lists = was.gaps != now.gaps || was.prefix_lists != now.prefix_lists;
        let targets = lists || was.gateways != now.gateways || was.links != now.links;
        let more = targets || was.networks != now.networks || was.transits != now.transits;
        let mut stale = BTreeSet::new();
        stale.extend(differ("subnet", &was.subnets, &now.subnets));
        for was in [was, &none].iter().take(1 + usize::from(lists)) {
            stale.extend(differ("firewall", &was.firewalls, &now.firewalls));
            stale.extend(differ(
                "transit-table",
                &was.transit_tables,
                &now.transit_tables,
            ));
        }
        // Every table has a local route to each block of its network.
        let routes = targets || was.networks != now.networks;
        for was in [was, &none].iter().take(1 + usize::from(routes)) {
            stale.extend(differ("route-table", &was.route_tables, &now.route_tables));
        }
        if more || was.public_access != now.public_access {
            stale.insert(("rest".into(), "".into()));
        }
        for (was, is) in was.interfaces.differences(&now.interfaces) {
            for (it, here) in [(was, false), (is, true)] {
                let Some(it) = it else { continue };
                let members = self.members.entry(it.subnet.clone()).or_default();
                if here {
                    members.insert(it.id.clone());
                } else {
                    members.remove(&it.id);
                }
                stale.insert(("subnet".into(), it.subnet.as_str().into()));
            }
        }
        self.stale = stale;
        self.report.states += 1;
    }

    fn half(
        &mut self,
        step: u32,
        family: Family,
        claim: Option<&'c Half>,
        estate: &Estate,
    ) -> Result<(), Refusal> {
        let place = |key: &Key| format!("step {step}, {family}, {} {}", key.0, key.1);
        let tables = if family == Family::V4 {
            &mut self.ipv4
        } else {
            &mut self.ipv6
        };
        let mut changed = BTreeSet::new();
        for key in claim.iter().flat_map(|half| &half.gone) {
            changed.insert(key.clone());
            if tables.sheet(key).remove(key).is_none() {
                return Err(Refusal::new(
                    place(key),
                    "that it is gone",
                    "that it was not there",
                ));
            }
        }
        for table in claim.iter().flat_map(|half| &half.tables) {
            let key = (table.kind.clone(), table.id.clone());
            let digest = table.sha256(&self.digests);
            if digest != table.digest {
                return Err(Refusal::new(
                    place(&key) + ", digest",
                    &table.digest,
                    digest,
                ));
            }
            tables.sheet(&key).insert(key.clone(), table);
            changed.insert(key);
        }
        if let Some(half) = claim {
            tables.sign(&changed);
            if half.digest != tables.digest {
                let at = format!("step {step}, {family}, digest");
                return Err(Refusal::new(at, &half.digest, &*tables.digest));
            }
        }
        let digest = tables.digest.clone();
        let keys: BTreeSet<_> = changed.union(&self.stale).cloned().collect();
        for key in &keys {
            let tables = if family == Family::V4 {
                &mut self.ipv4
            } else {
                &mut self.ipv6
            };
            let claimed = tables.sheet(key).get(key).copied();
            match (claimed, self.derived(key, estate, family)) {
                (None, None) => {}
                (Some(claimed), Some(derived)) => {
                    let at = |refusal: Refusal| Refusal {
                        at: place(key) + ", " + &refusal.at,
                        ..refusal
                    };
                    self.table(claimed, &derived, family).map_err(at)?;
                }
                (Some(_), None) => return Err(Refusal::new(place(key), "a table", "none")),
                (None, Some(_)) => return Err(Refusal::new(place(key), "no table", "one")),
            }
        }
        if family == Family::V4 && *self.first.get_or_insert_with(|| digest.clone()) != digest {
            self.report.ipv4_differs.push(step);
        }
        Ok(())
    }

    /// What a table must be; none when there is nothing to make one of.
    fn derived(
        &self,
        (kind, id): &Key,
        estate: &Estate,
        family: Family,
    ) -> Option<Columns<'static>> {
        match kind.as_str() {
            "firewall" => {
                let it = estate.firewalls.get(&FirewallId::new(id.clone()))?;
                Some(firewall::firewall(estate, it, family))
            }
            "route-table" => {
                let it = estate.route_tables.get(&RouteTableId::new(id.clone()))?;
                Some(route::table(estate, it, family))
            }
            "transit-table" => {
                let it = estate
                    .transit_tables
                    .get(&TransitTableId::new(id.clone()))?;
                Some(route::hub(estate, it, family))
            }
            "subnet" => {
                let id = SubnetId::new(id.clone());
                let members = self.members.get(&id).into_iter().flatten();
                let members: Vec<_> = members.filter_map(|id| estate.interfaces.get(id)).collect();
                let there = estate.subnets.contains(&id) || !members.is_empty();
                there.then(|| facts::subnet(estate, &id, &members, family))
            }
            "rest" if id.is_empty() => Some(facts::rest(estate, family)),
            _ => None,
        }
    }

    /// Compares a table with what it must be, value by value, wherever either may begin to differ.
    fn table(
        &mut self,
        claimed: &Table,
        derived: &Columns<'_>,
        family: Family,
    ) -> Result<(), Refusal> {
        self.report.tables += 1;
        if !derived.keys().eq(claimed.columns.keys()) {
            let keys = |keys: Vec<&SmolStr>| format!("{keys:?}");
            let claimed = keys(claimed.columns.keys().collect());
            return Err(Refusal::new(
                "columns",
                claimed,
                keys(derived.keys().collect()),
            ));
        }
        for ((name, runs), column) in claimed.columns.iter().zip(derived.values()) {
            let starts: BTreeSet<_> = runs.iter().map(|(first, _)| *first).collect();
            let sorted = runs.iter().map(|(first, _)| first).eq(&starts);
            let same = starts
                .iter()
                .all(|first| first.is_ipv4() == (family == Family::V4));
            if !sorted || !same || starts.first() != Some(&lowest(family)) {
                return Err(Refusal::new(
                    name.as_str(),
                    "runs out of order",
                    "a start of each, ascending",
                ));
            }
            let points = starts.into_iter().chain(cuts(&column.spans));
            let points: BTreeSet<_> = points.collect();
            self.report.points += points.len();
            for point in points {
                let run = runs.partition_point(|(first, _)| *first <= point) - 1;
                let wrong = self.value(&runs[run].1, (column.at)(point));
                if let Some((claimed, derived)) = wrong {
                    return Err(Refusal::new(format!("{name} at {point}"), claimed, derived));
                }
            }
        }
        Ok(())
    }

    /// What is claimed and what is so, when that is not the same.
    fn value(&mut self, claimed: &Value, derived: Meaning) -> Option<(String, String)> {
        match (claimed, derived) {
            (Value::Text(claimed), Meaning::Text(derived)) if *claimed == derived => None,
            (Value::Text(claimed), Meaning::Text(derived)) => {
                Some((claimed.to_string(), derived.into()))
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
                let (protocol, first, second) = packet;
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

/// The items that are not the same in both.
fn differ<'a, T: Item + PartialEq>(
    kind: &'static str,
    was: &'a Items<T>,
    is: &'a Items<T>,
) -> impl Iterator<Item = Key> + 'a
where
    T::Id: fmt::Display,
{
    let items = was.differences(is).filter_map(|(was, is)| is.or(was));
    items.map(move |it| (kind.into(), format_smolstr!("{}", it.id())))
}

impl<'c> Tables<'c> {
    fn new() -> Self {
        let sheets = vec![BTreeMap::new(); 256];
        let digests = vec![sha256(&[(); 0]); 256];
        Self {
            digest: SmolStr::default(),
            sheets,
            digests,
        }
    }

    fn sheet(&mut self, key: &Key) -> &mut BTreeMap<Key, &'c Table> {
        &mut self.sheets[sheet(key)]
    }

    /// Makes the digests anew.
    fn sign(&mut self, changed: &BTreeSet<Key>) {
        for sheet in changed.iter().map(sheet).collect::<BTreeSet<_>>() {
            let tables = self.sheets[sheet].values();
            let tables = tables.map(|table| (&table.kind, &table.id, &table.digest));
            self.digests[sheet] = sha256(&tables.collect::<Vec<_>>());
        }
        self.digest = sha256(&self.digests);
    }
}

/// The number of a table's sheet: the first byte of its key's digest.
fn sheet(key: &Key) -> usize {
    usize::from_str_radix(&sha256(key)[..2], 16).unwrap_or_default()
}

impl Refusal {
    fn new(at: impl Into<String>, claimed: impl Into<String>, derived: impl Into<String>) -> Self {
        let (at, claimed, derived) = (at.into(), claimed.into(), derived.into());
        Self {
            at,
            claimed,
            derived,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            claimed,
            derived,
        } = self;
        writeln!(
            f,
            "{at}: the certificate says `{claimed}`, the estate `{derived}`\n"
        )?;
        write!(
            f,
            "hint: make it anew from this estate and plan, and believe it only when it passes"
        )
    }
}

impl std::error::Error for Refusal {}
