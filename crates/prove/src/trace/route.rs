//! Which route of a table a packet takes: the longest prefix, and between equals the better origin.
//!
//! Amazon VPC, Route priority; AWS Site-to-Site VPN, Route tables and route priority.

use std::borrow::Cow;
use std::net::IpAddr;

use sixward_estate::{
    Destination, Network, PrefixListId, Route, RouteOrigin, RouteState, RouteTable, RouteTarget,
    Subject, TransitRoute, TransitTable,
};
use sixward_net::{Family, IpNet};

use super::atlas::{Atlas, blocks};
use super::known::Known;

/// A route that matches.
struct Candidate<'r> {
    length: u8,
    rank: Rank,
    route: Cow<'r, Route>,
}

/// The better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Nobody can make a second route to a local route's own prefix.
    Local,
    Static,
    PrefixList,
    Propagated,
}

/// The route for an address; an error where the provider does not say which, or a list is not known.
pub(super) fn longest<'a>(
    atlas: &Atlas<'a>,
    table: &'a RouteTable,
    network: &'a Network,
    to: IpAddr,
) -> Result<Option<Route>, Subject> {
    let mut found: Vec<Candidate<'a>> = locals(table, network, to).collect();
    let mut unknown = None;
    for route in &table.routes {
        match prefix(atlas, route, to) {
            Prefix::Length(length) => found.push(Candidate::new(length, route)),
            Prefix::None => {}
            Prefix::Unknown(list) => unknown = Some((list, is_service(atlas, route))),
        }
    }
    let is_local = found.iter().any(Candidate::is_local);
    if is_local {
        // "If propagated routes ... overlap with the local route for your VPC, the local route is most
        // preferred even if the propagated routes are more specific"
        found.retain(|it| it.rank != Rank::Propagated);
    }
    let best = best(found, table)?;
    match unknown {
        // A service's prefixes are public, so they are in no network's block.
        Some((_, true)) if is_local => Ok(best.map(|it| it.route.into_owned())),
        Some((list, _)) if !best.as_ref().is_some_and(|it| it.is_certain(to)) => Err(list),
        _ => Ok(best.map(|it| it.route.into_owned())),
    }
}

/// Every table has a route to each block of its network, listed or not.
fn locals<'a>(
    table: &'a RouteTable,
    network: &'a Network,
    to: IpAddr,
) -> impl Iterator<Item = Candidate<'a>> {
    let unlisted = blocks(network)
        .filter(move |block| block.contains(&to))
        .filter(|block| table.route(&Destination::Net(*block)).is_none());
    unlisted.map(|block| Candidate {
        length: block.prefix_len(),
        rank: Rank::Local,
        route: Cow::Owned(Route {
            destination: Destination::Net(block),
            target: RouteTarget::Local,
            origin: RouteOrigin::Local,
            state: RouteState::Active,
        }),
    })
}

fn best<'a>(
    found: Vec<Candidate<'a>>,
    table: &RouteTable,
) -> Result<Option<Candidate<'a>>, Subject> {
    let key = |it: &Candidate<'_>| (u8::MAX - it.length, it.rank);
    let Some(least) = found.iter().map(key).min() else {
        return Ok(None);
    };
    let mut equals = found.into_iter().filter(|it| key(it) == least);
    let first = equals.next();
    let target = |it: &Candidate<'_>| it.route.target.clone();
    let same = first.as_ref().map(target);
    if equals.any(|other| Some(target(&other)) != same) {
        return Err(table.subject());
    }
    Ok(first)
}

impl<'r> Candidate<'r> {
    fn new(length: u8, route: &'r Route) -> Self {
        let rank = match (&route.destination, route.origin) {
            (_, RouteOrigin::Propagated) => Rank::Propagated,
            (Destination::Net(_), RouteOrigin::Local) => Rank::Local,
            (Destination::PrefixList(_), _) => Rank::PrefixList,
            (Destination::Net(_), _) => Rank::Static,
        };
        let route = Cow::Borrowed(route);
        Self {
            length,
            rank,
            route,
        }
    }

    /// Whether it is a network's own route: a prefix, and no list that somebody made local.
    fn is_local(&self) -> bool {
        let is_net = matches!(self.route.destination, Destination::Net(_));
        is_net && self.route.target == RouteTarget::Local
    }

    /// Whether no entry of any list could be longer or better.
    fn is_certain(&self, to: IpAddr) -> bool {
        let whole = if to.is_ipv4() { 32 } else { 128 };
        self.length == whole && self.rank <= Rank::Static
    }
}

enum Prefix {
    Length(u8),
    None,
    Unknown(Subject),
}

fn prefix(atlas: &Atlas<'_>, route: &Route, to: IpAddr) -> Prefix {
    match &route.destination {
        Destination::Net(net) if net.contains(&to) => Prefix::Length(net.prefix_len()),
        Destination::Net(_) => Prefix::None,
        Destination::PrefixList(id) => listed(atlas, id, to),
    }
}

fn listed(atlas: &Atlas<'_>, id: &PrefixListId, to: IpAddr) -> Prefix {
    let Some(list) = atlas.estate.prefix_lists.get(id) else {
        return Prefix::Unknown(Subject::new("prefix-list", id.as_str(), ""));
    };
    if (list.family == Family::V4) != to.is_ipv4() {
        return Prefix::None;
    }
    let Some(entries) = &list.entries else {
        return Prefix::Unknown(list.subject());
    };
    if atlas.has_gap(&list.subject()) {
        return Prefix::Unknown(list.subject());
    }
    let lengths = entries.iter().filter(|net| net.contains(&to));
    let longest = lengths.map(IpNet::prefix_len).max();
    longest.map_or(Prefix::None, Prefix::Length)
}

/// Whether a route's list is a service's of the provider.
fn is_service(atlas: &Atlas<'_>, route: &Route) -> bool {
    let managed = match &route.destination {
        Destination::PrefixList(id) => atlas
            .estate
            .prefix_lists
            .get(id)
            .is_some_and(|it| it.managed),
        Destination::Net(_) => false,
    };
    managed || matches!(route.target, RouteTarget::Endpoint(_))
}

/// The route of a transit hub's table; an error where the hub chooses between several.
pub(super) fn longest_of_hub(
    table: &TransitTable,
    to: IpAddr,
) -> Result<Option<&TransitRoute>, Subject> {
    let key = |route: &TransitRoute| {
        let is_propagated = route.origin == RouteOrigin::Propagated;
        (u8::MAX - route.destination.prefix_len(), is_propagated)
    };
    let matching = || {
        table
            .routes
            .iter()
            .filter(|it| it.destination.contains(&to))
    };
    let Some(least) = matching().map(key).min() else {
        return Ok(None);
    };
    let mut equals = matching().filter(|it| key(it) == least);
    let first = equals.next();
    if equals.any(|other| Some(&other.target) != first.map(|it| &it.target)) {
        return Err(table.subject());
    }
    Ok(first)
}
