//! What a table must be: functions of an address that are asked, as the rules say them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use sixward_estate::Estate;
use sixward_net::Family;
use smol_str::SmolStr;

use crate::traffic::Formula;

/// Its columns by name.
pub(crate) type Columns<'e> = BTreeMap<SmolStr, Column<'e>>;

/// A function that is constant between the ends of these ranges.
pub(crate) struct Column<'e> {
    pub(crate) spans: Vec<Span>,
    pub(crate) at: Box<dyn Fn(IpAddr) -> Meaning + 'e>,
}

/// What a value must mean.
pub(crate) enum Meaning {
    Traffic(Formula),
    Text(SmolStr),
}

/// First and last address of a range.
pub(crate) type Span = (IpAddr, IpAddr);

/// Things that are not known, by noun and id.
pub(crate) type Unknown = BTreeSet<(&'static str, SmolStr)>;

/// What does not depend on the address.
pub(crate) fn constant<'e>(meaning: impl Fn() -> Meaning + 'e) -> Column<'e> {
    let (spans, at) = (Vec::new(), Box::new(move |_| meaning()));
    Column { spans, at }
}

pub(crate) fn text<'e>(text: impl Into<SmolStr>) -> Column<'e> {
    let text = text.into();
    constant(move || Meaning::Text(text.clone()))
}

pub(crate) fn names<'e>(unknown: &Unknown) -> Column<'e> {
    let all = unknown.iter().map(|(noun, id)| format!("{noun}/{id}"));
    text(all.collect::<Vec<_>>().join(" "))
}

/// A prefix as a range; none when it is of the other family.
pub(crate) fn span(net: IpNet, family: Family) -> Option<Span> {
    let own = net.addr().is_ipv4() == (family == Family::V4);
    own.then(|| (net.network(), net.broadcast()))
}

pub(crate) fn lowest(family: Family) -> IpAddr {
    match family {
        Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
        Family::V6 => Ipv6Addr::UNSPECIFIED.into(),
    }
}

/// Where something may begin to differ.
pub(crate) fn cuts(spans: &[Span]) -> impl Iterator<Item = IpAddr> {
    let after = |last| match last {
        IpAddr::V4(it) => Some(Ipv4Addr::from(u32::from(it).checked_add(1)?).into()),
        IpAddr::V6(it) => Some(Ipv6Addr::from(u128::from(it).checked_add(1)?).into()),
    };
    let cuts = spans
        .iter()
        .flat_map(move |(first, last)| [Some(*first), after(*last)]);
    cuts.flatten()
}

/// Whether a thing is known to be not modelled.
pub(crate) fn is_gap(estate: &Estate, noun: &str, id: &str) -> bool {
    let mut gaps = estate.gaps.iter().map(|gap| &gap.subject);
    gaps.any(|gap| gap.noun == noun && gap.id == id)
}
