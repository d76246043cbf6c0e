//! What a table must be: functions of an address that are asked, as the rules say them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;
use sixward_estate::{Estate, PrefixListId};
use sixward_net::Family;
use smol_str::SmolStr;

use crate::traffic::Formula;

/// Its columns by name.
pub(crate) type Columns = BTreeMap<SmolStr, Column>;

/// A function that is constant between the ends of these prefixes.
pub(crate) struct Column {
    pub(crate) nets: Vec<IpNet>,
    pub(crate) at: Box<dyn Fn(IpAddr) -> Meaning>,
}

/// What a value must mean.
pub(crate) enum Meaning {
    Traffic(Formula),
    Text(SmolStr),
}

/// Things that are not known, by noun and id.
pub(crate) type Unknown = BTreeSet<(&'static str, SmolStr)>;

/// What does not depend on the address.
pub(crate) fn constant(meaning: impl Fn() -> Meaning + 'static) -> Column {
    let (nets, at) = (Vec::new(), Box::new(move |_| meaning()));
    Column { nets, at }
}

pub(crate) fn names(unknown: &Unknown) -> Column {
    let all = unknown.iter().map(|(noun, id)| format!("{noun}/{id}"));
    let text = SmolStr::from(all.collect::<Vec<_>>().join(" "));
    constant(move || Meaning::Text(text.clone()))
}

pub(crate) fn is_of(family: Family, address: IpAddr) -> bool {
    address.is_ipv4() == (family == Family::V4)
}

/// The prefixes of a family in a list; what is not known of it is put in the other place.
pub(crate) fn listed(
    estate: &Estate,
    id: &PrefixListId,
    family: Family,
    unknown: &mut Unknown,
) -> Vec<IpNet> {
    let list = estate.prefix_lists.get(id);
    match list.map(|list| (list.family, &list.entries)) {
        Some((other, _)) if other != family => Vec::new(),
        Some((_, Some(nets))) => {
            let own = nets.iter().filter(|net| is_of(family, net.addr()));
            own.copied().collect()
        }
        _ => {
            unknown.insert(("prefix-list", id.as_str().into()));
            Vec::new()
        }
    }
}

/// Whether a thing is known to be not modelled.
pub(crate) fn is_gap(estate: &Estate, noun: &str, id: &str) -> bool {
    let mut gaps = estate.gaps.iter().map(|gap| &gap.subject);
    gaps.any(|gap| gap.noun == noun && gap.id == id)
}
